"""Tokens: who may make one, for whom, and for what."""

from uuid import UUID

from gateway.access import keys
from gateway.access.errors import NoAccountError, NotAllowedError
from gateway.access.who import OF_SCOPE, Who
from gateway.desk import Desk
from gateway.library import accounts, sessions
from kernel.contracts.accounts import IssuedToken, NewToken, Token
from kernel.contracts.library import Page


async def issue(desk: Desk, who: Who, new: NewToken) -> IssuedToken:
    """Its secret is in the answer and nowhere else. Raises NotAllowedError, NoAccountError, NotFoundError."""
    account_id = await _for_whom(desk, who, new)
    secret = keys.new_token()
    async with desk.database.transaction() as connection:
        made = await sessions.issue(connection, account_id, new, keys.hashed(secret))
    return IssuedToken(**made.model_dump(), secret=secret)


async def _for_whom(desk: Desk, who: Who, new: NewToken) -> UUID:
    """Themselves; of an admin, a service too; whoever holds the data folder, anybody."""
    if who.via == "token" and not who.may("admin"):
        raise NotAllowedError(role="admin")  # a token that expires would otherwise live on in those it made
    if "act-for" in new.scopes and not who.may("admin"):
        raise NotAllowedError(role="admin")
    for scope in new.scopes:
        if scope in OF_SCOPE and not who.may(OF_SCOPE[scope]):
            raise NotAllowedError(role=OF_SCOPE[scope])
    if new.account_id is None or new.account_id == who.account_id:
        if who.account_id is None:
            raise NoAccountError
        return who.account_id
    if not who.may("admin"):
        raise NotAllowedError(role="admin")
    async with desk.database.transaction() as connection:
        account = await accounts.get(connection, new.account_id)
    if account.kind != "service" and who.via not in ("local", "open"):
        raise NotAllowedError(role="admin")
    return account.id


async def issued(
    desk: Desk, who: Who, *, everybodys: bool = False, limit: int, cursor: str | None = None
) -> Page[Token]:
    """Their own; an admin may ask for everybody's. Raises NotAllowedError."""
    if everybodys and not who.may("admin"):
        raise NotAllowedError(role="admin")
    if not everybodys and who.account_id is None:
        return Page(items=[])
    whose = None if everybodys else who.account_id
    async with desk.database.transaction() as connection:
        return await sessions.issued(connection, whose, limit=limit, cursor=cursor)


async def revoke(desk: Desk, who: Who, token_id: UUID) -> None:
    """One's own; an admin anybody's. Raises NotFoundError for others."""
    if not who.may("admin") and who.account_id is None:
        raise NoAccountError
    async with desk.database.transaction() as connection:
        await sessions.revoke(connection, token_id, None if who.may("admin") else who.account_id)
