"""Faces: a decision a track against a decision a frame, with the same weights, on the same video, in this process.

Peers: what a plain FaceAnalysis loop does - detect and embed every face on every frame, name each on its own - in
plain code, and by `insightface.app.FaceAnalysis` itself: its `get()` and its ArcFaceONNX, called frame by frame.
FaceAnalysis can't load YuNet, so its detector is an adapter with the interface of its own around the same YuNet file,
and its ArcFaceONNX is opened on the same EdgeFace file, one thread like ours. For that peer:
    pip install --no-deps insightface==2.1 && pip install onnx tqdm requests scipy scikit-image matplotlib
(--no-deps, since it would bring a second OpenCV over the headless one). Without it, its line says that it was skipped.
Ours: five pictures a second through the store, faces linked to tracks, the best three crops of a track embedded.
Prints JSON lines: embeddings, seconds, CPU seconds (user and system) and faces a second (faces truly on screen on
all frames of the video over seconds) of each, F1 over the (person, shot) pairs truly on screen, ratios with aims.
"""

import asyncio
import contextlib
import importlib
import io
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
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
from gateway.identity.matching import Gallery, gallery_of
from gateway.pipeline.changes import one_person_each
from gateway.pipeline.identify import decide
from gateway.pipeline.tracks import Sighting, link
from kernel.contracts.errors import ScenedeskError
from kernel.contracts.faces import FaceCrop
from kernel.contracts.time import Span
from kernel.inference.onnx import open_session
from kernel.pictures import Pixels, read
from kernel.store import Store
from kernel.vectors import unit

FACES = Path(__file__).parents[2] / "shared" / "data" / "faces"
SAMPLE_FPS, CROPS = 5, 3
AIMS = {"embeddings": 1 / 3, "cpu": 0.4, "recall": 0.99}
FASTER_THAN_FACE_ANALYSIS = 3.0

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
    faces: int
    """Truly on screen, counted on every frame."""

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
    faces = sum(len(s["people"]) * (s["last_frame"] - s["first_frame"] + 1) for s in truth["scenes"])
    return Footage(FACES / "scenes/timeline.mp4", truth["fps"], shots, shown, faces)


Embed = Callable[[Pixels], Any]
"""A picture to the vectors of its faces, `[count, dimension]`."""


def enrolled(recogniser: Recogniser, embed: Embed) -> Gallery:
    vectors: dict[UUID, list[Any]] = {}
    for photo in sorted((FACES / "grid/gallery").glob("*.jpg")):
        vectors.setdefault(person(photo.stem[:3]), []).append(embed(read(photo, photo.name))[0])
    stacked = {who: np.stack(theirs) for who, theirs in vectors.items()}
    return gallery_of(stacked, recogniser.embedder.card.model_id, recogniser.default_threshold)


def plain(recogniser: Recogniser) -> Embed:
    """Detect, align by the detector's landmarks, embed."""

    def embed(picture: Pixels) -> Any:
        faces = recogniser.detector.predict([picture])[0]
        template = recogniser.embedder.template
        return recogniser.embedder.predict([align.crop(picture, face.landmarks, template) for face in faces])

    return embed


def looked_at_twice(recogniser: Recogniser) -> Embed:
    """As the product embeds."""

    def embed(picture: Pixels) -> Any:
        faces = recogniser.detector.predict([picture])[0]
        return unit(recogniser.embed([recogniser.crops(picture, face.landmarks) for face in faces]))

    return embed


class YuNetForFaceAnalysis:
    """What FaceAnalysis asks of its detection model, answered by YuNet."""

    taskname, input_size = "detection", (640, 640)

    def __init__(self, yunet: edge.YuNet) -> None:
        self._yunet = yunet

    def detect(self, img: Pixels, *_: Any, **__: Any) -> tuple[Any, Any]:
        found = self._yunet.at_once(img)
        return np.hstack([found.boxes, found.scores[:, None]]), found.landmarks


def face_analysis(recogniser: Recogniser) -> Embed:
    """FaceAnalysis around the same weights. Raises ImportError when insightface is not installed."""
    with contextlib.redirect_stdout(io.StringIO()):
        analysis = importlib.import_module("insightface.app").FaceAnalysis
        arcface = importlib.import_module("insightface.model_zoo.arcface_onnx").ArcFaceONNX
        app = analysis.__new__(analysis)
        weights = str(FACES / "models/edge/rec_edgeface_xs.onnx")
        app.det_model = YuNetForFaceAnalysis(recogniser.detector)  # type: ignore[arg-type]
        recognition = arcface(weights, session=open_session(Path(weights)))
        # It guesses the normalisation from the graph's first nodes; EdgeFace wants ArcFace's.
        recognition.input_mean = recognition.input_std = 127.5
        app.addons = {}
        app.models = {"detection": app.det_model, "recognition": recognition}
    empty = np.zeros((0, recogniser.embedder.card.dimension or 0), np.float32)

    def embed(picture: Pixels) -> Any:
        faces = app.get(picture)
        return np.stack([face.normed_embedding for face in faces]) if faces else empty

    return embed


