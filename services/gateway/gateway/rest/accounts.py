"""Who may come in: accounts, and invitations to become one."""

from uuid import UUID

from fastapi import APIRouter, Response

from gateway.access import entering
from gateway.access.admission import AtWho
from gateway.access.errors import LastAdminError
from gateway.desk import AtDesk
from gateway.library import accounts, invitations, sessions
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.accounts import (
    Account,
    ChangedAccount,
    Invitation,
    IssuedInvitation,
    NewInvitation,
    NewService,
)
from kernel.contracts.errors import ConflictError, NotFoundError
from kernel.contracts.library import Page

router = APIRouter(tags=["access"])

NO_ACCOUNT, NO_INVITATION = NotFoundError(what="account"), NotFoundError(what="invitation")
TAKEN = ConflictError(reason="minji@example.org")


@router.get("/accounts", summary="Who may come in", responses=problems())
async def list_accounts(desk: AtDesk, limit: Limit = 50, cursor: Cursor = None) -> Page[Account]:
    """In order of name, those who are shut out last."""
    async with desk.database.transaction() as connection:
        return await accounts.listing(connection, cursor, limit)


@router.post(
    "/accounts", status_code=201, summary="Add a service", response_model=Account, responses=problems(taken=TAKEN)
)
async def add_service(new: NewService, desk: AtDesk, once: AtOnce) -> Response:
    """A program with an account of its own: it comes in by tokens. People are invited instead."""

    async def work() -> tuple[int, Account]:
        login = entering.folded(new.name.replace(" ", "-"))
        async with desk.database.transaction() as connection:
            return 201, await accounts.add(connection, accounts.NewAccount(login, new.name, new.role, "service"))

    return await once.answer(digest(new), work)


@router.get("/accounts/{account_id}", summary="One account", responses=problems(no_account=NO_ACCOUNT))
async def get_account(account_id: UUID, desk: AtDesk) -> Account:
    async with desk.database.transaction() as connection:
        return await accounts.get(connection, account_id)


@router.patch(
    "/accounts/{account_id}",
    summary="Change an account",
    responses=problems(no_account=NO_ACCOUNT, last=LastAdminError()),
)
async def change_account(account_id: UUID, changed: ChangedAccount, desk: AtDesk) -> Account:
    """Name and role count from the next request on. `disabled` ends all sessions and tokens at once, for good."""
    async with desk.database.transaction() as connection:
        account = await accounts.get(connection, account_id)
    return await entering.change(desk, account, changed)


@router.delete(
    "/accounts/{account_id}/sessions",
    status_code=204,
    summary="Sign somebody out everywhere",
    responses=problems(no_account=NO_ACCOUNT),
)
async def sign_out_everywhere(account_id: UUID, desk: AtDesk) -> None:
    """Their tokens stay."""
    async with desk.database.transaction() as connection:
        await accounts.get(connection, account_id)
        await sessions.end_all(connection, account_id)


@router.get("/invitations", summary="Invitations nobody has accepted yet", responses=problems())
async def list_invitations(desk: AtDesk, limit: Limit = 50, cursor: Cursor = None) -> Page[Invitation]:
    """Newest first."""
    async with desk.database.transaction() as connection:
        return await invitations.pending(connection, limit=limit, cursor=cursor)


@router.post(
    "/invitations",
    status_code=201,
    summary="Invite somebody",
    responses=problems(no_account=NO_ACCOUNT, taken=TAKEN),
)
async def invite(new: NewInvitation, desk: AtDesk, who: AtWho) -> IssuedInvitation:
    """A link that opens once, to be handed on by you: nothing is sent. It is shown in this answer alone, and so this
    takes no Idempotency-Key. With `account_id` somebody chooses a new password; their sessions end when they do.
    """
    return await entering.invite(desk, new, who.actor)


@router.delete(
    "/invitations/{invitation_id}",
    status_code=204,
    summary="Withdraw an invitation",
    responses=problems(no_invitation=NO_INVITATION),
)
async def withdraw(invitation_id: UUID, desk: AtDesk) -> None:
    """Its link opens no more."""
    async with desk.database.transaction() as connection:
        await invitations.withdraw(connection, invitation_id)
