"""People cut to one another in the same place: a track each, rightly named. By the real small face model."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path

import av
import pytest

from gateway.pipeline.frames import Look
from kernel.contracts.time import Span
from kernel.vectors import unit, unpack
from tests.portraits import RATE, Room, compose, faces, followed, looked_at, named, open_room, person

FRAME_MS, SAMPLING_MS = 1000 // RATE, 200
TALKERS = ("bbaf2n", "lbax4n", "swiz3n")


@pytest.fixture
async def room(tmp_path: Path, shared: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path, shared) as opened:
        yield opened


@pytest.mark.parametrize(
    ("who", "seconds"),
    [
        (range(10), [1.36] * 10),
        ([0, 1, 0], [4, 1, 4]),  # shorter than what a look is taken of
        ([0, 1], [8, 1.6]),  # at the very end
        ([3] * 3, [4] * 3),  # and nobody else: no part for nothing
    ],
)
async def test_portraits_on_one_backdrop(
    room: Room, tmp_path: Path, who: Sequence[int], seconds: Sequence[float]
) -> None:
    film = tmp_path / "film.mp4"
    scenes = [[(one, 500, 200, 260, False)] for one in who]
    await asyncio.to_thread(compose, film, scenes, faces(room.shared, "probe"), seconds)
    look = await looked_at(room, film)
    assert len(look.shots) == 1, "a cut that is found needs no second look"
    tracks = (await named(room, look)).tracks
    turns = [(one, start) for one, start in zip(who, _starts(seconds), strict=True)]
    turns = [turn for before, turn in zip([(None, 0), *turns], turns, strict=False) if turn[0] != before[0]]
    assert [track.person_id for track in tracks] == [person(one) for one, _ in turns]
    late = [track.span.start_ms - start for track, (_, start) in zip(tracks, turns, strict=True)]
    assert all(-FRAME_MS <= ms <= SAMPLING_MS for ms in late)


async def test_talkers_of_whom_every_cut_is_missed(room: Room, tmp_path: Path) -> None:
    """Moving faces, each filmed anew, in the same place by chance: two seconds, one, two."""
    film = tmp_path / "talkers.mp4"
    await asyncio.to_thread(_joined, film, [room.shared / f"faces/grid/clips/{name}.mpg" for name in TALKERS])
    look = await looked_at(room, film)
    missed = look.model_copy(update={"shots": (Span(start_ms=0, end_ms=look.duration_ms),)})
    found, true = await followed(room, missed), await followed(room, _with_shots(look, 2000, 3000))
    assert [track.span for track in found.tracks] == [track.span for track in true.tracks]
    likeness = unit(unpack(found.vectors)) @ unit(unpack(true.vectors)).T
    assert likeness.diagonal().min() > 0.95


def _starts(seconds: Sequence[float]) -> list[float]:
    return [sum(seconds[:number]) * 1000 for number in range(len(seconds))]


def _with_shots(look: Look, *cuts: int) -> Look:
    edges = [0, *cuts, look.duration_ms]
    shots = tuple(Span(start_ms=start, end_ms=end) for start, end in pairwise(edges))
    return look.model_copy(update={"shots": shots})


def _joined(path: Path, clips: Sequence[Path]) -> None:
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 360, 288, "yuv420p"
        for clip, frames in zip(clips, (50, 25, 50), strict=True):
            with av.open(str(clip)) as source:
                for _, frame in zip(range(frames), source.decode(video=0), strict=False):
                    film.mux(stream.encode(av.VideoFrame.from_ndarray(frame.to_ndarray(format="rgb24"))))
        film.mux(stream.encode(None))
