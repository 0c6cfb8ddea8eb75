"""The nearest vectors by lists and by a graph: how many are found, whose questions are lost, and what it costs.

    python bench/lists.py [--vectors 100000] [--drawing archive] [--lists 447] [--into 16 20 24] [--builds 1] [--graph]

pgvector in an embedded server, a table of vectors alone; exact FAISS with one thread is the truth. `archive` is the
drawing of bench/search.py, 600 scenes of one size. `spread` has 20,000 centres of very unequal sizes, mixed of the
captions of ../shared/data/retrieval, with noise in all directions, and is asked those captions' questions and drawn
ones. Centres are drawn by lot, so several builds may find differently. Processor time is the server's. Prints JSON.
"""

import argparse
import asyncio
import json
import math
import os
import time
from pathlib import Path
from typing import Any

import asyncpg
import faiss
import numpy as np
from pgvector.asyncpg import register_vector

from bench._archive import Archive, encoded
from bench.search import DIMENSION, WANTED, times
from embed_service.backends.usem3 import Options
from embed_service.backends.usem3 import load as load_model
from embed_service.nearness import lists_for, megabytes
from kernel.storage.embedded import temporary_server
from kernel.vectors import Matrix, unit
from search_service.app import SESSION
from search_service.index.candidates import NEAREST
from search_service.index.vectors import written
from tests.retrieval import distractors, pairs

SHARED = Path(__file__).parents[2] / "shared/data"
CENTRES, NOISE, PUT = 20_000, 0.6, 1_000
Nearest = list[list[int]]  # of each question, the nearest first
ALIKE = 1e-4  # cosines that differ by less are as good as each other
TICK_MS = 1_000 / os.sysconf("SC_CLK_TCK")
GRAPH = "hnsw (vector halfvec_cosine_ops) with (m = 16, ef_construction = 128)"
QUERY = f"select id from drawn order by vector <=> (select $1::text::halfvec) limit {NEAREST}"


def archive(count: int) -> tuple[Matrix, Matrix]:
    drawn = Archive(count, 1)
    return np.concatenate(list(drawn.vectors("en"))), np.stack([question.vector for question in drawn.questions])


def spread(count: int) -> tuple[Matrix, Matrix]:
    if not SHARED.exists():
        raise SystemExit(json.dumps({"bench": "lists", "skipped": "no ../shared/data beside this checkout"}))
    model, chance, known = load_model(Options()), np.random.default_rng(3), pairs(SHARED)
    captions = encoded(model, [pair.caption_en for pair in known] + distractors(SHARED))
    asked = encoded(model, [pair.query_en for pair in known] + [pair.query_ko for pair in known])
    shares = chance.dirichlet([0.6] * 3, CENTRES).astype("f4")
    mixed = np.einsum("nk,nkd->nd", shares, captions[chance.integers(0, len(captions), (CENTRES, 3))])
    centres = unit(mixed + 0.5 * _anywhere(chance, CENTRES))
    sizes = 1 / np.arange(1, CENTRES + 1) ** 1.3
    of = chance.choice(CENTRES, count, p=sizes / sizes.sum())
    blocks = [unit(centres[of[at : at + 10_000]] + NOISE * _anywhere(chance, len(of[at : at + 10_000])))
              for at in range(0, count, 10_000)]  # fmt: skip
    drawn = unit(centres[chance.integers(0, CENTRES, 80)] + 0.5 * _anywhere(chance, 80))
    return np.concatenate(blocks), np.concatenate([asked, drawn])


def _anywhere(chance: np.random.Generator, count: int) -> Matrix:
    return unit(chance.normal(size=(count, DIMENSION)).astype("f4"))


def exact(everything: Matrix, questions: Matrix) -> tuple[Nearest, list[float]]:
    """The nearest of each question, and the seconds that took."""
    faiss.omp_set_num_threads(1)
    flat = faiss.IndexFlatIP(DIMENSION)
    flat.add(everything)
    found, waits = Nearest(), list[float]()
    for question in questions:
        started = time.perf_counter()
        found.append(flat.search(question[None], WANTED)[1][0].tolist())
        waits.append(time.perf_counter() - started)
    return found, waits


