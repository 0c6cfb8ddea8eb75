"""SQL of sign-ins that failed, lately."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.account_tables import failures

KEPT = timedelta(days=1)
_LOCK = text("select pg_advisory_xact_lock(hashtext(encode(:login, 'hex')))")


class Lately(NamedTuple):
    """How often it failed within a while, how long ago for the last time, in seconds."""

    times: int
    ago_s: float


async def lock(connection: AsyncConnection, login_hash: bytes) -> None:
    """Tries at one login are counted one after the other."""
    await connection.execute(_LOCK, {"login": login_hash})


async def note(connection: AsyncConnection, login_hash: bytes, address: str) -> None:
    await connection.execute(delete(failures).where(failures.c.created_at < func.now() - KEPT))
    await connection.execute(insert(failures).values(login_hash=login_hash, address=address[:100]))


async def forgive(connection: AsyncConnection, login_hash: bytes, address: str) -> None:
    """Whoever signs in after all begins anew, from where they are."""
    mine = (failures.c.login_hash == login_hash, failures.c.address == address[:100])
    await connection.execute(delete(failures).where(*mine))


async def lately(
    connection: AsyncConnection, within: timedelta, *, login_hash: bytes | None = None, address: str | None = None
) -> Lately:
    """Those of this login, from this address, or both."""
    wanted: list[ColumnElement[bool]] = [failures.c.created_at > func.now() - within]
    if login_hash is not None:
        wanted.append(failures.c.login_hash == login_hash)
    if address is not None:
        wanted.append(failures.c.address == address[:100])
    row = (await connection.execute(select(func.count(), func.max(failures.c.created_at)).where(*wanted))).one()
    last: datetime | None = row[1]
    now: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
    return Lately(int(row[0]), (now - last).total_seconds() if last is not None else 0.0)
