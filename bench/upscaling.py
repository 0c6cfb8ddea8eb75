"""Upscaling: references of small faces, as they are and enlarged, judged by clean photographs in one process.

Photographs: ../shared/data/faces/london; the gallery is each person's neutral photograph shrunk until the face is so
many pixels wide, the probe their smiling one at full size. Landmarks are those of the full photograph (fractions stay),
so only what the embedder sees differs. Ways: as it is, Lanczos times four (the peer), Real-ESRGAN's small network times
two and four; with --plus also its large network, whose minutes a face forbid more than a few people.
Prints JSON lines: for each size and way the nearest person's macro F1, the mean cosine of the same person, AUC of same
against different people, milliseconds a face of enlarging; at the end whether any way beats the picture as it is.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu

from face_service.backends import edge
from face_service.recogniser import Recogniser
from face_service.upscaling import realesrgan
from kernel.contracts.faces import Face, Point
from kernel.pictures import Pixels, read
from kernel.vectors import unit

LONDON = Path(__file__).parents[2] / "shared" / "data" / "faces" / "london"
SIZES = (24, 32, 40, 48, 64)
AROUND = 1.0  # of the face's width shown beside it, both sides together

Way = Callable[[Pixels], Pixels]
Rows = NDArray[np.float32]


def say(**words: Any) -> None:
    print(json.dumps(words), flush=True)


def cut(photo: Pixels, face: Face) -> tuple[Pixels, tuple[Point, ...], float]:
    """The square around a face, its landmarks as fractions of it, and how much of its width the face takes."""
    height, width = photo.shape[:2]
    side = round((face.box.right - face.box.left) * width * (1 + AROUND))
    middle = (face.box.left + face.box.right) / 2 * width, (face.box.top + face.box.bottom) / 2 * height
    left, top = round(middle[0] - side / 2), round(middle[1] - side / 2)
    padded = cv2.copyMakeBorder(photo, side, side, side, side, cv2.BORDER_REPLICATE)
    square = padded[top + side : top + 2 * side, left + side : left + 2 * side]
    points = tuple(((x * width - left) / side, (y * height - top) / side) for x, y in face.landmarks)
    return np.ascontiguousarray(square), points, 1 / (1 + AROUND)


def small(square: Pixels, share: float, size: int) -> Pixels:
    side = round(size / share)
    return np.asarray(cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def lanczos(picture: Pixels) -> Pixels:
    return np.asarray(cv2.resize(picture, None, fx=4, fy=4, interpolation=cv2.INTER_LANCZOS4), np.uint8)


def embedded(recogniser: Recogniser, pictures: list[Pixels], landmarks: list[Any]) -> Rows:
    crops = [recogniser.crops(picture, points) for picture, points in zip(pictures, landmarks, strict=True)]
    return unit(recogniser.embed(crops))


def figures(gallery: Rows, probes: Rows) -> dict[str, float]:
    scores = probes @ gallery.T
    same = np.eye(len(scores), dtype=bool)
    named = scores.argmax(axis=1)
    hits, answers = named == np.arange(len(named)), np.bincount(named, minlength=len(named))
    f1 = 2 * hits / (1 + answers)  # one probe a person
    auc = mannwhitneyu(scores[same], scores[~same]).statistic / (same.sum() * (~same).sum())
    return {
        "macro_f1": round(float(f1.mean()), 4),
        "cosine": round(float(scores[same].mean()), 4),
        "auc": round(float(auc), 5),
    }


def ways(*, plus: bool) -> dict[str, Way]:
    made: dict[str, Way] = {"as it is": lambda picture: picture, "lanczos x4": lanczos}
    networks: dict[str, realesrgan.Network] = {"real-esrgan small x2": "small_x2", "real-esrgan small x4": "small_x4"}
    if plus:
        networks["real-esrgan x4plus"] = "x4plus"
    for name, network in networks.items():
        upscaler = realesrgan.load(network, threads=1)
        made[name] = lambda picture, upscaler=upscaler: upscaler.predict([picture])[0]  # type: ignore[misc]
    return made


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--people", type=int, default=100)
    asked.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    asked.add_argument("--plus", action="store_true")
    options = asked.parse_args()
    if not LONDON.is_dir():
        say(figure="upscaling", skipped="no ../shared/data/faces beside this checkout")
        return 0
    cv2.setNumThreads(1)
    ours = edge.load(edge.Options(packs_dir=Path("none")))
    names = sorted(path.name for path in (LONDON / "neutral").glob("*.jpg"))[: options.people]
    names = [name for name in names if (LONDON / "smiling" / name).is_file()]
    squares = [_square(ours, LONDON / "neutral" / name) for name in names]
    smiling = [_square(ours, LONDON / "smiling" / name) for name in names]
    probes = embedded(ours, [square for square, _, _ in smiling], [points for _, points, _ in smiling])
    helps = False
    for size in options.sizes:
        told: dict[str, dict[str, float]] = {}
        for name, way in ways(plus=options.plus).items():
            shrunk = [small(square, share, size) for square, _, share in squares]
            began = time.perf_counter()
            enlarged = [way(picture) for picture in shrunk]
            spent = (time.perf_counter() - began) / len(shrunk) * 1000
            gallery = embedded(ours, enlarged, [points for _, points, _ in squares])
            told[name] = figures(gallery, probes)
            say(figure="upscaling", people=len(names), face_px=size, way=name, **told[name], ms_a_face=round(spent, 1))
        plain = told["as it is"]
        helps |= any(way["auc"] > plain["auc"] and way["macro_f1"] > plain["macro_f1"] for way in told.values())
    say(figure="upscaling, does any way beat the picture as it is at any size", helps=helps)
    return 0


def _square(recogniser: Recogniser, path: Path) -> tuple[Pixels, tuple[Point, ...], float]:
    photo = read(path)
    faces = recogniser.detector.predict([photo])[0]
    return cut(photo, max(faces, key=lambda face: face.box.width * face.box.height))


if __name__ == "__main__":
    sys.exit(main())
