"""SQL of appearances: when somebody is on screen, over all videos, by their tracks."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, cast, func, select, tuple_
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, INT8RANGE
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import cursors
from gateway.library.sight import EVERYTHING, Sight
from gateway.pipeline.merge import union
from gateway.tables import tracks, videos
from kernel.contracts.library import Page
from kernel.contracts.people import Appearance
from kernel.contracts.time import Span


class Total(NamedTuple):
    seconds: float
    videos: int


async def total(connection: AsyncConnection, people: Collection[UUID], sight: Sight = EVERYTHING) -> Total:
    """Screen time of these people, who are one, in all videos; a moment shown twice at once counts once."""
    shown = _on_screen(people, sight).subquery()
    pieces = select(shown.c.video_id, func.unnest(shown.c.spans, type_=INT8RANGE()).label("piece")).subquery()
    lasting = func.sum(func.upper(pieces.c.piece) - func.lower(pieces.c.piece))
    query = select(func.coalesce(lasting, 0), func.count(pieces.c.video_id.distinct()))
    ms, count = (await connection.execute(query)).one()
    return Total(int(ms) / 1000, int(count))


async def listing(
    connection: AsyncConnection,
    people: Collection[UUID],
    cursor: str | None = None,
    limit: int = 50,
    *,
    sight: Sight = EVERYTHING,
) -> Page[Appearance]:
    """By video, the newest first."""
    shown = _on_screen(people, sight).subquery()
    place = (videos.c.created_at, videos.c.id)
    query = select(videos.c.id, videos.c.title, videos.c.created_at).join(shown, shown.c.video_id == videos.c.id)
    if cursor is not None:
        query = query.where(tuple_(*place) < cursors.decode(cursor, datetime, UUID))
    rows = (await connection.execute(query.order_by(*(column.desc() for column in place)).limit(limit + 1))).all()
    page = cursors.page(rows, limit, lambda row: (row.created_at, row.id))
    found = await _tracks(connection, people, [row.id for row in page.items])
    return Page(items=[_appearance(row, found[row.id]) for row in page.items], next_cursor=page.next_cursor)


def _on_screen(people: Collection[UUID], sight: Sight) -> Select[Any]:
    """Video to all times at which any of them is on screen."""
    span = cast(func.int8range(tracks.c.start_ms, tracks.c.end_ms), INT8RANGE)
    spans = func.range_agg(span, type_=INT8MULTIRANGE())
    return (
        select(tracks.c.video_id, spans.label("spans"))
        .where(_theirs(people), sight.of(tracks.c.video_id))
        .group_by(tracks.c.video_id)
    )


def _theirs(people: Collection[UUID]) -> Any:
    return tracks.c.person_id.in_(people) & (tracks.c.end_ms > tracks.c.start_ms)


async def _tracks(
    connection: AsyncConnection, people: Collection[UUID], video_ids: Collection[UUID]
) -> dict[UUID, list[Any]]:
    query = select(tracks.c.id, tracks.c.video_id, tracks.c.start_ms, tracks.c.end_ms, tracks.c.copy_of)
    query = query.where(_theirs(people), tracks.c.video_id.in_(video_ids))
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in await connection.execute(query.order_by(tracks.c.start_ms, tracks.c.id)):
        found[row.video_id].append(row)
    return found


def _appearance(video: Any, rows: list[Any]) -> Appearance:
    spans = union([Span(start_ms=row.start_ms, end_ms=row.end_ms) for row in rows])
    real = [row.id for row in rows if row.copy_of is None]
    return Appearance(
        video_id=video.id,
        title=video.title,
        seconds=sum(span.end_ms - span.start_ms for span in spans) / 1000,
        spans=spans,
        track_ids=real or [row.id for row in rows],
    )
