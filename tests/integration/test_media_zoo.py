"""Odd and hostile media: the right pictures by time and upright, or a clean refusal, in bounded memory and time."""

import ctypes
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.media import admission, errors
from gateway.pipeline import frames
from kernel.settings import Media
from tests.fake_site import Canary, serving
from tests.media_samples import BUILDERS, Zoo, disguises

GIB = 1024**3
LONGEST_S = 25

# Pictures on screen at 0, 1, 2 ... s; or the code of the refusal.
EXPECTED: dict[str, int | str] = {
    "zero bytes": "media_empty",
    "head only": "media_broken",
    "index cut off": "media_broken",
    "fast start cut": 3,  # what came before the cut
    "flipped data": 4,
    "flipped index": "media_broken",
    "random bytes": "media_not_video",
    "text": "media_not_video",
    "audio only": "media_no_picture",
    "no audio": 4,
    "rotated": 4,
    "variable rate": 8,
    "hevc 10 bit": 4,
    "hdr pq": 4,
    "444": 4,
    "16000 square": "media_picture_too_large",
    "8192x4320": 3,
    "2x2": 4,
    "one frame": 1,
    "1000 fps": 3,
    "two video streams": 4,
    "cover art": "media_no_picture",
    "png": "media_still_image",
    "png bomb": "media_still_image",
    "interlaced ts": 4,
    "ts time jump": 4,
    "webm without index": 4,
    "av1": 4,
    "mjpeg": 4,
    "raw h264": 4,
    "edit list": 3,
    "black": 4,
    "gif": 4,
    "claims days": 4,
    "plain": 4,
    "hostile name": 4,
}
SHAPES = {
    "rotated": (120, 160),
    "8192x4320": (960, 506),
    "2x2": (2, 2),
    "1000 fps": (64, 48),
    "interlaced ts": (720, 576),
}
WITHOUT_CORNER = {"2x2", "black"}

# Looks at each path it is told in a child of its own, so that peak memory is that one video's.
RUNNER = """
import json, os, resource, sys
from pathlib import Path
import cv2
from gateway.pipeline import frames
from kernel.store import Store

def seen(path, store):
    look = frames.look(Path(path), store, "frames/x/y", frames.LookOptions(sample_fps=1))
    image = cv2.imread(str(store.path(look.pictures[0].name)), cv2.IMREAD_GRAYSCALE)
    height, width = image.shape
    corners = [float(image[int(height * y), int(width * x)]) for y in (.25, .75) for x in (.25, .75)]
    return {"times": [p.at_ms for p in look.pictures], "size": [width, height], "corners": corners,
            "covered": [[s.start_ms, s.end_ms] for s in look.shots], "end": look.duration_ms}

for line in sys.stdin:
    path, root = json.loads(line)
    sys.stdout.flush()
    if os.fork() == 0:
        said = seen(path, Store(Path(root)))
        said["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps(said), flush=True)
        os._exit(0)
    os.wait()
"""

LookAt = Callable[[Path, Path], dict[str, Any]]


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Zoo:
    return Zoo(tmp_path_factory.mktemp("zoo"))


