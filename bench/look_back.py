"""Looking back over many stored tracks: who was learnt just now is found in all videos, by the index and without it.

    python bench/look_back.py [TRACKS]        # else SCENEDESK_BENCH_TRACKS, else 200,000; a million takes a while

Tracks of a thousand people, unevenly spread, 512 half floats each; same and different people as alike as EdgeFace finds
performers on stage (0.55 and 0.10, same deviations). Twenty people are learnt from five pictures each; for each of them
the whole look-back is timed (tracks near enough, all of them scored against the gallery, decided in their pictures),
first comparing every vector, then by the index. Recall is against comparing all in NumPy. IVFFlat, the other index of
pgvector, stands beside it where asked for with --peer. Prints a JSON line.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import text

from gateway.identity import look_back
from gateway.identity.matching import Gallery, gallery_of
from gateway.library import track_vectors
from kernel.storage.database import Database
from kernel.storage.embedded import embedded_server
from kernel.storage.migrate import migrate
from kernel.vectors import Matrix, unit

DIMENSION, ROOM, PEOPLE, LEARNT, REFERENCES, A_VIDEO = 512, 96, 1_000, 20, 5, 400
MODEL, THRESHOLD = "bench@1", 0.41
CHUNK = 50_000
LEARNT_BASE = 1 << 40  # ids of people; of tracks they are their numbers


# Ids count up, so that rows and truth need no lists to find each other.
PEOPLE_ROWS = (
    "insert into library.people (id, name, colour) "
    "select lpad(to_hex({} + n), 32, '0')::uuid, 'P' || n, 0 from generate_series(1, {}) n"
)
VIDEO_ROWS = (
    "insert into library.videos (id, title, source, origin) "
    "select lpad(to_hex(n), 32, '0')::uuid, 'V', 'upload', 'v.mp4' from generate_series(0, {}) n"
)


class Crowd:
    """Tracks `0..count` of people `0..PEOPLE`; the first LEARNT of these are unknown to the library so far."""

    def __init__(self, count: int) -> None:
        chance = np.random.default_rng(11)
        basis = np.linalg.qr(chance.normal(size=(DIMENSION, ROOM)))[0].T.astype(np.float32)
        common = unit(chance.normal(size=ROOM).astype(np.float32))
        self._people = unit(chance.normal(size=(PEOPLE, ROOM)).astype(np.float32))
        self.who = (PEOPLE * chance.random(count) ** 1.5).astype(np.int32)
        self.who = chance.permutation(PEOPLE).astype(np.int32)[self.who]
        self._draw = lambda who: unit(
            (np.sqrt(0.1) * common + np.sqrt(0.45) * self._people[who] + np.sqrt(0.45) * self._noise(chance, len(who)))
            @ basis
        )

    @staticmethod
    def _noise(chance: np.random.Generator, count: int) -> Matrix:
        return unit(chance.normal(size=(count, ROOM)).astype(np.float32))

    def vectors(self, first: int, last: int) -> Matrix:
        return self._draw(self.who[first:last])

    def gallery(self) -> Gallery:
        """Everybody by some references."""
        who = np.repeat(np.arange(PEOPLE), REFERENCES)
        rows = self._draw(who).reshape(PEOPLE, REFERENCES, DIMENSION)
        return gallery_of({person(at): rows[at] for at in range(PEOPLE)}, MODEL, THRESHOLD)


def person(number: int) -> UUID:
    return UUID(int=LEARNT_BASE + int(number))


async def fill(database: Database, crowd: Crowd, truth: dict[UUID, set[int]], gallery: Gallery) -> None:
    """Rows as the pipeline writes them; what is near each learnt person in truth is noted on the way."""
    count = len(crowd.who)
    faces = [[at * 200, 0.1, 0.1, 0.3, 0.4] for at in range(8)]
    learnt = np.stack([gallery.centroids[gallery.people.index(person(at))] for at in range(LEARNT)])
    async with database.transaction() as connection:
        for statement in (PEOPLE_ROWS.format(LEARNT_BASE - 1, PEOPLE), VIDEO_ROWS.format(count // A_VIDEO)):
            await connection.exec_driver_sql(statement)
    for first in range(0, count, CHUNK):
        last = min(first + CHUNK, count)
        vectors = crowd.vectors(first, last)
        for number, row in enumerate(learnt @ vectors.T):
            truth[person(number)] |= {first + int(at) for at in np.flatnonzero(row >= THRESHOLD)}
        async with database.transaction() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            records = [_track(at, int(crowd.who[at]), faces) for at in range(first, last)]
            await driver.copy_records_to_table("tracks", schema_name="library", records=records, columns=COLUMNS)
            await driver.copy_to_table(
                "track_vectors",
                schema_name="library",
                columns=["track_id", "model_id", "vector"],
                source=_pieces(first, vectors),
                format="binary",
            )
    async with database.autocommit() as connection:
        await connection.exec_driver_sql("vacuum analyze library.tracks")
        await connection.exec_driver_sql("vacuum analyze library.track_vectors")


COLUMNS = ["id", "video_id", "start_ms", "end_ms", "person_id", "probability", "model_id", "faces"]


def _track(at: int, who: int, faces: list[list[float]]) -> tuple[Any, ...]:
    start = 1700 * (at % A_VIDEO)
    named = person(who) if who >= LEARNT else None
    return (UUID(int=at), UUID(int=at // A_VIDEO), start, start + 1600, named, 0.9, MODEL, json.dumps(faces))


async def _pieces(first: int, vectors: Matrix) -> Any:
    """PostgreSQL's binary copy format, row by row: ids, the model's name, halves with the greater byte first."""
    name = MODEL.encode()
    row = np.dtype(
        [("fields", ">i2"), ("l1", ">i4"), ("id", ">u8", 2), ("l2", ">i4"), ("model", f"S{len(name)}"), ("l3", ">i4"),
         ("dim", ">i2"), ("none", ">i2"), ("vector", ">f2", DIMENSION)]
    )  # fmt: skip
    rows = np.zeros(len(vectors), row)
    rows["fields"], rows["l1"], rows["l2"], rows["l3"] = 3, 16, len(name), 4 + 2 * DIMENSION
    rows["id"][:, 1], rows["model"], rows["dim"] = np.arange(first, first + len(vectors)), name, DIMENSION
    rows["vector"] = vectors
    yield b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff"


async def timed(database: Database, gallery: Gallery, truth: dict[UUID, set[int]]) -> dict[str, float]:
    """The whole look-back of each learnt person: milliseconds, what it found, and recall of the nearness alone."""
    waits, near_waits, recalls, found = [], [], [], []
    for who, near in truth.items():
        centroid = gallery.centroids[gallery.people.index(who)]
        async with database.transaction() as connection:
            started = time.perf_counter()
            close = await track_vectors.within(connection, MODEL, centroid, THRESHOLD)
            near_waits.append(1000 * (time.perf_counter() - started))
        recalls.append(len({one.track_id.int for one in close} & near) / max(1, len(near)))
        async with database.transaction() as connection:
            started = time.perf_counter()
            changes = (await look_back.find(connection, gallery, who)).changes
            waits.append(1000 * (time.perf_counter() - started))
        found.append(len(changes))
    return {
        "recall": round(statistics.mean(recalls), 4),
        "lowest_recall": round(min(recalls), 4),
        "near_p50_ms": round(statistics.median(near_waits), 1),
        "p50_ms": round(statistics.median(waits), 1),
        "worst_ms": round(max(waits), 1),
        "tracks_p50": statistics.median(found),
        "tracks_most": max(found),
    }


async def built(database: Database, build: Callable[[], Awaitable[object]], name: str) -> dict[str, float]:
    started = time.perf_counter()
    await build()
    seconds = time.perf_counter() - started
    async with database.transaction() as connection:
        size = (await connection.execute(text(f"select pg_relation_size('library.{name}')"))).scalar_one()
    return {"build_s": round(seconds, 1), "index_mb": round(size / 1e6, 1)}


async def ivfflat(database: Database, gallery: Gallery, truth: dict[UUID, set[int]], count: int) -> dict[str, float]:
    """The peer: nearness alone, a tenth of its lists looked through."""
    lists = max(10, count // 1000)

    async def build() -> None:
        async with database.autocommit() as connection:
            await connection.exec_driver_sql("set maintenance_work_mem = '2GB'")
            await connection.exec_driver_sql(
                "create index peer on library.track_vectors using ivfflat "
                f"((vector::halfvec({DIMENSION})) halfvec_cosine_ops) with (lists = {lists})"
            )

    cost = await built(database, build, "peer")
    waits, recalls = [], []
    for who, near in truth.items():
        literal = "[" + ",".join(f"{value:.5f}" for value in gallery.centroids[gallery.people.index(who)]) + "]"
        async with database.transaction() as connection:
            await connection.exec_driver_sql(f"set local ivfflat.probes = {max(1, lists // 10)}")
            started = time.perf_counter()
            rows = await connection.exec_driver_sql(
                f"select track_id from (select track_id, vector::halfvec({DIMENSION}) <=> '{literal}' as distance "
                f"from library.track_vectors order by 2 limit {len(near) + 100}) near "
                f"where distance <= {1 - THRESHOLD}"
            )
            found = {row[0].int for row in rows}
            waits.append(1000 * (time.perf_counter() - started))
        recalls.append(len(found & near) / max(1, len(near)))
    return {**cost, "recall": round(statistics.mean(recalls), 4), "near_p50_ms": round(statistics.median(waits), 1)}


async def main(count: int, peer: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        async with embedded_server(Path(folder)) as url:
            await migrate(url)
            database = Database(url, longest_s=3600)
            crowd = Crowd(count)
            gallery = crowd.gallery()
            truth: dict[UUID, set[int]] = {person(at): set() for at in range(LEARNT)}
            await fill(database, crowd, truth, gallery)
            line: dict[str, Any] = {"bench": "look_back", "tracks": count, "people": PEOPLE, "cores": os.cpu_count()}
            line["load"] = round(os.getloadavg()[0], 1)
            line["every_vector"] = await timed(database, gallery, dict(list(truth.items())[:5]))
            if peer:
                line["ivfflat"] = await ivfflat(database, gallery, truth, count)
                async with database.autocommit() as connection:
                    await connection.exec_driver_sql("drop index library.peer")
            name = track_vectors.index_name(MODEL)
            cost = await built(database, lambda: track_vectors.build_index(database, MODEL), name)
            line["indexed"] = {**cost, **await timed(database, gallery, truth)}
            line["under_a_second"] = line["indexed"]["worst_ms"] < 1000
            print(json.dumps(line))
            await database.close()


if __name__ == "__main__":
    asked = [one for one in sys.argv[1:] if one.isdigit()]
    tracks = int(asked[0]) if asked else int(os.environ.get("SCENEDESK_BENCH_TRACKS", "200000"))
    asyncio.run(main(tracks, "--peer" in sys.argv))
