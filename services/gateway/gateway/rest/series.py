"""Series, and who may be in a video."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access.admission import AtWho, seen
from gateway.desk import AtDesk
from gateway.library import runs, videos
from gateway.library import series as sql
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.errors import ConflictError, NotFoundError
from kernel.contracts.library import Page
from kernel.contracts.model import Value
from kernel.contracts.people import LineUp, Series

router = APIRouter(tags=["line-ups"])

NO_VIDEO, NO_SERIES = NotFoundError(what="video"), NotFoundError(what="series")
NO_PERSON, NO_GROUP = NotFoundError(what="person"), NotFoundError(what="group")


class NewSeries(Value):
    """A series by name; with a line-up, only those are compared in its videos."""

    name: str = Field(min_length=1, max_length=200, examples=["주간 아이돌"])
    line_up: LineUp | None = None


class SeriesOfVideo(Value):
    """Which series a video belongs to; none takes it out of its series."""

    series_id: UUID | None = Field(examples=["5b0e8f3c-1d2e-4f60-8a91-b2c3d4e5f607"])


@router.get("/videos/{video_id}/line-up", summary="Who may be in a video", responses=problems(no_video=NO_VIDEO))
async def get_line_up(video_id: UUID, desk: AtDesk) -> LineUp | None:
    """Its own line-up, else that of its series; null when everybody in the gallery may be in it."""
    async with desk.database.transaction() as connection:
        await videos.get(connection, video_id)
        return await sql.declared(connection, video_id)


@router.put(
    "/videos/{video_id}/line-up",
    summary="Declare who may be in a video",
    responses=problems(no_video=NO_VIDEO, no_person=NO_PERSON, no_group=NO_GROUP),
)
async def declare(video_id: UUID, line_up: LineUp, desk: AtDesk) -> LineUp:
    """Only these people and members of these groups are compared; others stay unknown.

    What people ruled stands all the same. A video that was indexed is indexed again at once: its faces are not
    looked for again, only decided again.
    """
    async with desk.database.transaction() as connection:
        await videos.get(connection, video_id)
        await _decide_again(connection, [video_id])
        await sql.declare(connection, video_id, line_up)
    return line_up


@router.delete(
    "/videos/{video_id}/line-up",
    status_code=204,
    summary="Leave open who may be in a video",
    responses=problems(no_video=NO_VIDEO),
)
async def leave_open(video_id: UUID, desk: AtDesk) -> None:
    """Its series' line-up counts again, or everybody. The video is indexed again as when one is declared."""
    async with desk.database.transaction() as connection:
        await videos.get(connection, video_id)
        await _decide_again(connection, [video_id])
        await sql.declare(connection, video_id, None)


@router.put(
    "/videos/{video_id}/series",
    summary="Put a video into a series",
    responses=problems(no_video=NO_VIDEO, no_series=NO_SERIES),
)
async def put_into_series(video_id: UUID, of: SeriesOfVideo, desk: AtDesk, who: AtWho) -> SeriesOfVideo:
    """The series' line-up counts unless the video has its own. The video is indexed again when its line-up changes."""
    await seen(desk, who, "series_id", [of.series_id] if of.series_id is not None else [])
    async with desk.database.transaction() as connection:
        await videos.get(connection, video_id)
        if await sql.line_up_in(connection, video_id, of.series_id) != await sql.declared(connection, video_id):
            await _decide_again(connection, [video_id])
        await sql.put_video(connection, video_id, of.series_id)
    return of


@router.get("/series", summary="List series", responses=problems())
async def list_series(desk: AtDesk, who: AtWho, limit: Limit = 50, cursor: Cursor = None) -> Page[Series]:
    """In order of name."""
    async with desk.database.transaction() as connection:
        return await sql.listing(connection, cursor, limit, sight=who.sight)


@router.post(
    "/series",
    status_code=201,
    summary="Add a series",
    response_model=Series,
    responses=problems(no_person=NO_PERSON, no_group=NO_GROUP, taken=ConflictError(reason="series 주간 아이돌")),
)
async def add_series(new: NewSeries, desk: AtDesk, once: AtOnce) -> Response:
    """A series without videos yet."""

    async def work() -> tuple[int, Series]:
        async with desk.database.transaction() as connection:
            return 201, await sql.add(connection, new.name, new.line_up)

    return await once.answer(digest(new), work)


@router.put(
    "/series/{series_id}",
    summary="Change a series",
    responses=problems(
        no_series=NO_SERIES, no_person=NO_PERSON, no_group=NO_GROUP, taken=ConflictError(reason="series 주간 아이돌")
    ),
)
async def change_series(series_id: UUID, changed: NewSeries, desk: AtDesk, who: AtWho) -> Series:
    """Replaces name and line-up. When the line-up changes, its videos without one of their own are indexed again."""
    async with desk.database.transaction() as connection:
        if changed.line_up != (await sql.get(connection, series_id)).line_up:
            await _decide_again(connection, await sql.of_series(connection, series_id))
        await sql.change(connection, series_id, changed.name, changed.line_up)
        return await sql.get(connection, series_id, who.sight)


@router.delete(
    "/series/{series_id}", status_code=204, summary="Remove a series", responses=problems(no_series=NO_SERIES)
)
async def remove_series(series_id: UUID, desk: AtDesk) -> None:
    """Its videos stay. When it had a line-up, those without one of their own are indexed again."""
    async with desk.database.transaction() as connection:
        if (await sql.get(connection, series_id)).line_up is not None:
            await _decide_again(connection, await sql.of_series(connection, series_id))
        await sql.remove(connection, series_id)


async def _decide_again(connection: AsyncConnection, video_ids: list[UUID]) -> None:
    """A run at work begins again where it was: it may have read who was declared before.

    Before the declaration is written, in the same transaction: runs are held before videos, by everybody.
    """
    await runs.begin_again(connection, video_ids)
    for video_id in await sql.indexed_with_media(connection, video_ids):
        await runs.start(connection, video_id)
