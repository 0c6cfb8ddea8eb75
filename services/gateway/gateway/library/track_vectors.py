"""SQL of track vectors: what face tracks look like to the model that followed them, for comparing across videos."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from pgvector import HalfVector
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import ColumnElement, LargeBinary, Select, cast, func, insert, literal, select, text, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.tables import track_vectors, tracks
from kernel.contracts.vectors import PackedVectors
from kernel.storage.database import Database
from kernel.telemetry import logger
from kernel.vectors import Matrix, unpack

# Below so many tracks every vector is compared: at a million that took 0.6 s and missed nothing, where the index
# missed a third of what a look-back wants (docs/decisions/0086).
EXACT_BELOW = 2_000_000
BUILD_LOCK = 7_046_114_908  # any fixed number
# How many of the nearest are asked for at first, and how much more each time all of them were near enough.
FIRST_ASKED, MORE = 200, 8
# HNSW as measured in docs/decisions/0086: half of pgvector's usual links, for faces come in dense knots.
LINKS, BREADTH = 8, 40

log = logger("track_vectors")


class Near(NamedTuple):
    """A track and the cosine of its vector with what was asked."""

    track_id: UUID
    cosine: float


# ---- writing


async def put(connection: AsyncConnection, track_ids: Sequence[UUID], vectors: PackedVectors) -> None:
    """Keep one vector a track, in order, half precision; rows of zeros are left out."""
    rows = await asyncio.to_thread(_rows, track_ids, vectors)
    if rows:
        await connection.execute(insert(track_vectors), rows)


def _rows(track_ids: Sequence[UUID], vectors: PackedVectors) -> list[dict[str, Any]]:
    return [
        {"track_id": track_id, "model_id": vectors.model_id, "vector": HalfVector(np.asarray(row, np.float16))}
        for track_id, row in zip(track_ids, unpack(vectors), strict=True)
        if row.any()
    ]


# ---- reading


async def of_tracks(connection: AsyncConnection, model_id: str, ids: Collection[UUID]) -> dict[UUID, Matrix]:
    """Track to its vector `[dimension]`; tracks without one of this model are left out."""
    query = select(track_vectors.c.track_id, track_vectors.c.vector).where(
        track_vectors.c.model_id == model_id, track_vectors.c.track_id.in_(ids)
    )
    return {row.track_id: _array(row.vector) for row in await connection.execute(query)}


async def some(connection: AsyncConnection, model_id: str, count: int) -> Matrix:
    """Vectors `[n, dimension]` of any `count` tracks of a model; of all when there are no more."""
    query = select(packed()).where(track_vectors.c.model_id == model_id).limit(count)
    return unpacked((await connection.execute(query)).scalars())


def packed() -> ColumnElement[bytes]:
    """A track's vector as its bytes, which are far cheaper to read than its text."""
    return func.halfvec_send(track_vectors.c.vector, type_=LargeBinary()).label("vector")


def unpacked(rows: Iterable[bytes]) -> Matrix:
    """`[rows, dimension]` of what `packed` read: four bytes of header, then big-endian half floats."""
    vectors = [np.frombuffer(row, ">f2", offset=4).astype(np.float32) for row in rows]
    return np.stack(vectors) if vectors else np.zeros((0, 0), np.float32)


async def means_of_strangers(connection: AsyncConnection, model_id: str, ids: Collection[UUID]) -> dict[UUID, Matrix]:
    """Stranger to the mean `[dimension]` of its tracks' unit vectors: a product of two is their mean cosine."""
    mean = func.avg(func.l2_normalize(track_vectors.c.vector, type_=HALFVEC()), type_=HALFVEC())
    query = (
        select(tracks.c.stranger_id, mean.label("mean"))
        .join(track_vectors, track_vectors.c.track_id == tracks.c.id)
        .where(tracks.c.stranger_id.in_(ids), track_vectors.c.model_id == model_id)
        .group_by(tracks.c.stranger_id)
    )
    return {row.stranger_id: _array(row.mean) for row in await connection.execute(query)}


async def strangers_near(connection: AsyncConnection, model_id: str, vector: Matrix, limit: int) -> list[UUID]:
    """Strangers to whom the nearest `limit` tracks of any stranger belong, the nearest first."""
    nearest = await _ordered(connection, model_id, vector)
    query = nearest.add_columns(tracks.c.stranger_id).join(tracks, tracks.c.id == track_vectors.c.track_id)
    rows = await connection.execute(query.where(tracks.c.stranger_id.isnot(None)).limit(limit))
    return list(dict.fromkeys(row.stranger_id for row in rows))


async def within(connection: AsyncConnection, model_id: str, vector: Matrix, least: float) -> list[Near]:
    """All tracks of a model at least `least` like `vector` (unit, by cosine), the most alike first.

    Exact below EXACT_BELOW tracks; above, by the model's index, when it is built: asked for more and more of the
    nearest until one is too far.
    """
    if not await indexed(connection, model_id):
        distance = track_vectors.c.vector.cosine_distance(_halfvec(vector))
        query = _nearest(distance).where(track_vectors.c.model_id == model_id, distance <= 1 - least)
        async with _side_by_side(connection):
            return _found((await connection.execute(query)).all(), least)
    limit = FIRST_ASKED
    while True:
        query = (await _ordered(connection, model_id, vector)).limit(limit)
        rows = (await connection.execute(query)).all()
        found = _found(rows, least)
        if len(found) < len(rows) or len(rows) < limit:
            return found
        limit *= MORE


