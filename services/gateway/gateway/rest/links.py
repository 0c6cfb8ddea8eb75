"""Who somebody is in other programs, so that their services act for the right account."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from gateway.access import linking
from gateway.access.admission import AtWho
from gateway.access.errors import ActForError
from gateway.desk import AtDesk
from gateway.library import links
from gateway.rest.me import NO_ACCOUNT, account_id_of
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.accounts import Elsewhere, Link, NewLink, OfferedLink
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page

router = APIRouter(tags=["access"])

Program = Annotated[
    str,
    Query(
        pattern="^[a-z]{2,20}$",
        description="As their names there begin",
        openapi_examples={"slack": {"value": "slack"}},
    ),
]


@router.post("/links", summary="Offer to link somebody", responses=problems(may_not=ActForError()))
async def offer(new: NewLink, desk: AtDesk, who: AtWho) -> OfferedLink:
    """For a service whose token has `act-for`: the address to show to that very person. Opened by them, signed in, it
    links them; from then on the service names them in `Scenedesk-Act-For` as they are called there.
    """
    return await linking.offer(desk, who, new, datetime.now(UTC))


@router.get("/links", summary="Everybody of a program who is linked", responses=problems(may_not=ActForError()))
async def list_linked(
    desk: AtDesk, who: AtWho, program: Program, limit: Limit = 50, cursor: Cursor = None
) -> Page[Link]:
    """For a service whose token has `act-for`: whom it may speak for, in order of their name there."""
    if not who.acts:
        raise ActForError
    async with desk.database.transaction() as connection:
        return await links.everybody(connection, program, limit=limit, cursor=cursor)


@router.get("/me/links", summary="Who you are elsewhere", responses=problems())
async def list_links(desk: AtDesk, who: AtWho, limit: Limit = 50, cursor: Cursor = None) -> Page[Link]:
    """In order of your name there."""
    if who.account_id is None:
        return Page(items=[])
    async with desk.database.transaction() as connection:
        return await links.of_account(connection, who.account_id, limit=limit, cursor=cursor)


@router.put(
    "/me/links",
    status_code=204,
    summary="Note what a service calls whom it acts for",
    responses=problems(no_account=NO_ACCOUNT, may_not=ActForError()),
)
async def know(new: NewLink, desk: AtDesk, who: AtWho) -> None:
    """By the service, of somebody it acts for by their login, so that it can tell them things. It lets nobody in."""
    if not who.acted:
        raise ActForError
    async with desk.database.transaction() as connection:
        await links.know(connection, account_id_of(who), new)


@router.delete(
    "/me/links/{elsewhere}",
    status_code=204,
    summary="Unlink yourself",
    responses=problems(no_account=NO_ACCOUNT, no_link=NotFoundError(what="link")),
)
async def unlink(elsewhere: Elsewhere, desk: AtDesk, who: AtWho) -> None:
    """That program acts for you no more."""
    async with desk.database.transaction() as connection:
        await links.remove(connection, account_id_of(who), elsewhere)
