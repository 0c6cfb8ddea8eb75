"""Whoever asks: who they are, where they are signed in, and the tokens they made."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from gateway.access import entering, issuing
from gateway.access.admission import AtWho
from gateway.access.door import address_of
from gateway.access.errors import NoAccountError, TooManyTriesError, WeakPasswordError, WrongPasswordError
from gateway.access.passwords import LEAST
from gateway.access.who import Who
from gateway.desk import AtDesk
from gateway.library import accounts, sessions
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.accounts import ChangedPassword, IssuedToken, Me, Name, NewToken, Session, Token
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page
from kernel.contracts.model import Value
from kernel.spelling import normal

router = APIRouter(tags=["access"])

NO_ACCOUNT = NoAccountError()


class ChangedMe(Value):
    """What one shall be called."""

    name: Name


@router.get("/me", summary="Who you are here", responses=problems())
async def me(request: Request, who: AtWho) -> Me:
    """By a token of a service that acts for somebody: that somebody."""
    name = who.account.name if who.account is not None else ""
    return Me(account=who.account, name=name, role=who.role, via=who.via, access=request.app.state.mode)


@router.put("/me", summary="Change what you are called", responses=problems(no_account=NO_ACCOUNT))
async def change_me(changed: ChangedMe, request: Request, desk: AtDesk, who: AtWho) -> Me:
    """History shows the new name for what was done before, too."""
    account_id = account_id_of(who)
    async with desk.database.transaction() as connection:
        await accounts.set_name(connection, account_id, normal(changed.name) or changed.name)
        account = await accounts.get(connection, account_id)
    return Me(account=account, name=account.name, role=who.role, via=who.via, access=request.app.state.mode)


@router.put(
    "/me/password",
    status_code=204,
    summary="Change your password",
    responses=problems(
        no_account=NO_ACCOUNT,
        wrong=WrongPasswordError(),
        weak=WeakPasswordError(least=LEAST),
        too_often=TooManyTriesError(seconds=30),
    ),
)
async def change_password(changed: ChangedPassword, request: Request, desk: AtDesk, who: AtWho) -> None:
    """Ends your other sessions. Tokens stay."""
    await entering.change_password(desk, who, changed, address_of(request))


@router.get("/me/sessions", summary="Where you are signed in", responses=problems())
async def list_sessions(desk: AtDesk, who: AtWho, limit: Limit = 50, cursor: Cursor = None) -> Page[Session]:
    """Last seen first."""
    if who.account_id is None:
        return Page(items=[])
    async with desk.database.transaction() as connection:
        return await sessions.of_account(connection, who.account_id, who.held, limit=limit, cursor=cursor)


@router.delete(
    "/me/sessions", status_code=204, summary="Sign out everywhere", responses=problems(no_account=NO_ACCOUNT)
)
async def end_sessions(
    desk: AtDesk,
    who: AtWho,
    others: Annotated[bool, Query(description="Stay signed in with this one")] = False,
) -> None:
    """End every session of one's own, wherever it was begun; tokens stay."""
    account_id = account_id_of(who)
    async with desk.database.transaction() as connection:
        await sessions.end_all(connection, account_id, but=who.held if others else None)


@router.delete(
    "/me/sessions/{session_id}",
    status_code=204,
    summary="End one session",
    responses=problems(no_account=NO_ACCOUNT, no_session=NotFoundError(what="session")),
)
async def end_session(session_id: UUID, desk: AtDesk, who: AtWho) -> None:
    """That browser has to sign in again."""
    account_id = account_id_of(who)
    async with desk.database.transaction() as connection:
        await sessions.end(connection, account_id, session_id)


@router.get("/tokens", summary="Your tokens", responses=problems())
async def list_tokens(
    desk: AtDesk,
    who: AtWho,
    everybodys: Annotated[bool, Query(description="All there are; for admins")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Token]:
    """Newest first, expired ones too; revoked ones are gone."""
    return await issuing.issued(desk, who, everybodys=everybodys, limit=limit, cursor=cursor)


@router.post(
    "/tokens",
    status_code=201,
    summary="Make a token",
    responses=problems(no_account=NO_ACCOUNT, no_service=NotFoundError(what="account")),
)
async def issue_token(new: NewToken, desk: AtDesk, who: AtWho) -> IssuedToken:
    """The answer shows its secret, once; therefore this takes no Idempotency-Key. Sent as `Authorization: Bearer …`.

    `act-for` lets a service name in `Scenedesk-Act-For` (id or login) for whom it asks: what it does is then that
    person's, with that person's rights, and never more than its own scopes.
    """
    return await issuing.issue(desk, who, new)


@router.delete(
    "/tokens/{token_id}",
    status_code=204,
    summary="Revoke a token",
    responses=problems(no_account=NO_ACCOUNT, no_token=NotFoundError(what="token")),
)
async def revoke_token(token_id: UUID, desk: AtDesk, who: AtWho) -> None:
    """From this moment it opens nothing."""
    await issuing.revoke(desk, who, token_id)


def account_id_of(who: Who) -> UUID:
    if who.account_id is None:
        raise NoAccountError
    return who.account_id
