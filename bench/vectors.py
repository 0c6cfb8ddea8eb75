"""Vector search as search-service does it, against exact comparison in NumPy: recall, short answers, time.

    python bench/vectors.py [DOCUMENTS]

20,000 vectors of 256 values in 400 clusters, people and videos unevenly spread. `filtered` walks a B-tree and
compares exactly; its peer is the same filter on the HNSW index as pgvector does it by default. `unfiltered` is the
HNSW index with our settings; its peer is NumPy comparing all in one thread. Prints a JSON line for each, with ratios.
"""

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import numpy as np
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from embed_service.tables import document_people, documents, models, vectors
from embed_service.upkeep import build_index
from kernel.contracts.models import ModelCard
from kernel.storage.database import Database
from kernel.storage.embedded import embedded_server
from kernel.storage.migrate import migrate
from kernel.vectors import Matrix, unit
from search_service.index.scope import Scope
from search_service.index.vectors import nearest, nearest_approximate

DIMENSION, CLUSTERS, PEOPLE, VIDEOS, QUESTIONS, WANTED = 256, 400, 1_000, 400, 200, 10
CARD = ModelCard(backend="bench", model_id="bench@1", licence="none", source="random", dimension=DIMENSION)

Search = Callable[[AsyncConnection, Scope, ModelCard, Matrix, int], Awaitable[set[UUID]]]


class Corpus:
    """Documents `0..count`, each with a vector, a person and a video."""

    def __init__(self, count: int) -> None:
        chance = np.random.default_rng(5)
        centres = chance.normal(size=(CLUSTERS, DIMENSION))
        self._near = lambda number: unit(
            (centres[chance.integers(0, CLUSTERS, number)] + 0.6 * chance.normal(size=(number, DIMENSION))).astype("f4")
        )
        self.vectors, self.questions = self._near(count), self._near(QUESTIONS)
        self.people = [UUID(int=int(number) + 1) for number in PEOPLE * chance.random(count) ** 2]
        self.videos = [UUID(int=int(number) + 1) for number in VIDEOS * chance.random(count) ** 1.5]

    def true(self, question: Matrix, allowed: list[int]) -> list[int]:
        """The nearest of some documents, compared in full."""
        cosines = self.vectors[allowed] @ question
        return [allowed[at] for at in np.argsort(-cosines)[:WANTED]]


async def fill(connection: AsyncConnection, corpus: Corpus) -> None:
    card = CARD.model_dump(mode="json")
    row = {"model_id": CARD.model_id, "state": "active", "backend": "bench", "options": {}, "card": card}
    await connection.execute(insert(models), {**row, "dimension": DIMENSION})
    blank = {"version": 1, "start_ms": 0, "end_ms": 1, "title": "", "origin": "machine", "observed": False}
    empty = {name: [] for name in ("objects", "caption_lexemes", "object_lexemes", "title_lexemes")}
    shared = {**blank, **empty, "unknown_faces": 0, "fingerprint": "", "text_en": "."}
    for first in range(0, len(corpus.vectors), 2_000):
        some = range(first, min(first + 2_000, len(corpus.vectors)))
        rows = [{"segment_id": UUID(int=at), "video_id": corpus.videos[at], **shared} for at in some]
        await connection.execute(insert(documents), rows)
        seen = {"probability": 1.0, "seen_ms": 1, "human": False}
        people = [{"person_id": corpus.people[at], "segment_id": UUID(int=at), **seen} for at in some]
        await connection.execute(insert(document_people), people)
        made = [{"model_id": CARD.model_id, "segment_id": UUID(int=at), "part": "en"} for at in some]
        await connection.execute(
            insert(vectors), [{**one, "vector": corpus.vectors[at]} for one, at in zip(made, some, strict=True)]
        )


async def ask(
    database: Database, corpus: Corpus, search: Search, scopes: list[tuple[Scope, list[int]]]
) -> dict[str, float]:
    """Recall, how many answers were shorter than they could be, and milliseconds."""
    recalls, waits, short = [], [], 0
    for question, (scope, allowed) in zip(corpus.questions, scopes, strict=True):
        true = {UUID(int=at) for at in corpus.true(question, allowed)}
        async with database.transaction() as connection:
            started = time.perf_counter()
            found = await search(connection, scope, CARD, question, WANTED)
            waits.append(1000 * (time.perf_counter() - started))
        recalls.append(len(true & found) / len(true))
        short += len(found) < len(true)
    return {"recall": round(statistics.mean(recalls), 4), "short": short, **times(waits)}


def times(waits: list[float]) -> dict[str, float]:
    ordered = sorted(waits[len(waits) // 10 :])  # the first tenth warms caches and plans
    return {"p50_ms": round(statistics.median(ordered), 2), "p95_ms": round(ordered[int(0.95 * len(ordered))], 2)}


async def by_default(
    connection: AsyncConnection, scope: Scope, model: ModelCard, vector: Matrix, limit: int
) -> set[UUID]:
    """The filter on the approximate index, with pgvector's own settings."""
    await connection.execute(text("set local enable_sort = off"))
    [person] = scope.who[0] if scope.who else (None,)
    column, wanted = ("person_id", person) if person else ("video_id", scope.videos[0])
    literal = "[" + ",".join(f"{value:.6f}" for value in vector) + "]"
    rows = await connection.exec_driver_sql(
        'select v.segment_id from "index".vectors v join "index".documents d using (segment_id) '  # noqa: S608
        'join "index".document_people p using (segment_id) '
        f"where v.model_id = '{model.model_id}' and {column} = '{wanted}' "
        f"order by v.vector::halfvec({model.dimension}) <=> '{literal}'::halfvec limit {limit}"
    )
    return {row[0] for row in rows}


def numpy_exact(corpus: Corpus) -> dict[str, float]:
    waits = []
    for question in corpus.questions:
        started = time.perf_counter()
        np.argpartition(-(corpus.vectors @ question), WANTED)
        waits.append(1000 * (time.perf_counter() - started))
    return times(waits)


async def measure(database: Database, corpus: Corpus) -> None:
    count = len(corpus.vectors)
    every = list(range(count))
    free = await ask(database, corpus, nearest_approximate, [(Scope(), every)] * QUESTIONS)
    peer = numpy_exact(corpus)
    line = {"bench": "vectors", "documents": count, "filter": "none", "ours": free, "numpy": peer}
    print(json.dumps({**line, "p95_ratio": round(free["p95_ms"] / peer["p95_ms"], 2)}))
    chance = random.Random(3)
    for name, owners in (("person", corpus.people), ("video", corpus.videos)):
        asked = [chance.choice(owners) for _ in range(QUESTIONS)]
        scopes = [
            (
                Scope(who=(frozenset({one}),)) if name == "person" else Scope(videos=(one,)),
                [at for at in every if owners[at] == one],
            )
            for one in asked
        ]
        ours = await ask(database, corpus, nearest, scopes)
        default = await ask(database, corpus, by_default, scopes)
        line = {"bench": "vectors", "documents": count, "filter": name, "ours": ours, "hnsw_by_default": default}
        print(json.dumps({**line, "p95_against_unfiltered": round(ours["p95_ms"] / free["p95_ms"], 2)}))


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        async with embedded_server(Path(folder)) as url:
            await migrate(url)
            database = Database(url)
            corpus = Corpus(count)
            async with database.transaction() as connection:
                await fill(connection, corpus)
            await build_index(database, CARD.model_id, DIMENSION)
            await measure(database, corpus)
            await database.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
