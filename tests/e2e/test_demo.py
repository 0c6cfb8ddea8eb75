"""`make demo` as a person runs it: a fresh folder, nothing from any network, the exit code believed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.media.export import ffmpeg
from kernel.contracts.library import STEPS
from kernel.settings import Media
from standalone import sample

# Settings under which nothing is here but what came in wheels.
BARE = {"SCENEDESK_FACES__BACKEND": "dlib", "SCENEDESK_CAPTIONS__DETECTOR_DIR": "/nowhere"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's tmp_path: as root, the database's own user could not pass through it."""
    made = Path(tempfile.mkdtemp(prefix="scenedesk-demo-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


def demo(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCENEDESK_", "LC_", "LANG"))}
    settings = {"SCENEDESK_OFFLINE": "1", "DEMO_EXIT": "1", "LANG": "C.UTF-8", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "standalone.demo", *words],
        cwd=folder,
        env=kept | settings | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )


@pytest.mark.long
def test_the_demo_finds_the_right_scenes_and_keeps_what_is_done(folder: Path) -> None:
    first = demo(folder)
    assert first.returncode == 0, first.stdout + first.stderr
    assert first.stdout.count("✓ the right scene came first") == 2
    assert "NASA / Eileen Collins: 2 of 2 pictures used" in first.stdout
    assert "아일린 콜린스" in first.stdout
    assert "/videos/" in first.stdout
    again = demo(folder)
    assert again.returncode == 0, again.stdout + again.stderr
    assert again.stdout.count(" kept") == len(STEPS)
    assert "Traceback" not in first.stderr + again.stderr


@pytest.mark.long
def test_the_demo_with_nothing_but_wheels_says_what_is_weaker(folder: Path) -> None:
    done = demo(folder, **BARE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "dlib" in done.stdout
    assert "a close-up of Eileen Collins" in done.stdout
    assert done.stdout.count("✓ the right scene came first") == 2


@pytest.mark.long
def test_the_demo_stays_up_until_ctrl_c_and_takes_your_own_video(folder: Path) -> None:
    people = sample.draw_people(folder / "people")
    film = own_film(folder)
    process = subprocess.Popen(
        [sys.executable, "-m", "standalone.demo", "--video", str(film), "--people", str(people)],
        cwd=folder,
        env=os.environ | {"SCENEDESK_OFFLINE": "1", "SCENEDESK_PORT": "0", "DEMO_EXIT": "0", "LANG": "ko_KR.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, "".join(said) + rest
    assert "나오는 장면" in "".join(said)
    assert "http://127.0.0.1:" in "".join(said)
    assert "Traceback" not in "".join(said) + rest


def own_film(folder: Path) -> Path:
    """A short film of one's own: the beginning of the sample."""
    program, film = ffmpeg(Media()), folder / "clip.mp4"
    whole = sample.draw_video(folder / "whole.mp4", program)
    subprocess.run([program, "-v", "error", "-i", whole, "-t", "4", film], check=True, timeout=60)
    return film
