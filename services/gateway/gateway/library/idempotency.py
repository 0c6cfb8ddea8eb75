"""SQL of idempotency keys: which creating requests were answered, and how."""

from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.tables import idempotency_keys as keys

# A request that began so long ago and has no answer died with its process: another may try again.
ABANDONED_AFTER = timedelta(hours=1)


class Kept(NamedTuple):
    """What was asked under a key, and the answer; `status` None while the first request is at work."""

    body_hash: str
    status: int | None
    response: Any


async def begin(connection: AsyncConnection, key: str, route: str, body_hash: str) -> Kept | None:
    """Claim a key: None when the work is ours to do, else what is there."""
    claim = insert(keys).values(key=key, route=route, body_hash=body_hash)
    claim = claim.on_conflict_do_update(
        index_elements=["key", "route"],
        set_={"body_hash": body_hash, "created_at": func.now()},
        where=keys.c.status.is_(None) & (keys.c.created_at < func.now() - ABANDONED_AFTER),
    )
    if (await connection.execute(claim.returning(keys.c.key))).scalar() is not None:
        return None
    row = (await connection.execute(select(keys).where(*_is(key, route)))).one()
    return Kept(row.body_hash, row.status, row.response)


async def finish(connection: AsyncConnection, key: str, route: str, status: int, response: Any) -> None:
    await connection.execute(update(keys).where(*_is(key, route)).values(status=status, response=response))


async def release(connection: AsyncConnection, key: str, route: str) -> None:
    """Give a claimed key back: the work failed and left nothing."""
    await connection.execute(delete(keys).where(*_is(key, route), keys.c.status.is_(None)))


def _is(key: str, route: str) -> tuple[Any, ...]:
    return (keys.c.key == key, keys.c.route == route)
