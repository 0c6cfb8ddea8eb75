"""The worker: what it does with a job that works, fails, fails for a while, is cancelled, or is in its way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy import text

from gateway import jobs
from gateway.library import runs, videos
from gateway.pipeline.run import Progress, RunContext
from gateway.work import Pace, Work
from gateway.worker import MAX_FRUITLESS_TAKES, run_worker
from kernel.clients import EmbedService
from kernel.contracts.errors import InvalidError, UnavailableError
from kernel.contracts.library import Run
from kernel.contracts.model import Value
from kernel.settings import Settings
from kernel.storage.database import Database, driver_url

QUICK = Pace(lease=timedelta(seconds=2), grace_s=0.2, first_pause_s=0.02)
CUT_ALL = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
"""
Process = Callable[[RunContext], Awaitable[None]]


class Found(Value):
    number: int


def nobody(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"these jobs call no service: {request.url}")


def no_wire() -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(nobody))


@asynccontextmanager
async def working(settings: Settings, process: Process, **more: object) -> AsyncIterator[asyncio.Event]:
    """A worker that runs until the block ends, or until the event is set."""

    async def index_segments(_database: Database, _embed: EmbedService, _video: UUID, version: int) -> None:
        raise NotImplementedError(version)

    work = replace(Work(index_video=process, index_segments=index_segments), **more)  # type: ignore[arg-type]
    stop = asyncio.Event()
    url = settings.server_database_url
    task = asyncio.create_task(run_worker(settings, url, no_wire, stop, work=work, pace=QUICK))
    try:
        yield stop
    finally:
        stop.set()
        await task


async def start(database: Database) -> Run:
    async with database.transaction() as tx:
        new = videos.NewVideo(id=uuid4(), title="x", source="upload", origin="x.mp4")
        video, _ = await videos.add(tx, new)
        run, _ = await runs.start(tx, video.id)
    return run


async def until(database: Database, run: Run, *states: str) -> Run:
    """Waits for the run's notices, as a page does, until it is in one of the states."""
    connection = await asyncpg.connect(driver_url(database.url))
    woken = asyncio.Event()
    await connection.add_listener("runs", lambda *_: woken.set())
    try:
        async with asyncio.timeout(20):
            while True:
                woken.clear()
                async with database.transaction() as tx:
                    run = await runs.get(tx, run.id)
                if run.state in states:
                    return run
                await woken.wait()
    finally:
        await connection.close()


async def held_jobs(database: Database) -> list[str]:
    async with database.transaction() as tx:
        return [row.status for row in await tx.execute(text("select status::text from jobs.queue"))]


async def queue_empties(database: Database, *, but: tuple[str, ...] = ()) -> None:
    async with asyncio.timeout(10):
        while await held_jobs(database) != list(but):  # noqa: ASYNC110 - the queue sends no event of ours
            await asyncio.sleep(0.02)


async def test_a_run_is_done_and_its_steps_are_told(settings: Settings, database: Database) -> None:
    async def process(context: RunContext) -> None:
        async def probe(progress: Progress) -> Found:
            progress.report(0.5)
            return Found(number=1)

        assert (await context.steps.step("probe", ["a"], Found, probe)).number == 1

    run = await start(database)
    async with working(settings, process):
        done = await until(database, run, "done", "failed")
        await queue_empties(database)
    assert done.state == "done"
    assert {step.name: (step.state, step.progress) for step in done.steps}["probe"] == ("done", 1.0)
    assert done.finished_at
    assert done.started_at
    async with database.transaction() as tx:
        assert (await videos.get(tx, run.video_id)).state == "ready"


async def test_a_step_that_was_done_is_kept_and_another_fingerprint_is_not(
    settings: Settings, database: Database
) -> None:
    made: list[str] = []

    async def process(context: RunContext) -> None:
        for part in ("a", "a", "b"):

            async def work(_progress: Progress, part: str = part) -> Found:
                made.append(part)
                return Found(number=len(made))

            await context.steps.step("faces", [part], Found, work)

    async with working(settings, process):
        run = await start(database)
        assert (await until(database, run, "done", "failed")).state == "done"
        async with database.transaction() as tx:
            again, _ = await runs.start(tx, run.video_id)
        shown = await until(database, again, "done", "failed")
    assert made == ["a", "b"]
    assert {step.name: step.state for step in shown.steps}["faces"] == "kept"


