"""`scenedesk edit …` against a running product."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
import pytest
from typer.testing import CliRunner, Result

from gateway.library import edits
from kernel.storage.database import Database
from standalone.cli import app
from standalone.cli.editing import clock, milliseconds
from tests.e2e.conftest import Running
from tests.timelines import a_timeline, index_again, said_anew

Command = Callable[..., Result]


@pytest.fixture
def edit(product: Running, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`scenedesk edit WORDS…` on the running product."""
    for name, value in {"SCENEDESK_OFFLINE": "1", "COLUMNS": "200", "LANG": "en_US.UTF-8", "LC_ALL": ""}.items():
        monkeypatch.setenv(name, value)
    runner = CliRunner()
    folder = str(product.settings.data_dir)
    return lambda *words, answer=None: runner.invoke(app, ["--data-dir", folder, "edit", *words], input=answer)


@asynccontextmanager
async def opened(product: Running) -> AsyncIterator[Database]:
    address = product.settings.database_url
    assert address is not None
    database = Database(address.get_secret_value())
    yield database
    await database.close()


async def seed(product: Running) -> None:
    async with opened(product) as database:
        await a_timeline(database)


def test_a_timeline_is_cut_corrected_and_taken_back(edit: Command, product: Running) -> None:
    asyncio.run(seed(product))
    httpx.post(f"{product.address}/v1/people", json={"name": "김민지"})
    assert "a cup at 10000" in edit("list", "Day 2").stdout
    split = edit("split", "Day 2", "1", "0:04", "7.5", "--why", "three scenes")
    assert split.exit_code == 0, split.output
    assert "split: version 2, 4 segments" in split.stdout
    assert "0:04.000–0:07.500" in split.stdout
    assert "version 3" in edit("caption", "Day 2", "2", "--ko", "컵이 있다").stdout
    assert "version 4" in edit("people", "Day 2", "2", "3", "--add", "김민지").stdout
    assert "version 5" in edit("merge", "Day 2", "1", "2").stdout
    assert "컵이 있다" in edit("list", "Day 2").stdout
    refused = edit("undo", "Day 2", "2")
    assert refused.exit_code == 1
    assert "Undo these first: 5" in refused.output
    assert "undone" in edit("undo", "Day 2", "5").stdout
    assert "version 7" in edit("revert", "Day 2", "1").stdout
    told = edit("history", "Day 2").stdout
    assert "three scenes" in told
    assert "(cli)" in told
    assert "reverted to 1" in told
    assert "There is no such video" in edit("list", "Day 3").output


def test_everything_that_is_found_is_tagged_at_once(edit: Command, product: Running) -> None:
    asyncio.run(seed(product))
    assert edit("found", "a cup", "--tag", "x", "--add", "김민지").exit_code == 2
    until = time.monotonic() + 60
    while (tagged := edit("found", "a cup", "--tag", "cups", "--why", "all cups", "--yes")).exit_code:
        assert time.monotonic() < until, tagged.output
        time.sleep(0.5)
    assert "Found: " in tagged.stdout
    assert "tags" in tagged.stdout
    declined = edit("found", "a cup", "--untag", "cups", answer="n\n")
    assert (declined.exit_code, "Change all of them?" in declined.output) == (4, True)
    assert "all cups" in "".join(edit("history", video).stdout for video in ids_of_videos(product))


def test_machine_before_machine_now_and_human_stand_beside_each_other(edit: Command, product: Running) -> None:
    asyncio.run(seed(product))
    video = ids_of_videos(product)[0]
    assert "No indexing" in edit("three-way", video).stdout
    assert edit("caption", video, "1", "--en", "mine").exit_code == 0
    assert edit("delete", video, "3").exit_code == 0
    asyncio.run(index_anew(product, UUID(video)))
    told = edit("three-way", video).stdout
    said = next(line for line in told.splitlines() if "caption (en)" in line)
    assert [said.find(one) > 0 for one in ("a cup at 0", "a dog", "mine")] == [True, True, True]
    assert "0:20.000–0:30.000" in next(line for line in told.splitlines() if "in and out" in line)
    assert "version 4 (other@2)" in told
    assert told == edit("three-way", video, "--version", "4").stdout
    assert edit("three-way", "no such video").exit_code == 1


async def index_anew(product: Running, video: UUID) -> None:
    """A machine cuts as it had at first, and sees a dog."""
    async with opened(product) as database:
        async with database.transaction() as connection:
            first = (await edits.history(connection, video))[0]
        await index_again(database, video, [said_anew(one, "a dog") for one in first.after])


def ids_of_videos(product: Running) -> list[str]:
    return [one["id"] for one in httpx.get(f"{product.address}/v1/videos").json()["items"]]


@pytest.mark.parametrize(
    ("said", "at_ms"), [("12.48", 12_480), ("1:02.5", 62_500), ("1:00:02", 3_602_000), ("0", 0), ("0.001", 1)]
)
def test_times_are_read_as_people_write_them(said: str, at_ms: int) -> None:
    assert milliseconds(said) == at_ms
    assert milliseconds(clock(at_ms)) == at_ms
