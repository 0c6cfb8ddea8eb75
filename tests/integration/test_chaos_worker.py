"""Workers that are killed at every moment of every step, frozen past their lease, and killed at random."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import pytest
from chaos import ROWS, STEPS, WRITTEN, Plan, Stage, kill_database, kill_workers, staged

from kernel.storage.embedded import embedded_server
from kernel.storage.migrate import migrate

pytestmark = pytest.mark.long


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    async with staged(database_url) as opened:
        yield opened


async def test_killed_at_any_moment_of_any_step_it_ends_as_if_it_had_never_been(stage: Stage) -> None:
    [control] = await stage.set_up(1)
    assert await stage.ended(stage.start(Plan(stage.url))) == 0
    expected = await stage.outcome(control)
    assert len(expected["rows"]) == len(WRITTEN) * ROWS  # type: ignore[arg-type]
    for step, moment in [*product(STEPS, ("begun", "made")), (STEPS[-1], "kept")]:
        begun = await stage.begun()
        video = await stage.add(0)
        assert await stage.ended(stage.start(Plan(stage.url, kill_at=(step, moment)))) == -signal.SIGKILL
        await stage.let_leases_end()
        assert await stage.ended(stage.start(Plan(stage.url))) == 0
        assert await stage.outcome(video) == expected, (step, moment)
        interrupted = moment != "kept"
        assert await stage.begun() - begun == len(STEPS) + interrupted, (step, moment)
    assert await stage.redone() == 0


@pytest.mark.parametrize("moment", [("faces", "begun"), ("faces", "made"), ("publish", "made"), ("publish", "kept")])
async def test_a_worker_frozen_past_its_lease_changes_nothing_when_it_goes_on(
    stage: Stage, moment: tuple[str, str]
) -> None:
    step, _ = moment
    [video] = await stage.set_up(1)
    frozen = stage.start(Plan(stage.url, wait_at=moment, lease_s=1.0))
    await stage.until_begun(STEPS.index(step) + 1)  # type: ignore[arg-type]
    os.kill(frozen.pid or 0, signal.SIGSTOP)
    await stage.let_leases_end()
    assert await stage.ended(stage.start(Plan(stage.url, lease_s=1.0))) == 0
    outcome = await stage.outcome(video)
    await stage.open_gate()
    os.kill(frozen.pid or 0, signal.SIGCONT)
    assert await stage.ended(frozen) == 0
    assert await stage.outcome(video) == outcome
    assert outcome["video"] == "ready"
    assert await stage.duplicates() == 0


async def test_a_video_that_kills_every_worker_is_given_up(stage: Stage) -> None:
    await stage.set_up(1)
    codes = []
    while await stage.value("select count(*) from library.runs where state in ('queued', 'running')"):
        codes.append(await stage.ended(stage.start(Plan(stage.url, kill_at=("look", "begun")))))
        await stage.let_leases_end()
    assert codes == [-signal.SIGKILL] * 5 + [0]
    assert await stage.value("select count(*) from library.runs where problem->>'code' = 'gave_up'") == 1
    assert await stage.value("select count(*) from library.videos where state = 'failed'") == 1


async def test_videos_indexed_while_the_database_is_killed_are_all_done_once(open_folder: Path) -> None:
    def kill() -> None:
        os.kill(int((open_folder / "postgres/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    async with embedded_server(open_folder, options={"fsync": "off"}) as url:
        await migrate(url)
        told = await asyncio.wait_for(kill_database(url, kill, 12, 3), 90)
    print(told)  # noqa: T201
    assert told["done"] == 12
    assert told["rows"] == told["of_rows"]
    assert [told[name] for name in ("duplicate_rows", "steps_redone", "jobs_left")] == [0, 0, 0]
    assert told["clean_ends"] == 2


async def test_videos_indexed_while_workers_are_killed_at_random_are_all_done_once(database_url: str) -> None:
    told = await asyncio.wait_for(kill_workers(database_url, 20, 3, step_s=0.03), 90)
    print(told)  # noqa: T201
    assert told["done"] == 20
    assert told["rows"] == told["of_rows"]
    assert [told[name] for name in ("duplicate_rows", "steps_redone", "jobs_left")] == [0, 0, 0]
    assert told["clean_ends"] == 2
