"""SQL of accounts."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import delete, func, literal, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.account_tables import accounts, sessions, tokens
from gateway.library import cursors
from kernel.contracts.accounts import Account, Role
from kernel.contracts.errors import ConflictError, NotFoundError
from kernel.contracts.library import Page

SEEN_EVERY = timedelta(minutes=1)
_LOCK = text("select pg_advisory_xact_lock(hashtext('library.accounts'))")


class NewAccount(NamedTuple):
    login: str
    name: str
    role: Role
    kind: str = "person"
    password: str | None = None


async def lock(connection: AsyncConnection) -> None:
    """Nobody else changes who is an admin until the transaction ends: one of two must stay."""
    await connection.execute(_LOCK)


async def add(connection: AsyncConnection, new: NewAccount) -> Account:
    """Raises ConflictError when somebody signs in with that already."""
    row = insert(accounts).values(id=uuid4(), **new._asdict()).on_conflict_do_nothing().returning(accounts)
    made = (await connection.execute(row)).one_or_none()
    if made is None:
        raise ConflictError(reason=new.login)
    return account_of(made)


async def get(connection: AsyncConnection, account_id: UUID) -> Account:
    row = (await connection.execute(select(accounts).where(accounts.c.id == account_id))).one_or_none()
    if row is None:
        raise NotFoundError(what="account")
    return account_of(row)


async def by_login(connection: AsyncConnection, login: str) -> Account | None:
    row = (await connection.execute(select(accounts).where(accounts.c.login == login))).one_or_none()
    return account_of(row) if row is not None else None


async def password_of(connection: AsyncConnection, account_id: UUID) -> str | None:
    found: str | None = await connection.scalar(select(accounts.c.password).where(accounts.c.id == account_id))
    return found


async def listing(connection: AsyncConnection, cursor: str | None = None, limit: int = 50) -> Page[Account]:
    """In order of name; who was shut out comes last."""
    gone = accounts.c.disabled_at.isnot(None)
    place = (gone, accounts.c.name, accounts.c.id)
    query = select(accounts).order_by(*place).limit(limit + 1)
    if cursor is not None:
        later, name, account_id = cursors.decode(cursor, int, str, UUID)
        query = query.where(tuple_(*place) > tuple_(literal(bool(later)), literal(name), literal(account_id)))
    found = [account_of(row) for row in await connection.execute(query)]
    return cursors.page(found, limit, lambda one: (int(one.disabled), one.name, one.id))


async def names(connection: AsyncConnection, actors: Collection[str]) -> dict[str, str]:
    """What the actors of history and audit are called now; those that are no account are left out."""
    ids = [found for actor in actors if (found := _uuid(actor)) is not None]
    if not ids:
        return {}
    rows = await connection.execute(select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(ids)))
    return {str(row.id): row.name for row in rows}


def _uuid(actor: str) -> UUID | None:
    try:
        return UUID(actor)
    except ValueError:
        return None


async def set_name(connection: AsyncConnection, account_id: UUID, name: str) -> None:
    await connection.execute(update(accounts).where(accounts.c.id == account_id).values(name=name))


async def set_role(connection: AsyncConnection, account_id: UUID, role: Role) -> None:
    await connection.execute(update(accounts).where(accounts.c.id == account_id).values(role=role))


async def set_password(connection: AsyncConnection, account_id: UUID, password: str) -> None:
    await connection.execute(update(accounts).where(accounts.c.id == account_id).values(password=password))


async def set_disabled(connection: AsyncConnection, account_id: UUID, *, disabled: bool) -> None:
    """Shutting somebody out ends their sessions and tokens; letting them in again does not bring those back."""
    at = func.now() if disabled else None
    await connection.execute(update(accounts).where(accounts.c.id == account_id).values(disabled_at=at))
    if disabled:
        await connection.execute(delete(sessions).where(sessions.c.account_id == account_id))
        standing = (tokens.c.account_id == account_id, tokens.c.revoked_at.is_(None))
        await connection.execute(update(tokens).where(*standing).values(revoked_at=func.now()))


async def note_seen(connection: AsyncConnection, account_id: UUID) -> None:
    stale = or_(accounts.c.seen_at.is_(None), accounts.c.seen_at < func.now() - SEEN_EVERY)
    await connection.execute(update(accounts).where(accounts.c.id == account_id, stale).values(seen_at=func.now()))


async def admins(connection: AsyncConnection) -> int:
    """How many people who may do everything can come in."""
    able = (accounts.c.role == "admin", accounts.c.kind == "person", accounts.c.disabled_at.is_(None))
    return await connection.scalar(select(func.count()).select_from(accounts).where(*able)) or 0


def account_of(row: Any) -> Account:
    plain = {name: getattr(row, name) for name in Account.model_fields if name != "disabled"}
    return Account(**plain, disabled=row.disabled_at is not None)
