"""People shown as real photographs in films drawn for a test, followed and named by the real small face model."""

import asyncio
import csv
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

import av
import numpy as np
from PIL import Image, ImageOps

from face_service.app import create_app
from gateway.identity.matching import Gallery, gallery_of
from gateway.pipeline import frames
from gateway.pipeline.frames import Look, LookOptions
from gateway.pipeline.naming import FollowedFaces, Known, NamedTracks, follow_faces, name_tracks
from gateway.pipeline.sightings import find_faces
from kernel.clients import FaceService
from kernel.contracts.faces import DetectRequest, EmbedFacesRequest, FaceCrop
from kernel.settings import Faces, Pipeline, Settings
from kernel.store import Store
from kernel.vectors import unpack
from kernel.wire import open_wire

WIDTH, HEIGHT, RATE = 1280, 720, 25
VIDEO = UUID(int=1)
Tile = tuple[int, int, int, int, bool]
"""Whose face (index), left, top and side in pixels, and whether it is seen in a mirror."""


def faces(shared: Path, column: str) -> list[Path]:
    with (shared / "faces/people.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["role"] == "enrolled" and row["person_id"][:6] == "london"]
    return [shared / "faces" / row[column] for row in rows[:20]]


def compose(
    path: Path, scenes: Sequence[Sequence[Tile]], photos: Sequence[Path], seconds: Sequence[float] | None = None
) -> None:
    """A second of each scene, on a backdrop of its own; or so many seconds of each, on one backdrop."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "g": str(RATE)})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number, scene in enumerate(scenes):
            tint = 90 * number if seconds is None else 0
            picture = Image.new("RGB", (WIDTH, HEIGHT), (40 + tint, 90, 220 - tint))
            for who, left, top, side, mirrored in scene:
                face = Image.open(photos[who]).convert("RGB").resize((side, side))
                picture.paste(ImageOps.mirror(face) if mirrored else face, (left, top))
            for _ in range(RATE if seconds is None else round(RATE * seconds[number])):
                film.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")))
        film.mux(stream.encode(None))


@dataclass(frozen=True)
class Room:
    """A face service and the store that it and the pipeline share."""

    service: FaceService
    store: Store
    shared: Path


@asynccontextmanager
async def open_room(folder: Path, shared: Path) -> AsyncIterator[Room]:
    settings = Settings(_env_file=None, data_dir=folder, faces=Faces(backend="edge"))
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


async def looked_at(room: Room, film: Path) -> Look:
    options, prefix = LookOptions.of(Pipeline()), f"frames/{film.stem}"
    return await asyncio.to_thread(frames.look, film, room.store, prefix, options, lambda _: None, lambda: False)


async def followed(room: Room, look: Look) -> FollowedFaces:
    model = await room.service.model()
    finds = await find_faces(room.service, model.detector.model_id, look.pictures, lambda _: None)
    return await follow_faces(room.service, model, look, finds, 3, lambda _: None)


async def named(room: Room, look: Look) -> NamedTracks:
    return name_tracks(VIDEO, await followed(room, look), Known(await known(room)))
