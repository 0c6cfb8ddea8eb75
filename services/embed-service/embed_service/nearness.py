"""The approximate index of a model's vectors: lists of vectors that lie together, of which a question looks into a few.

Why lists, how many, and how many are looked into: docs/decisions/0031-vectors-in-postgres.md.
"""

import hashlib
import math
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from embed_service.tables import vectors
from kernel.storage.database import Database
from kernel.telemetry import logger

KIND = "ivfflat"
MOST_LISTS = 2_000  # finding the centres takes memory and time with their square: 0.9 GB for these
SAMPLES, FEWEST_SAMPLES = 50, 10_000  # of vectors that pgvector finds centres by: for each list, and in all
SHORT_OF_MEMORY = ("53100", "53200")  # SQLSTATE: disk full, which is what shared memory says, and out of memory
BUILD_LOCK = 7_046_114_907  # any fixed number
log = logger("nearness")

INDEX = text("""
select i.indisvalid as valid, a.amname as kind, c.reltuples::bigint as vectors,
  (select option_value::int from pg_options_to_table(c.reloptions) where option_name = 'lists') as lists,
  to_regclass(:spare) is not null as spare
from pg_class c join pg_index i on i.indexrelid = c.oid join pg_am a on a.oid = c.relam
where c.oid = to_regclass(:name)
""")
# In one statement, so that there is always one of that name. Renaming stops nobody who reads.
PUT_IN_PLACE = """
do $$ begin
  if to_regclass('"index".{name}') is not null then
    alter index "index".{name} rename to {name}_before;
  end if;
  alter index "index".{name}_spare rename to {name};
  alter index if exists "index".{name}_before rename to {name}_spare;
end $$
"""


@dataclass(frozen=True)
class Built:
    """An index as PostgreSQL has it. `vectors` as counted at the latest ANALYZE, `spare` whether another is beside it:
    half of one, or the one that was replaced.
    """

    valid: bool
    kind: str
    vectors: int
    lists: int | None
    spare: bool

    def serves(self) -> bool:
        return self.valid and self.kind == KIND and self.lists is not None and fits(self.lists, self.vectors)


def lists_for(number: int) -> int:
    """Twice as many lists as each has vectors."""
    return max(1, min(MOST_LISTS, round(math.sqrt(2 * number))))


def fits(lists: int, number: int) -> bool:
    """Whether an index of so many lists still suits so many vectors: from a quarter of those it was built for, beyond
    which a question looks at too few, to half as many again, whose scenes its lists may not know.

    A negative number is PostgreSQL's for one it does not know yet.
    """
    return number < 0 or lists / 2 <= lists_for(number) <= 1.25 * lists


def megabytes(lists: int, dimension: int) -> int:
    """What pgvector asks to be allowed for finding the centres of that many lists; it refuses with less."""
    samples, vector = max(FEWEST_SAMPLES, SAMPLES * lists), 2 * dimension + 16
    for_samples = samples * (vector + 4 * lists + 8)
    for_lists = lists * (2 * vector + 4 * dimension + 4 * lists + 16)
    return max(64, (for_samples + for_lists) * 11 // 10 // 1_048_576 + 1)


def index_name(model_id: str) -> str:
    """Of a model's approximate index; hexadecimal, so that it can stand in DDL as it is."""
    return f"ix_vectors_{hashlib.sha256(model_id.encode()).hexdigest()[:16]}"


async def drop_index(connection: AsyncConnection, model_id: str) -> None:
    name = index_name(model_id)
    await connection.exec_driver_sql(f'drop index if exists "index".{name}, "index".{name}_spare')


async def build_index(database: Database, model_id: str, dimension: int) -> None:
    """Sees to it that one model's vectors have an index that suits their number. Does nothing when they have.

    Writers go on, and questions with the index that was there before. It is built once questions would use it: below
    that it is of no use.
    """
    name = index_name(model_id)
    async with database.autocommit() as connection:
        if await _is_done(connection, name):
            return
    async with database.alone(BUILD_LOCK) as alone:
        if alone is not None and not await _is_done(alone, name):
            await _see_to(alone, name, model_id, dimension)


async def built(connection: AsyncConnection, name: str) -> Built | None:
    names = {"name": f'"index".{name}', "spare": f'"index".{name}_spare'}
    row = (await connection.execute(INDEX, names)).mappings().one_or_none()
    return Built(**row) if row else None


async def _is_done(connection: AsyncConnection, name: str) -> bool:
    found = await built(connection, name)
    return found is not None and found.serves() and not found.spare


async def _see_to(connection: AsyncConnection, name: str, model_id: str, dimension: int) -> None:
    await _drop_spare(connection, name)
    found = await built(connection, name)
    if found is not None and found.serves():
        return
    number = select(func.count()).select_from(vectors).where(vectors.c.model_id == model_id)
    lists = lists_for((await connection.execute(number)).scalar_one())
    await _create(connection, f"{name}_spare", model_id, dimension, lists)
    await connection.exec_driver_sql(PUT_IN_PLACE.format(name=name))
    # Without statistics the planner takes the table for empty and compares every vector.
    await connection.exec_driver_sql('analyze "index".documents, "index".vectors')
    await _drop_spare(connection, name)
    log.info("vector index built", model=model_id, lists=lists)


async def _drop_spare(connection: AsyncConnection, name: str) -> None:
    await connection.exec_driver_sql(f'drop index concurrently if exists "index".{name}_spare')


async def _create(connection: AsyncConnection, name: str, model_id: str, dimension: int, lists: int) -> None:
    await connection.exec_driver_sql(f"set maintenance_work_mem = '{megabytes(lists, dimension)}MB'")
    # DDL takes no parameters: the name is hexadecimal, numbers are numbers, the model id quoted.
    quoted = "'" + model_id.replace("'", "''") + "'"
    statement = (
        f'create index concurrently {name} on "index".vectors using {KIND} '
        f"((vector::halfvec({int(dimension)})) halfvec_cosine_ops) with (lists = {lists}) where model_id = {quoted}"
    )
    try:
        await connection.exec_driver_sql(statement)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in SHORT_OF_MEMORY:
            raise
        # Builders that work together share memory that a container may not give (/dev/shm): one works alone.
        await connection.exec_driver_sql(f'drop index concurrently if exists "index".{name}')
        await connection.exec_driver_sql("set max_parallel_maintenance_workers = 0")
        await connection.exec_driver_sql(statement)
