"""SQL of schema `answers`: what was said before, and what today's asking has cost."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, cast, delete, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.settings import LanguageModel
from search_service.tables import generations, spending


class Said(NamedTuple):
    """What a model said, when, and which."""

    result: Any
    model_id: str
    made_at: datetime


async def find(connection: AsyncConnection, key: str) -> Said | None:
    query = select(generations.c.result, generations.c.model_id, generations.c.made_at).where(generations.c.key == key)
    row = (await connection.execute(query)).one_or_none()
    return Said(*row) if row else None


async def find_many(connection: AsyncConnection, keys: Collection[str]) -> dict[str, Said]:
    query = select(generations.c.key, generations.c.result, generations.c.model_id, generations.c.made_at)
    rows = await connection.execute(query.where(generations.c.key.in_(keys)))
    return {row.key: Said(row.result, row.model_id, row.made_at) for row in rows}


async def keep(connection: AsyncConnection, key: str, task: str, said: Said) -> None:
    """Of two that asked the same at once, the first one's answer stays."""
    row = {"key": key, "task": task, **said._asdict()}
    await connection.execute(upsert(generations).values(row).on_conflict_do_nothing())


async def forget(connection: AsyncConnection, words: Collection[str]) -> int:
    """Drop everything in which one of these words stands; how many that were."""
    told = or_(*(cast(generations.c.result, Text).icontains(word, autoescape=True) for word in words))
    return (await connection.execute(delete(generations).where(told))).rowcount


async def forget_before(connection: AsyncConnection, moment: datetime) -> int:
    return (await connection.execute(delete(generations).where(generations.c.made_at <= moment))).rowcount


async def reserve(connection: AsyncConnection, limits: LanguageModel) -> bool:
    """Count one more request of today; False, with nothing counted, when the day's budget is spent."""
    if limits.requests_a_day == 0 or limits.tokens_a_day == 0:
        return False
    first = upsert(spending).values(day=today(), requests=1, tokens=0)
    one_more = first.on_conflict_do_update(
        index_elements=["day"],
        set_={"requests": spending.c.requests + 1},
        where=(spending.c.requests < limits.requests_a_day) & (spending.c.tokens < limits.tokens_a_day),
    )
    return (await connection.execute(one_more.returning(spending.c.day))).one_or_none() is not None


async def charge(connection: AsyncConnection, tokens: int) -> None:
    """Add the tokens of a request that was reserved."""
    added = upsert(spending).values(day=today(), requests=0, tokens=tokens)
    await connection.execute(
        added.on_conflict_do_update(index_elements=["day"], set_={"tokens": spending.c.tokens + tokens})
    )


def today() -> date:
    return datetime.now(UTC).date()
