"""SQL of what was seen in a video: face tracks, as the newest published run followed them."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, cast, delete, func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import cursors
from gateway.tables import segments
from gateway.tables import tracks as table
from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt, Page, Track
from kernel.contracts.time import Span


async def tracks(connection: AsyncConnection, video_id: UUID, *, limit: int, cursor: str | None = None) -> Page[Track]:
    """A page of a video's face tracks, in order of their start."""
    query = select(table).where(table.c.video_id == video_id).order_by(table.c.start_ms, table.c.id).limit(limit + 1)
    if cursor:
        start, raw = cursors.decode(cursor, (int, str))
        query = query.where(tuple_(table.c.start_ms, table.c.id) > (start, cursors.as_uuid(raw)))
    found = [_track(row) for row in await connection.execute(query)]
    last = found[limit - 1] if len(found) > limit else None
    following = cursors.encode(last.span.start_ms, str(last.id)) if last else None
    return Page(items=found[:limit], next_cursor=following)


async def replace_tracks(connection: AsyncConnection, video_id: UUID, found: Sequence[Track]) -> None:
    await connection.execute(delete(table).where(table.c.video_id == video_id))
    if found:
        await connection.execute(insert(table), [_columns(track) for track in found])


def _columns(track: Track) -> dict[str, object]:
    faces = [(f.at_ms, f.box.left, f.box.top, f.box.right, f.box.bottom) for f in track.faces]
    plain = track.model_dump(exclude={"span", "faces"})
    return {**plain, "start_ms": track.span.start_ms, "end_ms": track.span.end_ms, "faces": faces}


def _track(row: Row[Any]) -> Track:
    return Track(
        id=row.id,
        video_id=row.video_id,
        span=Span(start_ms=row.start_ms, end_ms=row.end_ms),
        person_id=row.person_id,
        probability=row.probability,
        nearest_person_id=row.nearest_person_id,
        faces=[
            FaceAt(at_ms=round(face[0]), box=Box(left=face[1], top=face[2], right=face[3], bottom=face[4]))
            for face in row.faces
        ],
        model_id=row.model_id,
    )


async def spans(connection: AsyncConnection, video_id: UUID) -> list[tuple[UUID | None, Span]]:
    """Who (None: unknown) is on screen when, by the tracks."""
    query = (
        select(table.c.person_id, table.c.start_ms, table.c.end_ms)
        .where(table.c.video_id == video_id, table.c.end_ms > table.c.start_ms)
        .order_by(table.c.start_ms, table.c.id)
    )
    return [(row[0], Span(start_ms=row[1], end_ms=row[2])) for row in await connection.execute(query)]


class Moment(NamedTuple):
    """A segment without its words: when it is, who is named in it, whether somebody unknown is."""

    span: Span
    people: list[UUID]
    unknown: bool


async def moments(connection: AsyncConnection, video_id: UUID) -> list[Moment]:
    """All of a video's segments in order of time, cheap for thousands of them."""
    unknown = func.jsonb_path_exists(segments.c.content, cast("$.people[*] ? (@.person_id == null)", JSONPATH))
    query = (
        select(segments.c.start_ms, segments.c.end_ms, segments.c.people, unknown)
        .where(segments.c.video_id == video_id)
        .order_by(segments.c.start_ms, segments.c.end_ms, segments.c.id)
    )
    return [Moment(Span(start_ms=row[0], end_ms=row[1]), row[2], row[3]) for row in await connection.execute(query)]


async def scenes_by_person(connection: AsyncConnection) -> dict[UUID, int]:
    """How many segments each person is in."""
    each = select(func.unnest(segments.c.people).label("person")).subquery()
    rows = await connection.execute(select(each.c.person, func.count()).group_by(each.c.person))
    return {row[0]: row[1] for row in rows}
