"""Faces nobody has named: the inbox of strangers, and which of them to ask about first."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from gateway.access.admission import AtWho, seen
from gateway.desk import AtDesk, Desk
from gateway.identity import asking, inbox
from gateway.identity.present import present_gallery
from gateway.identity.suggestions import with_nearest
from gateway.library import strangers as sql
from gateway.rest.doors import ByWhom
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.errors import ConflictError, InvalidError, NotFoundError
from kernel.contracts.library import Page, Track
from kernel.contracts.people import (
    Decision,
    MergedStrangers,
    NamedStranger,
    NotThem,
    Question,
    SplitStranger,
    Stranger,
    StrangerState,
)

router = APIRouter(tags=["strangers"])

NO_STRANGER = NotFoundError(what="stranger")
NO_PERSON = NotFoundError(what="person")


@router.get("/strangers", summary="Faces nobody has named", responses=problems())
async def list_strangers(
    desk: AtDesk,
    who: AtWho,
    state: Annotated[StrangerState, Query(description="`hidden` are those put away as passers-by")] = "open",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Stranger]:
    """Over all videos, most screen time first, each with its clearest tracks and the people it is nearest to."""
    gallery = await present_gallery(desk)
    async with desk.database.transaction() as connection:
        page = await sql.listing(connection, state, cursor, limit, sight=who.sight)
        return Page(items=await with_nearest(connection, page.items, gallery), next_cursor=page.next_cursor)


@router.get("/strangers/{stranger_id}", summary="One stranger", responses=problems(no_stranger=NO_STRANGER))
async def get_stranger(stranger_id: UUID, desk: AtDesk, who: AtWho) -> Stranger:
    gallery = await present_gallery(desk)
    async with desk.database.transaction() as connection:
        return (await with_nearest(connection, [await sql.get(connection, stranger_id, who.sight)], gallery))[0]


@router.get(
    "/strangers/{stranger_id}/tracks", summary="A stranger's tracks", responses=problems(no_stranger=NO_STRANGER)
)
async def list_stranger_tracks(
    stranger_id: UUID, desk: AtDesk, who: AtWho, limit: Limit = 50, cursor: Cursor = None
) -> Page[Track]:
    """All of them, by video and time."""
    async with desk.database.transaction() as connection:
        await sql.get(connection, stranger_id)
        return await sql.track_page(connection, stranger_id, cursor, limit, sight=who.sight)


@router.post(
    "/strangers/{stranger_id}/name",
    status_code=201,
    summary="Say who a stranger is",
    response_model=Decision,
    responses=problems(no_stranger=NO_STRANGER, no_person=NO_PERSON, conflict=ConflictError(reason="person 김민지")),
)
async def name(stranger_id: UUID, said: NamedStranger, desk: AtDesk, once: AtOnce, by: ByWhom) -> Response:
    """Somebody known, or somebody new. All its tracks are named, in one undoable edit a video.

    With `enrol` its best faces become references; what can't be learnt from is left out. `look_back` of the answer
    says how many other tracks would be named otherwise by then.
    """

    async def work() -> tuple[int, Decision]:
        return 201, await inbox.name(desk, stranger_id, said, by)

    return await once.answer(digest(str(stranger_id), said), work)


@router.post(
    "/strangers/{stranger_id}/is-not",
    status_code=201,
    summary="Say who a stranger is not",
    response_model=Decision,
    responses=problems(no_stranger=NO_STRANGER, no_person=NO_PERSON),
)
async def is_not(stranger_id: UUID, said: NotThem, desk: AtDesk, once: AtOnce, by: ByWhom) -> Response:
    """None of its tracks is ever taken for that person again, unless somebody says so or undoes this."""

    async def work() -> tuple[int, Decision]:
        return 201, await inbox.is_not(desk, stranger_id, said.person_id, by)

    return await once.answer(digest(str(stranger_id), said), work)


@router.post(
    "/strangers/merge",
    status_code=201,
    summary="Say that strangers are one person",
    response_model=Decision,
    responses=problems(no_stranger=NO_STRANGER, one=InvalidError(reason="ids")),
)
async def merge(said: MergedStrangers, desk: AtDesk, who: AtWho, once: AtOnce, by: ByWhom) -> Response:
    """The open one with most screen time stays and gets the others' tracks. Undoing puts each back."""
    await seen(desk, who, "stranger_id", said.ids)

    async def work() -> tuple[int, Decision]:
        return 201, await inbox.merge(desk, said.ids, by)

    return await once.answer(digest(said), work)


@router.post(
    "/strangers/{stranger_id}/split",
    status_code=201,
    summary="Split tracks off a stranger",
    response_model=Decision,
    responses=problems(
        no_stranger=NO_STRANGER, no_track=NotFoundError(what="track"), all=InvalidError(reason="track_ids")
    ),
)
async def split(stranger_id: UUID, said: SplitStranger, desk: AtDesk, once: AtOnce, by: ByWhom) -> Response:
    """They are somebody else, together: a stranger of their own, whom indexing never puts back."""

    async def work() -> tuple[int, Decision]:
        return 201, await inbox.split(desk, stranger_id, said.track_ids, by)

    return await once.answer(digest(str(stranger_id), said), work)


@router.post(
    "/strangers/{stranger_id}/hide",
    summary="Put a stranger away as a passer-by",
    responses=problems(no_stranger=NO_STRANGER),
)
async def hide(stranger_id: UUID, desk: AtDesk) -> Stranger:
    """It stays away when the face appears again in other videos. Doing it again changes nothing."""
    return await _set_state(desk, stranger_id, "hidden")


@router.post(
    "/strangers/{stranger_id}/show", summary="Show a stranger again", responses=problems(no_stranger=NO_STRANGER)
)
async def show(stranger_id: UUID, desk: AtDesk) -> Stranger:
    """Doing it again changes nothing."""
    return await _set_state(desk, stranger_id, "open")


async def _set_state(desk: Desk, stranger_id: UUID, state: StrangerState) -> Stranger:
    async with desk.database.transaction() as connection:
        await sql.get(connection, stranger_id)
        await sql.set_state(connection, stranger_id, state)
        return await sql.get(connection, stranger_id)


@router.get("/questions", summary="What to ask a person first", responses=problems())
async def list_questions(
    desk: AtDesk,
    who: AtWho,
    limit: Annotated[int, Query(ge=1, le=50, description="At most so many questions")] = 20,
    cursor: Cursor = None,
) -> Page[Question]:
    """The question whose answer settles most uncertain screen time first, in all videos.

    Each is asked as if those before it had been answered; ask again, from the first, after some answers.
    """
    return await asking.questions_for(desk, limit, who.sight, cursor)
