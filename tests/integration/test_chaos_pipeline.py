"""The real pipeline on real footage, its worker killed -9 in every step, one after the other."""

import asyncio
import json
import multiprocessing
import os
import shutil
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import asyncpg
import pytest
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

import caption_service.app
import embed_service.app
import face_service.app
from gateway.library import runs, videos
from gateway.pipeline.process import process
from gateway.pipeline.publish import index_segments
from gateway.pipeline.run import Progress, RunContext, Steps
from gateway.work import Pace, Work
from gateway.worker import run_worker
from kernel.contracts.library import STEPS, StepName
from kernel.settings import Settings
from kernel.storage.database import Database, driver_url
from kernel.wire import open_wire

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class DeadlySteps:
    """The real steps; the process dies in `deadly`, after its work and before anything of it is kept."""

    steps: Steps
    deadly: StepName | None
    begun: Path

    async def step(
        self, name: StepName, parts: Sequence[str], kind: type[T], work: Callable[[Progress], Awaitable[T]]
    ) -> T:
        return await self.steps.step(name, parts, kind, lambda progress: self._watched(name, work(progress)))

    async def write(
        self, name: StepName, parts: Sequence[str], kind: type[T], work: Callable[[AsyncConnection], Awaitable[T]]
    ) -> T:
        return await self.steps.write(name, parts, kind, lambda connection: self._watched(name, work(connection)))

    async def _watched(self, name: StepName, work: Awaitable[T]) -> T:
        with self.begun.open("a") as log:
            log.write(f"{name}\n")
        result = await work
        if name == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


def index_in_child(settings: Settings, url: str, deadly: StepName | None, begun: Path) -> None:
    asyncio.run(_index(settings, url, deadly, begun))


async def _index(settings: Settings, url: str, deadly: StepName | None, begun: Path) -> None:
    async def deadly_process(run: RunContext) -> None:
        await process(replace(run, steps=DeadlySteps(run.steps, deadly, begun)))  # type: ignore[arg-type]

    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        apps = {
            "face-service": face_service.app.create_app(settings),
            "caption-service": caption_service.app.create_app(settings),
            "embed-service": embed_service.app.create_app(settings, url),
        }
        wire = await stack.enter_async_context(open_wire(apps))
        work = Work(index_video=deadly_process, index_segments=index_segments)
        pace = Pace(lease=timedelta(seconds=30), first_pause_s=0.05)
        idle = asyncio.create_task(_until_idle(url, stop))
        await run_worker(settings, url, lambda: wire, stop, work=work, pace=pace)
        await idle


async def _until_idle(url: str, stop: asyncio.Event) -> None:
    connection = await asyncpg.connect(driver_url(url))
    while await connection.fetchval("select exists (select from jobs.queue where status <> 'failed')"):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await connection.close()
    stop.set()


async def outcome(url: str, video_id: UUID) -> dict[str, list[str]]:
    """What is in the library and the index about a video, without the ids that are its own."""
    questions = {
        "video": "select state, version, duration_ms, width, height from library.videos where id = $1",
        "run": "select state, problem from library.runs where video_id = $1",
        "edits": "select version, kind, jsonb_array_length(after) from library.edits where video_id = $1",
        "segments": """select start_ms, end_ms, version, content->'captions', jsonb_array_length(content->'people')
                       from library.segments where video_id = $1""",
        "tracks": "select start_ms, end_ms, probability, model_id, faces from library.tracks where video_id = $1",
        "documents": 'select start_ms, end_ms, text_ko, text_en from "index".documents where video_id = $1',
        "steps": "select step, count(*) from library.steps where video_id = $1 group by step",
    }
    connection = await asyncpg.connect(driver_url(url))
    found = {
        name: sorted(json.dumps(list(row), default=str) for row in await connection.fetch(question, video_id))
        for name, question in questions.items()
    }
    await connection.close()
    return found


async def add(database: Database, path: Path, name: str) -> UUID:
    async with database.transaction() as connection:
        new = videos.NewVideo(id=uuid4(), title="clip", source="path", origin=name, content_hash=name, media=str(path))
        video, _ = await videos.add(connection, new)
        await runs.start(connection, video.id)
    return video.id


async def let_leases_end(url: str) -> None:
    connection = await asyncpg.connect(driver_url(url))
    await connection.execute("update jobs.queue set heartbeat = now() - interval '1 hour'")
    await connection.close()


@pytest.mark.long
@pytest.mark.timeout(600)  # twelve processes that each load every model
async def test_killed_in_every_step_it_ends_as_if_it_had_never_been(
    shared: Path, database: Database, settings: Settings, tmp_path: Path
) -> None:
    clip = shutil.copy(shared / "media/clips/head-pose-face-detection-female-and-male.mp4", tmp_path / "clip.mp4")
    url = str(settings.database_url.get_secret_value()) if settings.database_url else ""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["gateway.pipeline.process", "face_service.app", "embed_service.app"])

    async def index(deadly: StepName | None, begun: Path) -> int | None:
        child = processes.Process(target=index_in_child, args=(settings, url, deadly, begun), daemon=True)
        child.start()
        await asyncio.to_thread(child.join, 120)
        return child.exitcode

    never_killed = await add(database, clip, "control")
    assert await index(None, tmp_path / "control.log") == 0
    expected = await outcome(url, never_killed)
    assert expected["run"] == ['["done", null]']
    assert len(expected["tracks"]) >= 2
    assert expected["documents"]

    killed = await add(database, clip, "killed")
    for step in STEPS:
        assert await index(step, tmp_path / "killed.log") == -signal.SIGKILL, step
        await let_leases_end(url)
    assert await index(None, tmp_path / "killed.log") == 0
    assert await outcome(url, killed) == expected
    assert Counter((tmp_path / "killed.log").read_text().split()) == dict.fromkeys(STEPS, 2)
