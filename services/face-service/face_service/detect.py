"""What detectors share: letterboxing in, grids of cells to boxes and landmarks, one face once, faces out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from face_service import align, quality
from kernel.contracts.faces import Box, Face
from kernel.pictures import Pixels

Floats = NDArray[np.float32]

# Copies of a picture in a square: their side, left and top edge as shares of the square's.
COPIES = ((1 / 2, 1 / 32, 1 / 32), (1 / 3, 5 / 8, 1 / 16), (1 / 4, 5 / 8, 5 / 8))
# Shorter side of a face that is looked for in the copies, as a share of the picture's longer side.
FILLS = 1 / 4


@dataclass(frozen=True)
class Found:
    """Faces in pixels: `boxes` [n, 4] left, top, right, bottom; `landmarks` [n, 5, 2]; `scores` [n] in 0..1."""

    boxes: Floats
    landmarks: Floats
    scores: Floats

    def take(self, chosen: NDArray[np.intp]) -> "Found":
        return Found(self.boxes[chosen], self.landmarks[chosen], self.scores[chosen])

    def scaled(self, factor: float) -> "Found":
        return Found(self.boxes * np.float32(factor), self.landmarks * np.float32(factor), self.scores)


def together(founds: Sequence[Found]) -> Found:
    return Found(
        np.concatenate([found.boxes for found in founds]),
        np.concatenate([found.landmarks for found in founds]),
        np.concatenate([found.scores for found in founds]),
    )


def letterboxed(picture: Pixels, side: int) -> tuple[Pixels, float]:
    """The picture in the upper left of a black square of `side`, and the factor from its pixels to the square's."""
    height, width = picture.shape[:2]
    factor = side / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    # Linear interpolation looks at four pixels only: below half size it would skip some.
    method = cv2.INTER_AREA if factor < 0.5 else cv2.INTER_LINEAR  # noqa: PLR2004
    square = np.zeros((side, side, 3), np.uint8)
    square[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=method)
    return square, factor


@dataclass(frozen=True)
class Place:
    """Where a copy of a picture lies in a square: `left`, `top`, `side` in its pixels, `factor` to them."""

    left: int
    top: int
    side: int
    factor: float

    def found(self, found: Found) -> Found:
        """The faces of this copy that fill much of it, in pixels of the picture."""
        corner = np.array([self.left, self.top], np.float32)
        boxes = found.boxes - np.tile(corner, 2)
        middles, sizes = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
        inside = ((middles >= 0) & (middles < self.side)).all(axis=1) & (sizes.min(axis=1) >= self.side * FILLS)
        mine = Found(boxes, found.landmarks - corner, found.scores)
        return mine.take(np.flatnonzero(inside)).scaled(1 / self.factor)


def from_afar(picture: Pixels, side: int) -> tuple[Pixels, list[Place]]:
    """A square with copies of the picture at a half, a third and a quarter of its side, black around them."""
    sheet = np.zeros((side, side, 3), np.uint8)
    places = []
    for share, left, top in COPIES:
        small, factor = letterboxed(picture, int(side * share))
        place = Place(int(side * left), int(side * top), len(small), factor)
        sheet[place.top : place.top + place.side, place.left : place.left + place.side] = small
        places.append(place)
    return sheet, places


def planes(square: Pixels) -> Floats:
    """`[1, 3, height, width]` float32, 0-255: a network's input. Four times faster than OpenCV's blobFromImage."""
    return np.ascontiguousarray(square.transpose(2, 0, 1)[None], dtype=np.float32)


@dataclass(frozen=True)
class Grid:
    """The cells one output of a network speaks of: squares of `stride` pixels in a square of `side` pixels."""

    side: int
    stride: int
    anchors: int = 1

    @lru_cache(maxsize=32)  # noqa: B019 - a handful of grids, each a few kilobytes
    def cells(self) -> Floats:
        """Column and row of every output, `[(side // stride)**2 * anchors, 2]`, row by row."""
        count = self.side // self.stride
        rows, columns = np.mgrid[:count, :count]
        grid = np.stack([columns, rows], axis=-1).reshape(-1, 2).astype(np.float32)
        return np.repeat(grid, self.anchors, axis=0)


def yunet(grid: Grid, outputs: Sequence[Floats], lowest: float) -> Found:
    """One stride of YuNet. Outputs: class and object score [n, 1], centre and log size [n, 4], landmarks [n, 10]."""
    cls, obj, boxes, landmarks = outputs
    scores: Floats = np.sqrt(np.clip(cls, 0, 1) * np.clip(obj, 0, 1)).reshape(-1)
    likely = np.flatnonzero(scores >= lowest)
    at = grid.cells()[likely]
    centres, halves = at + boxes[likely, :2], np.exp(boxes[likely, 2:]) / 2
    return Found(
        boxes=np.concatenate([centres - halves, centres + halves], axis=1) * grid.stride,
        landmarks=(at[:, None] + landmarks[likely].reshape(-1, 5, 2)) * grid.stride,
        scores=scores[likely],
    )


def scrfd(grid: Grid, outputs: Sequence[Floats], lowest: float) -> Found:
    """One stride of SCRFD. Outputs: score [n, 1], distances to the box's edges [n, 4], landmarks [n, 10]."""
    scores, edges, landmarks = outputs
    likely = np.flatnonzero(scores.reshape(-1) >= lowest)
    at, reach = grid.cells()[likely], edges[likely]
    return Found(
        boxes=np.concatenate([at - reach[:, :2], at + reach[:, 2:]], axis=1) * grid.stride,
        landmarks=(at[:, None] + landmarks[likely].reshape(-1, 5, 2)) * grid.stride,
        scores=scores.reshape(-1)[likely],
    )


def once(found: Found, overlap: float) -> Found:
    """Each face once, best score first: non-maximum suppression at intersection over union `overlap`."""
    left_top, sizes = found.boxes[:, :2], found.boxes[:, 2:] - found.boxes[:, :2]
    kept = cv2.dnn.NMSBoxes(np.hstack([left_top, sizes]).tolist(), found.scores.tolist(), 0.0, overlap)
    return found.take(np.asarray(kept, dtype=np.intp).reshape(-1))


def faces_in(picture: Pixels, found: Found) -> list[Face]:
    """What was found as faces on the wire: clipped, in fractions, measured. Boxes outside the picture are dropped."""
    height, width = picture.shape[:2]
    size = np.array([width, height], np.float32)
    boxes = np.clip(found.boxes / np.tile(size, 2), 0, 1)
    faces = []
    for box, points, score in zip(
        boxes.tolist(), (found.landmarks / size).tolist(), found.scores.tolist(), strict=True
    ):
        if box[2] > box[0] and box[3] > box[1]:
            faces.append(_face(picture, box, points, score))
    return faces


def _face(picture: Pixels, box: list[float], points: list[list[float]], score: float) -> Face:
    height, width = picture.shape[:2]
    left, top, right, bottom = box
    a, b, c, d, e = ((x, y) for x, y in points)
    landmarks = (a, b, c, d, e)
    return Face(
        box=Box(left=left, top=top, right=right, bottom=bottom),
        landmarks=landmarks,
        score=min(1.0, score),
        side_px=min((right - left) * width, (bottom - top) * height),
        sharpness=quality.sharpness(align.crop(picture, landmarks, align.ARCFACE)),
        yaw=quality.yaw(landmarks, width / height),
    )