def every_frame(embed: Embed, gallery: Gallery, video: Footage) -> Outcome:
    embeddings, named = 0, set()
    for _, frame in video.frames():
        vectors = embed(frame.to_ndarray(format="bgr24"))
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
        linked = link(sightings, video.shots, 1000 // SAMPLE_FPS)
        seen: dict[FaceCrop, Any] = {}

        async def see(chosen: Sequence[Sighting]) -> Any:
            crops = [FaceCrop(picture=s.picture, landmarks=s.face.landmarks) for s in chosen]
            new = [crop for crop in dict.fromkeys(crops) if crop not in seen]
            seen.update(zip(new, map(_answer, recognition.embed(new)), strict=True))
            return np.stack([seen[crop] for crop in crops])

        tracks = asyncio.run(one_person_each(linked, CROPS, recogniser.default_threshold, see))
        best = [track.best(CROPS) for track in tracks]
        means = [unit(np.mean(asyncio.run(see(chosen)), axis=0)) if chosen else None for chosen in best]
        recognition.close()
    pairs = zip(tracks, decide(tracks, means, gallery), strict=True)
    named = {(video.shot_at(track.span.start_ms), who.person_id) for track, who in pairs if who.person_id}
    return Outcome(len(seen), named)


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


def timed(work: Callable[[], Outcome]) -> tuple[Outcome, float, float]:
    """What came of it, seconds, CPU seconds."""
    began, before = time.perf_counter(), cpu_s()
    return work(), time.perf_counter() - began, cpu_s() - before


def say(**figure: Any) -> None:
    print(json.dumps(figure))


def main() -> None:
    if not FACES.is_dir():
        say(figure="faces", skipped="no ../shared/data/faces beside this checkout")
        return
    recogniser, video = edge.load(edge.Options(packs_dir=Path("none"))), footage()
    peer = _told("every frame", _peer(recogniser, plain(recogniser), video), video)
    ours = _told("tracks", _ours(recogniser, video), video)
    for what, aim in AIMS.items():
        ratio = ours[what] / peer[what]
        met = ratio >= aim if what == "recall" else ratio <= aim
        say(figure=f"faces, {what} against every frame", ratio=round(ratio, 3), aim=round(aim, 3), met=met)
    try:
        analysis = face_analysis(recogniser)
    except ImportError as missing:
        say(figure="faces, FaceAnalysis", skipped=f"{missing.name} is not installed; see this file")
        return
    peer = _told("FaceAnalysis", _peer(recogniser, analysis, video), video)
    faster, aim = ours["faces_s"] / peer["faces_s"], FASTER_THAN_FACE_ANALYSIS
    met = faster >= aim and ours["f1"] >= peer["f1"]
    less = peer["cpu"] / ours["cpu"]
    say(
        figure="faces, faces a second against FaceAnalysis",
        ratio=round(faster, 2),
        by_cpu=round(less, 2),
        aim=aim,
        met=met,
    )


def _peer(recogniser: Recogniser, embed: Embed, video: Footage) -> Callable[[], Outcome]:
    gallery = enrolled(recogniser, embed)
    return lambda: every_frame(embed, gallery, video)


def _ours(recogniser: Recogniser, video: Footage) -> Callable[[], Outcome]:
    gallery = enrolled(recogniser, looked_at_twice(recogniser))
    return lambda: by_tracks(recogniser, gallery, video)


def _told(name: str, way: Callable[[], Outcome], video: Footage) -> dict[str, float]:
    outcome, seconds, cpu = timed(way)
    found, false = len(outcome.named & video.shown), len(outcome.named - video.shown)
    f1, faces_s = 2 * found / (found + false + len(video.shown)), video.faces / seconds
    say(
        figure=f"faces, {name}",
        seconds=round(seconds, 2),
        cpu_s=round(cpu, 2),
        embeddings=outcome.embeddings,
        faces_s=round(faces_s, 1),
        found=found,
        false=false,
        f1=round(f1, 4),
    )
    recall = found / len(video.shown)
    return {"embeddings": outcome.embeddings, "cpu": cpu, "recall": recall, "f1": f1, "faces_s": faces_s}


if __name__ == "__main__":
    main()
