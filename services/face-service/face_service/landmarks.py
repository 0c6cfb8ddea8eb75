"""Landmarks read a second time: several views of a face in one look of the detector, and what they agree on.

A small detector reads landmarks several pixels off where a face fills the picture or is small, and an embedder
takes a shifted crop for somebody else. Faces 80 pixels wide are read best, and the errors of different views are
different: their mean, each weighted by its score, is what a better detector would have read (decision 0013).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np

from face_service.align import ARCFACE, Landmarks, Points, similarity, warped
from face_service.detect import Found
from kernel.pictures import Pixels

Look = Callable[[Pixels], Found]
"""A detector's network: faces in a square of `SIDE` pixels, unlikely ones too."""

SIDE, TILE = 640, 160
TILES_A_ROW = SIDE // TILE
# An aligned crop shows a face about 85 pixels wide around this point; a view shows it 80 wide in the tile's middle.
FACE_IN_CROP, MIDDLE_OF_CROP = 85, (56.0, 62.0)
FACE_IN_TILE = 80
# A reading of 0.9 counts two and a half times one of 0.8.
TRUST = 8
# Left and right eye, and corners of the mouth, exchanged.
MIRRORED = [1, 0, 2, 4, 3]


@dataclass(frozen=True)
class View:
    """How an upright face is shown: scaled, turned, moved by fractions of its width, left and right exchanged."""

    scale: float = 1.0
    degrees: float = 0.0
    moved: float = 0.0
    mirrored: bool = False

    def matrix(self, upright: Points) -> Points:
        """`[2, 3]` from the picture to the tile; `upright` `[2, 3]` brings the face into an aligned crop."""
        zoom = self.scale * FACE_IN_TILE / FACE_IN_CROP
        along, across = zoom * cos(radians(self.degrees)), zoom * sin(radians(self.degrees))
        linear = np.array([[-along, -across] if self.mirrored else [along, across], [-across, along]])
        middle = (TILE - 1) / 2 + self.moved * FACE_IN_TILE
        return np.column_stack([linear @ upright[:, :2], linear @ (upright[:, 2] - MIDDLE_OF_CROP) + middle])


# Far apart in scale, since the first reading of a face that fills the picture may be half as large again as the face.
VIEWS = (
    View(),
    View(mirrored=True),
    View(scale=0.8, moved=0.04),
    View(scale=0.8, moved=-0.04, mirrored=True),
    View(scale=1.25, degrees=6),
    View(scale=1.25, degrees=-6, mirrored=True),
    View(scale=0.64),
    View(scale=1.5, mirrored=True),
    View(scale=1.06, degrees=3, moved=0.02, mirrored=True),
    View(scale=1.06, degrees=-3, moved=-0.02),
    View(scale=0.85, degrees=3, moved=-0.03, mirrored=True),
    View(scale=0.85, degrees=-3, moved=0.03),
    View(scale=1.32, degrees=9, mirrored=True),
    View(scale=1.32, degrees=-3),
    View(scale=0.68, degrees=3, mirrored=True),
    View(scale=1.6, moved=0.02),
)


@dataclass(frozen=True)
class SecondLook:
    """Reads the landmarks of one face again with `look`; a face that is not seen again keeps those it has.

    One face a look: what stands beside a view moves its landmarks, and a face would get another vector among others.
    """

    look: Look

    def __call__(self, picture: Pixels, landmarks: Landmarks) -> Landmarks:
        """In fractions of the picture's width and height. Raises LandmarksError when they lie in one point."""
        size = np.array(picture.shape[1::-1], np.float64)
        upright = similarity(np.asarray(landmarks, np.float64) * size, np.asarray(ARCFACE.points))
        matrices = [view.matrix(upright) for view in VIEWS]
        points = _agreed(self.look(_sheet(picture, matrices)), matrices)
        return landmarks if points is None else _five(points / size)


def _sheet(picture: Pixels, matrices: Sequence[Points]) -> Pixels:
    """`[SIDE, SIDE, 3]`: every view in its tile."""
    sheet = np.zeros((SIDE, SIDE, 3), np.uint8)
    for number, matrix in enumerate(matrices):
        left, top = _corner(number)
        sheet[top : top + TILE, left : left + TILE] = warped(picture, matrix, TILE)
    return sheet


def _corner(tile: int) -> tuple[int, int]:
    row, column = divmod(tile, TILES_A_ROW)
    return column * TILE, row * TILE


def _agreed(found: Found, matrices: Sequence[Points]) -> Points | None:
    """`[5, 2]` in pixels of the picture: the mean of what was read in each view, weighted by scores."""
    read, weights = [], []
    for number, (view, matrix) in enumerate(zip(VIEWS, matrices, strict=True)):
        best = _best(found, _corner(number))
        if best is not None:
            points = found.landmarks[best] - _corner(number)
            read.append(_back(matrix, points[MIRRORED] if view.mirrored else points))
            weights.append(float(found.scores[best]) ** TRUST)
    return np.asarray(np.average(read, axis=0, weights=weights)) if read else None


def _best(found: Found, corner: tuple[int, int]) -> int | None:
    """Index of the best face in the middle half of the tile at `corner`."""
    middles = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2 - corner
    inside = np.flatnonzero((np.abs(middles - TILE / 2) < TILE / 4).all(axis=1))
    return int(inside[found.scores[inside].argmax()]) if len(inside) else None


def _back(matrix: Points, points: Points) -> Points:
    return np.asarray((points - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T)


def _five(points: Points) -> Landmarks:
    a, b, c, d, e = ((x, y) for x, y in points.tolist())
    return a, b, c, d, e