class Table:
    """Vectors in PostgreSQL, and one connection whose server's processor time is counted."""

    def __init__(self, connection: Any, server: int, everything: Matrix) -> None:
        self._connection, self._server, self._everything = connection, server, everything

    async def fill(self) -> None:
        await self._connection.execute("create table drawn (id int, vector halfvec(512))")
        for first in range(0, len(self._everything), 20_000):
            await self._put(first, self._everything[first : first + 20_000])
        await self._connection.execute("vacuum analyze drawn")

    async def _put(self, first: int, some: Matrix) -> None:
        rows = list(enumerate(some.astype(np.float16), first))
        await self._connection.copy_records_to_table("drawn", columns=["id", "vector"], records=rows)

    async def build(self, kind: str) -> dict[str, float]:
        await self._connection.execute("drop index if exists nearness")
        started = time.perf_counter()
        await self._connection.execute(f"create index nearness on drawn using {kind}")
        seconds = time.perf_counter() - started
        size = await self._connection.fetchval("select pg_relation_size('nearness') / 1048576")
        return {"build_s": round(seconds, 1), "megabytes": size}

    async def put(self) -> float:
        """Milliseconds of processor time of one more vector, while the index is there."""
        end, chance = len(self._everything), np.random.default_rng(1)
        others = unit(self._everything[:PUT] + 0.1 * _anywhere(chance, PUT))  # none that is there already
        before = self._spent()
        await self._put(end, others)
        spent = (self._spent() - before) / PUT
        await self._connection.execute(f"delete from drawn where id >= {end}")
        await self._connection.execute("vacuum drawn")
        return round(spent, 3)

    async def asked(self, questions: Matrix, true: Nearest) -> dict[str, Any]:
        for question in questions:  # into memory
            await self._connection.fetch(QUERY, written(question))
        before, waits, found = self._spent(), list[float](), Nearest()
        for question in questions:
            started = time.perf_counter()
            rows = await self._connection.fetch(QUERY, written(question))
            waits.append(time.perf_counter() - started)
            found.append([row[0] for row in rows[:WANTED]])
        spent = (self._spent() - before) / len(questions)
        return {**self._judged(questions, true, found), **times(waits), "processor_ms": round(spent, 2)}

    def _judged(self, questions: Matrix, true: Nearest, found: Nearest) -> dict[str, float]:
        shares = np.array([len(set(a) & set(b)) / WANTED for a, b in zip(true, found, strict=True)])
        alike = [
            np.mean(self._everything[mine] @ question >= self._everything[theirs[-1]] @ question - ALIKE)
            for question, theirs, mine in zip(questions, true, found, strict=True)
        ]
        return {
            "recall": round(float(shares.mean()), 4),
            "recall_of_as_near": round(float(np.mean(alike)), 4),
            "questions_lost": int((shares == 0).sum()),
        }

    def _spent(self) -> float:
        fields = Path(f"/proc/{self._server}/stat").read_text().rpartition(")")[2].split()
        return TICK_MS * (int(fields[11]) + int(fields[12]))


async def main(given: argparse.Namespace) -> None:
    everything, questions = {"archive": archive, "spread": spread}[given.drawing](given.vectors)
    everything = everything.astype(np.float16).astype("f4")
    true, waits = exact(everything, questions)
    line = {"bench": "lists", "drawing": given.drawing, "vectors": given.vectors}
    print(json.dumps({**line, "faiss_exact": times(waits), "load": round(os.getloadavg()[0], 1)}), flush=True)
    async with temporary_server() as url:
        connection = await asyncpg.connect(url, server_settings=dict(SESSION))
        await connection.execute("create extension if not exists vector")
        await register_vector(connection)
        lists = given.lists or lists_for(given.vectors)
        allowed = max(megabytes(lists, DIMENSION), math.ceil(given.vectors * 1_500 / 1_048_576) if given.graph else 0)
        await connection.execute(f"set maintenance_work_mem = '{allowed}MB'")
        table = Table(connection, await connection.fetchval("select pg_backend_pid()"), everything)
        await table.fill()
        for _ in range(given.builds):
            cost = await table.build(f"ivfflat (vector halfvec_cosine_ops) with (lists = {lists})")
            for into in given.into:
                await connection.execute(f"set ivfflat.probes = {into}")
                told = {**line, "lists": lists, "into": into, **await table.asked(questions, true)}
                print(json.dumps({**told, **cost}), flush=True)
        print(json.dumps({**line, "lists": lists, "put_processor_ms": await table.put()}), flush=True)
        if given.graph:
            told = {**await table.build(GRAPH), **await table.asked(questions, true)}
            print(json.dumps({**line, "graph": GRAPH, **told, "put_processor_ms": await table.put()}), flush=True)
        await connection.close()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--vectors", type=int, default=100_000)
    arguments.add_argument("--drawing", choices=("archive", "spread"), default="archive")
    arguments.add_argument("--lists", type=int, help="as many as the product makes, if not told")
    arguments.add_argument("--into", type=int, nargs="+", default=[int(SESSION["ivfflat.probes"])])
    arguments.add_argument("--builds", type=int, default=1)
    arguments.add_argument("--graph", action="store_true", help="measure what earlier versions had, too")
    asyncio.run(main(arguments.parse_args()))
