"""SQL of sessions and tokens: what a request comes with, and whose that is. Only hashes are kept."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.account_tables import accounts, sessions, tokens
from gateway.library import cursors
from gateway.library.accounts import account_of
from kernel.contracts.accounts import Account, NewToken, Session, Token
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page

SESSION_LASTS = timedelta(days=14)  # without being used
SESSION_AT_MOST = timedelta(days=90)
NOTED_EVERY = timedelta(minutes=1)


class Held(NamedTuple):
    """An account, and by what it came in: the id of a session or a token, and a token's scopes."""

    account: Account
    id: UUID
    scopes: tuple[str, ...] = ()


async def begin(connection: AsyncConnection, account_id: UUID, hashed: bytes, agent: str) -> UUID:
    """A new session; expired ones are swept."""
    await connection.execute(delete(sessions).where(sessions.c.expires_at < func.now()))
    session_id = uuid4()
    row = {"id": session_id, "hash": hashed, "account_id": account_id, "agent": agent[:300]}
    await connection.execute(insert(sessions).values(**row, expires_at=func.now() + SESSION_LASTS))
    return session_id


async def of_cookie(connection: AsyncConnection, hashed: bytes) -> Held | None:
    """Whose session that is; None when it ended, or they were shut out. Being used, it lasts on."""
    query = _alive(sessions, sessions.c.id.label("held")).where(
        sessions.c.hash == hashed, sessions.c.expires_at > func.now()
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    longest = sessions.c.created_at + SESSION_AT_MOST
    values = {"seen_at": func.now(), "expires_at": func.least(longest, func.now() + SESSION_LASTS)}
    stale = (sessions.c.id == row.held, sessions.c.seen_at < func.now() - NOTED_EVERY)
    await connection.execute(update(sessions).where(*stale).values(values))
    return Held(account_of(row), row.held)


async def of_token(connection: AsyncConnection, hashed: bytes) -> Held | None:
    """Whose token that is; None when it expired or was revoked, or they were shut out."""
    query = _alive(tokens, tokens.c.id.label("held"), tokens.c.scopes).where(
        tokens.c.hash == hashed,
        tokens.c.revoked_at.is_(None),
        or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > func.now()),
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    stale = or_(tokens.c.used_at.is_(None), tokens.c.used_at < func.now() - NOTED_EVERY)
    await connection.execute(update(tokens).where(tokens.c.id == row.held, stale).values(used_at=func.now()))
    return Held(account_of(row), row.held, tuple(row.scopes))


async def stands(connection: AsyncConnection, held: UUID, account: Account) -> bool:
    """Whether a session or token still lets them in as who they were; asking does not make it last."""
    of_session = _alive(sessions).where(sessions.c.id == held, sessions.c.expires_at > func.now())
    of_token = _alive(tokens).where(
        tokens.c.id == held,
        tokens.c.revoked_at.is_(None),
        or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > func.now()),
    )
    same = select(accounts.c.id).where(
        accounts.c.id == account.id, accounts.c.role == account.role, accounts.c.disabled_at.is_(None)
    )
    return bool(await connection.scalar(select(same.exists() & (of_session.exists() | of_token.exists()))))


def _alive(held: Any, *columns: Any) -> Select[Any]:
    own = select(accounts, *columns).join(held, held.c.account_id == accounts.c.id)
    return own.where(accounts.c.disabled_at.is_(None))


async def of_account(
    connection: AsyncConnection, account_id: UUID, current: UUID | None, *, limit: int, cursor: str | None = None
) -> Page[Session]:
    """Where somebody is signed in, last seen first."""
    place = (sessions.c.seen_at, sessions.c.id)
    query = select(sessions).where(sessions.c.account_id == account_id, sessions.c.expires_at > func.now())
    if cursor is not None:
        query = query.where(tuple_(*place) < cursors.decode(cursor, datetime, UUID))
    rows = await connection.execute(query.order_by(*(one.desc() for one in place)).limit(limit + 1))
    found = [
        Session(id=row.id, agent=row.agent, created_at=row.created_at, seen_at=row.seen_at, current=row.id == current)
        for row in rows
    ]
    return cursors.page(found, limit, lambda one: (one.seen_at, one.id))


async def end(connection: AsyncConnection, account_id: UUID, session_id: UUID) -> None:
    """Raises NotFoundError when it is not theirs."""
    own = (sessions.c.id == session_id, sessions.c.account_id == account_id)
    if (await connection.execute(delete(sessions).where(*own))).rowcount == 0:
        raise NotFoundError(what="session")


async def end_all(connection: AsyncConnection, account_id: UUID, *, but: UUID | None = None) -> int:
    """How many ended."""
    own = delete(sessions).where(sessions.c.account_id == account_id)
    return (await connection.execute(own if but is None else own.where(sessions.c.id != but))).rowcount


# ---- tokens


async def issue(connection: AsyncConnection, account_id: UUID, new: NewToken, hashed: bytes) -> Token:
    until = func.now() + timedelta(days=new.days) if new.days is not None else None
    row = {"id": uuid4(), "hash": hashed, "account_id": account_id, "name": new.name, "expires_at": until}
    scopes = sorted(set(new.scopes))
    return _token((await connection.execute(insert(tokens).values(**row, scopes=scopes).returning(tokens))).one())


async def issued(
    connection: AsyncConnection, account_id: UUID | None = None, *, limit: int, cursor: str | None = None
) -> Page[Token]:
    """Those that stand, of one account or of all; newest first. Expired ones are among them."""
    place = (tokens.c.created_at, tokens.c.id)
    query = select(tokens).where(tokens.c.revoked_at.is_(None)).order_by(*(one.desc() for one in place))
    if account_id is not None:
        query = query.where(tokens.c.account_id == account_id)
    if cursor is not None:
        query = query.where(tuple_(*place) < cursors.decode(cursor, datetime, UUID))
    found = [_token(row) for row in await connection.execute(query.limit(limit + 1))]
    return cursors.page(found, limit, lambda one: (one.created_at, one.id))


async def revoke(connection: AsyncConnection, token_id: UUID, account_id: UUID | None = None) -> None:
    """Raises NotFoundError when it does not stand, or belongs to somebody else than `account_id`."""
    own = update(tokens).where(tokens.c.id == token_id, tokens.c.revoked_at.is_(None))
    if account_id is not None:
        own = own.where(tokens.c.account_id == account_id)
    if (await connection.execute(own.values(revoked_at=func.now()))).rowcount == 0:
        raise NotFoundError(what="token")


def _token(row: Any) -> Token:
    return Token(**{name: getattr(row, name) for name in Token.model_fields})
