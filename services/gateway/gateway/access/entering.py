"""Coming in: signing in, invitations, passwords; and who may come in at all."""

from typing import NamedTuple

from gateway.access import keys, passwords, throttling
from gateway.access.errors import (
    LastAdminError,
    LinkUsedError,
    NoAccountError,
    TooManyTriesError,
    WrongPasswordError,
)
from gateway.access.who import Who
from gateway.desk import Desk
from gateway.library import accounts, failures, invitations, sessions
from kernel.contracts.accounts import (
    Account,
    ChangedAccount,
    ChangedPassword,
    Invitation,
    IssuedInvitation,
    NewInvitation,
)
from kernel.contracts.errors import ConflictError, InvalidError
from kernel.spelling import normal

SETUP = "setup"
SETUP_HOURS = 24


class Visitor(NamedTuple):
    """From where, and with which browser, somebody comes."""

    address: str
    agent: str


class Chosen(NamedTuple):
    """What somebody says who accepts an invitation. Login and name count only for a new account."""

    login: str
    name: str
    password: str


def folded(login: str) -> str:
    """As logins are kept and compared. Raises InvalidError for one that nobody could type again."""
    plain = normal(login).casefold()
    if not plain or not plain.isprintable() or any(one.isspace() for one in plain):
        raise InvalidError(reason="login")
    return plain


async def sign_in(desk: Desk, login: str, password: str, visitor: Visitor) -> str:
    """The cookie of a new session. Raises WrongPasswordError, TooManyTriesError."""
    typed = login.strip().casefold()
    await _counted(desk, typed, visitor.address)
    async with desk.database.transaction() as connection:
        account = await accounts.by_login(connection, typed)
        comes = account is not None and account.kind == "person" and not account.disabled
        kept = await accounts.password_of(connection, account.id) if account is not None and comes else None
    if not await passwords.verify(password, kept) or account is None:
        raise WrongPasswordError
    async with desk.database.transaction() as connection:
        await failures.forgive(connection, keys.hashed(typed), visitor.address)
    return await _begun(desk, account, visitor)


async def _counted(desk: Desk, typed: str, address: str) -> None:
    """Count a try before it is known how it ends: those sent at once are counted too."""
    login = keys.hashed(typed)
    async with desk.database.transaction() as connection:
        await failures.lock(connection, login)
        here = await failures.lately(connection, throttling.WITHIN, login_hash=login, address=address)
        there = await failures.lately(connection, throttling.WITHIN, address=address)
        anywhere = await failures.lately(connection, throttling.WITHIN, login_hash=login)
        limits = ((here, throttling.HERE), (there, throttling.ADDRESS), (anywhere, throttling.LOGIN))
        waiting = max(throttling.wait_s(lately.times, free, lately.ago_s) for lately, free in limits)
        if waiting:
            raise TooManyTriesError(seconds=waiting)
        await failures.note(connection, login, address)


async def _begun(desk: Desk, account: Account, visitor: Visitor) -> str:
    cookie = keys.new_secret()
    async with desk.database.transaction() as connection:
        await sessions.begin(connection, account.id, keys.hashed(cookie), visitor.agent)
        await accounts.note_seen(connection, account.id)
    return cookie


async def invite(desk: Desk, new: NewInvitation, actor: str) -> IssuedInvitation:
    """A link that opens once. Raises NotFoundError, ConflictError when somebody signs in with that already."""
    login = folded(new.login) if new.login else None
    secret = keys.new_secret()
    async with desk.database.transaction() as connection:
        if new.account_id is not None:
            account = await accounts.get(connection, new.account_id)
            if account.kind == "service":
                raise InvalidError(reason=account.name)
            new = new.model_copy(update={"role": account.role, "name": account.name})
            login = account.login
        elif login is not None and await accounts.by_login(connection, login) is not None:
            raise ConflictError(reason=login)
        plain = new.model_copy(update={"login": login, "name": normal(new.name or "") or None})
        made = await invitations.add(connection, plain, keys.hashed(secret), actor)
    link = f"{desk.settings.public_url.rstrip('/')}/welcome/{secret}"
    return IssuedInvitation(**made.model_dump(), link=link)


