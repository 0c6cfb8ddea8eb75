"""Looking at a video: right to the picture in time, upright, whole or not at all, in memory that stays flat."""

import json
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image, ImageSequence

from gateway.media import export
from gateway.media.errors import BrokenVideoError
from gateway.pipeline import frames
from kernel.contracts.time import Span
from kernel.store import Store
from tests.media_samples import encode, number_on, numbered

NTSC = [Fraction(number * 1001, 30) for number in range(150)]
UNEVEN = [Fraction(500 + at) for at in (0, 10, 45, 100, 900, 905, 2000, 2033, 2066, 2100, 5000, 5040)]


def shown_at(times: Sequence[Fraction], at_ms: int) -> int:
    """The picture a player shows `at_ms` after the first."""
    return max(number for number, time in enumerate(times) if time - times[0] <= at_ms)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.mark.parametrize(("times", "suffix"), [(NTSC, "mp4"), (NTSC, "mov"), (UNEVEN, "mp4"), (UNEVEN, "mkv")])
def test_every_picture_is_the_one_on_screen_then(
    store: Store, tmp_path: Path, times: list[Fraction], suffix: str
) -> None:
    path = tmp_path / f"numbered.{suffix}"
    numbered(path, times)

    look = frames.look(path, store, "frames/a/b", frames.LookOptions(sample_fps=7))

    assert [p.at_ms for p in look.pictures] == [round(n * 1000 / 7) for n in range(len(look.pictures))]
    assert abs(look.duration_ms - (times[-1] - times[0])) < 50
    for picture in look.pictures:
        image = cv2.imread(str(store.path(picture.name)))
        assert number_on(image) == shown_at(times, picture.at_ms), picture


@pytest.mark.parametrize("times", [NTSC, UNEVEN])
def test_thumbnails_are_the_picture_on_screen_then(tmp_path: Path, times: list[Fraction]) -> None:
    path, out = tmp_path / "numbered.mp4", tmp_path / "out.jpg"
    numbered(path, times)

    for at_ms in (0, 33, 34, 66, 67, 100, 101, 2000, 2032, 2033, 3003, 4971, 4972, 99_999):
        export.thumbnail(path, at_ms, 96, out)
        image = cv2.imread(str(out))
        assert image.shape == (48, 96, 3)
        assert number_on(image) == shown_at(times, at_ms)