@pytest.fixture(scope="module")
def look_at() -> Iterator[LookAt]:
    command = [sys.executable, "-c", RUNNER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin
        assert child.stdout

        def answer(path: Path, root: Path) -> dict[str, Any]:
            child.stdin.write(json.dumps([str(path), str(root)]) + "\n")  # type: ignore[union-attr]
            child.stdin.flush()  # type: ignore[union-attr]
            return json.loads(child.stdout.readline())  # type: ignore[union-attr]

        yield answer
        child.stdin.close()
        child.wait(10)


def test_every_sample_has_an_expectation() -> None:
    assert set(EXPECTED) == set(BUILDERS)
    assert len(BUILDERS) == 36


@pytest.mark.parametrize("name", BUILDERS)
def test_zoo(zoo: Zoo, look_at: LookAt, tmp_path: Path, name: str) -> None:
    path, expected = zoo.build(name), EXPECTED[name]
    begun = time.monotonic()
    if isinstance(expected, str):
        with pytest.raises(errors.MediaError) as refusal:
            admission.admit(path, Media())
        assert refusal.value.code == expected
        assert refusal.value.sentence("ko") != refusal.value.sentence("en")
    else:
        admission.admit(path, Media())
        said = look_at(path, tmp_path)
        assert said["times"] == [1000 * second for second in range(expected)]
        assert tuple(said["size"]) == SHAPES.get(name, (160, 120))
        assert said["peak_bytes"] < GIB
        assert [edge for span in said["covered"] for edge in span][:: max(1, 2 * len(said["covered"]) - 1)] == [
            0,
            said["end"],
        ]
        if name not in WITHOUT_CORNER:
            assert said["corners"][0] > 240 > max(said["corners"][1:]), "not upright"
    assert time.monotonic() - begun < LONGEST_S


def test_budgets_refuse_before_a_picture_is_decoded(zoo: Zoo) -> None:
    plain = zoo.build("plain")
    with pytest.raises(errors.TooLargePictureError):
        admission.admit(plain, Media(max_pixels=100 * 100))
    with pytest.raises(errors.TooLongError):
        admission.admit(plain, Media(max_duration_s=3))
    with pytest.raises(errors.TooManyBytesError):
        admission.admit(plain, Media(max_bytes=1000))


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    server = Canary()
    with serving(server):
        yield server


class OpenWatch:
    """Which of some files anybody opens, as the kernel says it (Linux)."""

    _OPENED, _NON_BLOCKING = 0x20, 0o4000

    def __init__(self, *paths: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd = libc.inotify_init1(self._NON_BLOCKING)
        for path in paths:
            assert libc.inotify_add_watch(self._fd, os.fsencode(path), self._OPENED) >= 0

    def anything(self) -> bool:
        try:
            return bool(os.read(self._fd, 4096))
        except BlockingIOError:
            return False

    def close(self) -> None:
        os.close(self._fd)


def test_disguised_playlists_open_nothing_they_name(tmp_path: Path, canary: Canary) -> None:
    if sys.platform != "linux":
        pytest.skip("inotify, which sees the opening of files, is Linux's")
    found = disguises(tmp_path, f"127.0.0.1:{canary.server_port}")
    watch = OpenWatch(tmp_path / "secret.txt", tmp_path / "other.mp4")
    try:
        for path in found.values():
            with pytest.raises(errors.PlaylistError):
                admission.admit(path, Media())
            # And without the look at the first bytes: the codec library itself is shut in.
            with pytest.raises(errors.MediaError):
                frames.probe(path)
        assert len(found) == 8
        assert not watch.anything()
        assert canary.visits == 0
        (tmp_path / "secret.txt").read_text()
        assert watch.anything(), "the watch itself must be able to see"
    finally:
        watch.close()


def test_only_files_under_the_roots_are_allowed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (inside / "a.mp4").touch()
    (outside / "b.mp4").touch()
    (inside / "link.mp4").symlink_to(outside / "b.mp4")
    (inside / "folder").symlink_to(outside)

    assert admission.allowed_path(inside / "a.mp4", [inside]) == (inside / "a.mp4").resolve()
    for path in ("link.mp4", "folder/b.mp4", "../out/b.mp4", "../out/nothing.mp4", "/etc/passwd"):
        with pytest.raises(errors.OutsideRootsError):
            admission.allowed_path(inside / path, [inside])
    with pytest.raises(errors.MissingFileError):
        admission.allowed_path(inside / "nothing.mp4", [inside])
    with pytest.raises(errors.OutsideRootsError):
        admission.allowed_path(inside / "a.mp4", [])


def test_a_file_name_need_not_be_text(zoo: Zoo) -> None:
    path = Path(os.fsdecode(os.fsencode(zoo.folder) + b"/\xff\xfe.mp4"))
    os.link(zoo.plain, path)

    assert admission.admit(path, Media()).duration_ms == 4000
