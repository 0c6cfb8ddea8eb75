"""SQL of steps: what a step of the pipeline found, kept under the fingerprint of everything it depends on."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.tables import steps


class Key(NamedTuple):
    video_id: UUID
    step: str
    fingerprint: str


class Kept(NamedTuple):
    """A stored result; `current` when what it wrote elsewhere is what stands in the library."""

    result: bytes
    current: bool


async def find(connection: AsyncConnection, key: Key) -> Kept | None:
    query = select(steps.c.result, steps.c.current).where(*_is(key))
    row = (await connection.execute(query)).one_or_none()
    return Kept(row.result, row.current) if row else None


async def current(connection: AsyncConnection, video_id: UUID, step: str) -> bytes | None:
    """The result that stands, of a step of a video."""
    query = select(steps.c.result).where(steps.c.video_id == video_id, steps.c.step == step, steps.c.current)
    found: bytes | None = (await connection.execute(query)).scalar()
    return found


async def keep(connection: AsyncConnection, key: Key, result: bytes, cpu_ms: int) -> None:
    """Store a result as the current one of its step."""
    await _retire(connection, key)
    made = {"result": result, "cpu_ms": cpu_ms, "current": True, "created_at": func.clock_timestamp()}
    row = insert(steps).values(**key._asdict(), **made)
    again = {name: row.excluded[name] for name in made}
    await connection.execute(row.on_conflict_do_update(index_elements=list(Key._fields), set_=again))


async def make_current(connection: AsyncConnection, key: Key) -> None:
    await _retire(connection, key)
    await connection.execute(update(steps).where(*_is(key)).values(current=True))


async def _retire(connection: AsyncConnection, key: Key) -> None:
    former = update(steps).where(steps.c.video_id == key.video_id, steps.c.step == key.step, steps.c.current)
    await connection.execute(former.values(current=False))


def _is(key: Key) -> tuple[Any, ...]:
    return (steps.c.video_id == key.video_id, steps.c.step == key.step, steps.c.fingerprint == key.fingerprint)
