"""InsightFace packs: SCRFD finds faces, ArcFace tells them apart. The most accurate here, not for commercial use.

Weights: `buffalo_l` (det_10g.onnx, w600k_r50.onnx; `scenedesk models pull buffalo_l`) or the directory of another pack:
the one detector and the one recogniser in it are found by their shapes, everything else is left alone. Files
known by name must have the pinned SHA-256. Licence of all of InsightFace's models: non-commercial research only.
Detector: input [1, 3, h, w] float32, RGB, (x - 127.5) / 128, the picture in the upper left of 640x640 and, for
faces that fill the picture, of 128x128; for each stride outputs scores [n, 1], distances [n, 4], landmarks [n, 10].
Embedder: input [n, 3, 112, 112] float32, RGB, (x - 127.5) / 127.5; output [n, 512]. Packs whose graph does
that itself (exports from MXNet) are not for this file.
Run by our own sessions, not by the insightface package: decision 0012.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from face_service.backends._arcface import ArcFace
from face_service.detect import Found, Grid, faces_in, letterboxed, once, planes, scrfd, together
from face_service.packs import BUFFALO_L, NON_COMMERCIAL_EN, NON_COMMERCIAL_KO
from face_service.recogniser import Options, Recogniser
from kernel.contracts.errors import Words
from kernel.contracts.faces import Face
from kernel.contracts.models import ModelCard
from kernel.inference.backend import BackendUnavailableError
from kernel.inference.onnx import callers, open_session
from kernel.inference.weights import digest
from kernel.pictures import Pixels

__all__ = ["Options", "load"]

SIDES = (640, 128)
LOWEST_SCORE, SAME_FACE_OVERLAP = 0.5, 0.4
# What InsightFace's own evaluation program starts with; not measured here.
THRESHOLD = 0.40

KNOWN = {file.name: file.sha256 for file in BUFFALO_L.files} | {
    "det_500m.onnx": "5e4447f50245bbd7966bd6c0fa52938c61474a04ec7def48753668a9d8b4ea3a",
    "w600k_mbf.onnx": "9cc6e4a75f0e2bf0b1aed94578f144d15175f357bdc05e815e5c4a02b319eb4f",
}
# Landmarks in 2-D and 3-D, sex and age: in most packs, of no use here, and large.
LEFT_ALONE = {"1k3d68.onnx", "2d106det.onnx", "genderage.onnx"}
# Number of outputs with landmarks: strides and anchors a cell (InsightFace, model_zoo/scrfd.py).
FAMILIES = {9: ((8, 16, 32), 2), 15: ((8, 16, 32, 64, 128), 1)}


class Part(NamedTuple):
    """A network of a pack."""

    path: Path
    sha256: str
    session: Any


class Scrfd:
    def __init__(self, session: Any, card: ModelCard) -> None:
        self._session, self.card = session, card
        (given,), made = session.get_inputs(), session.get_outputs()
        self._input, self._batched = given.name, len(made[0].shape) == 3  # noqa: PLR2004 - [1, n, 1] or [n, 1]
        self._strides, self._anchors = FAMILIES[len(made)]
        self._sides = (given.shape[2],) if isinstance(given.shape[2], int) else SIDES

    def predict(self, batch: list[Pixels]) -> list[list[Face]]:
        return [faces_in(picture, self._find(picture)) for picture in batch]

    def _find(self, picture: Pixels) -> Found:
        return once(together([self._at(picture, side) for side in self._sides]), SAME_FACE_OVERLAP)

    def _at(self, picture: Pixels, side: int) -> Found:
        square, factor = letterboxed(picture, side)
        tensor = (planes(square[:, :, ::-1]) - np.float32(127.5)) / np.float32(128)
        outputs = self._session.run(None, {self._input: tensor})
        outputs = [output[0] for output in outputs] if self._batched else outputs
        grids = [Grid(side, stride, self._anchors) for stride in self._strides]
        founds = [scrfd(grid, outputs[i :: len(grids)], LOWEST_SCORE) for i, grid in enumerate(grids)]
        return together(founds).scaled(1 / factor)


DETECTOR, EMBEDDER = Words("detector with landmarks", "특징점을 찾는 검출기"), Words("recogniser", "인식기")
PULL = f"scenedesk models pull {BUFFALO_L.name}"
REMEDY = Words(f"{PULL}, or set SCENEDESK_FACES__MODEL_DIR", f"{PULL}, 또는 SCENEDESK_FACES__MODEL_DIR 지정")


def load(options: Options) -> Recogniser:
    """Raises BackendUnavailableError when the directory is no such pack or a file in it was altered."""
    directory = options.model_dir or options.packs_dir / BUFFALO_L.name
    if not directory.is_dir():
        raise _refusal(Words(f"{directory} is not there", f"{directory} 폴더가 없습니다"))
    parts = [_open(path, options.device) for path in sorted(directory.glob("*.onnx")) if path.name not in LEFT_ALONE]
    detector = _only(DETECTOR, [part for part in parts if _detects(part.session)], directory)
    embedder = _only(EMBEDDER, [part for part in parts if _embeds(part.session)], directory)
    return Recogniser(
        Scrfd(detector.session, _card(detector)),
        ArcFace(embedder.session, _card(embedder)),
        THRESHOLD,
        callers=callers(options.device),
    )


def _open(path: Path, device: str) -> Part:
    sha256 = digest(path)
    if KNOWN.get(path.name, sha256) != sha256:
        raise _refusal(
            Words(f"{path} has another SHA-256 than the published one", f"{path}의 SHA-256이 공개된 값과 다릅니다")
        )
    try:
        return Part(path, sha256, open_session(path, device))
    except BackendUnavailableError:
        raise
    except Exception as error:
        raise _refusal(
            Words(f"{path} is no ONNX model that can be run", f"{path}은(는) 실행할 수 있는 ONNX 모델이 아닙니다")
        ) from error


def _detects(session: Any) -> bool:
    return len(session.get_inputs()) == 1 and len(session.get_outputs()) in FAMILIES


def _embeds(session: Any) -> bool:
    return len(session.get_outputs()) == 1 and [list(i.shape[1:]) for i in session.get_inputs()] == [[3, 112, 112]]


def _only(what: Words, parts: list[Part], directory: Path) -> Part:
    if len(parts) != 1:
        names = ", ".join(part.path.name for part in parts) or "-"
        en, ko = (
            f"{directory} must hold one {what}, and holds: {names}",
            f"{directory}에는 {what.ko}가 하나 있어야 하는데: {names}",
        )
        raise _refusal(Words(en, ko))
    return parts[0]


def _refusal(reason: Words) -> BackendUnavailableError:
    return BackendUnavailableError(
        backend="insightface",
        reason=reason,
        remedy=REMEDY,
    )


def _card(part: Part) -> ModelCard:
    return ModelCard(
        backend="insightface",
        model_id=f"{part.path.stem}@{part.sha256[:8]}",
        licence=BUFFALO_L.licence,
        source=f"InsightFace pack {part.path.parent.name}, {part.path.name}",
        notice_en=NON_COMMERCIAL_EN,
        notice_ko=NON_COMMERCIAL_KO,
    )
