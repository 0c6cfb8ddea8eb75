"""One face on a stage and on the wall behind it: both named, one marked, seen once. By the real small face model."""

import asyncio
import csv
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

import av
import numpy as np
import pytest
from PIL import Image, ImageOps

from face_service.app import create_app
from gateway.identity.matching import Gallery, gallery_of
from gateway.pipeline import frames
from gateway.pipeline.frames import LookOptions
from gateway.pipeline.merge import people_in
from gateway.pipeline.naming import Known, NamedTracks, follow_faces, name_tracks
from gateway.pipeline.sightings import find_faces
from kernel.clients import FaceService
from kernel.contracts.faces import DetectRequest, EmbedFacesRequest, FaceCrop
from kernel.contracts.library import Track
from kernel.contracts.time import Span
from kernel.settings import Faces, Pipeline, Settings
from kernel.store import Store
from kernel.vectors import unpack
from kernel.wire import open_wire

WIDTH, HEIGHT, RATE = 1280, 720, 25
VIDEO = UUID(int=1)
Tile = tuple[int, int, int, int, bool]
"""Whose face (index), left, top and side in pixels, and whether it is seen in a mirror."""
STAGE: list[Tile] = [(0, 40, 60, 600, False), (0, 900, 30, 220, False), (1, 800, 330, 340, False)]
MIRROR: list[Tile] = [(2, 60, 120, 480, False), (2, 700, 120, 460, True)]
SPLIT: list[Tile] = [
    (3, 20, 20, 360, False),
    (3, 440, 20, 350, False),
    (3, 860, 20, 340, False),
    (4, 440, 380, 330, False),
]


def faces(shared: Path, column: str) -> list[Path]:
    with (shared / "faces/people.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["role"] == "enrolled" and row["person_id"][:6] == "london"]
    return [shared / "faces" / row[column] for row in rows[:20]]


def compose(path: Path, scenes: Sequence[Sequence[Tile]], photos: Sequence[Path]) -> None:
    """A second of each scene."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "g": str(RATE)})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number, scene in enumerate(scenes):
            picture = Image.new("RGB", (WIDTH, HEIGHT), (40 + 90 * number, 90, 220 - 90 * number))
            for who, left, top, side, mirrored in scene:
                face = Image.open(photos[who]).convert("RGB").resize((side, side))
                picture.paste(ImageOps.mirror(face) if mirrored else face, (left, top))
            for _ in range(RATE):
                film.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")))
        film.mux(stream.encode(None))


@dataclass(frozen=True)
class Room:
    service: FaceService
    store: Store
    shared: Path


@pytest.fixture
async def room(tmp_path: Path, shared: Path) -> AsyncIterator[Room]:
    settings = Settings(_env_file=None, data_dir=tmp_path, faces=Faces(backend="edge"))
    settings.store_dir.mkdir()
    (settings.store_dir / "shared").symlink_to(shared / "faces")
    async with open_wire({"face-service": create_app(settings)}) as wire:
        yield Room(FaceService(wire), Store(settings.store_dir), shared)


async def known(room: Room) -> Gallery:
    """Twenty people by one neutral photo each."""
    names = [f"shared/{path.relative_to(room.shared / 'faces')}" for path in faces(room.shared, "gallery")]
    found = (await room.service.detect(DetectRequest(pictures=names))).faces
    largest = [max(here, key=lambda face: face.box.height) for here in found]
    crops = [FaceCrop(picture=name, landmarks=face.landmarks) for name, face in zip(names, largest, strict=True)]
    vectors = unpack((await room.service.embed(EmbedFacesRequest(crops=crops))).vectors)
    model = await room.service.model()
    each = {person(number): vectors[number : number + 1] for number in range(len(names))}
    return gallery_of(each, model.embedder.model_id, model.default_threshold)


def person(number: int) -> UUID:
    return uuid5(VIDEO, str(number))


async def named(room: Room, scenes: Sequence[Sequence[Tile]], folder: Path) -> NamedTracks:
    film = folder / "film.mp4"
    await asyncio.to_thread(compose, film, scenes, faces(room.shared, "probe"))
    options = LookOptions.of(Pipeline())
    look = await asyncio.to_thread(frames.look, film, room.store, "frames/film", options, lambda _: None, lambda: False)
    model = await room.service.model()
    finds = await find_faces(room.service, model.detector.model_id, look.pictures, lambda _: None)
    followed = await follow_faces(room.service, model.embedder, look, finds, 3, lambda _: None)
    return name_tracks(VIDEO, followed, Known(await known(room)))


def shown(tracks: Sequence[Track], scene: int) -> list[Track]:
    return [track for track in tracks if track.span.start_ms // 1000 == scene]


def size(track: Track) -> float:
    return track.faces[0].box.height


async def test_who_is_on_the_wall_too_is_named_twice_marked_and_counted_once(room: Room, tmp_path: Path) -> None:
    tracks = (await named(room, [STAGE, MIRROR, SPLIT], tmp_path)).tracks
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
