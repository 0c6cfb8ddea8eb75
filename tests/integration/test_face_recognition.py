"""Real people recognised: photographs and video with known truth, by the default backend, over the wire."""

import csv
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

import av
import numpy as np
import pytest

from face_service.app import create_app
from gateway.identity.matching import Gallery, calibrate, gallery_of
from gateway.pipeline.identify import decide
from gateway.pipeline.tracks import Sighting, TrackDraft, link
from kernel.clients import FaceService
from kernel.contracts.faces import DetectRequest, EmbedFacesRequest, Face, FaceCrop
from kernel.contracts.time import Span
from kernel.settings import Faces, Settings
from kernel.store import Store
from kernel.vectors import Matrix, unit, unpack
from kernel.wire import open_wire

EVERY, STEP_MS = 5, 200
NAMESPACE = UUID(int=0)


@dataclass(frozen=True)
class Scene:
    """The service, and a store in which the shared photographs can be named."""

    service: FaceService
    store: Store


@pytest.fixture
async def scene(tmp_path: Path, shared: Path) -> AsyncIterator[Scene]:
    settings = Settings(_env_file=None, data_dir=tmp_path, faces=Faces(backend="edge"))
    settings.store_dir.mkdir()
    (settings.store_dir / "shared").symlink_to(shared / "faces")
    async with open_wire({"face-service": create_app(settings)}) as wire:
        yield Scene(FaceService(wire), Store(settings.store_dir))


