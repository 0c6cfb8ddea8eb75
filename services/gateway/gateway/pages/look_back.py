"""Older faces that would be named otherwise by now: a list to approve, and how long it is."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.identity import look_back as looking
from gateway.identity.present import present_gallery
from gateway.library import people, references
from gateway.pages.frame import AtFrame, PageRoute
from kernel.contracts.errors import ScenedeskError
from kernel.contracts.people import Renaming

router = APIRouter(route_class=PageRoute, include_in_schema=False)

SHOWN = 300
SURE = 0.8  # from this probability on a renaming is ticked before anybody looked


@router.get("/people/{person_id}/look-back")
async def look_back(person_id: UUID, frame: AtFrame) -> HTMLResponse:
    found = await looking.listed(frame.desk.database, await present_gallery(frame.desk), person_id, SHOWN, frame.sight)
    async with frame.desk.database.transaction() as connection:
        known = {person.id: person for person in await people.all_people(connection)}
        portraits = await references.with_portrait(connection)
    return frame.show(
        "look_back.html",
        person=known[person_id],
        found=found,
        by_video=by_video(found.items),
        known=known,
        portraits=portraits,
        sure=SURE,
    )


@router.get("/parts/people/{person_id}/look-back")
async def how_many(person_id: UUID, frame: AtFrame) -> HTMLResponse:
    """A link to the list when there is something on it, for a page that stands already."""
    try:
        found = await looking.listed(frame.desk.database, await present_gallery(frame.desk), person_id, 1, frame.sight)
    except ScenedeskError:
        return frame.show("parts/look_back_link.html", person_id=person_id, count=0)
    return frame.show("parts/look_back_link.html", person_id=person_id, count=found.tracks)


def by_video(items: Sequence[Renaming]) -> list[tuple[str, UUID, list[Renaming]]]:
    """Renamings under the titles of their videos, the video with most of them first, within one as time goes."""
    ordered = sorted(items, key=lambda item: (item.track.video_id, item.track.span.start_ms))
    sections = [
        (its[0].video_title, video_id, its)
        for video_id, its in ((key, list(group)) for key, group in groupby(ordered, lambda item: item.track.video_id))
    ]
    return sorted(sections, key=lambda section: -len(section[2]))
