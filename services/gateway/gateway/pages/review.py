"""What was collected, waiting for a yes; and the searches that bring it."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.library import candidates, collections, people, references, standing
from gateway.pages.frame import AtFrame, PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)

CARDS = 40
SEARCHES = 6


@router.get("/people/review")
async def review(frame: AtFrame, cursor: str | None = None) -> HTMLResponse:
    async with frame.desk.database.transaction() as connection:
        searches = await collections.listing(connection, limit=SEARCHES, language=frame.language)
        page = await candidates.listing(connection, limit=CARDS, cursor=cursor, state="waiting")
        known = {person.id: person for person in await people.all_people(connection)}
        groups = await people.all_groups(connection)
        portraits = await references.with_portrait(connection)
        waiting = await standing.waiting(connection, frame.sight)
    return frame.show(
        "review.html",
        collections=searches.items,
        candidates=page.items,
        known=known,
        known_groups=groups,
        portraits=portraits,
        waiting=waiting,
        offline=frame.desk.settings.offline,
        next_address=frame.further(page.next_cursor),
    )
