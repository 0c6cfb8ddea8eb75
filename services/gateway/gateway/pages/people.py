"""The gallery: groups, members, how well each is known, and what waits to be decided."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import people as sql
from gateway.library import references, segments, standing
from gateway.library.standing import Pictures
from gateway.pages.frame import AtFrame, PageRoute
from gateway.people.doubts import doubtful, in_use
from gateway.people.merging import followed
from kernel.contracts.faces import FaceModel
from kernel.contracts.library import Group, Person

router = APIRouter(route_class=PageRoute, include_in_schema=False)

MOST_JUDGED = 150
ASKED_FOR = 5  # pictures of a person: one is enough to start


@dataclass(frozen=True)
class Known:
    """How well a person is known, those they were merged with included."""

    pictures: Pictures = field(default_factory=Pictures)
    screen_ms: int = 0
    scenes: int = 0

    @property
    def share(self) -> float:
        """Of the pictures asked for, 0..1."""
        return min(1.0, self.pictures.usable / ASKED_FOR)


@router.get("/people")
async def everybody(frame: AtFrame) -> HTMLResponse:
    model = await in_use(frame.desk.services.faces)
    async with frame.desk.database.transaction() as connection:
        persons = await sql.all_people(connection)
        groups = await sql.all_groups(connection)
        portraits = await references.with_portrait(connection)
        known = known_by_person(
            persons,
            await standing.pictures(connection),
            await standing.screen_time(connection, frame.sight),
            await segments.counted_by_person(connection, frame.sight),
        )
        waiting = await standing.waiting(connection, frame.sight)
        doubted = await _doubted(connection, persons, model)
    standing_alone = [person for person in persons if person.merged_into is None]
    return frame.show(
        "people.html",
        groups=by_group(groups, standing_alone),
        known_groups=groups,
        count=len(standing_alone),
        known=known,
        portraits=portraits,
        waiting=waiting,
        asked_for=ASKED_FOR,
        doubted=doubted,
        notices=await frame.notices(all_of_them=False),
    )


async def _doubted(connection: AsyncConnection, persons: Sequence[Person], model: FaceModel | None) -> set[UUID]:
    """Whose pictures are doubtful. Of a gallery too large to judge on every view, a person's own page says it."""
    if model is None or len(persons) > MOST_JUDGED:
        return set()
    known = await references.known_vectors(connection, model.embedder.model_id)
    into = followed({person.id: person.merged_into for person in persons if person.merged_into})
    line = model.default_threshold
    return await asyncio.to_thread(lambda: {one.id for one in persons if doubtful(known, into, one.id, line)})


def by_group(groups: Sequence[Group], persons: Sequence[Person]) -> list[tuple[Group | None, list[Person]]]:
    """Groups with their people, then the people of none."""
    sections: list[tuple[Group | None, list[Person]]] = [
        (group, [person for person in persons if group.id in person.groups]) for group in groups
    ]
    alone = [person for person in persons if not person.groups]
    return [*sections, (None, alone)] if alone else sections


def known_by_person(
    persons: Sequence[Person],
    pictures: Mapping[UUID, Pictures],
    screen_ms: Mapping[UUID, int],
    scenes: Mapping[UUID, int],
) -> dict[UUID, Known]:
    """How well everybody is known; what was said of merged people counts for whom they turned out to be."""
    into = followed({person.id: person.merged_into for person in persons if person.merged_into})
    known: dict[UUID, Known] = {person.id: Known() for person in persons}
    for person in persons:
        whom = into.get(person.id, person.id)
        so_far, own = known[whom], pictures.get(person.id, Pictures())
        known[whom] = replace(
            so_far,
            pictures=_sum(so_far.pictures, own),
            screen_ms=so_far.screen_ms + screen_ms.get(person.id, 0),
            scenes=so_far.scenes + scenes.get(person.id, 0),
        )
    return known


def _sum(one: Pictures, other: Pictures) -> Pictures:
    return Pictures(
        one.there + other.there,
        one.usable + other.usable,
        one.expired + other.expired,
        one.withdrawn + other.withdrawn,
    )
