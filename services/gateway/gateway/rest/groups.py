"""Groups: what they are called, and who belongs to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Response
from pydantic import Field

from gateway.desk import AtDesk
from gateway.library import memberships
from gateway.library import people as sql
from gateway.people import audit
from gateway.rest.doors import ByWhom
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.errors import ConflictError, NotFoundError
from kernel.contracts.library import Group, NewGroup, Page
from kernel.contracts.model import Value
from kernel.contracts.people import Membership

router = APIRouter(tags=["people"])

NO_GROUP = NotFoundError(what="group")
NO_PERSON = NotFoundError(what="person")
MEMBER = {"group_id": "3f2a9c1e-5b7d-4e0a-9a53-0c4d6f1b2e77", "since": "2022-07-22", "until": None}


class ChangedGroup(Value):
    """A group's name and aliases, as they shall be."""

    name: str = Field(min_length=1, max_length=200, examples=["NJZ"])
    aliases: list[Annotated[str, Field(max_length=200)]] = Field(
        default=[], max_length=50, examples=[["뉴진스", "NewJeans"]]
    )


@router.get("/groups", summary="List groups", responses=problems())
async def list_groups(desk: AtDesk, limit: Limit = 50, cursor: Cursor = None) -> Page[Group]:
    """Groups in order of name, each with its members."""
    async with desk.database.transaction() as connection:
        return await sql.list_groups(connection, limit=limit, cursor=cursor)


@router.post(
    "/groups",
    status_code=201,
    summary="Add a group",
    response_model=Group,
    responses=problems(conflict=ConflictError(reason="group NJZ")),
)
async def add_group(new: NewGroup, desk: AtDesk, once: AtOnce, by: ByWhom) -> Response:
    """A new group without members; people join it as they are added."""

    async def work() -> tuple[int, Group]:
        async with desk.database.transaction() as connection:
            group = await sql.add_group(connection, new)
            await audit.write(connection, **by._asdict(), action="group_added", details={"group_id": str(group.id)})
        await desk.names.changed(desk.services.embed)
        return 201, group

    return await once.answer(digest(new), work)


@router.get("/groups/{group_id}", summary="One group", responses=problems(no_group=NO_GROUP))
async def get_group(group_id: UUID, desk: AtDesk) -> Group:
    async with desk.database.transaction() as connection:
        return await sql.get_group(connection, group_id)


@router.put(
    "/groups/{group_id}",
    summary="Rename a group",
    responses=problems(no_group=NO_GROUP, conflict=ConflictError(reason="group NJZ")),
)
async def change_group(group_id: UUID, changed: ChangedGroup, desk: AtDesk, by: ByWhom) -> Group:
    """Replaces the name and all aliases. Search knows the new ones at once."""
    async with desk.database.transaction() as connection:
        group = await memberships.change_group(connection, group_id, name=changed.name, aliases=changed.aliases)
        details = {"group_id": str(group_id)}
        await audit.write(connection, **by._asdict(), action="group_changed", details=details)
    await desk.names.changed(desk.services.embed)
    return group


@router.delete(
    "/groups/{group_id}",
    status_code=204,
    summary="Remove a group",
    responses=problems(no_group=NO_GROUP, members=ConflictError(reason="NJZ: 5")),
)
async def remove_group(group_id: UUID, desk: AtDesk, by: ByWhom) -> None:
    """Only while nobody belongs to it."""
    async with desk.database.transaction() as connection:
        await memberships.remove_group(connection, group_id)
        details = {"group_id": str(group_id)}
        await audit.write(connection, **by._asdict(), action="group_removed", details=details)
    await desk.names.changed(desk.services.embed)


@router.get("/people/{person_id}/memberships", summary="A person's groups", responses=problems(no_person=NO_PERSON))
async def list_memberships(person_id: UUID, desk: AtDesk, limit: Limit = 50, cursor: Cursor = None) -> Page[Membership]:
    """In order of the groups' names, with the dates in each, as far as they are known."""
    async with desk.database.transaction() as connection:
        return await memberships.listing(connection, person_id, limit=limit, cursor=cursor)


@router.put(
    "/people/{person_id}/memberships",
    summary="Say where a person belongs",
    responses=problems(no_person=NO_PERSON, no_group=NO_GROUP, conflict=ConflictError(reason="김민지")),
)
async def change_memberships(
    person_id: UUID,
    wanted: Annotated[list[Membership], Body(max_length=100, examples=[[MEMBER]])],
    desk: AtDesk,
    by: ByWhom,
) -> Page[Membership]:
    """Replaces all of them; the answer is all there are then.

    Two people of one group never share a name; dates are optional at both ends.
    """
    async with desk.database.transaction() as connection:
        now = await memberships.replace(connection, person_id, wanted)
        details = {"groups": len(now)}
        await audit.write(
            connection, **by._asdict(), action="memberships_changed", person_id=person_id, details=details
        )
    await desk.names.changed(desk.services.embed)
    return Page(items=now)
