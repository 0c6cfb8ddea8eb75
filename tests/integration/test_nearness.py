"""The approximate index of vectors: what it finds, how it grows with them, and how one takes the place of another."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
import pytest
from pgvector.asyncpg import register_vector
from sqlalchemy import text

from embed_service.nearness import Built, build_index, built, drop_index, index_name
from kernel.storage.database import Database, driver_url
from kernel.vectors import Matrix, unit
from search_service.app import SESSION

MODEL, DIMENSION = "drawn@1", 64
NAME = index_name(MODEL)
NEAREST = """
select segment_id from "index".vectors where model_id = 'drawn@1'
order by vector::halfvec(64) <=> (select $1::text::halfvec) limit 10
"""


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[Any]:
    """As search-service connects, but free of the documents that vectors belong to."""
    opened = await asyncpg.connect(driver_url(database.url), server_settings=dict(SESSION))
    await register_vector(opened)
    await opened.execute("set session_replication_role = replica")
    yield opened
    await opened.close()


def drawn(count: int, centres: int = 60, seed: int = 1) -> Matrix:
    """Vectors around centres, as captions of the same scenes lie."""
    chance = np.random.default_rng(seed)
    middles = unit(chance.normal(size=(centres, DIMENSION)).astype("f4"))
    noise = unit(chance.normal(size=(count, DIMENSION)).astype("f4"))
    return unit(middles[chance.integers(0, centres, count)] + 0.6 * noise)


async def put(connection: Any, made: Matrix, first: int = 0) -> None:
    rows = [(UUID(int=first + at), MODEL, "en", vector) for at, vector in enumerate(made.astype(np.float16))]
    columns = ["segment_id", "model_id", "part", "vector"]
    await connection.copy_records_to_table("vectors", schema_name="index", columns=columns, records=rows)
    await connection.execute('analyze "index".vectors')


async def nearest(connection: Any, vector: Matrix, *, before: str = "") -> list[Any]:
    asked = "[" + ",".join(map(str, vector.tolist())) + "]"
    return [row[0] for row in await connection.fetch(before + NEAREST, asked)]


async def plan(connection: Any, vector: Matrix) -> str:
    return "\n".join(await nearest(connection, vector, before="explain "))


async def recall(connection: Any, everything: Matrix, questions: Matrix) -> float:
    shares = [
        len(
            {UUID(int=int(at)) for at in np.argsort(-everything @ question)[:10]}
            & set(await nearest(connection, question))
        )
        / 10
        for question in questions
    ]
    return float(np.mean(shares))


async def as_built(database: Database) -> Built:
    async with database.autocommit() as autocommit:
        found = await built(autocommit, NAME)
    assert found is not None
    return found


async def test_questions_go_by_the_index_and_find_what_comparing_everything_finds(
    database: Database, connection: Any
) -> None:
    made, questions = drawn(8_000), drawn(50, centres=1_000, seed=2)
    await put(connection, made)
    await build_index(database, MODEL, DIMENSION)
    assert (await as_built(database)).lists == 126
    assert NAME in await plan(connection, made[0])
    assert await recall(connection, made, np.concatenate([made[:50], questions])) >= 0.99


async def test_what_comes_after_the_index_was_built_is_found_as_well(database: Database, connection: Any) -> None:
    """Of scenes that none of its lists was made for, too."""
    before, after = drawn(4_000), drawn(2_000, seed=3)
    await put(connection, before)
    await build_index(database, MODEL, DIMENSION)
    await put(connection, after, first=4_000)
    await build_index(database, MODEL, DIMENSION)
    assert (await as_built(database)).lists == 89, "half as many again still suit it"
    assert await recall(connection, np.concatenate([before, after]), after[:50]) >= 0.95


async def test_an_index_that_the_vectors_have_outgrown_is_built_anew(database: Database, connection: Any) -> None:
    await put(connection, drawn(1_800))
    await build_index(database, MODEL, DIMENSION)
    assert (await as_built(database)).lists == 60
    await put(connection, drawn(1_200), first=1_800)
    await build_index(database, MODEL, DIMENSION)
    assert await as_built(database) == Built(valid=True, kind="ivfflat", vectors=3_000, lists=77, spare=False)


async def test_the_graph_of_an_earlier_version_answers_until_lists_take_its_place(
    database: Database, connection: Any
) -> None:
    made = drawn(3_000)
    await put(connection, made)
    await connection.execute(
        f'create index {NAME} on "index".vectors using hnsw ((vector::halfvec({DIMENSION})) halfvec_cosine_ops) '
        f"where model_id = '{MODEL}'"
    )
    async with database.transaction() as looking:
        # The build waits for whoever might still see the table as it was.
        await looking.execute(text('select count(*) from "index".vectors'))
        build = asyncio.create_task(build_index(database, MODEL, DIMENSION))
        await asyncio.wait({build}, timeout=1)
        assert not build.done()
        assert (await as_built(database)).kind == "hnsw"
        assert NAME in await plan(connection, made[0])
        assert await nearest(connection, made[7])
    await build
    assert await as_built(database) == Built(valid=True, kind="ivfflat", vectors=3_000, lists=77, spare=False)


@pytest.mark.parametrize("lists", [None, 77], ids=["half of one", "the one that was replaced"])
async def test_what_a_build_that_was_cut_short_leaves_behind_is_cleared_away(
    database: Database, connection: Any, lists: int | None
) -> None:
    await put(connection, drawn(3_000))
    if lists:
        await build_index(database, MODEL, DIMENSION)
    await connection.execute(f'create index {NAME}_spare on "index".vectors (part)')
    await build_index(database, MODEL, DIMENSION)
    assert await as_built(database) == Built(valid=True, kind="ivfflat", vectors=3_000, lists=77, spare=False)


async def test_a_thousand_documents_with_the_same_caption_do_not_stop_a_build(
    database: Database, connection: Any
) -> None:
    await put(connection, np.repeat(drawn(5), 1_000, axis=0))
    await build_index(database, MODEL, DIMENSION)
    assert (await as_built(database)).valid


async def test_a_model_out_of_use_leaves_no_index(database: Database, connection: Any) -> None:
    await put(connection, drawn(200))
    await build_index(database, MODEL, DIMENSION)
    async with database.transaction() as transaction:
        await drop_index(transaction, MODEL)
        assert await built(transaction, NAME) is None