@pytest.mark.parametrize(("start_ms", "end_ms"), [(0, 1001), (1001, 2002), (101, 134), (34, 35), (4000, 5006)])
def test_previews_have_exactly_the_span(tmp_path: Path, start_ms: int, end_ms: int) -> None:
    path, out = tmp_path / "numbered.mp4", tmp_path / "out.mp4"
    numbered(path, NTSC)

    export.preview(path, Span(start_ms=start_ms, end_ms=end_ms), out)

    with av.open(str(out)) as clip:
        found = [number_on(frame.to_ndarray(format="gray")) for frame in clip.decode(video=0)]
    assert found == [number for number, time in enumerate(NTSC) if start_ms <= -(-time // 1) < end_ms]


@pytest.mark.parametrize(("start_ms", "end_ms"), [(0, 1001), (1001, 2002), (101, 134), (34, 35), (1000, 5006)])
def test_moving_pictures_begin_with_the_span_and_show_nothing_beside_it(
    tmp_path: Path, start_ms: int, end_ms: int
) -> None:
    path, out = tmp_path / "numbered.mp4", tmp_path / "out.gif"
    numbered(path, NTSC)

    export.animation(path, Span(start_ms=start_ms, end_ms=end_ms), out)

    with Image.open(out) as moving:
        found = [number_on(np.asarray(one.convert("L"))) for one in ImageSequence.Iterator(moving)]
    inside = [number for number, time in enumerate(NTSC) if start_ms <= -(-time // 1) < end_ms]
    assert found[0] == inside[0]
    assert set(found) <= set(inside)
    assert found == sorted(found)
    assert inside[-1] - found[-1] <= 30 / export.GIF_FPS


def test_a_broken_file_makes_no_preview(tmp_path: Path) -> None:
    path, out = tmp_path / "broken.mp4", tmp_path / "out.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(500))

    with pytest.raises(BrokenVideoError):
        export.preview(path, Span(start_ms=0, end_ms=1000), out)
    assert not out.exists()


def test_size_is_as_shown(tmp_path: Path, store: Store) -> None:
    """Standard definition in wide pixels, 720x576 shown as 1024x576; never enlarged, scaled to the longer side."""
    path = tmp_path / "wide.mp4"
    encode(path, "-aspect", "16:9", size="720x576", seconds=1)

    probe = frames.probe(path)
    look = frames.look(path, store, "x", frames.LookOptions(sample_side=512))

    assert (probe.width, probe.height) == (1024, 576)
    assert (look.pictures[0].width, look.pictures[0].height) == (512, 288)


def test_probe_says_what_the_container_says(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    encode(path, sound=True, seconds=2, rate="30000/1001")

    probe = frames.probe(path)

    assert (probe.codec, probe.width, probe.height, probe.rotation) == ("h264", 160, 120, 0)
    assert probe.has_audio
    assert probe.frame_rate == pytest.approx(29.97, abs=0.001)
    assert probe.duration_ms == pytest.approx(2000, abs=60)


def test_stopping_leaves_nothing(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.mp4"
    encode(path)
    shares: list[float] = []

    with pytest.raises(frames.StoppedError):
        frames.look(path, store, "frames/a/b", frames.LookOptions(), shares.append, lambda: len(shares) > 20)

    assert list(store.path("frames/a").iterdir()) == []
    assert shares == sorted(shares)
    assert 0 < shares[-1] < 0.5


def test_looking_again_replaces_what_was_there(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.mp4"
    encode(path, seconds=2)
    first = frames.look(path, store, "frames/a/b", frames.LookOptions(sample_fps=5))
    second = frames.look(path, store, "frames/a/b", frames.LookOptions(sample_fps=5))

    assert first == second
    assert [folder.name for folder in store.path("frames/a").iterdir()] == ["b"]
    assert len(list(store.path("frames/a/b").iterdir())) == 10


LOOKER = """
import json, resource, sys
from pathlib import Path
from gateway.pipeline import frames
from kernel.store import Store
path, root = sys.argv[1:]
look = frames.look(Path(path), Store(Path(root)), "frames/a/b", frames.LookOptions(), lambda s: print(s, flush=True))
print(json.dumps([len(look.pictures), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


def test_a_killed_look_leaves_nothing_half_made(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "a.mp4"
    encode(path)
    with subprocess.Popen([sys.executable, "-c", LOOKER, path, store.root], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        while float(child.stdout.readline()) < 0.3:
            pass
        child.kill()

    assert not store.path("frames/a/b").exists()
    assert len(frames.look(path, store, "frames/a/b", frames.LookOptions()).pictures) == 20
    assert [folder.name for folder in store.path("frames/a").iterdir()] == ["b"]


def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    peaks = []
    for seconds in (10, 60):
        path = tmp_path / f"{seconds}.mp4"
        encode(path, seconds=seconds, size="640x360")
        done = subprocess.run(
            [sys.executable, "-c", LOOKER, path, tmp_path / "store"], capture_output=True, text=True, check=True
        )
        count, peak = json.loads(done.stdout.splitlines()[-1])
        assert count == seconds * 5
        peaks.append(peak)

    assert peaks[1] < peaks[0] * 1.05


def test_cuts_of_real_footage_are_right_to_the_picture(shared: Path, store: Store) -> None:
    truth = json.loads((shared / "media/composed/scenes.json").read_text())["shots"]
    look = frames.look(shared / "media/composed/scenes.mp4", store, "a", frames.LookOptions(sample_fps=1))

    starts = {round(shot["start"] * 1000) for shot in truth}
    assert {shot.start_ms for shot in look.shots} == starts
    assert all(before.end_ms == after.start_ms for before, after in pairwise(look.shots))


def test_cuts_between_grids_of_faces_are_right_to_the_picture(shared: Path, store: Store) -> None:
    truth = json.loads((shared / "faces/scenes/timeline.json").read_text())["scenes"]
    look = frames.look(shared / "faces/scenes/timeline.mp4", store, "a", frames.LookOptions(sample_fps=1))

    assert [shot.start_ms for shot in look.shots] == [round(scene["start"] * 1000) for scene in truth]
