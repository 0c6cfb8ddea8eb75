"""Words of a question in the documents: which have them, in how many they are, and inside of which words."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.index.parameters import texts
from search_service.index.scope import Scope
from search_service.index.tables import documents

LEXEMES = {
    "caption": documents.c.caption_lexemes,
    "object": documents.c.object_lexemes,
    "title": documents.c.title_lexemes,
}
FREQUENT = 1_000  # a word in that many documents is common; counting on would cost more than it tells


async def matching(connection: AsyncConnection, scope: Scope, lexemes: Collection[str], limit: int) -> set[UUID]:
    """Segments that have some of the words; those with most of them when there are more than `limit`."""
    matched = sum((_size(common(column, lexemes)) for column in LEXEMES.values()), start=literal(0))
    found = (
        select(documents.c.segment_id)
        .where(or_(*(column.overlap(texts(lexemes)) for column in LEXEMES.values())), *scope.conditions())
        .order_by(matched.desc(), documents.c.segment_id)
        .limit(limit)
    )
    return set((await connection.execute(found)).scalars())


def common(column: Any, lexemes: Iterable[str]) -> ColumnElement[Any]:
    """The lexemes a document shares with the question, as an array."""
    mine, asked = func.unnest(column).column_valued("mine"), texts(lexemes)
    return func.array(select(mine).where(mine == any_(asked)).scalar_subquery(), type_=ARRAY(Text))


def _size(array: ColumnElement[Any]) -> ColumnElement[int]:
    return func.cardinality(array)


async def frequencies(connection: AsyncConnection, lexemes: Collection[str]) -> dict[str, int]:
    """In how many documents each word is, counted up to FREQUENT."""
    row = (await connection.execute(select(*map(_frequency, lexemes)))).one()
    return dict(zip(lexemes, row, strict=True))


def _frequency(lexeme: str) -> ColumnElement[int]:
    having = or_(*(column.overlap(texts([lexeme])) for column in LEXEMES.values()))
    some = select(documents.c.segment_id).where(having).limit(FREQUENT).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


async def containing(connection: AsyncConnection, scope: Scope, part: str, limit: int) -> set[UUID]:
    """Segments whose captions or title have those characters somewhere; reads every text of the scope."""
    columns = (documents.c.text_ko, documents.c.text_en, documents.c.title)
    inside = [func.strpos(func.lower(column), part.lower()) > 0 for column in columns]
    found = select(documents.c.segment_id).where(or_(*inside), *scope.conditions()).order_by(documents.c.segment_id)
    return set((await connection.execute(found.limit(limit))).scalars())
