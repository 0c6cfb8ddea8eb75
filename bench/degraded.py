"""Degraded photographs: who is known, and whether strangers are named, as photographs get worse.

People of ../shared/data/faces/people.csv: 80 enrolled by one neutral photograph each, nearest person above the
threshold; 11 others calibrate it (the highest cosine of their undegraded photographs), 11 further ones must stay
unknown. Probes are photographs of 512 pixels, degraded as named. Macro F1 over the 80 members and "unknown"; a face
that is not found counts as unknown.
Peer, in the same run: the same networks with the detector's own landmarks, one look and one crop.
Prints one JSON line a degradation; fails when ours is short of the aim for clean, blur, turned, lit or covered.
"""

import csv
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from face_service.align import Landmarks
from face_service.backends import edge
from face_service.detect import faces_in
from face_service.recogniser import Recogniser
from kernel.contracts.faces import Face
from kernel.pictures import Pixels, read
from kernel.vectors import unit

FACES = Path(__file__).parents[2] / "shared" / "data" / "faces"
AIM, AIMED_AT = 0.995, ("clean", "blur", "turned", "lit", "covered")

Rows = NDArray[np.float32]
Detect = Callable[[Pixels], list[Face]]


def turned(photo: Pixels) -> Pixels:
    height, width = photo.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 30, 1)
    return np.asarray(cv2.warpAffine(photo, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def covered(photo: Pixels) -> Pixels:
    """From below the nose to below the chin, as a mask covers; faces stand alike in all of these photographs."""
    pixels = photo.copy()
    pixels[int(0.58 * len(photo)) : int(0.76 * len(photo)), int(0.3 * len(photo)) : int(0.7 * len(photo))] = 200
    return pixels


def compressed(photo: Pixels) -> Pixels:
    _, jpeg = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 5])
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)


def noisy(photo: Pixels) -> Pixels:
    grain = np.random.default_rng(int(photo[::37, ::41].sum())).normal(0, 40, photo.shape)
    return np.clip(photo + grain, 0, 255).astype(np.uint8)


def small(side: float) -> Callable[[Pixels], Pixels]:
    """So that the face, 170 of 512 pixels, is `side` wide."""
    return lambda photo: np.asarray(
        cv2.resize(photo, None, fx=side / 170, fy=side / 170, interpolation=cv2.INTER_AREA), np.uint8
    )


DEGRADED: dict[str, Callable[[Pixels], Pixels]] = {
    "clean": lambda photo: photo,
    "24 px": small(24),
    "40 px": small(40),
    "blur": lambda photo: np.asarray(cv2.GaussianBlur(photo, (0, 0), 6), np.uint8),
    "turned": turned,
    "lit": lambda photo: np.clip(photo * np.array([1.1, 0.35, 1.1]), 0, 255).astype(np.uint8),
    "covered": covered,
    "dark": lambda photo: (photo * 0.12).astype(np.uint8),
    "JPEG 5": compressed,
    "motion blur": lambda photo: np.asarray(cv2.blur(photo, (31, 1)), np.uint8),
    "noise": noisy,
}


@dataclass(frozen=True)
class People:
    """Who is enrolled, and the photographs: neutral ones, and smiling ones of everybody by role."""

    members: list[str]
    gallery: list[Pixels]
    probes: list[Pixels]
    calibrating: list[Pixels]
    strangers: list[Pixels]


def people() -> People:
    with (FACES / "people.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["person_id"].startswith("london")]
    known = [row for row in rows if row["role"] == "enrolled"]
    return People(
        members=[row["person_id"] for row in known],
        gallery=_photos(known, "gallery"),
        probes=_photos(known, "probe"),
        calibrating=_photos([row for row in rows if row["role"] == "unknown-calibration"], "probe"),
        strangers=_photos([row for row in rows if row["role"] == "unknown-test"], "probe"),
    )


def _photos(rows: list[dict[str, str]], column: str) -> list[Pixels]:
    return [read(FACES / name) for row in rows for name in row[column].split(";") if name]


@dataclass(frozen=True)
class Way:
    """Networks, and how they are used."""

    recogniser: Recogniser
    detect: Detect

    def vectors(self, photos: list[Pixels]) -> Rows:
        """Of the largest face of each; zeros where none was found, which are near to nobody."""
        found = [self._largest(photo) for photo in photos]
        crops = [self.recogniser.crops(photo, at) for photo, at in zip(photos, found, strict=True) if at is not None]
        rows = np.zeros((len(photos), self.recogniser.embedder.card.dimension or 0), np.float32)
        rows[[at is not None for at in found]] = unit(self.recogniser.embed(crops))
        return rows

    def _largest(self, photo: Pixels) -> Landmarks | None:
        faces = self.detect(photo)
        return max(faces, key=lambda face: face.box.height).landmarks if faces else None


def ways() -> dict[str, Way]:
    ours = edge.load(edge.Options(packs_dir=Path("none")))
    detector = ours.detector
    assert isinstance(detector, edge.YuNet)  # noqa: S101 - for the type checker
    plain = Recogniser(detector, ours.embedder, ours.default_threshold)
    return {
        "as the detector gives them": Way(plain, lambda photo: faces_in(photo, detector.at_once(photo))),
        "ours": Way(ours, lambda photo: detector.predict([photo])[0]),
    }


def macro_f1(truth: list[int], named: list[int]) -> float:
    """Over every label of `truth`."""
    right, true, said = np.array(truth) == np.array(named), np.array(truth), np.array(named)
    scores = [2 * right[true == who].sum() / ((true == who).sum() + (said == who).sum()) for who in sorted({*truth})]
    return float(np.mean(scores))


def main() -> int:
    if not FACES.is_dir():
        say(figure="degraded", skipped="no ../shared/data/faces beside this checkout")
        return 0
    everybody, short = people(), False
    galleries = {name: (way, way.vectors(everybody.gallery), 0.0) for name, way in ways().items()}
    galleries = {
        name: (way, gallery, float((way.vectors(everybody.calibrating) @ gallery.T).max()))
        for name, (way, gallery, _) in galleries.items()
    }
    for degradation, degrade in DEGRADED.items():
        probes = [degrade(photo) for photo in everybody.probes]
        strangers = [degrade(photo) for photo in everybody.strangers]
        for name, (way, gallery, threshold) in galleries.items():
            vectors = np.concatenate([way.vectors(probes), way.vectors(strangers)])
            told = _told(vectors @ gallery.T, threshold, len(probes))
            say(
                figure=f"degraded, {degradation}, {name}", found=int(vectors.any(axis=1).sum()), of=len(vectors), **told
            )
            short |= name == "ours" and degradation in AIMED_AT and told["member_macro_f1"] < AIM
    return int(short)


def _told(cosines: Rows, threshold: float, known: int) -> dict[str, float]:
    named = np.where(cosines.max(axis=1) > threshold, cosines.argmax(axis=1), -1).tolist()
    truth = [*range(known), *([-1] * (len(cosines) - known))]
    accepted = float(np.mean([who >= 0 for who in named[known:]]))
    return {"member_macro_f1": macro_f1(truth, named), "unknown_accepted": accepted, "threshold": threshold}


def say(**figure: Any) -> None:
    print(json.dumps({key: round(value, 4) if isinstance(value, float) else value for key, value in figure.items()}))


if __name__ == "__main__":
    sys.exit(main())
