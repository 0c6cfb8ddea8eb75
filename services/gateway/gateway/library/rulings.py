"""SQL of rulings: the ledger of what people said of faces, and the decisions in which they said it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, column, func, insert, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from gateway.identity.ledger import AnchoredRuling
from gateway.library import cursors
from gateway.library.faces import faces_of
from gateway.tables import decisions, rulings, tracks
from kernel.contracts.library import Page
from kernel.contracts.time import Span


class NewRuling(NamedTuple):
    """What is said of the face that a track follows now."""

    track_id: UUID
    verdict: Literal["is", "is_not"]
    person_id: UUID | None
    stranger_id: UUID | None


SAID: dict[str, TypeEngine[Any]] = {"track_id": Uuid(), "verdict": Text(), "person_id": Uuid(), "stranger_id": Uuid()}


async def add(connection: AsyncConnection, decision_id: UUID, said: Sequence[NewRuling]) -> int:
    """Anchor rulings on the faces their tracks have now, in order; how many there are."""
    columns = {name: [getattr(one, name) for one in said] for name in NewRuling._fields}
    new = (
        func.unnest(*(literal(columns[name], ARRAY(kind)) for name, kind in SAID.items()))
        .table_valued(*(column(name, kind) for name, kind in SAID.items()), with_ordinality="place", name="new")
        .render_derived()
    )
    anchored = (
        select(
            func.gen_random_uuid(),
            literal(decision_id, Uuid()),
            tracks.c.video_id,
            new.c.verdict,
            new.c.person_id,
            new.c.stranger_id,
            tracks.c.start_ms,
            tracks.c.end_ms,
            tracks.c.faces,
            func.clock_timestamp(),
        )
        .select_from(new.join(tracks, tracks.c.id == new.c.track_id))
        .order_by(new.c.place)
    )
    names = ["id", "decision_id", "video_id", "verdict", "person_id", "stranger_id", "start_ms", "end_ms", "faces"]
    written = await connection.execute(insert(rulings).from_select([*names, "created_at"], anchored))
    return written.rowcount


async def active(connection: AsyncConnection, video_ids: Collection[UUID]) -> list[AnchoredRuling]:
    """The rulings of these videos that stand, in the order they were made."""
    query = _shown().where(rulings.c.video_id.in_(video_ids), rulings.c.revoked_at.is_(None))
    return [_ruling(row) for row in await connection.execute(query)]


async def listing(
    connection: AsyncConnection, video_id: UUID, *, limit: int, cursor: str | None = None
) -> Page[AnchoredRuling]:
    """The rulings of one video that stand, in the order they were made, by pages."""
    query = _shown().where(rulings.c.video_id == video_id, rulings.c.revoked_at.is_(None)).limit(limit + 1)
    if cursor is not None:
        query = query.where(tuple_(rulings.c.created_at, rulings.c.id) > cursors.decode(cursor, datetime, UUID))
    found = [_ruling(row) for row in await connection.execute(query)]
    return cursors.page(found, limit, lambda one: (one.created_at, one.id))


async def of_decision(connection: AsyncConnection, decision_id: UUID) -> list[AnchoredRuling]:
    query = _shown().where(rulings.c.decision_id == decision_id)
    return [_ruling(row) for row in await connection.execute(query)]


async def stand_again(connection: AsyncConnection, video_id: UUID, of: Collection[UUID]) -> None:
    """Let what was said of one video in these decisions stand again, as old as it is."""
    mine = (rulings.c.decision_id.in_(of), rulings.c.video_id == video_id, rulings.c.revoked_at.is_not(None))
    await connection.execute(update(rulings).where(*mine).values(revoked_at=None))


async def revoke_in(connection: AsyncConnection, video_id: UUID, of: Collection[UUID]) -> None:
    """Take back what was said of one video in these decisions."""
    mine = (rulings.c.decision_id.in_(of), rulings.c.video_id == video_id, rulings.c.revoked_at.is_(None))
    await connection.execute(update(rulings).where(*mine).values(revoked_at=func.now()))


async def revoke(connection: AsyncConnection, decision_id: UUID) -> None:
    """Take back what was said in a decision; the rulings stay in the ledger, marked."""
    mine = (rulings.c.decision_id == decision_id, rulings.c.revoked_at.is_(None))
    await connection.execute(update(rulings).where(*mine).values(revoked_at=func.now()))


def _shown() -> Select[Any]:
    made_by = select(rulings, decisions.c.actor).join(decisions, decisions.c.id == rulings.c.decision_id)
    return made_by.order_by(rulings.c.created_at, rulings.c.id)


def _ruling(row: Any) -> AnchoredRuling:
    return AnchoredRuling(
        id=row.id,
        decision_id=row.decision_id,
        video_id=row.video_id,
        verdict=row.verdict,
        person_id=row.person_id,
        stranger_id=row.stranger_id,
        span=Span(start_ms=row.start_ms, end_ms=row.end_ms),
        faces=faces_of(row.faces),
        actor=row.actor,
        created_at=row.created_at,
    )
