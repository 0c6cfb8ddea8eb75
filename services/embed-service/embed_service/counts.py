"""What questions count, counted when documents are written: documents in all, and in how many each word is."""

from collections import Counter
from collections.abc import Collection, Iterable

from sqlalchemy import Integer, Text, any_, column, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from embed_service.tables import totals, vocabulary


class Change:
    """How a write changes the counts."""

    def __init__(self) -> None:
        self.documents = 0
        self.words: Counter[str] = Counter()

    def replace(self, old: Collection[str] | None, new: Collection[str] | None) -> None:
        """One document's distinct words before and after; None where there is no document."""
        self.documents += (new is not None) - (old is not None)
        self.words.update(new or ())
        self.words.subtract(old or ())


async def apply(connection: AsyncConnection, change: Change) -> None:
    """Bring the counts up to date, in the transaction of the write and under its lock."""
    await connection.execute(
        update(totals).values(documents=totals.c.documents + change.documents, revision=totals.c.revision + 1)
    )
    changed = sorted((word, number) for word, number in change.words.items() if number)
    if not changed:
        return
    words = literal([word for word, _ in changed], ARRAY(Text))
    numbers = literal([number for _, number in changed], ARRAY(Integer))
    rows = func.unnest(words, numbers).table_valued(column("lexeme", Text), column("number", Integer)).render_derived()
    put = insert(vocabulary).from_select(["lexeme", "documents"], select(rows.c.lexeme, rows.c.number))
    more = vocabulary.c.documents + put.excluded.documents
    await connection.execute(put.on_conflict_do_update(index_elements=[vocabulary.c.lexeme], set_={"documents": more}))
    await _forget_unused(connection, [word for word, number in changed if number < 0])


async def _forget_unused(connection: AsyncConnection, words: Iterable[str]) -> None:
    if fewer := list(words):
        await connection.execute(
            delete(vocabulary).where(
                vocabulary.c.lexeme == any_(literal(fewer, ARRAY(Text))), vocabulary.c.documents <= 0
            )
        )
