"""`scenedesk edit …` against a running product."""

import asyncio
import time
from collections.abc import Callable

import httpx
import pytest
from typer.testing import CliRunner, Result

from kernel.storage.database import Database
from standalone.cli import app
from standalone.cli.editing import clock, milliseconds
from tests.e2e.conftest import Running
from tests.timelines import a_timeline

Command = Callable[..., Result]


@pytest.fixture
def edit(product: Running, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`scenedesk edit WORDS…` on the running product."""
    for name, value in {"SCENEDESK_OFFLINE": "1", "COLUMNS": "200", "LANG": "en_US.UTF-8", "LC_ALL": ""}.items():
        monkeypatch.setenv(name, value)
    runner = CliRunner()
    return lambda *words: runner.invoke(app, ["--data-dir", str(product.settings.data_dir), "edit", *words])


async def seed(product: Running) -> None:
    address = product.settings.database_url
    assert address is not None
    database = Database(address.get_secret_value())
    await a_timeline(database)
    await database.close()


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
    while (tagged := edit("found", "a cup", "--tag", "cups", "--why", "all cups")).exit_code:
        assert time.monotonic() < until, tagged.output
        time.sleep(0.5)
    assert "tags" in tagged.stdout
    assert "all cups" in "".join(edit("history", video).stdout for video in ids_of_videos(product))


def ids_of_videos(product: Running) -> list[str]:
    return [one["id"] for one in httpx.get(f"{product.address}/v1/videos").json()["items"]]


@pytest.mark.parametrize(
    ("said", "at_ms"), [("12.48", 12_480), ("1:02.5", 62_500), ("1:00:02", 3_602_000), ("0", 0), ("0.001", 1)]
)
def test_times_are_read_as_people_write_them(said: str, at_ms: int) -> None:
    assert milliseconds(said) == at_ms
    assert milliseconds(clock(at_ms)) == at_ms
