"""Videos that are indexed while workers are killed: what the chaos tests run, and `make chaos` at full size.

    python tests/chaos.py --videos 60 --kills 6

prints one JSON line. The pipeline here is a stand-in with the real worker, queue, steps and library under it:
three steps that compute, two that write rows with plain inserts, so that a row written twice is seen.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from multiprocessing.process import BaseProcess
from typing import NamedTuple
from uuid import UUID, uuid4, uuid5

import asyncpg
import httpx
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.editor.publish import publish
from gateway.library import edits, runs, segments, videos
from gateway.pipeline.run import Progress, RunContext
from gateway.work import Pace, Work
from gateway.worker import run_worker
from kernel.clients import EmbedService
from kernel.contracts.library import Segment, SegmentCaption, StepName
from kernel.contracts.model import Value
from kernel.contracts.time import Span
from kernel.settings import Pipeline, Settings
from kernel.storage.database import Database, driver_url, is_outage
from kernel.storage.embedded import temporary_server
from kernel.storage.migrate import migrate

COMPUTED: tuple[StepName, ...] = ("look", "faces", "captions")
WRITTEN: tuple[StepName, ...] = ("identify", "publish")
STEPS: tuple[StepName, ...] = (*COMPUTED, *WRITTEN)
# Moments of a step: `begun`, at work; `made`, worked but nothing kept yet (in a writing step: rows written, not
# committed); `kept`, over.
ROWS = 5  # a writing step writes

SCHEMA = """
    create schema chaos;
    create table chaos.begun (video_id uuid, step text, pid int, at timestamptz default clock_timestamp());
    create table chaos.rows (video_id uuid, step text, number int);
    create table chaos.indexed (video_id uuid, version int, primary key (video_id, version));
    create table chaos.gate (open boolean);
