"""Who did what to whose pictures, and when."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from gateway.desk import AtDesk
from gateway.library import audit as sql
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.library import Page
from kernel.contracts.people import AuditEntry

router = APIRouter(tags=["people"])


@router.get("/audit", summary="What was done to people and their pictures", responses=problems())
async def list_entries(
    desk: AtDesk,
    person: Annotated[UUID | None, Query(description="Only what concerns this person")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AuditEntry]:
    """Newest first. Nothing is ever changed or removed here, and no entry holds a name."""
    async with desk.database.transaction() as connection:
        await sql.note_expired(connection)
        return await sql.listing(connection, limit=limit, cursor=cursor, person_id=person)