async def test_writes_and_their_result_are_one_transaction(settings: Settings, database: Database) -> None:
    tries: list[int] = []

    async def process(context: RunContext) -> None:
        async def write(tx: object) -> Found:
            tries.append(1)
            await videos.set_title(tx, context.video.id, f"title {len(tries)}")  # type: ignore[arg-type]
            if len(tries) == 1:
                raise UnavailableError(what="x", reason="y", remedy="z")
            return Found(number=len(tries))

        await context.steps.write("publish", ["a"], Found, write)
        await context.steps.write("publish", ["a"], Found, write)

    run = await start(database)
    async with working(settings, process):
        assert (await until(database, run, "done", "failed")).state == "done"
    async with database.transaction() as tx:
        assert (await videos.get(tx, run.video_id)).title == "title 2"
    assert len(tries) == 2


async def test_what_another_result_overwrote_is_written_again(settings: Settings, database: Database) -> None:
    written: list[str] = []

    async def process(context: RunContext) -> None:
        for part in ("a", "b", "a", "a"):

            async def write(_tx: object, part: str = part) -> Found:
                written.append(part)
                return Found(number=1)

            await context.steps.write("publish", [part], Found, write)

    run = await start(database)
    async with working(settings, process):
        await until(database, run, "done", "failed")
    assert written == ["a", "b", "a"]


async def test_bad_input_fails_at_once_and_says_why(settings: Settings, database: Database) -> None:
    tries: list[int] = []

    async def process(_context: RunContext) -> None:
        tries.append(1)
        raise InvalidError(reason="no picture in it")

    run = await start(database)
    async with working(settings, process):
        failed = await until(database, run, "done", "failed")
        await queue_empties(database)
    assert failed.state == "failed"
    assert failed.problem
    assert failed.problem.code == "invalid"
    assert len(tries) == 1


async def test_what_time_may_mend_is_tried_again(settings: Settings, database: Database) -> None:
    tries: list[int] = []

    async def process(_context: RunContext) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise UnavailableError(what="face-service", reason="ConnectError", remedy="Is it running?")

    run = await start(database)
    async with working(settings, process):
        assert (await until(database, run, "done", "failed")).state == "done"
    assert len(tries) == 3


async def test_what_time_does_not_mend_fails_in_the_end(settings: Settings, database: Database) -> None:
    tries: list[int] = []

    async def process(_context: RunContext) -> None:
        tries.append(1)
        raise UnavailableError(what="face-service", reason="no model", remedy="scenedesk models pull edge")

    run = await start(database)
    async with working(settings, process):
        failed = await until(database, run, "done", "failed")
    assert failed.problem
    assert failed.problem.code == "unavailable"
    assert len(tries) == MAX_FRUITLESS_TAKES


async def test_a_mistake_of_ours_fails_without_its_details_and_the_job_is_held(
    settings: Settings, database: Database
) -> None:
    async def process(_context: RunContext) -> None:
        raise KeyError("secret")

    run = await start(database)
    async with working(settings, process):
        failed = await until(database, run, "done", "failed")
        await queue_empties(database, but=("failed",))
    assert failed.problem
    assert failed.problem.code == "internal"
    assert "secret" not in failed.problem.model_dump_json()


async def test_a_run_is_cancelled_in_the_middle_of_a_step(settings: Settings, database: Database) -> None:
    begun, heard = asyncio.Event(), asyncio.Event()

    def look(progress: Progress) -> None:
        while not progress.stopped():
            pass
        heard_from_thread()

    loop = asyncio.get_running_loop()

    def heard_from_thread() -> None:
        loop.call_soon_threadsafe(heard.set)

    async def process(context: RunContext) -> None:
        async def work(progress: Progress) -> Found:
            begun.set()
            await asyncio.to_thread(look, progress)
            return Found(number=1)

        await context.steps.step("look", ["a"], Found, work)

    run = await start(database)
    async with working(settings, process):
        await begun.wait()
        async with database.transaction() as tx:
            await runs.request_cancel(tx, run.id)
        assert (await until(database, run, "cancelled", "done")).state == "cancelled"
        await asyncio.wait_for(heard.wait(), 5)  # the thread was told, not only its awaiter


