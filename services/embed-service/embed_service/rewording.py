"""Words of documents that were read by an older reading of texts, read again: as if each had been put anew."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from embed_service import counts
from embed_service.lexemes import Lexemes, lexemes
from embed_service.models import lock_index
from embed_service.names import Lexicons
from embed_service.tables import documents
from kernel.language import READING, Lexicon
from kernel.storage.database import Database

AT_ONCE = 200
TEXTS = (documents.c.text_ko, documents.c.text_en, documents.c.objects, documents.c.title)
LEXEMES = (documents.c.caption_lexemes, documents.c.object_lexemes, documents.c.title_lexemes)


async def reword(database: Database) -> int:
    """How many documents were read again. Nothing slow happens under the index's lock."""
    lexicons, number, after = Lexicons(), 0, UUID(int=0)
    while True:
        async with database.transaction() as connection:
            lexicon = await lexicons.current(connection)
            old = await _old(connection, documents.c.segment_id > after)
        if not old:
            return number
        found = await asyncio.to_thread(_read, old, lexicon)
        async with database.transaction() as connection:
            await lock_index(connection)
            number += await _write(connection, old, found)
        after = cast("UUID", old[-1].segment_id)


async def _old(connection: AsyncConnection, *conditions: Any) -> Sequence[Any]:
    query = select(documents.c.segment_id, documents.c.fingerprint, *TEXTS, *LEXEMES)
    query = query.where(documents.c.reading != READING, *conditions).order_by(documents.c.segment_id).limit(AT_ONCE)
    return (await connection.execute(query)).all()


def _read(rows: Sequence[Any], lexicon: Lexicon) -> dict[UUID, Lexemes]:
    return {row.segment_id: lexemes(row, lexicon) for row in rows}


async def _write(connection: AsyncConnection, old: Sequence[Any], found: dict[UUID, Lexemes]) -> int:
    """What was put meanwhile is left alone: it has been read anew."""
    read = {row.segment_id: row.fingerprint for row in old}
    same = [
        row
        for row in await _old(connection, documents.c.segment_id.in_(read))
        if row.fingerprint == read[row.segment_id]
    ]
    change = counts.Change()
    rows: list[dict[str, Any]] = []
    for row in same:
        its = found[row.segment_id]
        change.replace(
            {*row.caption_lexemes, *row.object_lexemes, *row.title_lexemes},
            {*its.captions, *its.objects, *its.title},
        )
        rows.append(
            {
                "its_id": row.segment_id,
                "caption_lexemes": its.captions,
                "object_lexemes": its.objects,
                "title_lexemes": its.title,
                "reading": READING,
            }
        )
    if rows:
        await connection.execute(update(documents).where(documents.c.segment_id == bindparam("its_id")), rows)
        await counts.apply(connection, change)
    return len(rows)
