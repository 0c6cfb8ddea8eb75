"""Collecting: searches for pictures and videos, and the queue where their findings wait for a yes."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from gateway.access.admission import AtWho
from gateway.collecting import review
from gateway.collecting.errors import DecidedError, OfflineError
from gateway.desk import AtDesk, Desk
from gateway.library import candidates, collections, people
from gateway.library.collections import Wanted
from gateway.rest.doors import ByWhom
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page
from kernel.contracts.people import Candidate, CandidateState, Collection, NewCollection, NewVideoCollection
from kernel.web import language_of

router = APIRouter(tags=["collecting"])

NO_PERSON, NO_COLLECTION = NotFoundError(what="person"), NotFoundError(what="collection")
NO_CANDIDATE, DECIDED, OFFLINE = NotFoundError(what="candidate"), DecidedError(state="rejected"), OfflineError()


def _refuse_offline(desk: Desk) -> None:
    if desk.settings.offline:
        raise OfflineError


@router.post(
    "/people/{person_id}/collect",
    status_code=202,
    summary="Collect pictures of a person",
    response_model=Collection,
    responses=problems(no_person=NO_PERSON, offline=OFFLINE),
)
async def collect_pictures(person_id: UUID, new: NewCollection, desk: AtDesk, who: AtWho, once: AtOnce) -> Response:
    """Searches the web for somebody of the gallery. Every finding waits in the review queue; none is used before."""
    _refuse_offline(desk)

    async def work() -> tuple[int, Collection]:
        async with desk.database.transaction() as connection:
            person = await people.get_person(connection, person_id)
            wanted = Wanted(
                kind="people",
                person_id=person_id,
                query=new.query or person.name,
                rights=new.rights,
                consent=new.consent,
                most=new.limit,
                actor=who.actor,
            )
            return 202, await collections.start(connection, wanted)

    return await once.answer(digest(str(person_id), new), work)


@router.post(
    "/collections/videos",
    status_code=202,
    summary="Collect videos",
    response_model=Collection,
    responses=problems(offline=OFFLINE),
)
async def collect_videos(new: NewVideoCollection, desk: AtDesk, who: AtWho, once: AtOnce) -> Response:
    """Those a search, a channel or a playlist names. Each becomes a video and a run, at once or after a yes."""
    _refuse_offline(desk)

    async def work() -> tuple[int, Collection]:
        wanted = Wanted(
            kind="videos",
            query=new.asked,
            rights=new.rights,
            most=new.limit,
            review=new.review,
            actor=who.actor,
        )
        async with desk.database.transaction() as connection:
            return 202, await collections.start(connection, wanted)

    return await once.answer(digest(new), work)


@router.get("/collections", summary="List collections", responses=problems())
async def list_collections(
    request: Request, desk: AtDesk, limit: Limit = 50, cursor: Cursor = None
) -> Page[Collection]:
    """Newest first, with how far each is."""
    async with desk.database.transaction() as connection:
        return await collections.listing(connection, limit=limit, cursor=cursor, language=language_of(request))


@router.get("/collections/{collection_id}", summary="One collection", responses=problems(no=NO_COLLECTION))
async def get_collection(collection_id: UUID, request: Request, desk: AtDesk) -> Collection:
    async with desk.database.transaction() as connection:
        return await collections.get(connection, collection_id, language_of(request))


@router.post("/collections/{collection_id}/cancel", summary="Cancel a collection", responses=problems(no=NO_COLLECTION))
async def cancel_collection(collection_id: UUID, request: Request, desk: AtDesk) -> Collection:
    """What it found so far stays in the queue; one that is over stays as it is."""
    async with desk.database.transaction() as connection:
        await collections.finish(connection, collection_id, "cancelled")
        return await collections.get(connection, collection_id, language_of(request))


@router.get("/candidates", summary="What was found", responses=problems())
async def list_candidates(
    desk: AtDesk,
    state: Annotated[CandidateState | None, Query(description="Only in this state")] = None,
    kind: Annotated[Literal["people", "videos"] | None, Query(description="Only pictures, or only videos")] = None,
    person: Annotated[UUID | None, Query(description="Only of this person")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Candidate]:
    """Oldest first; `state=waiting` is the review queue."""
    async with desk.database.transaction() as connection:
        return await candidates.listing(
            connection, limit=limit, cursor=cursor, state=state, kind=kind, person_id=person
        )


@router.get(
    "/candidates/{candidate_id}/picture",
    summary="The picture of a candidate",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}}}, **problems(no=NO_CANDIDATE)},
)
async def get_picture(candidate_id: UUID, desk: AtDesk) -> FileResponse:
    """While it waits; afterwards it is a reference's picture, or deleted."""
    async with desk.database.transaction() as connection:
        found = await candidates.pictured(connection, candidate_id)
    path = desk.store.path(found.picture)
    if not path.is_file():
        raise NotFoundError(what="picture")
    return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


@router.post(
    "/candidates/{candidate_id}/approve",
    summary="Take a candidate",
    responses=problems(no=NO_CANDIDATE, decided=DECIDED),
)
async def approve(candidate_id: UUID, desk: AtDesk, by: ByWhom) -> Candidate:
    """A picture becomes a reference under the rights confirmed with its collection; a video is fetched and indexed."""
    return await review.approve(desk, candidate_id, by)


@router.post(
    "/candidates/{candidate_id}/reject",
    summary="Refuse a candidate",
    responses=problems(no=NO_CANDIDATE, decided=DECIDED),
)
async def reject(candidate_id: UUID, desk: AtDesk, by: ByWhom) -> Candidate:
    """Its picture is deleted; it is remembered so that no collection shows it again."""
    return await review.reject(desk, candidate_id, by)
