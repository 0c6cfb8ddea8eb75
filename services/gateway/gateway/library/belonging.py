"""Which videos the things of the library belong to: what belongs to none that may be seen is not there."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.account_tables import series_viewers
from gateway.library.sight import RESTRICTED, Sight
from gateway.tables import rulings, runs, series, tracks, videos
from gateway.timeline_tables import touches

_OF_ONE: dict[str, tuple[ColumnElement[Any], ColumnElement[Any]]] = {
    # Of these each is in one video: (its id, the video's).
    "video_id": (videos.c.id, videos.c.id),
    # Those that are no more too: an old address is shown as it last was.
    "segment_id": (touches.c.segment_id, touches.c.video_id),
    "track_id": (tracks.c.id, tracks.c.video_id),
    "run_id": (runs.c.id, runs.c.video_id),
    # Of these in several: one that may be seen is enough.
    "stranger_id": (tracks.c.stranger_id, tracks.c.video_id),
    "decision_id": (rulings.c.decision_id, rulings.c.video_id),
}
KINDS = frozenset({*_OF_ONE, "series_id"})
# People, their pictures, searches, and who may come in: of no video, so that the role alone decides.
OF_NO_VIDEO = frozenset(
    {
        *("person_id", "group_id", "reference_id", "candidate_id", "collection_id"),
        *("account_id", "invitation_id", "session_id", "token_id", "search_id", "elsewhere", "offer"),
    }
)


async def hidden(connection: AsyncConnection, kind: str, its_id: UUID, sight: Sight) -> bool:
    """Whether there is such a thing and none of its videos may be seen. What is not there is not hidden."""
    if kind == "series_id":
        return await connection.scalar(select(~series_seen(sight)).where(series.c.id == its_id)) or False
    own, video_id = _OF_ONE[kind]
    return await connection.scalar(_none_seen(own == its_id, video_id, sight)) or False


def _none_seen(own: ColumnElement[bool], video_id: ColumnElement[Any], sight: Sight) -> Select[Any]:
    return select(and_(func.count() > 0, ~func.coalesce(func.bool_or(sight.of(video_id)), false()))).where(own)


def series_seen(sight: Sight) -> ColumnElement[bool]:
    """Whether a series may be seen: what restricts its videos restricts it."""
    named = and_(
        series.c.audience == "named",
        series.c.id.in_(select(series_viewers.c.series_id).where(series_viewers.c.account_id == sight.account_id)),
    )
    if sight.whole:
        return series.c.id.isnot(None)
    free = func.coalesce(series.c.audience.not_in(RESTRICTED), True)
    return or_(free, named, series.c.audience == "editors") if sight.role == "editor" else or_(free, named)
