"""What a question must know of the index before it can look: one row."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.models import ModelCard
from search_service.index.statement import fetch

STATE = """
select t.documents, t.revision, (select m.card::text from "index".models m where m.state = 'active') as card,
  array(select coalesce(v.documents, 0) from unnest($1::text[]) with ordinality as asked (lexeme, number)
    left join "index".vocabulary v using (lexeme) order by asked.number) as frequencies,
  (select n.revision from "index".names n limit 1) as names
from "index".totals t
"""
REVISION = 'select revision from "index".names limit 1'
CARD = 'select card::text as card from "index".models where model_id = $1'


@dataclass(frozen=True)
class State:
    """The active text model, how many documents there are, in how many of them each word asked for is, and the
    revision of the names.
    """

    documents: int
    revision: int
    model: ModelCard | None
    frequencies: dict[str, int]
    names: UUID | None = None


class States:
    """Reads the state; a model's card is parsed once."""

    def __init__(self) -> None:
        self._cards: dict[str, ModelCard] = {}

    async def now(self, connection: AsyncConnection, lexemes: Sequence[str] = ()) -> State:
        [row] = await fetch(connection, STATE, [list(lexemes)])
        frequencies = dict(zip(lexemes, row["frequencies"], strict=True))
        return State(row["documents"], row["revision"], self._card(row["card"]), frequencies, row["names"])

    async def model(self, connection: AsyncConnection, model_id: str) -> ModelCard | None:
        """A model by its id, in use or not; None when the index has forgotten it."""
        rows = await fetch(connection, CARD, [model_id])
        return self._card(rows[0]["card"]) if rows else None

    def _card(self, written: str | None) -> ModelCard | None:
        if written is None:
            return None
        if written not in self._cards:
            self._cards = {written: ModelCard.model_validate_json(written)}
        return self._cards[written]


async def names_revision(connection: AsyncConnection) -> UUID | None:
    rows = await fetch(connection, REVISION)
    return rows[0]["revision"] if rows else None
