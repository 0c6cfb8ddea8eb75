"""One segment by its id: an old link still opens what it showed."""

from uuid import UUID

from fastapi import APIRouter

from gateway.desk import AtDesk
from gateway.library import segments as sql
from gateway.people import merging
from gateway.rest.problems import problems
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Segment

router = APIRouter(tags=["videos"])


@router.get("/segments/{segment_id}", summary="One segment", responses=problems(gone=NotFoundError(what="segment")))
async def get_segment(segment_id: UUID, desk: AtDesk) -> Segment:
    async with desk.database.transaction() as connection:
        return merging.shown_segment(await sql.get(connection, segment_id), await merging.resolved(connection))
