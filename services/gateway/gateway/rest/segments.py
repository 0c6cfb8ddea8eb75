"""One segment by its id: an old link still opens what it showed. Its history, and whose word is what on it."""

from uuid import UUID

from fastapi import APIRouter

from gateway.desk import AtDesk
from gateway.library import history
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from gateway.revising import lineage
from kernel.contracts.errors import NotFoundError
from kernel.contracts.history import EditSummary, FoundSegment, Provenance
from kernel.contracts.library import Page

router = APIRouter(tags=["editing"])

NO_SEGMENT = NotFoundError(what="segment")


@router.get("/segments/{segment_id}", summary="One segment", responses=problems(gone=NO_SEGMENT))
async def get_segment(segment_id: UUID, desk: AtDesk) -> FoundSegment:
    """One that was merged, split or deleted is shown as it last was, with who ended it and what shows on instead."""
    async with desk.database.transaction() as connection:
        return await lineage.found(connection, segment_id)


@router.get("/segments/{segment_id}/edits", summary="History of a segment", responses=problems(gone=NO_SEGMENT))
async def list_segment_edits(
    segment_id: UUID, desk: AtDesk, limit: Limit = 50, cursor: Cursor = None
) -> Page[EditSummary]:
    """Newest first: of itself and, before it was, of those it was split from or merged of."""
    async with desk.database.transaction() as connection:
        video_id = await lineage.video_of(connection, segment_id)
        mine = await lineage.with_ancestors(connection, video_id, segment_id)
        return await history.of_segments(connection, video_id, mine, cursor, limit)


@router.get(
    "/segments/{segment_id}/provenance", summary="Whose word is what on a segment", responses=problems(gone=NO_SEGMENT)
)
async def get_provenance(segment_id: UUID, desk: AtDesk) -> list[Provenance]:
    """Every value with whether a person or a machine says it, which model, who brought it and when."""
    async with desk.database.transaction() as connection:
        return await lineage.whose_word(connection, segment_id)
