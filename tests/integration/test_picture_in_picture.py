"""One face on a stage and on the wall behind it: both named, one marked, seen once. By the real small face model."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from gateway.pipeline.merge import people_in
from kernel.contracts.library import Track
from kernel.contracts.time import Span
from tests.portraits import Room, Tile, compose, faces, looked_at, named, open_room, person

STAGE: list[Tile] = [(0, 40, 60, 600, False), (0, 900, 30, 220, False), (1, 800, 330, 340, False)]
MIRROR: list[Tile] = [(2, 60, 120, 480, False), (2, 700, 120, 460, True)]
SPLIT: list[Tile] = [
    (3, 20, 20, 360, False),
    (3, 440, 20, 350, False),
    (3, 860, 20, 340, False),
    (4, 440, 380, 330, False),
]


@pytest.fixture
async def room(tmp_path: Path, shared: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path, shared) as opened:
        yield opened


def shown(tracks: Sequence[Track], scene: int) -> list[Track]:
    return [track for track in tracks if track.span.start_ms // 1000 == scene]


def size(track: Track) -> float:
    return track.faces[0].box.height


async def test_who_is_on_the_wall_too_is_named_twice_marked_and_counted_once(room: Room, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    await asyncio.to_thread(compose, film, [STAGE, MIRROR, SPLIT], faces(room.shared, "probe"))
    tracks = (await named(room, await looked_at(room, film))).tracks
    for scene, tiles in enumerate((STAGE, MIRROR, SPLIT)):
        here = shown(tracks, scene)
        assert len(here) == len(tiles)
        names = [track.person_id for track in here]
        assert sorted(map(str, names)) == sorted(str(person(who)) for who, *_ in tiles)
        by_id = {track.id: track for track in here}
        unmarked = [track.person_id for track in here if track.copy_of is None]
        assert len(unmarked) == len(set(unmarked)), "somebody is twice in a picture, unmarked"
        for copy in (track for track in here if track.copy_of is not None):
            real = by_id[copy.copy_of or copy.id]
            assert (real.person_id, real.copy_of) == (copy.person_id, None)
            assert size(real) > size(copy)
        span = Span(start_ms=scene * 1000, end_ms=scene * 1000 + 1000)
        for one in people_in(span, here):
            assert sum(seen.duration_ms for seen in one.seen) <= span.duration_ms, "seen longer than it lasts"
    assert [len([t for t in shown(tracks, scene) if t.copy_of]) for scene in range(3)] == [1, 1, 2]
