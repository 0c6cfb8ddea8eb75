"""SQL of edits: the append-only history of every timeline."""

import asyncio
from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import column, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import jobs
from gateway.editor.timeline import SCHEMA, Edit, EditKind
from gateway.library import segments
from gateway.library.conflicts import MovedOnError
from gateway.tables import edits, videos
from kernel.contracts.library import Segment

TELLING: tuple[EditKind, ...] = ("publish", "import", "rename")


async def append(connection: AsyncConnection, edit: Edit) -> None:
    """Write history, the projection, the video's version and the re-index job, all or nothing.

    Raises MovedOnError, having changed nothing, when the timeline is no longer at `edit.version - 1`.
    """
    moved = await connection.execute(
        update(videos)
        .where(videos.c.id == edit.video_id, videos.c.version == edit.version - 1)
        .values(version=edit.version)
    )
    if moved.rowcount == 0:
        raise MovedOnError
    # Thousands of segments take a tenth of a second to write out, and the event loop serves pages too.
    plain = await asyncio.to_thread(edit.model_dump, mode="json")
    await connection.execute(insert(edits).values(id=uuid4(), schema=SCHEMA, **plain))
    await segments.replace(connection, edit)
    await jobs.index_segments(connection, edit.video_id, edit.version)


async def history(connection: AsyncConnection, video_id: UUID) -> list[Edit]:
    """Every edit of a video, oldest first: their fold is the timeline."""
    query = select(edits).where(edits.c.video_id == video_id).order_by(edits.c.version)
    return [_edit(row) for row in await connection.execute(query)]


async def told(connection: AsyncConnection, video_id: UUID, ids: Collection[UUID]) -> dict[UUID, Segment]:
    """Segments as whoever wrote their machine captions last left them: a run, an import or a renaming."""
    after = func.jsonb_array_elements(edits.c.after).table_valued(column("value", JSONB), name="segment")
    its_id = after.c.value["id"].astext
    query = (
        select(its_id, after.c.value)
        .ext(distinct_on(its_id))
        .select_from(edits.join(after, true()))
        .where(edits.c.video_id == video_id, edits.c.kind.in_(TELLING), its_id.in_(list(map(str, ids))))
        .order_by(its_id, edits.c.version.desc())
    )
    found = [Segment.model_validate(row.value) for row in await connection.execute(query)]
    return {segment.id: segment for segment in found}


async def get(connection: AsyncConnection, video_id: UUID, version: int) -> Edit | None:
    query = select(edits).where(edits.c.video_id == video_id, edits.c.version == version)
    row = (await connection.execute(query)).one_or_none()
    return _edit(row) if row else None


def _edit(row: Any) -> Edit:
    return Edit.model_validate({name: getattr(row, name) for name in Edit.model_fields})
