"""`scenedesk people unknown | look-back | ask | appearances` against a product with faces in it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from kernel.storage.database import Database
from standalone.cli import app
from tests.cast import Cast, Seen, photographed
from tests.e2e.conftest import Running

Command = Callable[..., Result]


@pytest.fixture
def people(product: Running, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`scenedesk people WORDS…` on the running product."""
    for name, value in {"SCENEDESK_OFFLINE": "1", "COLUMNS": "200", "LANG": "en_US.UTF-8", "LC_ALL": ""}.items():
        monkeypatch.setenv(name, value)
    runner = CliRunner()
    return lambda *words: runner.invoke(app, ["--data-dir", str(product.settings.data_dir), "people", *words])


async def seed(product: Running, shared: Path, model: str) -> None:
    """Two videos of two people nobody has named, and one known who is in none."""
    address = product.settings.database_url
    assert address is not None
    database = Database(address.get_secret_value())
    cast = Cast(database, photographed(shared), model=model)
    await cast.video(Seen("T01", 0, 4000, 0), Seen("T02", 4000, 6000, 0), title="Day 1")
    await cast.video(Seen("T01", 0, 3000, 0, 1), title="Day 2")
    await cast.enrol("T02", 0)
    await cast.enrol("T05", 0)
    await database.close()


def ids(listed: str) -> list[str]:
    """The first column of a table, without its heading."""
    return [line.split()[0] for line in listed.splitlines()[1:] if line.strip()]


def test_faces_without_a_name_from_none_to_named(people: Command, product: Running, shared: Path) -> None:
    assert "Every face has a name" in people("unknown").stdout
    assert "Nobody was put away" in people("unknown", "--hidden").stdout
    assert "There is nothing to ask" in people("ask").stdout
    asyncio.run(seed(product, shared, httpx.get(f"{product.address}/v1/gallery").json()["model_id"]))

    first, second = ids(people("unknown").stdout)
    assert "P T05 is in no video yet" in people("appearances", "P T05").stdout
    assert "no older face would be named otherwise" in people("look-back", "P T05").stdout
    asked = people("ask").stdout
    assert "Is it P T02?" in asked
    assert "Who is it?" in asked

    assert f"{second} is put away" in people("unknown", second, "--hide").stdout
    assert ids(people("unknown").stdout) == [first]
    assert ids(people("unknown", "--hidden").stdout) == [second]
    assert f"{second} is listed again" in people("unknown", second, "--show").stdout

    shown = people("look-back", "P T02").stdout
    assert "Nothing has changed yet" in shown
    assert "Day 1 4.0–6.0" in shown
    assert "1 faces renamed in 1 videos" in people("look-back", "P T02", "--approve").stdout
    assert "P T02: 2.0 s in 1 videos" in people("appearances", "P T02").stdout

    assert "Kim Minji: 2 tracks in 2 videos" in people("unknown", first, "--name", "Kim Minji").stdout
    assert "Kim Minji: 7.0 s in 2 videos" in people("appearances", "Kim Minji").stdout
    assert "Every face has a name" in people("unknown").stdout
    assert "There is nothing to ask" in people("ask").stdout


def test_what_is_wrong_is_said(people: Command) -> None:
    assert people("unknown", "--hide").exit_code == 2
    assert people("unknown", "abc").exit_code == 2
    assert people("unknown", "zzzz", "--hide").exit_code == 1
    for command in ("look-back", "appearances"):
        done = people(command, "Nobody at all")
        assert done.exit_code == 1
        assert "Nobody at all" in done.stderr
