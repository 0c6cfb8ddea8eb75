"""Ask me: one question at a time, the one that settles most first."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.identity.asking import questions_for
from gateway.library import people, references, standing
from gateway.pages.frame import AtFrame, PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)

ASKED = 20


@router.get("/people/questions")
async def questions(frame: AtFrame) -> HTMLResponse:
    asked = (await questions_for(frame.desk, ASKED, frame.sight)).items
    async with frame.desk.database.transaction() as connection:
        known = {person.id: person for person in await people.all_people(connection)}
        groups = await people.all_groups(connection)
        portraits = await references.with_portrait(connection)
        waiting = await standing.waiting(connection, frame.sight)
    return frame.show(
        "questions.html", questions=asked, known=known, known_groups=groups, portraits=portraits, waiting=waiting
    )
