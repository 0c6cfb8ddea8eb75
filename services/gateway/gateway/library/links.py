"""SQL of who somebody is in other programs."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.account_tables import accounts, links
from gateway.library import cursors
from gateway.library.accounts import account_of
from kernel.contracts.accounts import Account, Link, NewLink
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page


async def keep(connection: AsyncConnection, account_id: UUID, new: NewLink) -> None:
    """From now on they are that account; whoever they were before, they are no more."""
    row = {"account_id": account_id, "name": new.name, "confirmed": True}
    kept = insert(links).values(elsewhere=new.elsewhere, **row)
    await connection.execute(
        kept.on_conflict_do_update(index_elements=[links.c.elsewhere], set_=row | {"created_at": func.now()})
    )


async def know(connection: AsyncConnection, account_id: UUID, new: NewLink) -> None:
    """A service calls them so, which lets nobody in: what they have confirmed themselves stays."""
    row = {"account_id": account_id, "name": new.name}
    known = insert(links).values(elsewhere=new.elsewhere, confirmed=False, **row)
    unsaid = ~links.c.confirmed
    await connection.execute(known.on_conflict_do_update(index_elements=[links.c.elsewhere], set_=row, where=unsaid))


async def linked(connection: AsyncConnection, elsewhere: str) -> Account | None:
    """Whoever has confirmed that it is them."""
    query = select(accounts).join(links, links.c.account_id == accounts.c.id)
    query = query.where(links.c.elsewhere == elsewhere, links.c.confirmed)
    row = (await connection.execute(query)).one_or_none()
    return account_of(row) if row is not None else None


async def everybody(connection: AsyncConnection, program: str, *, limit: int, cursor: str | None = None) -> Page[Link]:
    """Of one program, in order of their name there; without accounts that are shut out."""
    standing = accounts.c.disabled_at.is_(None)
    query = select(links).join(accounts).where(links.c.elsewhere.startswith(f"{program}:", autoescape=True), standing)
    return await _page(connection, query, limit=limit, cursor=cursor)


async def of_account(
    connection: AsyncConnection, account_id: UUID, *, limit: int, cursor: str | None = None
) -> Page[Link]:
    """In order of their name elsewhere."""
    return await _page(connection, select(links).where(links.c.account_id == account_id), limit=limit, cursor=cursor)


async def _page(connection: AsyncConnection, query: Select[Any], *, limit: int, cursor: str | None) -> Page[Link]:
    if cursor is not None:
        query = query.where(tuple_(links.c.elsewhere) > cursors.decode(cursor, str))
    rows = await connection.execute(query.order_by(links.c.elsewhere).limit(limit + 1))
    found = [
        Link(elsewhere=row.elsewhere, name=row.name, created_at=row.created_at, confirmed=row.confirmed) for row in rows
    ]
    return cursors.page(found, limit, lambda one: (one.elsewhere,))


async def remove(connection: AsyncConnection, account_id: UUID, elsewhere: str) -> None:
    """Raises NotFoundError when it is not theirs."""
    own = (links.c.account_id == account_id, links.c.elsewhere == elsewhere)
    if (await connection.execute(delete(links).where(*own))).rowcount == 0:
        raise NotFoundError(what="link")
