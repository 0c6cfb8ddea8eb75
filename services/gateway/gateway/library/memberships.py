"""SQL of who belongs to which group, and when; and of what happens to a group later."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import cursors
from gateway.library import people as sql
from gateway.people.display import distinct
from gateway.tables import groups, memberships
from kernel.contracts.errors import ConflictError, InvalidError, NotFoundError
from kernel.contracts.library import Group, Page
from kernel.contracts.people import Membership
from kernel.spelling import normal


async def of_person(connection: AsyncConnection, person_id: UUID) -> list[Membership]:
    """In order of the groups' names. Raises NotFoundError when there is no such person."""
    await sql.get_person(connection, person_id)
    return [_membership(row) for row in await connection.execute(_of(person_id))]


async def listing(
    connection: AsyncConnection, person_id: UUID, *, limit: int, cursor: str | None = None
) -> Page[Membership]:
    """The same by pages."""
    await sql.get_person(connection, person_id)
    query = _of(person_id).limit(limit + 1)
    if cursor is not None:
        query = query.where(tuple_(groups.c.name, groups.c.id) > cursors.decode(cursor, str, UUID))
    rows = (await connection.execute(query)).all()
    page = cursors.page(rows, limit, lambda row: (row.name, row.group_id))
    return Page(items=[_membership(row) for row in page.items], next_cursor=page.next_cursor)


def _of(person_id: UUID) -> Select[Any]:
    return (
        select(memberships.c.group_id, memberships.c.since, memberships.c.until, groups.c.name)
        .join(groups, groups.c.id == memberships.c.group_id)
        .where(memberships.c.person_id == person_id)
        .order_by(groups.c.name, groups.c.id)
    )


def _membership(row: Row[Any]) -> Membership:
    return Membership(group_id=row.group_id, since=row.since, until=row.until)


async def replace(connection: AsyncConnection, person_id: UUID, wanted: Sequence[Membership]) -> list[Membership]:
    """The person belongs to these groups and no others.

    Raises InvalidError for a group named twice or an end before its beginning, NotFoundError for a group that is not
    there, ConflictError when somebody of such a group answers to the person's name already.
    """
    _check(wanted)
    await sql.lock(connection)
    person = await sql.get_person(connection, person_id)
    inside = {each.group_id for each in wanted}
    known = set((await connection.execute(select(groups.c.id).where(groups.c.id.in_(inside)))).scalars())
    if inside - known:
        raise NotFoundError(what="group")
    await sql.check_namesakes(connection, person_id, (person.name, *person.aliases), inside)
    await connection.execute(delete(memberships).where(memberships.c.person_id == person_id))
    if wanted:
        rows = [{"person_id": person_id, **each.model_dump()} for each in wanted]
        await connection.execute(insert(memberships).values(rows))
    return await of_person(connection, person_id)


def _check(wanted: Sequence[Membership]) -> None:
    if len({each.group_id for each in wanted}) < len(wanted):
        raise InvalidError(reason="group_id: twice")
    if any(each.since and each.until and each.until < each.since for each in wanted):
        raise InvalidError(reason="until < since")


async def change_group(connection: AsyncConnection, group_id: UUID, *, name: str, aliases: Sequence[str]) -> Group:
    """Replaces the name and all aliases. Raises ConflictError when another group answers to one of them, InvalidError
    for a name of nothing.
    """
    sql.check_name(name)
    await sql.lock(connection)
    await sql.get_group(connection, group_id)
    kept = distinct(name, aliases)
    await sql.check_group_names(connection, (name, *kept), besides=group_id)
    changed = {"name": normal(name), "aliases": kept}
    await connection.execute(update(groups).where(groups.c.id == group_id).values(changed))
    return await sql.get_group(connection, group_id)


async def remove_group(connection: AsyncConnection, group_id: UUID) -> None:
    """Raises ConflictError while somebody belongs to it."""
    await sql.lock(connection)
    group = await sql.get_group(connection, group_id)
    if group.members:
        raise ConflictError(reason=f"{group.name}: {len(group.members)}")
    await connection.execute(delete(groups).where(groups.c.id == group_id))