@asynccontextmanager
async def _side_by_side(connection: AsyncConnection) -> AsyncIterator[None]:
    """Several processes of the server compare, each a part of the table.

    The planner would not: it takes comparing for as cheap as adding, and a third of all rows for an answer.
    """
    free = "select set_config('parallel_setup_cost', '0', true), set_config('parallel_tuple_cost', '0', true)"
    await connection.execute(text(free))
    yield
    await connection.execute(text("set local parallel_setup_cost to default"))
    await connection.execute(text("set local parallel_tuple_cost to default"))


async def _ordered(connection: AsyncConnection, model_id: str, vector: Matrix) -> Select[Any]:
    """Tracks in order of distance, by the model's index when there is one."""
    if not await indexed(connection, model_id):
        distance = track_vectors.c.vector.cosine_distance(_halfvec(vector))
        return _nearest(distance).where(track_vectors.c.model_id == model_id).order_by(distance)
    await connection.execute(text("set local hnsw.ef_search = 800"))
    await connection.execute(text("set local hnsw.iterative_scan = relaxed_order"))
    await connection.execute(text("set local hnsw.max_scan_tuples = 200000"))
    # The expression and the condition of the index, literally: with parameters the planner can't recognise it.
    kind = HALFVEC(len(vector))
    distance = type_coerce(cast(track_vectors.c.vector, kind), kind).cosine_distance(_halfvec(vector))
    return _nearest(distance).where(_literally(model_id)).order_by(distance)


def _nearest(distance: ColumnElement[float]) -> Select[Any]:
    return select(track_vectors.c.track_id, distance.label("distance"))


def _literally(model_id: str) -> ColumnElement[bool]:
    return track_vectors.c.model_id == literal(model_id, literal_execute=True)


def _found(rows: Any, least: float) -> list[Near]:
    near = [Near(row.track_id, 1 - row.distance) for row in rows if 1 - row.distance >= least]
    return sorted(near, key=lambda one: -one.cosine)


def _halfvec(vector: Matrix) -> ColumnElement[Any]:
    return cast(literal(HalfVector(np.asarray(vector, np.float16)), HALFVEC()), HALFVEC())


def _array(vector: Any) -> Matrix:
    return np.asarray(vector.to_numpy() if isinstance(vector, HalfVector) else vector, np.float32)


# ---- the index


def index_name(model_id: str) -> str:
    """Of a model's approximate index; hexadecimal, so that it can stand in DDL as it is."""
    return f"ix_track_vectors_{hashlib.sha256(model_id.encode()).hexdigest()[:16]}"


async def indexed(connection: AsyncConnection, model_id: str) -> bool:
    """Whether the model's index is built."""
    valid = text("select indisvalid from pg_index where indexrelid = to_regclass(:name)")
    return (await connection.execute(valid, {"name": f"library.{index_name(model_id)}"})).scalar() is True


async def lacks_index(connection: AsyncConnection, model_id: str) -> bool:
    """Whether the model has followed so many tracks that an index pays, and none is built."""
    if await indexed(connection, model_id):
        return False
    some = select(track_vectors.c.track_id).where(track_vectors.c.model_id == model_id).limit(EXACT_BELOW).subquery()
    return int((await connection.execute(select(func.count()).select_from(some))).scalar_one()) >= EXACT_BELOW


async def build_index(database: Database, model_id: str) -> bool:
    """An HNSW index over one model's vectors, built without stopping writers; whether it was built now.

    Does nothing when it is there, or when another process is building it.
    """
    name = index_name(model_id)
    async with database.alone(BUILD_LOCK) as alone:
        if alone is None or await indexed(alone, model_id):
            return False
        await _build(alone, name, model_id)
    log.info("track vector index built", model=model_id)
    return True


async def _build(connection: AsyncConnection, name: str, model_id: str) -> None:
    some = select(func.vector_dims(track_vectors.c.vector)).where(track_vectors.c.model_id == model_id).limit(1)
    dimension = int((await connection.execute(some)).scalar_one())
    # What a build that was cut short leaves behind.
    await connection.exec_driver_sql(f"drop index if exists library.{name}")
    # In memory a graph of a million vectors is built some ten times faster than on disk.
    await connection.exec_driver_sql("set maintenance_work_mem = '2GB'")
    # DDL takes no parameters: the name is hexadecimal, numbers are numbers, the model id quoted.
    quoted = "'" + model_id.replace("'", "''") + "'"
    await connection.exec_driver_sql(
        f"create index concurrently {name} on library.track_vectors using hnsw "
        f"((vector::halfvec({dimension})) halfvec_cosine_ops) with (m = {LINKS}, ef_construction = {BREADTH}) "
        f"where model_id = {quoted}"
    )
    # Without statistics the planner takes the table for empty and compares every vector.
    await connection.exec_driver_sql("analyze library.track_vectors")
