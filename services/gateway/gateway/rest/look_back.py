"""Looking back at what somebody's name would change, and where somebody appears."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from gateway.access.admission import AtWho
from gateway.desk import AtDesk
from gateway.identity import look_back
from gateway.identity.present import present_gallery
from gateway.library import appearances, people
from gateway.library.conflicts import LookBackChangedError
from gateway.people import merging
from gateway.rest.doors import ByWhom
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.errors import NotFoundError
from kernel.contracts.people import Appearances, Approval, Decision, LookBack

router = APIRouter(tags=["people"])

NO_PERSON = NotFoundError(what="person")
MOVED = LookBackChangedError()


@router.get(
    "/people/{person_id}/look-back", summary="What a name would change", responses=problems(no_person=NO_PERSON)
)
async def look(
    person_id: UUID,
    desk: AtDesk,
    who: AtWho,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many tracks, the surest first")] = 200,
) -> LookBack:
    """Every track of all videos that the present gallery would name otherwise, to this person or away from them.

    Nothing is changed. Tracks somebody ruled on are never among them.
    """
    return await look_back.listed(desk.database, await present_gallery(desk), person_id, limit, who.sight)


@router.post(
    "/people/{person_id}/look-back",
    status_code=201,
    summary="Approve a look-back",
    response_model=Decision,
    responses=problems(no_person=NO_PERSON, moved=MOVED),
)
async def approve(person_id: UUID, approval: Approval, desk: AtDesk, once: AtOnce, by: ByWhom, who: AtWho) -> Response:
    """Renames the tracks chosen, in one undoable edit a video; `rejected` ones are never proposed so again.

    All at once or, when one is not as it was listed, not at all.
    """

    async def work() -> tuple[int, Decision]:
        gallery = await present_gallery(desk)
        return 201, await look_back.approve(desk.database, gallery, person_id, approval, by, who.sight)

    return await once.answer(digest(str(person_id), approval), work)


@router.get(
    "/people/{person_id}/appearances", summary="Where somebody appears", responses=problems(no_person=NO_PERSON)
)
async def list_appearances(
    person_id: UUID, desk: AtDesk, who: AtWho, limit: Limit = 50, cursor: Cursor = None
) -> Appearances:
    """By video, the newest first, with the screen time of each and of all. People merged into them count as them."""
    async with desk.database.transaction() as connection:
        await people.get_person(connection, person_id)
        everybody = merging.same_as(person_id, await people.redirects(connection))
        total = await appearances.total(connection, everybody, who.sight)
        page = await appearances.listing(connection, everybody, cursor, limit, sight=who.sight)
    return Appearances(**page.model_dump(), **total._asdict())
