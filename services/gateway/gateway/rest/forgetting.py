"""Forgetting a person, and the receipts of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from gateway.desk import AtDesk
from gateway.library import forgotten
from gateway.people import forgetting
from gateway.people.forgetting import OthersMergedError
from gateway.rest.doors import ByWhom
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page
from kernel.contracts.people import Receipt

router = APIRouter(tags=["people"])


@router.delete(
    "/people/{person_id}",
    summary="Forget a person",
    responses=problems(no_person=NotFoundError(what="person"), merged=OthersMergedError(count=2)),
)
async def forget(
    person_id: UUID,
    desk: AtDesk,
    by: ByWhom,
    merged: Annotated[bool, Query(description="Also forget everybody who was merged into them")] = False,
) -> Receipt:
    """Removes pictures, vectors, references, rulings, trained weights, their name in machine captions and history.

    It cannot be undone, and a restored backup is forgotten again. What a person wrote stays; the receipt says where.
    """
    return await forgetting.forget(desk, person_id, merged=merged, by=by)


@router.get("/forgotten", summary="Receipts of forgotten people", responses=problems())
async def list_receipts(desk: AtDesk, limit: Limit = 50, cursor: Cursor = None) -> Page[Receipt]:
    """Newest first. They name nobody."""
    async with desk.database.transaction() as connection:
        return await forgotten.listing(connection, limit=limit, cursor=cursor)