async def opened(desk: Desk, secret: str) -> Invitation:
    """What a link opens; looking at it does not use it up. Raises LinkUsedError."""
    async with desk.database.transaction() as connection:
        found = await invitations.opened_by(connection, keys.hashed(secret))
    if found is None:
        raise LinkUsedError
    return found


async def accept(desk: Desk, secret: str, chosen: Chosen, visitor: Visitor) -> str:
    """The cookie of somebody who now has an account, or a new password. Raises LinkUsedError, WeakPasswordError,
    ConflictError when the login is taken, InvalidError for one that can't be; the link opens still after these.
    """
    invitation = await opened(desk, secret)
    login = invitation.login if invitation.account_id is not None and invitation.login else folded(chosen.login)
    passwords.check(chosen.password, login)
    password = await passwords.hash_of(chosen.password)
    async with desk.database.transaction() as connection:
        if await invitations.use(connection, keys.hashed(secret)) is None:
            raise LinkUsedError
        if invitation.account_id is not None:
            await accounts.set_password(connection, invitation.account_id, password)
            await sessions.end_all(connection, invitation.account_id)
            account = await accounts.get(connection, invitation.account_id)
        else:
            name = normal(chosen.name) or login
            new = accounts.NewAccount(login, name[:100], invitation.role, password=password)
            account = await accounts.add(connection, new)
        if invitation.role == "admin":
            await invitations.withdraw_by(connection, SETUP)
    if account.disabled:
        raise LinkUsedError
    return await _begun(desk, account, visitor)


async def change_password(desk: Desk, who: Who, changed: ChangedPassword, address: str) -> None:
    """Ends every other session. Raises NoAccountError, WrongPasswordError, WeakPasswordError, TooManyTriesError."""
    if who.account is None:
        raise NoAccountError
    account = who.account
    passwords.check(changed.new, account.login)
    await _counted(desk, account.login, address)
    async with desk.database.transaction() as connection:
        kept = await accounts.password_of(connection, account.id)
    if not await passwords.verify(changed.old, kept):
        raise WrongPasswordError
    password = await passwords.hash_of(changed.new)
    async with desk.database.transaction() as connection:
        await failures.forgive(connection, keys.hashed(account.login), address)
        await accounts.set_password(connection, account.id, password)
        await sessions.end_all(connection, account.id, but=who.held if who.via == "session" else None)


async def change(desk: Desk, account: Account, changed: ChangedAccount) -> Account:
    """Another name or role, shut out or let in again. Raises LastAdminError."""
    async with desk.database.transaction() as connection:
        await accounts.lock(connection)
        now = await accounts.get(connection, account.id)
        loses = changed.disabled or (changed.role is not None and changed.role != "admin")
        is_admin = now.role == "admin" and now.kind == "person" and not now.disabled
        if is_admin and loses and await accounts.admins(connection) == 1:
            raise LastAdminError
        if changed.name is not None and (name := normal(changed.name)):
            await accounts.set_name(connection, now.id, name)
        if changed.role is not None:
            await accounts.set_role(connection, now.id, changed.role)
        if changed.disabled is not None and changed.disabled != now.disabled:
            await accounts.set_disabled(connection, now.id, disabled=changed.disabled)
        return await accounts.get(connection, now.id)


async def first_admin(desk: Desk) -> str | None:
    """A link for whoever set this up, while nobody may administer it; one issued before opens no more."""
    async with desk.database.transaction() as connection:
        await accounts.lock(connection)
        if await accounts.admins(connection):
            return None
        await invitations.withdraw_by(connection, SETUP)
    return (await invite(desk, NewInvitation(role="admin", hours=SETUP_HOURS), SETUP)).link
