"""Saved searches: what each has found since it was last looked at."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.access.admission import AtWho
from gateway.finding import saving
from gateway.finding.address import Addressed
from gateway.library import saved_searches as sql
from gateway.library import videos
from gateway.pages.frame import AtFrame, PageRoute
from gateway.pages.hits import shown_hit
from gateway.pages.search import filters, known_to

router = APIRouter(route_class=PageRoute, include_in_schema=False)

SEARCHES = 30
STILLS = 8


@router.get("/saved")
async def saved(frame: AtFrame, who: AtWho, cursor: str | None = None) -> HTMLResponse:
    async with frame.desk.database.transaction() as connection:
        page = await sql.listing(connection, who.actor, who.sight, cursor, SEARCHES)
        known = await known_to(connection)
        asked = {video_id for kept in page.items for video_id in kept.question.videos}
        titled = {video.id: video for video in await videos.several(connection, asked)}
    searches = []
    for kept in page.items:
        hits = (await saving.new_hits(frame.desk, kept, who.sight, STILLS)).items if kept.new else []
        cards = [(hit, shown_hit(hit, [], known.people, frame.language, frame.say), None) for hit in hits]
        searches.append((saving.shown(kept), cards, filters(frame, Addressed.of(kept.question), known, titled)))
    return frame.show(
        "saved.html", searches=searches, portraits=known.portraits, next_address=frame.further(page.next_cursor)
    )
