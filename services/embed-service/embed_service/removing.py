"""Removing documents from the index."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from embed_service import counts
from embed_service.documents import WORDS
from embed_service.tables import documents, removals


async def remove(connection: AsyncConnection, segments: Sequence[UUID], version: int | None) -> int:
    """Remove documents, remembering at which version: one that is put late must not bring them back."""
    if not segments:
        return 0
    rows = {row.segment_id: row for row in await _delete(connection, documents.c.segment_id.in_(segments))}
    remembered = [
        {
            "segment_id": segment,
            "video_id": rows[segment].video_id if segment in rows else None,
            "version": max(version or 0, rows[segment].version if segment in rows else 0),
        }
        for segment in dict.fromkeys(segments)
    ]
    put = insert(removals)
    later = func.greatest(removals.c.version, put.excluded.version)
    await connection.execute(
        put.on_conflict_do_update(index_elements=[removals.c.segment_id], set_={"version": later}), remembered
    )
    return len(rows)


async def remove_video(connection: AsyncConnection, video_id: UUID) -> int:
    """Forget a video wholly, removals too: importing it again begins at version 1."""
    await connection.execute(delete(removals).where(removals.c.video_id == video_id))
    return len(await _delete(connection, documents.c.video_id == video_id))


async def _delete(connection: AsyncConnection, which: ColumnElement[bool]) -> Sequence[Row[Any, Any, Any, Any]]:
    """Delete documents with all that hangs on them, and count them out."""
    columns = documents.c
    told = (columns.segment_id, columns.video_id, columns.version, WORDS.label("words"))
    rows = (await connection.execute(delete(documents).where(which).returning(*told))).all()
    change = counts.Change()
    for row in rows:
        change.replace(frozenset(row.words), None)
    if rows:
        await counts.apply(connection, change)
    return rows
