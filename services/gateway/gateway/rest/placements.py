"""What other programs show of the archive: noted by their services, so that it follows its scene and is taken back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from gateway.access import admission
from gateway.access.admission import AtWho
from gateway.access.errors import ActForError
from gateway.access.who import Who
from gateway.desk import AtDesk
from gateway.library import placements
from gateway.rest.links import Program
from gateway.rest.me import NO_ACCOUNT, account_id_of
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.accounts import Elsewhere
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page
from kernel.contracts.placements import NewPlacements, Placement

router = APIRouter(tags=["access"])

ACTS = problems(may_not=ActForError())


@router.put(
    "/placements",
    status_code=204,
    summary="Note what another program shows",
    responses=problems(no_account=NO_ACCOUNT, no_video=NotFoundError(what="video"), may_not=ActForError()),
)
async def put(new: NewPlacements, desk: AtDesk, who: AtWho) -> None:
    """For a service, as itself or as whoever it acts for: of videos they may see. Said again, the newest holds."""
    if not (who.acts or who.acted):
        raise ActForError
    await admission.seen(desk, who, "video_id", {one.video_id for one in new.placements})
    async with desk.database.transaction() as connection:
        await placements.put(connection, account_id_of(who), new.placements)


@router.get("/placements", summary="Where another program shows a segment", responses=ACTS)
async def list_of_segment(
    desk: AtDesk, who: AtWho, program: Program, segment_id: Annotated[UUID, Query()]
) -> list[Placement]:
    """For a service whose token has `act-for`: oldest first."""
    _acts(who)
    async with desk.database.transaction() as connection:
        return await placements.of_segment(connection, program, segment_id)


@router.get("/placements/due", summary="What another program has to show again, or take back", responses=ACTS)
async def list_due(
    desk: AtDesk, who: AtWho, program: Program, limit: Limit = 50, cursor: Cursor = None
) -> Page[Placement]:
    """For a service whose token has `act-for`: in order of where they are."""
    _acts(who)
    async with desk.database.transaction() as connection:
        return await placements.due(connection, program, limit=limit, cursor=cursor)


@router.delete(
    "/placements/{elsewhere}",
    status_code=204,
    summary="Note that another program shows it no more",
    responses=problems(may_not=ActForError(), no_placement=NotFoundError(what="placement")),
)
async def remove(elsewhere: Elsewhere, desk: AtDesk, who: AtWho) -> None:
    """For a service whose token has `act-for`."""
    _acts(who)
    async with desk.database.transaction() as connection:
        await placements.remove(connection, elsewhere)


def _acts(who: Who) -> None:
    if not who.acts:
        raise ActForError
