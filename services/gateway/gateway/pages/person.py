"""One person: pictures, groups, and every appearance."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.library import audit, memberships, references, segments, standing
from gateway.library import people as sql
from gateway.pages.frame import AtFrame, PageRoute
from gateway.pages.people import ASKED_FOR, known_by_person
from gateway.people.merging import all_of, followed
from gateway.people.references import listed as pictures_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PICTURES = 200
ENTRIES = 50


@router.get("/people/{person_id}")
async def one(person_id: UUID, frame: AtFrame) -> HTMLResponse:
    async with frame.desk.database.transaction() as connection:
        person = await sql.get_person(connection, person_id)
        persons = await sql.all_people(connection)
        groups = await sql.all_groups(connection)
        pictures = await pictures_of(connection, person_id, limit=PICTURES)
        portraits = await references.with_portrait(connection)
        known = known_by_person(
            persons,
            await standing.pictures(connection),
            await standing.screen_time(connection),
            await segments.counted_by_person(connection),
        )
        entries = await audit.listing(connection, limit=ENTRIES, person_id=person_id)
        member_of = await memberships.of_person(connection, person_id)
    how = known[person_id]
    everybody = {other.id: other for other in persons}
    redirects = {other.id: other.merged_into for other in persons if other.merged_into}
    into = followed(redirects)
    by_id = {group.id: group for group in groups}
    return frame.show(
        "person.html",
        person=person,
        into=everybody.get(into.get(person_id, person_id)) if person.merged_into else None,
        known=everybody,
        merged=[everybody[other] for other in all_of(person_id, redirects) if other != person_id],
        groups=[(membership, by_id[membership.group_id]) for membership in member_of if membership.group_id in by_id],
        known_groups=groups,
        references=pictures.items,
        portraits=portraits,
        usable=how.pictures.usable,
        share=how.share,
        asked_for=ASKED_FOR,
        audit=entries.items,
        scenes=how.scenes,
        seen_s=how.screen_ms / 1000,
        videos=0,
        appearances=[],
        looking_back=0,
        next_address=frame.further(None),
    )
