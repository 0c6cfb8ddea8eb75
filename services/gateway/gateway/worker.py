"""Take jobs from the queue and do them: `python -m gateway.worker`, as many processes on as many hosts as wanted.

The queue delivers at least once. That a job's effect is there exactly once is the work's own doing: keyed
results, one transaction a step, and the run's token (pipeline/run.py).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import asyncpg
import httpx
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.errors import FailingListenerError, RetryRequested
from pgqueuer.models import Job

from gateway import jobs
from gateway.job_queue import Manager, OwnQueries
from gateway.library import audit, collections, edits, runs, saved_searches, videos
from gateway.library.runs import Taken
from gateway.library.track_vectors import build_index
from gateway.pipeline.run import CancelledRunError, FencedError, RunContext, Steps
from gateway.pipeline.wording import word_captions
from gateway.work import Pace, Work, the_pipeline
from kernel.clients import Services
from kernel.contracts.errors import Language, ScenedeskError
from kernel.contracts.library import RunState
from kernel.contracts.search import ForgetAnswersRequest
from kernel.serving import stop_on_signals
from kernel.settings import Settings
from kernel.storage.database import Database, driver_url, is_outage
from kernel.store import Store
from kernel.telemetry import configure_logs, logger
from kernel.wire import Wire, open_wire

T = TypeVar("T")

MAX_FRUITLESS_TAKES = 5
SEGMENT_JOBS_AT_ONCE = 4
COLLECTIONS_AT_ONCE = 1
TRY_AGAIN_STATUSES = (429, 502, 503, 504)

log = logger("worker")


class GaveUpError(ScenedeskError):
    status = 500
    code = "gave_up"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Indexing stopped without getting any further {times} times in a row, so it was given up.",
        "ko": "인덱싱이 진전 없이 {times}번 연속으로 중단되어 포기했습니다.",
    }


class StoppingError(Exception):
    """The worker is asked to stop and the work was not finished in time."""


async def run_worker(
    settings: Settings,
    database_url: str,
    wire: Wire,
    stop: asyncio.Event,
    *,
    work: Work | None = None,
    pace: Pace = Pace(),
) -> None:
    """Do jobs until `stop` is set; then what is under way is finished within the grace, or left to the next worker.

    A database that goes away is waited for.
    """
    lease_s = pace.lease.total_seconds()
    connections = settings.pipeline.workers + SEGMENT_JOBS_AT_ONCE + 2 * COLLECTIONS_AT_ONCE + 1
    database = Database(database_url, pool_size=connections, idle_s=2 * lease_s, longest_s=10 * lease_s)
    worker = Worker(settings, database, wire, stop, work or the_pipeline(), pace)
    try:
        while not stop.is_set():
            try:
                await worker.serve()
            except Exception as error:
                # Whoever is cancelled while it asks sees its connection end, not the database.
                if _cancelled() or not (is_outage(error) or isinstance(error, FailingListenerError)):
                    raise
                log.warning("worker.database_away", reason=str(error))
                await worker.database_back()
    finally:
        await database.close()


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Worker:
    """One process's share of the queue."""

    def __init__(
        self, settings: Settings, database: Database, wire: Wire, stop: asyncio.Event, work: Work, pace: Pace
    ) -> None:
        self._settings, self._database, self._services = settings, database, Services(wire)
        self._stop, self._work, self._pace = stop, work, pace

    async def serve(self) -> None:
        """Do jobs until told to stop. Raises what is_outage() knows when the database goes away."""
        async with self._manager() as manager, _background(self._keep_watch(manager)):
            await manager.run(
                dequeue_timeout=self._pace.lease / 6,
                batch_size=1,
                shutdown_on_listener_failure=True,
                heartbeat_timeout=self._pace.lease,
            )

    @asynccontextmanager
    async def _manager(self) -> AsyncIterator[Manager]:
        pool = await asyncpg.create_pool(driver_url(self._database.url), min_size=0, max_size=4)
        manager = Manager(jobs.queries(AsyncpgPoolDriver(pool), OwnQueries), channel=jobs.SETTINGS.channel)
        manager.limits = {
            jobs.INDEX_VIDEO: self._settings.pipeline.workers,
            jobs.INDEX_SEGMENTS: SEGMENT_JOBS_AT_ONCE,
            jobs.INDEX_TRACKS: 1,
            jobs.COLLECT: COLLECTIONS_AT_ONCE,
            jobs.WATCH: 1,
            jobs.WORD_CAPTIONS: 1,
            jobs.FORGET_ANSWERS: 1,
        }
        # Asked for by a notice; this is only how often a full worker looks without one.
        manager.min_dequeue_poll_interval = timedelta(seconds=1)
        entrypoints = {
            jobs.INDEX_VIDEO: self._index_video,
            jobs.INDEX_SEGMENTS: self._index_segments,
            jobs.INDEX_TRACKS: self._index_tracks,
            jobs.COLLECT: self._collect,
            jobs.WATCH: self._watch,
            jobs.WORD_CAPTIONS: self._word_captions,
            jobs.FORGET_ANSWERS: self._forget_answers,
        }
        for name, do in entrypoints.items():
            manager.entrypoint(name, on_failure="hold", accepts_context=False)(self._patient(do))
        try:
            yield manager
        finally:
            with suppress(TimeoutError):
                await asyncio.wait_for(pool.close(), 5)
            pool.terminate()

    async def _keep_watch(self, manager: Manager) -> None:
        """Enqueue again what lost its job, note references that expired; end the manager when told to stop."""
        try:
            while not self._stop.is_set():
                await self._enqueue_lost()
                await self._note_expired()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), self._pace.lease.total_seconds())
        finally:
            manager.shutdown.set()

    async def _enqueue_lost(self) -> None:
        async with self._database.transaction() as connection:
            for run_id in await runs.without_job(connection):
                await jobs.index_video(connection, run_id)
            for collection_id in await collections.without_job(connection):
                await jobs.collect(connection, collection_id)

    async def _note_expired(self) -> None:
        async with self._database.transaction() as connection:
            await audit.note_expired(connection)

    async def database_back(self) -> None:
        """Returns when the database answers again, or when told to stop."""
        while not self._stop.is_set():
            with suppress(Exception):
                return await self._database.check()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 0.2)
        return None

    def _patient(self, do: Callable[[Job], Awaitable[None]]) -> Callable[[Job], Awaitable[None]]:
        """`do`, taken up again when the worker stops or the database goes away."""

        async def one(job: Job) -> None:
            try:
                await do(job)
            except StoppingError:
                raise RetryRequested from None
            except Exception as error:
                if not is_outage(error):
                    raise
                await self.database_back()
                raise RetryRequested(reason=str(error)) from error

        return one

    async def _index_video(self, job: Job) -> None:
        run_id = UUID(_words(job)["run_id"])
        async with self._database.transaction() as connection:
            taken = await runs.take(connection, run_id)
        if taken is None:
            return
        if taken.fruitless > MAX_FRUITLESS_TAKES:
            await self._finish(taken, "failed", GaveUpError(times=MAX_FRUITLESS_TAKES))
            return
        try:
            await self._before_stop(self._process(taken))
        except FencedError:
            log.warning("worker.fenced", run_id=str(run_id))
        except CancelledRunError:
            await self._finish(taken, "cancelled")
        except StoppingError:
            await self._put_back(taken, blameless=True)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, the run must say so; bugs are raised again
            await self._failed(taken, error)
        else:
            await self._finish(taken, "done")

    async def _process(self, taken: Taken) -> None:
        async with self._database.transaction() as connection:
            video = await videos.get(connection, taken.video_id)
            media = await videos.media(connection, taken.video_id)
        context = RunContext(
            settings=self._settings,
            database=self._database,
            store=Store(self._settings.store_dir),
            video=video,
            media=media,
            steps=Steps(self._database, taken),
            services=self._services,
        )
        await self._work.index_video(context)

    async def _failed(self, taken: Taken, error: Exception) -> None:
        """Try again later what time may mend; end the run with its problem otherwise. Held when it is our fault."""
        if may_pass(error) and taken.fruitless < MAX_FRUITLESS_TAKES:
            await self._put_back(taken, blameless=False)
            raise RetryRequested(self._pace.pause(taken.fruitless - 1), reason=str(error)) from error
        if isinstance(error, ScenedeskError):
            return await self._finish(taken, "failed", error)
        await self._finish(taken, "failed", ScenedeskError())
        raise error

    async def _finish(self, taken: Taken, state: RunState, error: ScenedeskError | None = None) -> None:
        async with self._database.transaction() as connection:
            await runs.finish(connection, taken, state, error)
        log.info("run", run_id=str(taken.id), video_id=str(taken.video_id), state=state, problem=error and error.code)

    async def _put_back(self, taken: Taken, *, blameless: bool) -> None:
        async with self._database.transaction() as connection:
            await runs.put_back(connection, taken, blameless=blameless)

    async def _index_segments(self, job: Job) -> None:
        words = _words(job)
        embed = self._services.embed
        work = self._work.index_segments(self._database, embed, UUID(words["video_id"]), words["version"])
        await self._patiently(job, work)
        # Cut short before this, the job is done again.
        async with self._database.transaction() as connection:
            await edits.note_indexed(connection, UUID(words["video_id"]), words["version"])
            if await saved_searches.any_kept(connection):
                await jobs.watch_searches(connection, UUID(words["video_id"]), words["version"])

    async def _word_captions(self, job: Job) -> None:
        work = word_captions(self._database, self._services.search, UUID(_words(job)["video_id"]))
        await self._patiently(job, work)

    async def _forget_answers(self, job: Job) -> None:
        asked = ForgetAnswersRequest(before=_words(job)["before"])
        await self._patiently(job, self._services.search.forget_answers(asked))

    async def _patiently(self, job: Job, work: Awaitable[object]) -> None:
        """Do it, or try again later what time may mend."""
        try:
            await self._before_stop(work)
        except Exception as error:
            if not may_pass(error):
                raise
            raise RetryRequested(self._pace.pause(job.attempts), reason=str(error)) from error

    async def _watch(self, job: Job) -> None:
        words = _words(job)
        work = self._work.watch(self._database, self._services, UUID(words["video_id"]), words["version"])
        await self._patiently(job, work)

    async def _index_tracks(self, job: Job) -> None:
        await self._before_stop(build_index(self._database, _words(job)["model_id"]))

    async def _collect(self, job: Job) -> None:
        collection_id = UUID(_words(job)["collection_id"])
        try:
            work = self._work.collect(self._settings, self._database, self._services, collection_id)
            await self._before_stop(work)
        except StoppingError:
            raise
        except Exception as error:
            if is_outage(error):
                raise
            if may_pass(error) and job.attempts < MAX_FRUITLESS_TAKES:
                raise RetryRequested(self._pace.pause(job.attempts), reason=str(error)) from error
            problem = error if isinstance(error, ScenedeskError) else ScenedeskError()
            async with self._database.transaction() as connection:
                await collections.finish(connection, collection_id, "failed", problem)
            if problem is not error:
                raise

    async def _before_stop(self, work: Awaitable[T]) -> T:
        """The work's result. Raises StoppingError when it is not there within the grace after `stop`."""
        task, stopping = asyncio.ensure_future(work), asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                await asyncio.wait({task}, timeout=self._pace.grace_s)
            if task.done():
                return task.result()
            raise StoppingError
        finally:
            for each in (task, stopping):
                each.cancel()
            await asyncio.gather(task, stopping, return_exceptions=True)


def may_pass(error: Exception) -> bool:
    """Whether the same work may succeed later without anybody changing anything."""
    if isinstance(error, ScenedeskError):
        return error.problem("en").status in TRY_AGAIN_STATUSES
    return is_outage(error) or isinstance(error, httpx.TransportError)


def _words(job: Job) -> dict[str, Any]:
    words: dict[str, Any] = json.loads(job.payload or b"{}")
    return words


@asynccontextmanager
async def _background(work: Awaitable[None]) -> AsyncIterator[None]:
    """Runs `work` beside the block and ends it with the block; its error is raised then."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def main() -> None:
    settings = Settings.load()
    configure_logs(settings)
    stop = asyncio.Event()
    stop_on_signals(stop)
    async with open_wire() as wire:
        await run_worker(settings, settings.server_database_url, lambda: wire, stop)


if __name__ == "__main__":
    asyncio.run(main())