async def test_a_worker_that_stops_leaves_its_run_to_the_next(settings: Settings, database: Database) -> None:
    begun = asyncio.Event()

    async def forever(_context: RunContext) -> None:
        begun.set()
        await asyncio.Event().wait()

    async def at_once(_context: RunContext) -> None:
        return

    run = await start(database)
    async with working(settings, forever) as stop:
        await begun.wait()
        stop.set()
        assert (await until(database, run, "queued")).state == "queued"
    async with working(settings, at_once):
        assert (await until(database, run, "done", "failed")).state == "done"


async def test_a_worker_that_stops_finishes_what_takes_no_time(settings: Settings, database: Database) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def process(_context: RunContext) -> None:
        begun.set()
        await go_on.wait()

    run = await start(database)
    async with working(settings, process) as stop:
        await begun.wait()
        stop.set()
        go_on.set()
    async with database.transaction() as tx:
        assert (await runs.get(tx, run.id)).state == "done"


async def test_a_worker_indexes_as_many_videos_at_once_as_it_is_set_to(settings: Settings, database: Database) -> None:
    at_once: list[int] = [0]
    most: list[int] = [0]

    two = asyncio.Barrier(2)

    async def process(_context: RunContext) -> None:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        await two.wait()
        at_once[0] -= 1

    started = [await start(database) for _ in range(6)]
    more = settings.model_copy(update={"pipeline": settings.pipeline.model_copy(update={"workers": 2})})
    async with working(more, process):
        for run in started:
            await until(database, run, "done")
    assert most[0] == 2


async def test_segments_are_indexed_while_a_video_is(settings: Settings, database: Database) -> None:
    indexed, begun = asyncio.Event(), asyncio.Event()
    tries: list[int] = []

    async def process(_context: RunContext) -> None:
        begun.set()
        await indexed.wait()

    async def index_segments(_database: Database, _embed: EmbedService, _video: UUID, version: int) -> None:
        tries.append(version)
        if len(tries) < 3:
            raise UnavailableError(what="embed-service", reason="ConnectError", remedy="")
        indexed.set()

    run = await start(database)
    async with working(settings, process, index_segments=index_segments):
        await begun.wait()
        async with database.transaction() as tx:
            await jobs.index_segments(tx, run.video_id, 7)
        assert (await until(database, run, "done")).state == "done"
    assert tries == [7, 7, 7]


async def test_a_run_whose_job_was_lost_is_found(settings: Settings, database: Database) -> None:
    async def process(_context: RunContext) -> None:
        return

    run = await start(database)
    async with database.transaction() as tx:
        await tx.execute(text("delete from jobs.queue"))
    async with working(settings, process):
        assert (await until(database, run, "done")).state == "done"


@pytest.mark.parametrize("moment", ["working", "writing"])
async def test_a_cut_connection_costs_no_work(settings: Settings, database: Database, moment: str) -> None:
    made: list[str] = []
    written = asyncio.Event()

    async def process(context: RunContext) -> None:
        async def work(_progress: Progress) -> Found:
            made.append("work")
            if moment == "working":
                await cut_all()
            return Found(number=1)

        async def write(tx: object) -> Found:
            made.append("write")
            if moment == "writing" and made.count("write") == 1:
                await cut_all()
            await videos.set_title(tx, context.video.id, "written")  # type: ignore[arg-type]
            return Found(number=2)

        await context.steps.step("look", ["a"], Found, work)
        await context.steps.write("publish", ["a"], Found, write)
        written.set()

    async def cut_all() -> None:
        connection = await asyncpg.connect(settings.server_database_url)
        await connection.execute(CUT_ALL)
        await connection.close()

    run = await start(database)
    async with working(settings, process):
        await asyncio.wait_for(written.wait(), 20)
    assert made.count("work") == 1
    async with database.transaction() as tx:
        assert (await videos.get(tx, run.video_id)).title == "written"
