"""Who may see a video, or a series."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from gateway.access import seeing
from gateway.access.admission import AtWho
from gateway.access.errors import NotAllowedError
from gateway.desk import AtDesk
from gateway.library import visibility as sql
from gateway.rest.problems import problems
from kernel.contracts.accounts import Visibility, VisibilityOfVideo
from kernel.contracts.errors import NotFoundError

router = APIRouter(tags=["access"])

NO_VIDEO, NO_SERIES = NotFoundError(what="video"), NotFoundError(what="series")
NOT_YOURS = NotAllowedError(role="admin")
Said = Annotated[Visibility | None, Body(examples=[{"audience": "named", "accounts": []}, None])]


@router.get("/videos/{video_id}/visibility", summary="Who sees a video", responses=problems(no_video=NO_VIDEO))
async def of_video(video_id: UUID, desk: AtDesk) -> VisibilityOfVideo:
    """What was said of it, and what holds: its own, else its series', else everyone."""
    return await seeing.of_video(desk, video_id)


@router.put(
    "/videos/{video_id}/visibility",
    summary="Say who sees a video",
    responses=problems(no_video=NO_VIDEO, not_yours=NOT_YOURS),
)
async def say_of_video(video_id: UUID, said: Said, desk: AtDesk, who: AtWho) -> VisibilityOfVideo:
    """Whoever brought it may, and admins; of one that nobody's account brought, every editor. Null leaves it to its
    series. From then on it is not there for others: not its media, nor in search, counts, lists or suggestions.
    """
    return await seeing.say_of_video(desk, who, video_id, said)


@router.get("/series/{series_id}/visibility", summary="Who sees a series", responses=problems(no_series=NO_SERIES))
async def of_series(series_id: UUID, desk: AtDesk) -> Visibility:
    async with desk.database.transaction() as connection:
        return await sql.said(connection, "series", series_id) or sql.FREE


@router.put(
    "/series/{series_id}/visibility",
    summary="Say who sees a series",
    responses=problems(no_series=NO_SERIES),
)
async def say_of_series(series_id: UUID, said: Said, desk: AtDesk) -> Visibility:
    """Holds for its videos of which nothing else is said."""
    async with desk.database.transaction() as connection:
        await sql.say(connection, "series", series_id, said)
        return await sql.said(connection, "series", series_id) or sql.FREE
