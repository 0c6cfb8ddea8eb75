"""Edits outlive killed processes, restored backups and other models; the timeline is always what history makes."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from gateway.editor.fields import difference
from gateway.editor.publish import publish
from gateway.editor.settled import all_settled
from gateway.editor.timeline import fold
from gateway.library import edits, segments
from gateway.work import Pace
from gateway.worker import run_worker
from kernel.contracts.library import Segment, SegmentCaption
from kernel.settings import Settings
from kernel.storage.account import account, binaries
from kernel.storage.database import Database, driver_url
from kernel.wire import open_wire
from tests.rooms import Rooms, open_front_door
from tests.timelines import a_timeline, do

ROOT = Path(__file__).parents[2]
QUICK = Pace(lease=timedelta(seconds=2), grace_s=0.2, first_pause_s=0.02)


@pytest.fixture
def rooms(settings: Settings) -> Rooms:
    return Rooms(settings)


@pytest.fixture
async def door(rooms: Rooms, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(rooms, database_url) as (client, _):
        yield client


async def killed(url: str, video: UUID, segment: UUID, where: str) -> None:
    """A process that edits, killed with -9 where it is to be."""
    words = [sys.executable, "-m", "tests.one_edit", url, str(video), str(segment), where]
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"there\n"
    process.send_signal(signal.SIGKILL)
    await process.wait()


@asynccontextmanager
async def working(rooms: Rooms, database_url: str) -> AsyncIterator[None]:
    """A worker that puts into the index what edits touched."""
    async with open_wire(rooms.apps()) as wire:
        stop = asyncio.Event()
        task = asyncio.create_task(run_worker(rooms.settings, database_url, lambda: wire, stop, pace=QUICK))
        try:
            yield
        finally:
            stop.set()
            await task


async def folded(database: Database, video: UUID) -> tuple[Segment, ...]:
    """The timeline, which is what history makes; so is what is kept beside it."""
    async with database.transaction() as connection:
        history = await edits.history(connection, video)
        timeline = await segments.timeline(connection, video)
        assert all_settled(history) == await edits.settled_spans(connection, video)
        touched = await connection.execute(text("select segment_id, version from library.touches"))
        assert {tuple(row) for row in touched} == {(one, edit.version) for edit in history for one in edit.touched}
    assert fold(video, history) == timeline
    return timeline.segments


async def searchable(door: httpx.AsyncClient, video: UUID) -> float:
    """Seconds until no segment is being indexed."""
    began = time.monotonic()
    for _ in range(1_000):
        shown = (await door.get(f"/v1/videos/{video}/segments")).json()["items"]
        if not any(one["indexing"] for one in shown):
            return time.monotonic() - began
        await asyncio.sleep(0.02)
    raise AssertionError("never indexed")


async def test_killed_inside_nothing_is_there_and_killed_after_it_everything_is(
    door: httpx.AsyncClient, rooms: Rooms, database: Database, database_url: str
) -> None:
    video, [first, *_] = await a_timeline(database)
    await killed(database_url, video, first.id, "inside")
    assert len((await folded(database, video))[0].captions) == 1
    await killed(database_url, video, first.id, "after")
    [now, *_] = await folded(database, video)
    assert [one.text for one in now.captions] == ["민지가 웃는다", "a cup at 0"]
    assert (await door.get(f"/v1/videos/{video}/segments")).json()["items"][0]["indexing"]
    async with working(rooms, database_url):
        await searchable(door, video)
    put = [(request.version, [one.segment_id for one in request.documents]) for request in rooms.documents]
    assert (2, [first.id]) in put


async def test_an_edit_is_searchable_within_three_seconds_and_only_what_it_touched_is_put(
    door: httpx.AsyncClient, rooms: Rooms, database: Database, database_url: str
) -> None:
    video, [first, second, _] = await a_timeline(database)
    async with working(rooms, database_url):
        await searchable(door, video)
        rooms.documents.clear()
        tag = {"op": "tag", "segment_ids": [str(second.id)], "add": ["하이라이트"]}
        await do(door, video, 1, tag)
        split = (await do(door, video, 2, {"op": "split", "segment_id": str(first.id), "at_ms": [4_000]})).json()
        assert await searchable(door, video) < 3
    put = {one.segment_id: one for request in rooms.documents for one in request.documents}
    assert put.keys() == {second.id, *(UUID(one["id"]) for one in split["segments"])}
    assert put[second.id].objects == ["하이라이트"]
    assert [gone for request in rooms.documents for gone in request.removed] == [first.id]


async def test_a_restored_backup_has_every_edit_and_goes_on(
    door: httpx.AsyncClient, rooms: Rooms, database: Database, empty_database_url: str, tmp_path: Path
) -> None:
    video, [first, second, third] = await a_timeline(database)
    version = 1
    for command in human_edits(first, second, third):
        version = (await do(door, video, version, command)).json()["version"]
    before = await folded(database, video)
    backup, tools = tmp_path / "backup.sql", binaries(account())
    await _run(tools / "pg_dump", "--no-owner", "-f", backup, driver_url(database.url))
    await _run(tools / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", backup, empty_database_url)
    restored = Database(empty_database_url)
    assert await folded(restored, video) == before
    async with open_front_door(rooms, empty_database_url) as (again, _):
        assert (await do(again, video, version, {"op": "revert", "version": 1})).status_code == 201
        assert (await do(again, video, version + 1, {"op": "undo", "version": version + 1})).status_code == 201
    assert not difference(before, await folded(restored, video))
    await restored.close()


def human_edits(first: Segment, second: Segment, third: Segment) -> Iterator[dict[str, object]]:
    """One of every kind that people leave behind."""
    yield {"op": "caption", "segment_ids": [str(first.id)], "language": "ko", "text": "컵이 있다"}
    yield {"op": "split", "segment_id": str(second.id), "at_ms": [14_000]}
    yield {"op": "delete", "segment_ids": [str(third.id)]}
    yield {"op": "create", "start_ms": 21_000, "end_ms": 22_000, "captions": [{"language": "en", "text": "mine"}]}
    yield {"op": "tag", "segment_ids": [str(first.id)], "add": ["x"]}
    yield {"op": "note", "segment_ids": [str(first.id)], "add": "확인 필요"}


async def test_no_human_value_is_lost_over_other_models_and_other_cuts(
    door: httpx.AsyncClient, database: Database
) -> None:
    video, [first, second, third] = await a_timeline(database)
    version = 1
    for command in human_edits(first, second, third):
        version = (await do(door, video, version, command)).json()["version"]
    before = await folded(database, video)
    for model, cuts in (("other@2", 10_000), ("other@3", 10_000), ("other@3", 7_500), ("other@4", 30_000)):
        await index_again(database, video, model, cuts)
        now = {one.id: one for one in await folded(database, video)}
        for old in before:
            assert human_of(now[old.id]) == human_of(old)
        machine = [one for one in now.values() if one.span_origin != "human" and one.span.start_ms >= 20_000]
        assert not machine, "the deleted shot is back"


def human_of(segment: Segment) -> tuple[object, ...]:
    captions = [one for one in segment.captions if one.origin == "human"]
    people = [one for one in segment.people if one.origin == "human"]
    return segment.span, captions, people, segment.tags, segment.notes, segment.not_people


async def index_again(database: Database, video: UUID, model: str, step_ms: int) -> None:
    said = [
        Segment(
            id=UUID(int=start * 100_000 + step_ms),
            video_id=video,
            span={"start_ms": start, "end_ms": min(30_000, start + step_ms)},
            captions=[SegmentCaption(text=f"{model} {start}", language="en", origin="machine", model_id=model)],
            people=[],
            version=0,
        )
        for start in range(0, 30_000, step_ms)
    ]
    async with database.transaction() as connection:
        timeline = await segments.timeline(connection, video, lock=True)
        settled = await edits.settled_spans(connection, video)
        edit = publish(timeline, said, actor="machine", door="pipeline", settled=settled)
        if edit is not None:
            await edits.append(connection, edit)


async def test_the_database_itself_refuses_to_change_history(database: Database, database_url: str) -> None:
    await a_timeline(database)
    for statement in ("update library.edits set actor = 'x'", "delete from library.edits", "truncate library.edits"):
        with pytest.raises(IntegrityError, match="append-only"):
            async with database.transaction() as connection:
                await connection.execute(text(statement))
    connection = await asyncpg.connect(driver_url(database_url))
    assert await connection.fetchval("select actor from library.edits") == "machine"
    await connection.close()


async def _run(*words: object) -> None:
    process = await asyncio.create_subprocess_exec(*map(str, words), stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    assert process.returncode == 0, said
