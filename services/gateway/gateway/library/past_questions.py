"""SQL of questions asked before: the latest of each actor."""

from collections.abc import Collection

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.finding_tables import past_questions
from kernel.spelling import key, normal

MOST_KEPT = 200


async def note(connection: AsyncConnection, actor: str, query: str) -> None:
    """Remember it; asked again it is the latest. The oldest beyond MOST_KEPT are forgotten."""
    row = {"actor": actor, "key": key(query), "query": normal(query)}
    if not row["key"]:
        return
    put = upsert(past_questions).values(row)
    again = {"query": put.excluded.query, "times": past_questions.c.times + 1, "asked_at": func.clock_timestamp()}
    await connection.execute(put.on_conflict_do_update(index_elements=["actor", "key"], set_=again))
    mine = select(past_questions.c.key).where(past_questions.c.actor == actor)
    kept = mine.order_by(past_questions.c.asked_at.desc()).limit(MOST_KEPT)
    await connection.execute(
        delete(past_questions).where(past_questions.c.actor == actor, past_questions.c.key.notin_(kept))
    )


async def like(connection: AsyncConnection, actor: str, typed: str, limit: int) -> list[str]:
    """Those that hold what is typed, the latest first; the latest when nothing is."""
    query = select(past_questions.c.query).where(past_questions.c.actor == actor)
    if wanted := key(typed):
        query = query.where(past_questions.c.key.contains(wanted, autoescape=True), past_questions.c.key != wanted)
    rows = await connection.execute(query.order_by(past_questions.c.asked_at.desc()).limit(limit))
    return list(rows.scalars())


async def clear(connection: AsyncConnection, actor: str) -> None:
    await connection.execute(delete(past_questions).where(past_questions.c.actor == actor))


async def every(connection: AsyncConnection) -> list[tuple[str, str, str]]:
    """Actor, key and text of all of them."""
    columns = (past_questions.c.actor, past_questions.c.key, past_questions.c.query)
    return [(row.actor, row.key, row.query) for row in await connection.execute(select(*columns))]


async def drop(connection: AsyncConnection, keys: Collection[tuple[str, str]]) -> int:
    dropped = 0
    for actor, key_ in keys:
        mine = (past_questions.c.actor == actor, past_questions.c.key == key_)
        dropped += (await connection.execute(delete(past_questions).where(*mine))).rowcount
    return dropped
