"""People: groups, members, what they are known by."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.library import people as sql
from gateway.library import references, segments
from gateway.pages.frame import AtFrame, PageRoute
from kernel.contracts.library import Group, Person

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PICTURES = 200


@router.get("/people")
async def everybody(frame: AtFrame) -> HTMLResponse:
    async with frame.desk.database.transaction() as connection:
        persons = await sql.all_people(connection)
        groups = await sql.all_groups(connection)
        portraits = await references.with_portrait(connection)
        scenes = await segments.counted_by_person(connection)
    return frame.show(
        "people.html",
        groups=by_group(groups, persons),
        count=len(persons),
        portraits=portraits,
        scenes=scenes,
        notices=await frame.notices(all_of_them=False),
    )


def by_group(groups: Sequence[Group], persons: Sequence[Person]) -> list[tuple[Group | None, list[Person]]]:
    """Groups with their people, then the people of none."""
    sections: list[tuple[Group | None, list[Person]]] = [
        (group, [person for person in persons if group.id in person.groups]) for group in groups
    ]
    alone = [person for person in persons if not person.groups]
    return [*sections, (None, alone)] if alone else sections


@router.get("/people/{person_id}")
async def one(person_id: UUID, frame: AtFrame) -> HTMLResponse:
    async with frame.desk.database.transaction() as connection:
        person = await sql.get_person(connection, person_id)
        groups = [await sql.get_group(connection, group) for group in person.groups]
        pictures = await references.list_references(connection, person_id, limit=PICTURES)
        portraits = await references.with_portrait(connection)
        scenes = await segments.counted_by_person(connection)
    return frame.show(
        "person.html",
        person=person,
        groups=groups,
        references=pictures.items,
        portraits=portraits,
        scenes=scenes.get(person_id, 0),
    )
