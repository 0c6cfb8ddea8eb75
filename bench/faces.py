"""Faces: a decision a track against a decision a frame, with the same weights, on the same video, in this process.

Peer: what a plain FaceAnalysis loop does - detect and embed every face on every frame, name each on its own.
Ours: five pictures a second through the store, faces linked to tracks, the best three crops of a track embedded.
Prints JSON lines: embeddings and CPU seconds (user and system) of both, their ratios with the aims, and how many of
the (person, shot) pairs that were truly on screen each found.
"""

import json
import resource
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import av
import cv2
import numpy as np

from face_service import align
from face_service.backends import edge
from face_service.recogniser import Recogniser
from face_service.recognition import Recognition
from gateway.people.matching import Gallery, gallery_of
from gateway.pipeline.identify import decide
from gateway.pipeline.tracks import Sighting, link
from kernel.contracts.errors import ScenedeskError
from kernel.contracts.faces import FaceCrop
from kernel.contracts.time import Span
from kernel.pictures import Pixels, read
from kernel.store import Store
from kernel.vectors import unit

FACES = Path(__file__).parents[2] / "shared" / "data" / "faces"
SAMPLE_FPS, CROPS = 5, 3
AIMS = {"embeddings": 1 / 3, "cpu": 0.4, "recall": 0.99}

Shown = set[tuple[int, UUID]]
"""(number of the shot, person)."""


@dataclass(frozen=True)
class Outcome:
    """What one way of naming faces cost and found."""

    embeddings: int
    named: Shown


@dataclass(frozen=True)
class Footage:
    """A video with its shots and who is truly in each; of those in the gallery."""

    path: Path
    fps: int
    shots: list[Span]
    shown: Shown

    def frames(self) -> Iterator[tuple[int, Any]]:
        with av.open(str(self.path)) as video:
            yield from enumerate(video.decode(video=0))

    def shot_at(self, at_ms: int) -> int:
        return next(number for number, shot in enumerate(self.shots) if shot.contains(at_ms))


def person(name: str) -> UUID:
    return uuid5(UUID(int=0), name)


def footage() -> Footage:
    truth = json.loads((FACES / "scenes/timeline.json").read_text())
    shots = [Span(start_ms=round(s["start"] * 1000), end_ms=round(s["end"] * 1000)) for s in truth["scenes"]]
    shown = {
        (number, person(p["person_id"].removeprefix("grid-")))
        for number, scene in enumerate(truth["scenes"])
        for p in scene["people"]
        if p["group"] != "UNKNOWN"
    }
    return Footage(FACES / "scenes/timeline.mp4", truth["fps"], shots, shown)


def enrolled(recogniser: Recogniser) -> Gallery:
    vectors: dict[UUID, list[Any]] = {}
    for photo in sorted((FACES / "grid/gallery").glob("*.jpg")):
        vectors.setdefault(person(photo.stem[:3]), []).append(_embedded(recogniser, read(photo, photo.name))[0])
    stacked = {who: np.stack(theirs) for who, theirs in vectors.items()}
    return gallery_of(stacked, recogniser.embedder.card.model_id, recogniser.default_threshold)


def _embedded(recogniser: Recogniser, picture: Pixels) -> Any:
    faces = recogniser.detector.predict([picture])[0]
    return recogniser.embedder.predict([align.crop(picture, f.landmarks, recogniser.embedder.template) for f in faces])


def every_frame(recogniser: Recogniser, gallery: Gallery, video: Footage) -> Outcome:
    embeddings, named = 0, set()
    for _, frame in video.frames():
        vectors = _embedded(recogniser, frame.to_ndarray(format="bgr24"))
        embeddings += len(vectors)
        similarities = vectors @ gallery.centroids.T
        shot = video.shot_at(round(frame.time * 1000))
        named |= {(shot, gallery.people[row.argmax()]) for row in similarities if row.max() > gallery.threshold}
    return Outcome(embeddings, named)


def by_tracks(recogniser: Recogniser, gallery: Gallery, video: Footage) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        recognition = Recognition(store, recogniser)
        pictures = list(_sampled(video, store))
        found = [_answer(faces) for faces in recognition.detect([name for name, _ in pictures])]
        sightings = [
            [Sighting(picture=name, at_ms=at_ms, face=face) for face in faces]
            for (name, at_ms), faces in zip(pictures, found, strict=True)
        ]
        tracks = link(sightings, video.shots, 1000 // SAMPLE_FPS)
        best = [track.best(CROPS) for track in tracks]
        crops = [FaceCrop(picture=s.picture, landmarks=s.face.landmarks) for chosen in best for s in chosen]
        rows = iter([_answer(vector) for vector in recognition.embed(crops)])
        recognition.close()
    means = [unit(np.mean([next(rows) for _ in chosen], axis=0)) if chosen else None for chosen in best]
    pairs = zip(tracks, decide(tracks, means, gallery), strict=True)
    named = {(video.shot_at(track.span.start_ms), who.person_id) for track, who in pairs if who.person_id}
    return Outcome(len(crops), named)


def _sampled(video: Footage, store: Store) -> Iterator[tuple[str, int]]:
    for index, frame in video.frames():
        if index % (video.fps // SAMPLE_FPS) == 0:
            at_ms = round(frame.time * 1000)
            name = f"{at_ms:09d}.jpg"
            _, jpeg = cv2.imencode(".jpg", frame.to_ndarray(format="bgr24"), [cv2.IMWRITE_JPEG_QUALITY, 92])
            store.path(name).write_bytes(jpeg.tobytes())
            yield name, at_ms


def _answer(outcome: Any) -> Any:
    if isinstance(outcome, ScenedeskError):
        raise outcome
    return outcome


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def timed(work: Callable[[], Outcome]) -> tuple[Outcome, float]:
    before = cpu_s()
    return work(), cpu_s() - before


def say(**figure: Any) -> None:
    print(json.dumps(figure))


def main() -> None:
    if not FACES.is_dir():
        say(figure="faces", skipped="no ../shared/data/faces beside this checkout")
        return
    recogniser = edge.load(edge.Options(packs_dir=Path("none")))
    gallery, video = enrolled(recogniser), footage()
    outcomes = {}
    for name, way in (("every frame", every_frame), ("tracks", by_tracks)):
        outcome, cpu = timed(lambda way=way: way(recogniser, gallery, video))  # type: ignore[misc]
        found, false = len(outcome.named & video.shown), len(outcome.named - video.shown)
        outcomes[name] = {"embeddings": outcome.embeddings, "cpu": cpu, "recall": found / len(video.shown)}
        say(figure=f"faces, {name}", cpu_s=round(cpu, 2), embeddings=outcome.embeddings, found=found, false=false)
    peer, ours = outcomes["every frame"], outcomes["tracks"]
    for what, aim in AIMS.items():
        ratio = ours[what] / peer[what]
        met = ratio >= aim if what == "recall" else ratio <= aim
        say(figure=f"faces, {what} against every frame", ratio=round(ratio, 3), aim=round(aim, 3), met=met)


if __name__ == "__main__":
    main()
