"""Merging people who turned out to be one, and taking that back."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from gateway.desk import AtDesk
from gateway.people import joining
from gateway.people.errors import MergedAlreadyError, NotMergedError, SamePersonError
from gateway.rest.doors import ByWhom
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.problems import problems
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Person
from kernel.contracts.model import Value

router = APIRouter(tags=["people"])

NO_PERSON = NotFoundError(what="person")


class Merging(Value):
    """Whom a person turned out to be."""

    into: UUID = Field(examples=["7d0f3c2e-5f0a-4a68-9a44-0b8d4c1f2e11"])


@router.post(
    "/people/{person_id}/merge",
    summary="Merge a person into another",
    response_model=Person,
    responses=problems(no_person=NO_PERSON, same=SamePersonError(), merged=MergedAlreadyError()),
)
async def merge(person_id: UUID, merging: Merging, desk: AtDesk, once: AtOnce, by: ByWhom) -> Response:
    """Everything of theirs counts for the other from now on, and answers with that one. Un-merging is exact.

    Machine captions say the other's name, in one undoable edit a video; what a person wrote stays.
    """

    async def work() -> tuple[int, Person]:
        async with desk.database.transaction() as connection:
            person = await joining.merge(connection, person_id, merging.into, by=by)
        await desk.names.changed(desk.services.embed)
        return 200, person

    return await once.answer(digest(str(person_id), merging), work)


@router.post(
    "/people/{person_id}/unmerge",
    summary="Take a merge back",
    response_model=Person,
    responses=problems(no_person=NO_PERSON, not_merged=NotMergedError()),
)
async def unmerge(person_id: UUID, desk: AtDesk, once: AtOnce, by: ByWhom) -> Response:
    """Everything is theirs again: references, tracks, rulings, segments, documents, names in machine captions."""

    async def work() -> tuple[int, Person]:
        async with desk.database.transaction() as connection:
            person = await joining.unmerge(connection, person_id, by=by)
        await desk.names.changed(desk.services.embed)
        return 200, person

    return await once.answer(digest(str(person_id)), work)
