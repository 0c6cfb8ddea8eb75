"""How loud a video is: on the clock of its pictures, whatever its sound is like."""

import struct
from pathlib import Path

import httpx
import pytest

from gateway.media import waveform
from kernel.settings import Media, Settings
from tests.media_samples import encode
from tests.rooms import Rooms, open_front_door


def test_peaks_are_the_loudest_of_each_twentieth() -> None:
    quiet, loud = [0] * waveform.SAMPLES_A_PEAK, [-32_768, *[0] * (waveform.SAMPLES_A_PEAK - 1)]
    half = [16_384] * 3
    sound = struct.pack(f"<{len(quiet) + len(loud) + len(half)}h", *quiet, *loud, *half)
    assert waveform.peaks(sound) == bytes([0, 255, 127])
    assert waveform.peaks(b"") == b""


def test_sound_has_a_peak_for_every_twentieth_of_a_second(tmp_path: Path) -> None:
    film, out = tmp_path / "film.mp4", tmp_path / "peaks"
    encode(film, seconds=3, sound=True)
    waveform.waveform(film, out, Media())
    made = out.read_bytes()
    assert abs(len(made) - 3 * waveform.PEAKS_A_SECOND) <= 3
    assert max(made) > 0


def test_a_video_without_sound_has_no_peaks(tmp_path: Path) -> None:
    film, out = tmp_path / "film.mp4", tmp_path / "peaks"
    encode(film, seconds=1)
    waveform.waveform(film, out, Media())
    assert out.read_bytes() == b""


@pytest.mark.parametrize("what", ["waveform", "shots"])
async def test_before_anything_is_known_the_timeline_is_empty(
    settings: Settings, database_url: str, tmp_path: Path, what: str
) -> None:
    film = tmp_path / "film.mp4"
    encode(film, seconds=1)
    async with open_front_door(Rooms(settings), database_url) as (door, _):
        video = (await door.post("/v1/videos", files={"file": ("film.mp4", film.read_bytes())})).json()["video"]["id"]
        answer: httpx.Response = await door.get(f"/v1/videos/{video}/{what}")
    assert answer.status_code == 200
    assert answer.json() == {"waveform": {"per_second": 20, "peaks": ""}, "shots": {"shots": []}}[what]