"""


class Plan(NamedTuple):
    """What one worker process does."""

    url: str
    kill_at: tuple[str, str] | None = None  # step and moment at which it kills itself
    wait_at: tuple[str, str] | None = None  # step and moment at which it waits until the gate is open
    workers: int = 1
    step_s: float = 0.0
    lease_s: float = 30.0


class Found(Value):
    numbers: tuple[int, ...]


def work_in_child(plan: Plan) -> None:
    asyncio.run(_Child(plan).work())


class _Child:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    async def work(self) -> None:
        plan, stop = self.plan, asyncio.Event()
        settings = Settings(
            _env_file=None, DATABASE_URL=SecretStr(plan.url), offline=True, pipeline=Pipeline(workers=plan.workers)
        )
        self.side = await asyncpg.create_pool(driver_url(plan.url), min_size=0, max_size=2)
        work = Work(index_video=self.process, index_segments=self.index_segments)
        pace = Pace(lease=timedelta(seconds=plan.lease_s), grace_s=0.5, first_pause_s=0.05)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._until_idle(stop))
            group.create_task(run_worker(settings, plan.url, _no_wire, stop, work=work, pace=pace))

    async def _until_idle(self, stop: asyncio.Event) -> None:
        while await self._at_work():  # noqa: ASYNC110 - the queue sends no event of ours
            await asyncio.sleep(0.05)
        stop.set()

    async def _at_work(self) -> bool:
        try:
            return bool(await self.side.fetchval("select exists (select from jobs.queue)"))
        except Exception as error:
            if not is_outage(error):
                raise
            return True

    async def process(self, run: RunContext) -> None:
        for name in COMPUTED:
            await run.steps.step(name, ["v1"], Found, self._computing(run, name))
            await self._moment(name, "kept")
        for name in WRITTEN:
            await run.steps.write(name, ["v1"], Found, self._writing(run, name))
            await self._moment(name, "kept")

    def _computing(self, run: RunContext, name: StepName):
        async def compute(progress: Progress) -> Found:
            await self._begin(run, name)
            progress.report(0.5)
            await asyncio.sleep(self.plan.step_s)
            await self._moment(name, "made")
            return Found(numbers=tuple(range(ROWS)))

        return compute

    def _writing(self, run: RunContext, name: StepName):
        async def write(tx: AsyncConnection) -> Found:
            await self._begin(run, name)
            for number in range(ROWS):
                row = {"video_id": run.video.id, "step": name, "number": number}
                await tx.execute(text("insert into chaos.rows values (:video_id, :step, :number)"), row)
            if name == "publish":
                timeline = await segments.timeline(tx, run.video.id, lock=True)
                if edit := publish(timeline, opinion(run.video.id), actor="machine", door="pipeline"):
                    await edits.append(tx, edit)
            await self._moment(name, "made")
            return Found(numbers=tuple(range(ROWS)))

        return write

    async def index_segments(self, database: Database, _embed: EmbedService, video_id: UUID, version: int) -> None:
        async with database.transaction() as tx:
            row = {"video_id": video_id, "version": version}
            await tx.execute(text("insert into chaos.indexed values (:video_id, :version) on conflict do nothing"), row)

    async def _begin(self, run: RunContext, name: StepName) -> None:
        await self.side.execute("insert into chaos.begun values ($1, $2, $3)", run.video.id, name, os.getpid())
        await self._moment(name, "begun")

    async def _moment(self, step: StepName, moment: str) -> None:
        if self.plan.kill_at == (step, moment):
            os.kill(os.getpid(), signal.SIGKILL)
        if self.plan.wait_at == (step, moment):
            while not await self.side.fetchval("select exists (select from chaos.gate)"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


def opinion(video_id: UUID) -> list[Segment]:
    return [
        Segment(
            id=uuid5(video_id, str(number)),
            video_id=video_id,
            span=Span(start_ms=number * 1000, end_ms=(number + 1) * 1000),
            captions=[SegmentCaption(text=f"scene {number}", language="en", origin="machine")],
            people=[],
            version=0,
        )
        for number in range(ROWS)
    ]


def _no_wire() -> httpx.AsyncClient:
    return httpx.AsyncClient()


class Stage:
    """The videos, the processes that work on them, and what came of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.database = Database(url)
        # Children are forked from a server that has everything imported: a start costs no second.
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(["gateway.worker", "gateway.editor.publish"])

    async def set_up(self, count: int) -> list[UUID]:
        connection = await asyncpg.connect(driver_url(self.url))
        await connection.execute(SCHEMA)
        await connection.close()
        return [await self.add(number) for number in range(count)]

    async def add(self, number: int) -> UUID:
        async with self.database.transaction() as tx:
            new = videos.NewVideo(id=uuid4(), title=f"video {number}", source="upload", origin="x.mp4")
            video, _ = await videos.add(tx, new)
            await runs.start(tx, video.id)
        return video.id

    def start(self, plan: Plan) -> BaseProcess:
        process = self._processes.Process(target=work_in_child, args=(plan,), daemon=True)
        process.start()
        return process

    async def ended(self, process: BaseProcess) -> int:
        await asyncio.to_thread(process.join, 60)
        code = process.exitcode
        if code is None:
            process.kill()
            raise TimeoutError("a worker did not end")
        process.close()
        return code

    async def let_leases_end(self) -> None:
        """As if the lease's time had gone by since the last heartbeat."""
        async with self.database.transaction() as tx:
            await tx.execute(text("update jobs.queue set heartbeat = now() - interval '1 hour'"))

    async def open_gate(self) -> None:
        async with self.database.transaction() as tx:
            await tx.execute(text("insert into chaos.gate values (true)"))

    async def begun(self) -> int:
        return int(await self.value("select count(*) from chaos.begun"))

    async def until_begun(self, count: int) -> None:
        while True:
            try:
                if await self.begun() >= count:
                    return
            except Exception as error:  # the database may be what is killed
                if not is_outage(error):
                    raise
            await asyncio.sleep(0.02)

    async def value(self, question: str) -> int:
        async with self.database.transaction() as tx:
            return int((await tx.execute(text(question))).scalar_one())

    async def outcome(self, video_id: UUID) -> dict[str, object]:
        """All that is in the library and beside it about one video, in a form that any other video shares."""
        questions = {
            "run": "select state, problem, steps from library.runs",
            "steps": "select step, fingerprint, encode(result, 'hex'), current from library.steps",
            "rows": "select step, number from chaos.rows",
            "edits": "select version, kind, actor, jsonb_array_length(after) from library.edits",
            "segments": "select start_ms, end_ms, version, content->'captions' from library.segments",
            "indexed": "select version from chaos.indexed",
        }
        found: dict[str, object] = {}
        async with self.database.transaction() as tx:
            for name, question in questions.items():
                rows = await tx.execute(text(f"{question} where video_id = :id"), {"id": video_id})
                found[name] = sorted(json.dumps(list(row), default=str) for row in rows)
            found["video"] = (await videos.get(tx, video_id)).state
        run: list[str] = found["run"]  # type: ignore[assignment]
        # Which steps an earlier worker had done is told to people; it is not a part of the result.
        found["run"] = [line.replace('"kept"', '"done"') for line in run]
        return found

    async def told(self, count: int, codes: list[int], began: float) -> dict[str, object]:
        return {
            "done": await self.value("select count(*) from library.runs where state = 'done'"),
            "duplicate_rows": await self.duplicates(),
            "rows": await self.value("select count(*) from chaos.rows"),
            "of_rows": count * len(WRITTEN) * ROWS,
            "steps_interrupted": await self.begun() - count * len(STEPS),
            "steps_redone": await self.redone(),
            "jobs_left": await self.value("select count(*) from jobs.queue"),
            "clean_ends": codes.count(0),
            "seconds": round(time.monotonic() - began, 1),
        }

    async def redone(self) -> int:
        """Steps begun although their result was there: none may be."""
        return await self.value(
            "select count(*) from chaos.begun join library.steps using (video_id, step) where at > created_at"
        )

    async def duplicates(self) -> int:
        """Rows that are there more than once, in every table a run writes."""
        keys = {
            "chaos.rows": "video_id, step, number",
            "library.edits": "video_id, version",
            "library.segments": "video_id, start_ms",
            "library.steps": "video_id, step",
            "library.runs": "video_id",
        }
        each = (f"select count(*) - count(distinct ({key})) as n from {table}" for table, key in keys.items())  # noqa: S608
        return await self.value(f"select sum(n) from ({' union all '.join(each)}) as each_table")  # noqa: S608


