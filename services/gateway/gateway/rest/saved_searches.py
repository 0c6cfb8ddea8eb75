"""Searches that are kept, and what they have found since they were last looked at."""

from uuid import UUID

from fastapi import APIRouter, Response

from gateway.access.admission import AtWho
from gateway.desk import AtDesk
from gateway.finding import saving
from gateway.library import saved_searches as sql
from gateway.rest.doors import ByWhom
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.errors import ConflictError, InvalidError, NotFoundError
from kernel.contracts.finding import News, NewSavedSearch, PublicHit, RenamedSearch, SavedSearch
from kernel.contracts.library import Page
from kernel.spelling import normal

router = APIRouter(tags=["search"])

NO_SEARCH = NotFoundError(what="saved search")
TAKEN = ConflictError(reason="민지가 자는 장면")


@router.get("/saved-searches", summary="List saved searches", responses=problems())
async def list_saved_searches(
    desk: AtDesk, by: ByWhom, who: AtWho, limit: Limit = 50, cursor: Cursor = None
) -> Page[SavedSearch]:
    """Newest first, each with how many moments it has found since it was last looked at."""
    return await saving.listed(desk, by, who.sight, cursor, limit)


@router.post(
    "/saved-searches",
    status_code=201,
    summary="Save a search",
    response_model=SavedSearch,
    responses=problems(taken=TAKEN, nothing=InvalidError(reason="question")),
)
async def save_search(new: NewSavedSearch, desk: AtDesk, once: AtOnce, by: ByWhom, who: AtWho) -> Response:
    """It is asked again after each indexing. What it finds now is not new; what it finds from here on is."""

    async def work() -> tuple[int, SavedSearch]:
        return 201, await saving.keep(desk, new, by, who.sight)

    return await once.answer(digest(new), work)


@router.get("/saved-searches/new", summary="How much is new", responses=problems())
async def count_new(desk: AtDesk, by: ByWhom, who: AtWho) -> News:
    """Over all saved searches."""
    async with desk.database.transaction() as connection:
        new, searches = await sql.news(connection, by.actor, who.sight)
    return News(new=new, searches=searches)


@router.get("/saved-searches/{search_id}", summary="One saved search", responses=problems(no_search=NO_SEARCH))
async def get_saved_search(search_id: UUID, desk: AtDesk, by: ByWhom, who: AtWho) -> SavedSearch:
    async with desk.database.transaction() as connection:
        return saving.shown(await sql.get(connection, search_id, by.actor, who.sight))


@router.get(
    "/saved-searches/{search_id}/new", summary="What a saved search has found", responses=problems(no_search=NO_SEARCH)
)
async def list_new(
    search_id: UUID, desk: AtDesk, by: ByWhom, who: AtWho, limit: Limit = 50, cursor: Cursor = None
) -> Page[PublicHit]:
    """Moments found since it was last looked at, newest first."""
    async with desk.database.transaction() as connection:
        kept = await sql.get(connection, search_id, by.actor, who.sight)
    return await saving.new_hits(desk, kept, who.sight, limit, cursor)


@router.post(
    "/saved-searches/{search_id}/looked", summary="Say that it was looked at", responses=problems(no_search=NO_SEARCH)
)
async def looked(search_id: UUID, desk: AtDesk, by: ByWhom, who: AtWho) -> SavedSearch:
    """Nothing that it has found until now is new any more. Again changes nothing."""
    async with desk.database.transaction() as connection:
        await sql.look(connection, search_id, by.actor)
        return saving.shown(await sql.get(connection, search_id, by.actor, who.sight))


@router.post(
    "/saved-searches/{search_id}/told", summary="Say that its owner was told", responses=problems(no_search=NO_SEARCH)
)
async def told(search_id: UUID, desk: AtDesk, by: ByWhom, who: AtWho) -> SavedSearch:
    """For a service that tells people what is new: of what was found until now they are told no more. It stays new
    until they look at it.
    """
    async with desk.database.transaction() as connection:
        await sql.tell(connection, search_id, by.actor)
        return saving.shown(await sql.get(connection, search_id, by.actor, who.sight))


@router.put(
    "/saved-searches/{search_id}",
    summary="Rename a saved search",
    responses=problems(no_search=NO_SEARCH, taken=TAKEN),
)
async def rename_saved_search(
    search_id: UUID, said: RenamedSearch, desk: AtDesk, by: ByWhom, who: AtWho
) -> SavedSearch:
    """Its question stays: a search that asks something else is another one."""
    async with desk.database.transaction() as connection:
        await sql.rename(connection, search_id, by.actor, normal(said.name))
        return saving.shown(await sql.get(connection, search_id, by.actor, who.sight))


@router.delete(
    "/saved-searches/{search_id}",
    status_code=204,
    summary="Remove a saved search",
    responses=problems(no_search=NO_SEARCH),
)
async def remove_saved_search(search_id: UUID, desk: AtDesk, by: ByWhom) -> None:
    """With what it has found; scenes stay."""
    async with desk.database.transaction() as connection:
        await sql.remove(connection, search_id, by.actor)
