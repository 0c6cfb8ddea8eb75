"""Cuts are put between pictures: at every rate, as the pictures themselves are timed."""

from fractions import Fraction
from pathlib import Path

import pytest

from gateway.pipeline import frames
from gateway.pipeline.onsets import snapped
from tests.media_samples import encode, numbered

UNEVEN = [Fraction(500 + at) for at in (0, 10, 45, 100, 900, 905, 2000, 2033, 2066, 2100, 5000, 5040)]


def onsets_of(path: Path) -> list[int]:
    """Every picture's first millisecond, and the end of the last, by decoding all of them."""
    with frames.opened(path) as source:
        shown = list(frames.on_screen(source))
    return [*(one.start_ms for one in shown), shown[-1].end_ms]


def check(path: Path) -> None:
    onsets = onsets_of(path)
    times = {at for onset in onsets for at in (onset - 1, onset, onset + 1, onset + 13) if 0 <= at <= onsets[-1] + 20}
    for at_ms, found in snapped(path, times).items():
        assert found in onsets
        assert abs(found - at_ms) == min(abs(onset - at_ms) for onset in onsets), at_ms


@pytest.mark.parametrize(
    ("rate", "frames_wanted"),
    [("24000/1001", 96), ("30000/1001", 120), ("60000/1001", 240), ("25", 100)],
    ids=["23.976", "29.97 drop-frame", "59.94", "25"],
)
@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_constant_rates(tmp_path: Path, rate: str, frames_wanted: int, suffix: str) -> None:
    path = tmp_path / f"sample.{suffix}"
    encode(path, "-bf", "2", "-preset", "veryfast", rate=rate)
    assert abs(len(onsets_of(path)) - 1 - frames_wanted) <= 1
    check(path)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_variable_rates(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"uneven.{suffix}"
    numbered(path, UNEVEN)
    check(path)


def test_drop_frame_time_is_not_nominal_time(tmp_path: Path) -> None:
    """Frame 30 at 29.97 comes at 1001 ms, not at 1000."""
    path = tmp_path / "ntsc.mp4"
    encode(path, rate="30000/1001")
    assert snapped(path, [1_000])[1_000] == 1_001
