"""YOLOX-Nano: the object detector that stands beside every captioner.

Weights: yolox_nano.onnx, 3.7 MB, 0.9 M parameters, trained by Megvii on COCO 2017, exported by Kazuhito00
(see `packs.py`). Licence: Apache-2.0. Chosen over detectors under AGPL: decision 0022.
Input `images`: [1, 3, 416, 416] float32, BGR, 0-255, the picture in the upper left on grey 114.
Output: [1, 3549, 85] float32; a row is one cell of a grid of stride 8, 16 or 32: box centre and log size
relative to the cell, objectness, then 80 class probabilities.
"""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from caption_service.coco import THINGS
from caption_service.packs import YOLOX_NANO
from caption_service.scene import Detection
from kernel.contracts.faces import Box
from kernel.contracts.models import ModelCard
from kernel.inference.onnx import open_session
from kernel.pictures import Pixels

SIDE, GREY = 416, 114
STRIDES = (8, 16, 32)
LOWEST_SCORE = 0.3
SAME_OBJECT_OVERLAP = 0.45

Floats = NDArray[np.float32]


class Detector:
    """`predict` takes pictures `[height, width, 3]` BGR and gives each one's detections, surest first."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._cells, self._strides = _grid()
        self.card = ModelCard(
            backend="yolox",
            model_id=f"{YOLOX_NANO.name}@{YOLOX_NANO.files[0].sha256[:8]}",
            licence=YOLOX_NANO.licence,
            source=YOLOX_NANO.source,
        )

    def predict(self, batch: list[Pixels]) -> list[list[Detection]]:
        return [self._detect(picture) for picture in batch]

    def _detect(self, picture: Pixels) -> list[Detection]:
        tensor, scale = _letterboxed(picture)
        (rows,) = self._session.run(None, {"images": tensor})
        height, width = picture.shape[:2]
        drawn = np.array([width, height, width, height], np.float32) * np.float32(scale)
        fractions: Floats = np.clip(self._corners(rows[0]) / drawn, 0, 1)
        return _distinct(fractions, rows[0][:, 4:5] * rows[0][:, 5:])

    def _corners(self, rows: Floats) -> Floats:
        """Rows' boxes as left, top, right, bottom in pixels of the 416x416 input."""
        centres = (rows[:, :2] + self._cells) * self._strides
        halves = np.exp(rows[:, 2:4]) * self._strides / 2
        return np.concatenate([centres - halves, centres + halves], axis=1)


def load(directory: Path, device: str = "cpu") -> Detector:
    """Raises BackendUnavailableError without ONNX Runtime. The pack has been found and checked by the caller."""
    return Detector(open_session(directory / YOLOX_NANO.files[0].name, device))


def _grid() -> tuple[Floats, Floats]:
    """Per output row: the cell's column and row `[3549, 2]`, and its stride in pixels `[3549, 1]`."""
    cells, strides = [], []
    for stride in STRIDES:
        side = SIDE // stride
        rows, columns = np.mgrid[:side, :side]
        cells.append(np.stack([columns, rows], axis=-1).reshape(-1, 2))
        strides.append(np.full((side * side, 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(strides).astype(np.float32)


def _letterboxed(picture: Pixels) -> tuple[Floats, float]:
    """The network's input, and how much the picture was scaled to fit it."""
    height, width = picture.shape[:2]
    scale = min(SIDE / height, SIDE / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    canvas = np.full((SIDE, SIDE, 3), GREY, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    return canvas.transpose(2, 0, 1)[None].astype(np.float32), scale


def _distinct(boxes: Floats, scores: Floats) -> list[Detection]:
    """One detection per object: non-maximum suppression within each class. Boxes are fractions."""
    classes, best = scores.argmax(axis=1), scores.max(axis=1)
    likely = best >= LOWEST_SCORE
    boxes, classes, best = boxes[likely], classes[likely], best[likely]
    if not len(boxes):
        return []
    corners_to_size = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxesBatched(
        corners_to_size.tolist(), best.tolist(), classes.tolist(), LOWEST_SCORE, SAME_OBJECT_OVERLAP
    )
    order = sorted((int(index) for index in kept), key=lambda index: -best[index])
    return [_detection(boxes[index], THINGS[classes[index]].label, float(best[index])) for index in order]


def _detection(box: Floats, label: str, score: float) -> Detection:
    left, top, right, bottom = (float(edge) for edge in box)
    return Detection(label=label, score=min(1.0, score), box=Box(left=left, top=top, right=right, bottom=bottom))
