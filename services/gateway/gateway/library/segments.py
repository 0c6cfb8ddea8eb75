"""SQL of segments: the projection of a video's edits. Only `library.edits` writes it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.editor.timeline import Edit, Timeline
from gateway.library import cursors
from gateway.tables import segments, videos
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page, Segment


async def timeline(connection: AsyncConnection, video_id: UUID, *, lock: bool = False) -> Timeline:
    """The video's timeline as it is now. With `lock` nobody else can change it until the transaction ends."""
    query = select(videos.c.version).where(videos.c.id == video_id)
    version = (await connection.execute(query.with_for_update() if lock else query)).scalar()
    if version is None:
        raise NotFoundError(what="video")
    # Read after the version: should an edit come between, the version is the older one, and an edit made
    # from this timeline is refused.
    rows = await connection.execute(
        select(segments.c.content)
        .where(segments.c.video_id == video_id)
        .order_by(segments.c.start_ms, segments.c.end_ms, segments.c.id)
    )
    found = tuple(Segment.model_validate(row.content) for row in rows)
    return Timeline(video_id=video_id, version=version, segments=found)


async def get(connection: AsyncConnection, segment_id: UUID) -> Segment:
    content = (await connection.execute(select(segments.c.content).where(segments.c.id == segment_id))).scalar()
    if content is None:
        raise NotFoundError(what="segment")
    return Segment.model_validate(content)


async def changed_at(connection: AsyncConnection, video_id: UUID, version: int) -> list[Segment]:
    """Segments as `version` left them and no later edit has touched."""
    query = select(segments.c.content).where(segments.c.video_id == video_id, segments.c.version == version)
    return [Segment.model_validate(row.content) for row in await connection.execute(query)]


async def listing(
    connection: AsyncConnection, video_id: UUID, cursor: str | None = None, limit: int = 200
) -> Page[Segment]:
    """In order of (start, end, id)."""
    place = tuple_(segments.c.start_ms, segments.c.end_ms, segments.c.id)
    query = select(segments.c.content).where(segments.c.video_id == video_id)
    if cursor is not None:
        start, end, raw = cursors.decode(cursor, (int, int, str))
        query = query.where(place > (start, end, cursors.as_uuid(raw)))
    query = query.order_by(segments.c.start_ms, segments.c.end_ms, segments.c.id).limit(limit + 1)
    found = [Segment.model_validate(row.content) for row in await connection.execute(query)]
    last = found[limit - 1] if len(found) > limit else None
    following = cursors.encode(last.span.start_ms, last.span.end_ms, str(last.id)) if last else None
    return Page(items=found[:limit], next_cursor=following)


async def replace(connection: AsyncConnection, edit: Edit) -> None:
    """Bring the projection from `edit.version - 1` to `edit.version`."""
    touched = {segment.id for segment in edit.before}
    if touched:
        await connection.execute(
            delete(segments).where(segments.c.video_id == edit.video_id, segments.c.id.in_(touched))
        )
    if edit.after:
        await connection.execute(insert(segments), _rows(edit.after))


def _rows(changed: Sequence[Segment]) -> list[dict[str, object]]:
    return [
        {
            "id": segment.id,
            "video_id": segment.video_id,
            "start_ms": segment.span.start_ms,
            "end_ms": segment.span.end_ms,
            "version": segment.version,
            "people": sorted({person.person_id for person in segment.people if person.person_id}),
            "content": segment.model_dump(mode="json"),
        }
        for segment in changed
    ]