def rows(shared: Path, role: str, prefix: str) -> list[dict[str, str]]:
    with (shared / "faces" / "people.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["role"] == role and row["person_id"].startswith(prefix)]


def photos(row: dict[str, str], *columns: str) -> list[str]:
    return [f"shared/{name}" for column in columns for name in row[column].split(";") if name]


def person(person_id: str) -> UUID:
    return uuid5(NAMESPACE, person_id)


async def faces_of(scene: Scene, names: Sequence[str]) -> list[list[Face]]:
    found: list[list[Face]] = []
    for first in range(0, len(names), 64):
        answer = await scene.service.detect(DetectRequest(pictures=list(names[first : first + 64])))
        found.extend(answer.faces)
    return found


async def vectors_of(scene: Scene, names: Sequence[str]) -> Matrix:
    """One vector a photograph: of its largest face."""
    largest = [max(faces, key=lambda face: face.box.height) for faces in await faces_of(scene, names)]
    crops = [FaceCrop(picture=name, landmarks=face.landmarks) for name, face in zip(names, largest, strict=True)]
    return unpack((await scene.service.embed(EmbedFacesRequest(crops=crops))).vectors)


async def enrolled(scene: Scene, people: Sequence[dict[str, str]]) -> Gallery:
    model = await scene.service.model()
    vectors = {person(row["person_id"]): await vectors_of(scene, photos(row, "gallery")) for row in people}
    return gallery_of(vectors, model.embedder.model_id, model.default_threshold)


def still(name: str) -> TrackDraft:
    face = Face.model_validate(
        {
            "box": {"left": 0, "top": 0, "right": 1, "bottom": 1},
            "landmarks": [(0, 0)] * 5,
            "score": 1,
            "side_px": 1,
            "sharpness": 1,
            "yaw": 0,
        }
    )
    sighting = Sighting(picture=name, at_ms=0, face=face)
    return TrackDraft(span=Span(start_ms=0, end_ms=1), sightings=(sighting,))


def f1(right: int, wrong: int, missed: int) -> float:
    return 2 * right / (2 * right + wrong + missed)


@pytest.mark.long
async def test_people_enrolled_by_one_neutral_photo_are_known_smiling(scene: Scene, shared: Path) -> None:
    people = rows(shared, "enrolled", "london")
    gallery = await enrolled(scene, people)
    calibrating = [name for row in rows(shared, "unknown-calibration", "") for name in photos(row, "probe")]
    strangers = [name for row in rows(shared, "unknown-test", "london") for name in photos(row, "probe")]
    threshold = calibrate(gallery, await vectors_of(scene, calibrating))
    assert threshold == pytest.approx(0.314, abs=0.02), "the reference measurement of these files"

    gallery = Gallery(gallery.model_id, gallery.people, gallery.centroids, threshold)
    probes = [name for row in people for name in photos(row, "probe")] + strangers
    decisions = decide([still(name) for name in probes], list(await vectors_of(scene, probes)), gallery)
    named = [decision.person_id for decision in decisions]
    right = sum(got == person(row["person_id"]) for got, row in zip(named, people, strict=False))
    missed = sum(got is None for got in named[: len(people)])
    assert (len(people), len(strangers)) == (80, 22)
    assert f1(right, len(people) - right - missed, len(people) - right) >= 0.99
    assert named[len(people) :] == [None] * len(strangers)


@dataclass(frozen=True)
class Sampled:
    pictures: list[tuple[str, int]]
    shots: list[Span]
    tiles: list[dict[str, tuple[float, ...]]]
    """For each picture: who is shown, and in which part of it (left, top, right, bottom in fractions)."""


def sample(shared: Path, store: Store) -> Sampled:
    truth = json.loads((shared / "faces/scenes/timeline.json").read_text())
    width, height = truth["width"], truth["height"]
    pictures, tiles = [], []
    with av.open(str(shared / "faces/scenes/timeline.mp4")) as video:
        for index, frame in enumerate(video.decode(video=0)):
            if index % EVERY:
                continue
            at_ms = round(frame.time * 1000)
            name = f"frames/timeline/{at_ms:09d}.jpg"
            with store.writing(name) as file:
                frame.to_image().save(file, "JPEG", quality=95)
            shown = next(s for s in truth["scenes"] if s["first_frame"] <= index <= s["last_frame"])["people"]
            pictures.append((name, at_ms))
            tiles.append({p["person_id"]: _fractions(p["box"], width, height) for p in shown})
    shots = [Span(start_ms=round(s["start"] * 1000), end_ms=round(s["end"] * 1000)) for s in truth["scenes"]]
    return Sampled(pictures, shots, tiles)


def _fractions(box: list[int], width: int, height: int) -> tuple[float, ...]:
    x, y, w, h = box
    return (x / width, y / height, (x + w) / width, (y + h) / height)


def shown_at(face: Face, tiles: dict[str, tuple[float, ...]]) -> str:
    x, y = (face.box.left + face.box.right) / 2, (face.box.top + face.box.bottom) / 2
    (who,) = [who for who, (left, top, right, bottom) in tiles.items() if left <= x < right and top <= y < bottom]
    return who


async def track_vectors(scene: Scene, tracks: Sequence[TrackDraft]) -> list[Matrix]:
    vectors = []
    for track in tracks:
        crops = [FaceCrop(picture=s.picture, landmarks=s.face.landmarks) for s in track.best(3)]
        answer = await scene.service.embed(EmbedFacesRequest(crops=crops))
        vectors.append(unit(unpack(answer.vectors).mean(axis=0)))
    return vectors


async def test_everybody_on_the_timeline_is_followed_and_named(scene: Scene, shared: Path) -> None:
    sampled = sample(shared, scene.store)
    found = await faces_of(scene, [name for name, _ in sampled.pictures])
    assert sum(len(faces) for faces in found) == 135

    sightings = [
        [Sighting(picture=name, at_ms=at_ms, face=face) for face in faces]
        for (name, at_ms), faces in zip(sampled.pictures, found, strict=True)
    ]
    tracks = link(sightings, sampled.shots, STEP_MS)
    tiles_at = {at_ms: tiles for (_, at_ms), tiles in zip(sampled.pictures, sampled.tiles, strict=True)}
    truths = [{shown_at(s.face, tiles_at[s.at_ms]) for s in track.sightings} for track in tracks]
    assert len(tracks) == sum(len(at) for at in (sampled.tiles[9 * n] for n in range(8))), "one track a person a scene"
    assert all(len(truth) == 1 for truth in truths), "one person a track"
    assert [track.span for track in tracks] == [
        shot for shot, n in zip(sampled.shots, range(8), strict=True) for _ in sampled.tiles[9 * n]
    ]

    people = rows(shared, "enrolled", "grid")
    decisions = decide(tracks, await track_vectors(scene, tracks), await enrolled(scene, people))
    known = {person(row["person_id"]): row["person_id"] for row in people}
    right = wrong = missed = 0
    for track, truth, decision in zip(tracks, truths, decisions, strict=True):
        got, seen = known.get(decision.person_id), len(track.sightings)
        (who,) = truth
        expected = who if who in known.values() else None
        right += seen * (got is not None and got == expected)
        wrong += seen * (got is not None and got != expected)
        missed += seen * (expected is not None and got != expected)
    assert right + missed == 117
    assert f1(right, wrong, missed) >= 0.98
    assert np.isfinite([decision.similarity for decision in decisions]).all()