@asynccontextmanager
async def staged(url: str) -> AsyncIterator[Stage]:
    stage = Stage(url)
    try:
        yield stage
    finally:
        for child in multiprocessing.active_children():
            child.kill()
            child.join()
        await stage.database.close()


async def kill_workers(url: str, count: int, kills: int, *, step_s: float, seed: int = 1) -> dict[str, object]:
    """Index `count` videos by two workers of four, killing a random one `kills` times, evenly over the work."""
    chance, began = random.Random(seed), time.monotonic()
    plan = Plan(url, workers=4, step_s=step_s, lease_s=2.0)
    async with staged(url) as stage:
        await stage.set_up(count)
        workers = [stage.start(plan), stage.start(plan)]
        for number in range(1, kills + 1):
            await stage.until_begun(number * count * len(STEPS) // (kills + 1))
            victim = chance.randrange(len(workers))
            workers[victim].kill()
            await stage.ended(workers[victim])
            workers[victim] = stage.start(plan)
        codes = [await stage.ended(worker) for worker in workers]
        return {
            "figure": "chaos",
            "videos": count,
            "kills": kills,
            **await stage.told(count, codes, began),
        }


async def kill_database(url: str, kill: Callable[[], None], count: int, kills: int) -> dict[str, object]:
    """Index `count` videos by two workers, calling `kill` on the database `kills` times, evenly over the work."""
    began, plan = time.monotonic(), Plan(url, workers=4, step_s=0.03, lease_s=2.0)
    async with staged(url) as stage:
        await stage.set_up(count)
        workers = [stage.start(plan), stage.start(plan)]
        for number in range(1, kills + 1):
            await stage.until_begun(number * count * len(STEPS) // (kills + 1))
            kill()
        codes = [await stage.ended(worker) for worker in workers]
        return await stage.told(count, codes, began)


async def _main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--videos", type=int, default=60)
    asked.add_argument("--kills", type=int, default=6)
    asked.add_argument("--step-s", type=float, default=0.25)
    words = asked.parse_args()
    async with temporary_server() as url:
        await migrate(url)
        print(json.dumps(await kill_workers(url, words.videos, words.kills, step_s=words.step_s)))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(_main())
