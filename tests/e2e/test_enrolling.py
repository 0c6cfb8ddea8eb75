"""A gallery from folders by the command line: what is new goes in, what is doubtful is said."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from standalone.cli import app
from tests.e2e.conftest import Running

LONDON = "faces/london"


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, product: Running) -> Callable[..., Any]:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    return lambda *words: CliRunner().invoke(app, ["--server", product.address, *map(str, words)])


def take(shared: Path, number: str, folder: Path, *kinds: str) -> Path:
    """Photos of a person of London, as `folder/neutral.jpg` and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in kinds:
        shutil.copy(shared / LONDON / kind / f"{number}.jpg", folder / f"{kind}.jpg")
    return folder


@pytest.mark.slow
def test_a_folder_goes_in_once_and_what_is_doubtful_is_said(
    ask: Callable[..., Any], shared: Path, tmp_path: Path
) -> None:
    root = tmp_path / "people"
    take(shared, "021", root / "L01" / "Ada", "neutral", "smiling")
    ben = take(shared, "104", root / "L01" / "Ben", "neutral", "smiling")
    shutil.copy(shared / LONDON / "neutral" / "083.jpg", ben / "wrong.jpg")
    take(shared, "083", root / "L02" / "Cyd", "neutral", "smiling")
    with Image.open(ben / "neutral.jpg") as picture:
        picture.resize((picture.width // 2, picture.height // 2)).save(ben / "zz-smaller.jpg", quality=80)
    (ben / "aliases.txt").write_text("Benjamin\n벤\n", encoding="utf-8")
    nobody = root / "L02" / "Dot"
    nobody.mkdir()
    Image.new("RGB", (300, 300), "white").save(nobody / "blank.jpg")

    first = ask("people", "add", root, "--rights", "test set", "--consent", "written", "--expires", "2999-01-01")
    assert first.exit_code == 1, first.output
    assert "L01 / Ada: 2 of 2 pictures used, 2 new" in first.stdout
    assert "L01 / Ben: 3 of 4 pictures used, 4 new" in first.stdout
    assert "zz-smaller.jpg: not used twice" in first.stdout
    assert "wrong.jpg looks like" in first.stdout
    assert "L02 / Dot has no picture that can be used" in first.stdout
    assert "2 of 5 pictures asked for" in first.stdout

    again = ask("people", "add", root)
    assert "L01 / Ben: 3 of 4 pictures used, 0 new" in again.stdout
    assert "wrong.jpg looks like Cyd" in again.stdout
    assert "wrong.jpg: nearly the same face is kept of Cyd" in again.stdout
    listed = ask("people", "list").stdout
    assert listed.count("Ben") == 2  # the name and the alias
    assert "3 of 5 (+1)" in listed

    shown = ask("--lang", "ko", "people", "show", "benjamin").stdout
    assert "5장 중 3장 (+1)" in shown
    assert "wrong.jpg: Cyd처럼 보입니다" in shown
    table = ask("people", "references", "벤").stdout
    assert table.count("written consent") == 4
    assert table.count("2999-01-01") == 4
    assert ask("people", "show", "Nobody").exit_code == 1


@pytest.mark.slow
def test_of_several_faces_the_one_meant_is_chosen(ask: Callable[..., Any], shared: Path, tmp_path: Path) -> None:
    sides = [Image.open(shared / LONDON / "smiling" / f"{number}.jpg") for number in ("142", "021")]
    both = Image.new("RGB", (sum(side.width for side in sides), sides[0].height))
    both.paste(sides[0], (0, 0))
    both.paste(sides[1], (sides[0].width, 0))
    both.save(tmp_path / "both.jpg", quality=95)
    refused = ask("people", "add", "Eve", "--picture", tmp_path / "both.jpg")
    assert refused.exit_code == 1
    assert "shows 2 faces" in refused.stdout
    assert "face 0 at 2" in refused.stdout
    assert "face 1 at 7" in refused.stdout
    taken = ask("people", "add", "Eve", "--picture", tmp_path / "both.jpg", "--face", "0")
    assert taken.exit_code == 0, taken.output
    assert "Eve: 1 of 1 pictures used, 1 new" in taken.stdout
