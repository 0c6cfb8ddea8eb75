"""Faces nobody has named: the inbox, and one of them opened."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.identity.matching import Gallery
from gateway.identity.present import present_gallery
from gateway.identity.suggestions import with_nearest
from gateway.library import people, references, standing, videos
from gateway.library import strangers as sql
from gateway.pages.frame import AtFrame, Frame, PageRoute
from kernel.contracts.errors import ScenedeskError
from kernel.contracts.library import Track
from kernel.contracts.people import StrangerState

router = APIRouter(route_class=PageRoute, include_in_schema=False)

CARDS = 30
FACES = 400


@router.get("/people/unknown")
async def inbox(frame: AtFrame, state: StrangerState = "open", cursor: str | None = None) -> HTMLResponse:
    gallery = await _gallery(frame)
    async with frame.desk.database.transaction() as connection:
        page = await sql.listing(connection, state, cursor, CARDS, sight=frame.sight)
        found = await with_nearest(connection, page.items, gallery) if gallery else page.items
        known = {person.id: person for person in await people.all_people(connection)}
        groups = await people.all_groups(connection)
        portraits = await references.with_portrait(connection)
        waiting = await standing.waiting(connection, frame.sight)
    return frame.show(
        "unknown.html",
        strangers=found,
        suggests=gallery is not None,
        state=state,
        known=known,
        known_groups=groups,
        portraits=portraits,
        waiting=waiting,
        next_address=frame.further(page.next_cursor),
    )


@router.get("/people/unknown/{stranger_id}")
async def one(stranger_id: UUID, frame: AtFrame, cursor: str | None = None) -> HTMLResponse:
    gallery = await _gallery(frame)
    async with frame.desk.database.transaction() as connection:
        stranger = await sql.get(connection, stranger_id, frame.sight)
        if gallery is not None:
            stranger = (await with_nearest(connection, [stranger], gallery))[0]
        page = await sql.track_page(connection, stranger_id, cursor, FACES, sight=frame.sight)
        by_video = await _by_video(connection, page.items)
        groups = await people.all_groups(connection)
        waiting = await standing.waiting(connection, frame.sight)
    return frame.show(
        "stranger.html",
        stranger=stranger,
        by_video=by_video,
        known_groups=groups,
        waiting=waiting,
        next_address=frame.further(page.next_cursor),
    )


async def _gallery(frame: Frame) -> Gallery | None:
    """None while faces can't be compared: strangers are named all the same."""
    try:
        return await present_gallery(frame.desk)
    except ScenedeskError:
        return None


async def _by_video(connection: AsyncConnection, tracks: Sequence[Track]) -> list[tuple[str, UUID, list[Track]]]:
    """Tracks under the titles of their videos; they come in order of video."""
    titles = {video.id: video.title for video in await videos.several(connection, {t.video_id for t in tracks})}
    return [
        (titles.get(video_id, ""), video_id, list(its))
        for video_id, its in groupby(tracks, lambda track: track.video_id)
    ]
