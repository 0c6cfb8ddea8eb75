"""What makes each line of the pipeline durable: a step's result is kept under everything it depends on.

A step that was done is never done again, whoever was killed in between; a step's writes are one transaction
that also proves the run is still ours. See docs/decisions/0052-durable-steps.md.
"""

import asyncio
import hashlib
import json
import threading
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import runs
from gateway.library import steps as kept
from gateway.library.runs import Standing, Taken
from gateway.library.steps import Key
from kernel.clients import Services
from kernel.contracts.library import STEPS, StepName, StepProgress, Video
from kernel.settings import Settings
from kernel.storage.database import Database, is_outage, patiently
from kernel.store import Store
from kernel.telemetry import logger

T = TypeVar("T", bound=BaseModel)

TICK_S = 0.5  # how often progress is shown and a wish to cancel is heard

log = logger("pipeline")


class FencedError(Exception):
    """Somebody else has taken the run since: nothing we write counts any more."""


class CancelledRunError(Exception):
    """A person asked to stop the run."""


class Progress:
    """How far a step is, told from whatever thread does the work."""

    def __init__(self) -> None:
        self.fraction = 0.0
        self._stopped = threading.Event()

    def report(self, fraction: float) -> None:
        """Cheap enough for every picture: written at most every TICK_S seconds."""
        self.fraction = min(1.0, max(0.0, fraction))

    def stopped(self) -> bool:
        """Whether the work is for nothing now and should end soon."""
        return self._stopped.is_set()

    def stop(self) -> None:
        self._stopped.set()


class Steps:
    """The durable steps of one taken run."""

    def __init__(self, database: Database, taken: Taken) -> None:
        self._database, self._taken = database, taken
        self._shown = {name: StepProgress(name=name, state="waiting", progress=0) for name in STEPS}

    async def step(
        self,
        name: StepName,
        fingerprint_parts: Sequence[str],
        result_type: type[T],
        work: Callable[[Progress], Awaitable[T]],
    ) -> T:
        """The step's result: kept from an earlier time, or made by `work` now and kept.

        `fingerprint_parts` name all it depends on: hashes of inputs, options, backend and model. Raises
        FencedError and CancelledRunError; what `work` raises passes through and nothing is kept.
        """
        key = Key(self._taken.video_id, name, fingerprint(fingerprint_parts))
        if (found := await patiently(lambda: self._find(key, result_type))) is not None:
            return found
        started = time.process_time()
        result = await self._watched(name, work)
        content = await asyncio.to_thread(_packed, result)
        await patiently(lambda: self._keep(key, name, content, started))
        return result

    async def write(
        self,
        name: StepName,
        fingerprint_parts: Sequence[str],
        result_type: type[T],
        work: Callable[[AsyncConnection], Awaitable[T]],
    ) -> T:
        """A step whose work is to write into the library: `work`'s writes and its result are one transaction.

        Done again only when another result of this step was written since.
        """
        key = Key(self._taken.video_id, name, fingerprint(fingerprint_parts))
        if (found := await patiently(lambda: self._find(key, result_type, current=True))) is not None:
            return found
        started = time.process_time()
        return await patiently(lambda: self._write(key, name, work, started))

    async def _find(self, key: Key, result_type: type[T], *, current: bool = False) -> T | None:
        """The kept result, unless it is of another form than this version's; shows the step as kept or begun."""
        async with self._fenced() as connection:
            stored = await kept.find(connection, key)
            found = await asyncio.to_thread(_unpacked, stored.result, result_type) if stored else None
            if stored and current and not stored.current:
                found = None
            elif stored and found is not None and not stored.current:
                await kept.make_current(connection, key)
            await self._show(connection, key.step, "running" if found is None else "kept")
        return found

    async def _keep(self, key: Key, name: StepName, content: bytes, started: float) -> None:
        async with self._fenced() as connection:
            await kept.keep(connection, key, content, _cpu_ms(started))
            await self._show(connection, name, "done")

    async def _write(
        self, key: Key, name: StepName, work: Callable[[AsyncConnection], Awaitable[T]], started: float
    ) -> T:
        async with self._fenced() as connection:
            result = await work(connection)
            await kept.keep(connection, key, _packed(result), _cpu_ms(started))
            await self._show(connection, name, "done")
        return result

    async def _watched(self, name: StepName, work: Callable[[Progress], Awaitable[T]]) -> T:
        """Do the work, telling how far it is; end it when the run is no longer ours or to be stopped."""
        progress = Progress()
        task = asyncio.ensure_future(work(progress))
        try:
            while not (await asyncio.wait({task}, timeout=TICK_S))[0]:
                await self._tick(name, progress)
            return await task
        finally:
            progress.stop()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _tick(self, name: StepName, progress: Progress) -> None:
        try:
            async with self._database.transaction() as connection:
                _check(await runs.standing(connection, self._taken))
                if self._shown[name].progress != progress.fraction:
                    await self._show(connection, name, "running", progress.fraction)
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("pipeline.progress_not_written", reason=str(error))

    async def _show(self, connection: AsyncConnection, name: str, state: str, fraction: float | None = None) -> None:
        over = state in ("done", "kept")
        shown = {"name": name, "state": state, "progress": float(over) if fraction is None else fraction}
        step = StepProgress.model_validate(shown)
        self._shown[step.name] = step
        await runs.show(connection, self._taken, list(self._shown.values()), fruitful=over)

    @asynccontextmanager
    async def _fenced(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed only if the run is ours all through it."""
        async with self._database.transaction() as connection:
            _check(await runs.standing(connection, self._taken, lock=True))
            yield connection


@dataclass(frozen=True)
class RunContext:
    """All that indexing one video works with."""

    settings: Settings
    database: Database
    store: Store
    video: Video
    media: str | None  # a store name, or an absolute path under an allowed root
    steps: Steps
    services: Services


async def kept_of(database: Database, video_id: UUID, name: StepName, result_type: type[T]) -> T | None:
    """What the newest result of a step is for a video, whatever it was made of; None when there is none."""
    async with database.transaction() as connection:
        stored = await kept.current(connection, video_id, name)
    return await asyncio.to_thread(_unpacked, stored, result_type) if stored is not None else None


def fingerprint(parts: Sequence[str]) -> str:
    """SHA-256 of the parts; which part ends where matters."""
    return hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()


def _check(standing: Standing) -> None:
    if not standing.ours:
        raise FencedError
    if standing.cancel_requested:
        raise CancelledRunError


def _packed(result: BaseModel) -> bytes:
    return zlib.compress(result.model_dump_json().encode(), 1)


def _unpacked(content: bytes, result_type: type[T]) -> T | None:
    try:
        return result_type.model_validate_json(zlib.decompress(content))
    except (ValidationError, zlib.error):
        return None


def _cpu_ms(started: float) -> int:
    return round((time.process_time() - started) * 1000)
