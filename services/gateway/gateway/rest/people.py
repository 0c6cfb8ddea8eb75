"""People: what they are called and where they belong."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from gateway.desk import AtDesk
from gateway.library import people as sql
from gateway.people import audit, renaming, sexes
from gateway.rest.doors import ByWhom
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.errors import ConflictError, NotFoundError
from kernel.contracts.library import NewPerson, Page, Person, Sex
from kernel.contracts.model import Value

router = APIRouter(tags=["people"])

NO_PERSON = NotFoundError(what="person")


class ChangedPerson(Value):
    """A person's name and aliases, as they shall be."""

    name: str = Field(min_length=1, max_length=200, examples=["김민지"])
    aliases: list[Annotated[str, Field(max_length=200)]] = Field(
        default=[], max_length=50, examples=[["Kim Minji", "MJ"]]
    )
    sex: Sex | None = Field(default=None, description="Left as it is when it is not sent; null: not said")


@router.get("/people", summary="List people", responses=problems())
async def list_people(
    desk: AtDesk,
    group: Annotated[UUID | None, Query(description="Only members of this group")] = None,
    q: Annotated[str, Query(max_length=200, description="Part of a name or alias")] = "",
    merged: Annotated[bool, Query(description="Also those who were merged into somebody")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Person]:
    """People in order of name. Whoever was merged into somebody is found as that one, under either name."""
    async with desk.database.transaction() as connection:
        return await sql.list_people(connection, limit=limit, cursor=cursor, group=group, q=q, merged=merged)


@router.post(
    "/people",
    status_code=201,
    summary="Add a person",
    response_model=Person,
    responses=problems(conflict=ConflictError(reason="김민지")),
)
async def add_person(new: NewPerson, desk: AtDesk, once: AtOnce, by: ByWhom) -> Response:
    """A new person; the group is made when it is not there. Two people of one group never share a name."""

    async def work() -> tuple[int, Person]:
        async with desk.database.transaction() as connection:
            person = await sql.add_person(connection, new)
            await audit.write(connection, **by._asdict(), action="person_added", person_id=person.id)
        await desk.names.changed(desk.services.embed)
        return 201, person

    return await once.answer(digest(new), work)


@router.get("/people/{person_id}", summary="One person", responses=problems(no_person=NO_PERSON))
async def get_person(person_id: UUID, desk: AtDesk) -> Person:
    async with desk.database.transaction() as connection:
        return await sql.get_person(connection, person_id)


@router.put(
    "/people/{person_id}",
    summary="Rename a person",
    responses=problems(no_person=NO_PERSON, conflict=ConflictError(reason="김민지")),
)
async def change_person(person_id: UUID, changed: ChangedPerson, desk: AtDesk, by: ByWhom) -> Person:
    """Replaces the name and all aliases. Search knows the new ones at once.

    Machine captions follow, in one undoable edit a video; what a person wrote stays. So they do what is said of a
    person's sex: "a man" of a scene where only women are becomes "a person".
    """
    async with desk.database.transaction() as connection:
        person = await renaming.rename(connection, person_id, name=changed.name, aliases=changed.aliases, by=by)
        if "sex" in changed.model_fields_set:
            person = await sexes.state(connection, person_id, changed.sex, by)
    await desk.names.changed(desk.services.embed)
    return person
