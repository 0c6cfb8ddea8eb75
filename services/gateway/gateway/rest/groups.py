"""Groups: what they are called, and who belongs to them."""

from uuid import UUID

from fastapi import APIRouter, Response

from gateway.desk import AtDesk
from gateway.library import people as sql
from gateway.people import audit
from gateway.rest.doors import ByWhom
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.errors import ConflictError, NotFoundError
from kernel.contracts.library import Group, NewGroup, Page

router = APIRouter(tags=["people"])

NO_GROUP = NotFoundError(what="group")


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
