"""`scenedesk eval faces`: consenting Londoners under five kinds of harm, and folders as people have them."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from kernel.pictures import Pixels
from kernel.settings import Settings
from standalone.assessment import Folders, assess
from standalone.cli import app

Harm = Callable[[Pixels], Pixels]


def lit(picture: Pixels) -> Pixels:
    """Magenta stage light (BGR)."""
    return np.clip(picture * (1.1, 0.45, 1.2), 0, 255).astype(np.uint8)


def turned(picture: Pixels) -> Pixels:
    middle = (picture.shape[1] / 2, picture.shape[0] / 2)
    return cv2.warpAffine(picture, cv2.getRotationMatrix2D(middle, 30, 1), picture.shape[1::-1])  # type: ignore[return-value]


def covered(picture: Pixels) -> Pixels:
    """The lower part of the face, as by a mask."""
    masked = picture.copy()
    masked[320:440, 150:370] = (200, 180, 160)
    return masked


LAST_GROUP = "L08"
HARMS: dict[str, Harm] = {
    "clean": lambda picture: picture,
    "blur": lambda picture: cv2.GaussianBlur(picture, (0, 0), 6),  # type: ignore[return-value]
    "turned": turned,
    "lit": lit,
    "covered": covered,
}


def laid_out(faces: Path, folder: Path, harm: Harm) -> Folders:
    """`people.csv` as folders: neutral photos are learnt from, harmed smiling ones are named."""
    with (faces / "people.csv").open(encoding="utf-8") as listed:
        rows = [row for row in csv.DictReader(listed) if row["person_id"].startswith("london")]
    for row in rows:
        # Half of the groups are enough here: still no person may be mistaken.
        if row["role"] == "enrolled" and row["group"] > LAST_GROUP:
            continue
        if row["role"] == "enrolled":
            put(faces / row["gallery"], folder / "gallery" / row["group"] / row["member"] / "1.jpg", HARMS["clean"])
            put(faces / row["probe"], folder / "probe" / row["group"] / row["member"] / "1.jpg", harm)
            continue
        for number, photo in enumerate(row["probe"].split(";")):
            put(faces / photo, folder / row["role"] / row["person_id"] / f"{number}.jpg", harm)
    return Folders(*(folder / name for name in ("gallery", "probe", "unknown-test", "unknown-calibration")))


def put(source: Path, target: Path, harm: Harm) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    picture = cv2.imread(str(source))
    assert picture is not None
    cv2.imwrite(str(target), harm(np.asarray(picture, np.uint8)), [cv2.IMWRITE_JPEG_QUALITY, 95])


@pytest.mark.parametrize(
    "name", ["clean", *(pytest.param(name, marks=pytest.mark.long) for name in HARMS if name != "clean")]
)
async def test_people_known_by_one_photo_are_known_when_harmed(name: str, shared: Path, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", faces={"backend": "edge"})
    found = await assess(settings, laid_out(shared / "faces", tmp_path, HARMS[name]))
    assert found["member_macro_f1"] >= 0.995, found
    assert found["group_macro_f1"] >= 0.995
    assert found["unknown_accepted"] <= 0.05
    assert found["photos"]["gallery"] == found["photos"]["probe"] >= 35
    assert (found["photos"]["unknown"], found["photos"]["calibrate"]) == (22, 22)


# ---- the command


def run(folder: Path, *options: str) -> Result:
    command = ["--data-dir", str(folder / "data"), "--lang", "en", "eval", "faces", *options]
    return CliRunner().invoke(app, command)


@pytest.fixture
def few(shared: Path, tmp_path: Path) -> Path:
    """Two people of one name in two groups, a stranger in a folder of folders, and what is no picture."""
    london = shared / "faces" / "london"
    for member, code in (("A/민지", "021"), ("B/민지", "104")):
        put(london / "neutral" / f"{code}.jpg", tmp_path / "gallery" / member / "1.JPG", HARMS["clean"])
        put(london / "smiling" / f"{code}.jpg", tmp_path / "gallery" / member / "2.png", HARMS["clean"])
        put(london / "smiling" / f"{code}.jpg", tmp_path / "probe" / member / "a.jpeg", HARMS["blur"])
    (tmp_path / "probe" / "A" / "민지" / "broken.jpg").write_bytes(b"no picture")
    put(london / "neutral" / "083.jpg", tmp_path / "unknown" / "deep" / "er" / "083.jpg", HARMS["clean"])
    nobody = np.full((200, 200, 3), 90, np.uint8)
    cv2.imwrite(str(tmp_path / "unknown" / "wall.jpg"), nobody)
    return tmp_path


def test_the_command_prints_one_json_object(few: Path) -> None:
    done = run(few, *where(few), "--unknown", str(few / "unknown"), "--shots", "1", "--backend", "edge", "--json")
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["member_macro_f1"] == 1
    assert found["calibration"]["method"] == "default"
    assert found["photos"] == {"gallery": 2, "probe": 2, "unknown": 2, "calibrate": 0}
    assert [(person["group"], person["name"], person["right"]) for person in found["people"]] == [
        (None, "unknown", 2),
        ("A", "민지", 1),
        ("B", "민지", 1),
    ]
    assert found["unreadable"] == [str(few / "probe" / "A" / "민지" / "broken.jpg")]
    assert found["undetected"] == [str(few / "unknown" / "wall.jpg")]
    assert found["detection_rate"] == pytest.approx(5 / 6, abs=1e-3)


def where(folder: Path) -> tuple[str, ...]:
    return ("--gallery", str(folder / "gallery"), "--probe", str(folder / "probe"))


def test_people_read_a_table(few: Path) -> None:
    done = run(few, *where(few), "--backend", "edge")
    assert done.exit_code == 0
    assert "Member macro F1" in done.stdout
    assert "not a picture that can be read" in done.stdout


@pytest.mark.parametrize(
    ("options", "said", "code"),
    [
        (("--backend", "nothing"), "backend: nothing", 1),
        (("--unknown", "empty"), "holds no photos", 1),
    ],
)
def test_what_can_not_be_measured_is_said(
    options: tuple[str, str], said: str, code: int, few: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (few / "empty").mkdir()
    monkeypatch.chdir(few)
    done = run(few, *where(few), *options)
    assert (done.exit_code, said in done.stderr) == (code, True)


def test_a_missing_model_is_said(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENEDESK_FACES__MODEL_DIR", str(few))
    done = run(few, *where(few), "--backend", "edge")
    assert done.exit_code == 3
    assert "scenedesk models pull" in done.stderr
