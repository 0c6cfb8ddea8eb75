"""SQL of invitations: links that open once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.account_tables import invitations
from gateway.library import cursors
from kernel.contracts.accounts import Invitation, NewInvitation
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page


async def add(connection: AsyncConnection, new: NewInvitation, hashed: bytes, actor: str) -> Invitation:
    """An earlier one for the same account opens no more."""
    if new.account_id is not None:
        await connection.execute(_pending_delete().where(invitations.c.account_id == new.account_id))
    row = {
        **new.model_dump(exclude={"hours"}),
        "id": uuid4(),
        "hash": hashed,
        "actor": actor,
        "expires_at": func.now() + timedelta(hours=new.hours),
    }
    return _invitation((await connection.execute(insert(invitations).values(row).returning(invitations))).one())


async def opened_by(connection: AsyncConnection, hashed: bytes) -> Invitation | None:
    """The one that this secret opens still."""
    row = (await connection.execute(_pending().where(invitations.c.hash == hashed))).one_or_none()
    return _invitation(row) if row is not None else None


async def use(connection: AsyncConnection, hashed: bytes) -> Invitation | None:
    """The same, and from now on it opens nothing: of two who come at once, one gets it."""
    standing = (invitations.c.hash == hashed, invitations.c.used_at.is_(None), invitations.c.expires_at > func.now())
    used = update(invitations).where(*standing).values(used_at=func.now()).returning(invitations)
    row = (await connection.execute(used)).one_or_none()
    return _invitation(row) if row is not None else None


async def pending(connection: AsyncConnection, *, limit: int, cursor: str | None = None) -> Page[Invitation]:
    """Newest first."""
    place = (invitations.c.created_at, invitations.c.id)
    query = _pending().order_by(*(one.desc() for one in place)).limit(limit + 1)
    if cursor is not None:
        query = query.where(tuple_(*place) < cursors.decode(cursor, datetime, UUID))
    found = [_invitation(row) for row in await connection.execute(query)]
    return cursors.page(found, limit, lambda one: (one.created_at, one.id))


async def withdraw(connection: AsyncConnection, invitation_id: UUID) -> None:
    """Raises NotFoundError when there is none, or it was used."""
    gone = await connection.execute(_pending_delete().where(invitations.c.id == invitation_id))
    if gone.rowcount == 0:
        raise NotFoundError(what="invitation")


async def withdraw_by(connection: AsyncConnection, actor: str) -> None:
    """Those that `actor` made and nobody used."""
    await connection.execute(_pending_delete().where(invitations.c.actor == actor))


def _pending() -> Select[Any]:
    return select(invitations).where(invitations.c.used_at.is_(None), invitations.c.expires_at > func.now())


def _pending_delete() -> Any:
    return delete(invitations).where(invitations.c.used_at.is_(None))


def _invitation(row: Any) -> Invitation:
    return Invitation(**{name: getattr(row, name) for name in Invitation.model_fields})
