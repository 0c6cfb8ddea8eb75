"""SQL of edits: the append-only history of every timeline, and what is kept of each beside it."""

import asyncio
from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import column, delete, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import jobs
from gateway.editor.settled import settling
from gateway.editor.timeline import Edit, EditKind
from gateway.editor.upcasting import SCHEMA, upcast
from gateway.library import segments
from gateway.library.conflicts import MovedOnError
from gateway.tables import videos
from gateway.timeline_tables import edits, settled, touches
from kernel.contracts.library import Segment
from kernel.contracts.time import Span

CHANNEL = "edits"
# What splits, merges or makes a segment makes its machine captions too, of those that were there.
TELLING: tuple[EditKind, ...] = ("publish", "import", "rename", "split", "merge", "create")


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
    await _keep_beside(connection, edit)
    await connection.execute(select(func.pg_notify(CHANNEL, str(edit.video_id))))
    await jobs.index_segments(connection, edit.video_id, edit.version)


async def note_indexed(connection: AsyncConnection, video_id: UUID, version: int) -> None:
    """An edit's segments are in the index: whoever watches the timeline is woken once this is committed."""
    await jobs.indexed(connection, video_id, version)
    await connection.execute(select(func.pg_notify(CHANNEL, str(video_id))))


async def _keep_beside(connection: AsyncConnection, edit: Edit) -> None:
    """Which segments it touched, and where people's cuts stand after it."""
    rows = [{"segment_id": one, "version": edit.version, "video_id": edit.video_id} for one in edit.touched]
    await connection.execute(insert(touches), rows)
    its = settling(edit)
    if its.opened:
        await connection.execute(
            delete(settled).where(settled.c.video_id == edit.video_id, settled.c.segment_id.in_(its.opened))
        )
    if its.settled:
        new = [{"segment_id": one, "video_id": edit.video_id, **span.model_dump()} for one, span in its.settled.items()]
        await connection.execute(upsert(settled).on_conflict_do_nothing(), new)


async def settled_spans(connection: AsyncConnection, video_id: UUID) -> dict[UUID, Span]:
    """Where people have replaced the machine's cuts of a video: the segments that had them, and their spans."""
    rows = await connection.execute(select(settled).where(settled.c.video_id == video_id))
    return {row.segment_id: Span(start_ms=row.start_ms, end_ms=row.end_ms) for row in rows}


async def history(connection: AsyncConnection, video_id: UUID) -> list[Edit]:
    """Every edit of a video, oldest first: their fold is the timeline."""
    query = select(edits).where(edits.c.video_id == video_id).order_by(edits.c.version)
    return [edit_in(row) for row in await connection.execute(query)]


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
    return edit_in(row) if row else None


def edit_in(row: Any) -> Edit:
    """The edit of a whole row, in the form it has now."""
    return Edit.model_validate(upcast({name: getattr(row, name) for name in Edit.model_fields}, row.schema))
