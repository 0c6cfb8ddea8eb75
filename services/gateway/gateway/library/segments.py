"""SQL of segments: the projection of a video's edits. Only `library.edits` writes it."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import cast, delete, func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.editor.timeline import Edit, Timeline
from gateway.library import cursors
from gateway.library.sight import EVERYTHING, Sight
from gateway.tables import segments, videos
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page, Segment
from kernel.contracts.time import Span


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
    found = await asyncio.to_thread(_read, rows.scalars().all())
    return Timeline(video_id=video_id, version=version, segments=tuple(found))


async def get(connection: AsyncConnection, segment_id: UUID) -> Segment:
    content = (await connection.execute(select(segments.c.content).where(segments.c.id == segment_id))).scalar()
    if content is None:
        raise NotFoundError(what="segment")
    return Segment.model_validate(content)


async def several(connection: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, Segment]:
    """Segments by id, as they are now; those an edit has taken away are left out."""
    rows = await connection.execute(select(segments.c.id, segments.c.content).where(segments.c.id.in_(ids)))
    return {row.id: Segment.model_validate(row.content) for row in rows}


async def overlapping(connection: AsyncConnection, video_id: UUID, span: Span) -> list[Segment]:
    """The video's segments that share time with `span`."""
    here = (segments.c.video_id == video_id, segments.c.start_ms < span.end_ms, segments.c.end_ms > span.start_ms)
    rows = await connection.execute(select(segments.c.content).where(*here).order_by(segments.c.start_ms))
    return await asyncio.to_thread(_read, rows.scalars().all())


async def changed_at(connection: AsyncConnection, video_id: UUID, version: int) -> list[Segment]:
    """Segments as `version` left them and no later edit has touched."""
    query = select(segments.c.content).where(segments.c.video_id == video_id, segments.c.version == version)
    rows = await connection.execute(query)
    return await asyncio.to_thread(_read, rows.scalars().all())


async def listing(
    connection: AsyncConnection, video_id: UUID, cursor: str | None = None, limit: int = 200
) -> Page[Segment]:
    """In order of (start, end, id)."""
    place = tuple_(segments.c.start_ms, segments.c.end_ms, segments.c.id)
    query = select(segments.c.content).where(segments.c.video_id == video_id)
    if cursor is not None:
        query = query.where(place > cursors.decode(cursor, int, int, UUID))
    query = query.order_by(segments.c.start_ms, segments.c.end_ms, segments.c.id).limit(limit + 1)
    found = [Segment.model_validate(row.content) for row in await connection.execute(query)]
    return cursors.page(found, limit, lambda segment: (segment.span.start_ms, segment.span.end_ms, segment.id))


class Moment(NamedTuple):
    """A segment without its words: when it is, who is named in it, whether somebody unknown is."""

    span: Span
    people: list[UUID]
    unknown: bool


async def covered(connection: AsyncConnection, video_id: UUID) -> list[Span]:
    """The times that any segment of the video is about, disjoint and in order; counted by the database."""
    every = func.range_agg(func.int8range(segments.c.start_ms, segments.c.end_ms))
    found = await connection.scalar(select(every).where(segments.c.video_id == video_id))
    return [Span(start_ms=one.lower, end_ms=one.upper) for one in found or ()]


async def moments(connection: AsyncConnection, video_id: UUID) -> list[Moment]:
    """All of a video's segments in order of time, cheap for thousands of them."""
    unknown = func.jsonb_path_exists(segments.c.content, cast("$.people[*] ? (@.person_id == null)", JSONPATH))
    query = (
        select(segments.c.start_ms, segments.c.end_ms, segments.c.people, unknown)
        .where(segments.c.video_id == video_id)
        .order_by(segments.c.start_ms, segments.c.end_ms, segments.c.id)
    )
    return [Moment(Span(start_ms=row[0], end_ms=row[1]), row[2], row[3]) for row in await connection.execute(query)]


async def counted_by_person(connection: AsyncConnection, sight: Sight = EVERYTHING) -> dict[UUID, int]:
    """In how many segments each person is."""
    each = select(func.unnest(segments.c.people).label("person")).where(sight.of(segments.c.video_id)).subquery()
    rows = await connection.execute(select(each.c.person, func.count()).group_by(each.c.person))
    return {row[0]: row[1] for row in rows}


async def holding(connection: AsyncConnection, people: Collection[UUID]) -> dict[UUID, set[int]]:
    """Videos in whose segments any of these people are named, each with the versions those segments are of."""
    query = select(segments.c.video_id, segments.c.version).where(segments.c.people.overlap(list(people))).distinct()
    found: dict[UUID, set[int]] = defaultdict(set)
    for row in await connection.execute(query):
        found[row.video_id].add(row.version)
    return dict(found)


async def replace(connection: AsyncConnection, edit: Edit) -> None:
    """Bring the projection from `edit.version - 1` to `edit.version`."""
    touched = {segment.id for segment in edit.before}
    if touched:
        await connection.execute(
            delete(segments).where(segments.c.video_id == edit.video_id, segments.c.id.in_(touched))
        )
    if edit.after:
        await connection.execute(insert(segments), await asyncio.to_thread(_rows, edit.after))


def _read(contents: Sequence[Any]) -> list[Segment]:
    """In a thread where they may be thousands: 40 ms a thousand."""
    return [Segment.model_validate(content) for content in contents]


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
