"""Aligned crops: the face moved, turned and scaled so that its landmarks lie where the embedder expects them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from face_service.errors import LandmarksError
from kernel.contracts.faces import Point
from kernel.pictures import Pixels

Points = NDArray[np.float64]
"""`[count, 2]`: x, y."""

Landmarks = tuple[Point, Point, Point, Point, Point]

# Part of every embedder's id: vectors of crops made in another way, or of another length, are not compared with these.
REVISION = "align3"


@dataclass(frozen=True)
class Template:
    """Where landmarks lie in a square crop of `side` pixels.

    `points` are the first of: image-left eye, image-right eye, nose, mouth corners.
    """

    side: int
    points: tuple[Point, ...]

    def framed(self, scale: float, right: float, down: float) -> "Template":
        """The face scaled about the middle of the crop and moved by pixels."""
        middle = self.side / 2
        points = ((middle + (x - middle) * scale + right, middle + (y - middle) * scale + down) for x, y in self.points)
        return Template(self.side, tuple(points))


# InsightFace, recognition/arcface_mxnet/common/face_align.py: what every ArcFace-type model is trained on.
ARCFACE = Template(
    side=112,
    points=((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)),
)


def crop(picture: Pixels, landmarks: Landmarks, template: Template) -> Pixels:
    """`[side, side, 3]` BGR. `landmarks` in fractions of the picture; black where the face runs over its edge.

    Raises LandmarksError when the landmarks lie in one point.
    """
    height, width = picture.shape[:2]
    found = np.asarray(landmarks[: len(template.points)], dtype=np.float64) * (width, height)
    return warped(picture, similarity(found, np.asarray(template.points, dtype=np.float64)), template.side)


def warped(picture: Pixels, matrix: Points, side: int) -> Pixels:
    """`[side, side, 3]`: the picture under `matrix` `[2, 3]`, black where there is none.

    Linear interpolation looks at four pixels only: what is shown is first averaged where it shrinks below half.
    """
    every = int(min(1 / max(np.hypot(*matrix[:, 0]), 1e-3), 64))
    if every > 1:
        picture, matrix = _averaged(picture, matrix, side, every)
    return np.asarray(cv2.warpAffine(picture, matrix, (side, side)), dtype=np.uint8)


def _averaged(picture: Pixels, matrix: Points, side: int, every: int) -> tuple[Pixels, Points]:
    """The part of the picture that is shown, one pixel for `every` by `every`, and the matrix from it."""
    linear, shift = matrix[:, :2], matrix[:, 2]
    corners = (np.array([(0, 0), (side, 0), (0, side), (side, side)]) - shift) @ np.linalg.inv(linear).T
    limit = np.array(picture.shape[1::-1])
    first = np.clip(np.floor(corners.min(axis=0)) - every, 0, limit).astype(int)
    count = (np.clip(np.ceil(corners.max(axis=0)) + every, 0, limit).astype(int) - first) // every
    if not count.all():
        return picture, matrix
    (left, top), (right, bottom) = first, first + count * every
    small = cv2.resize(picture[top:bottom, left:right], count.tolist(), interpolation=cv2.INTER_AREA)
    # The middle of the first averaged pixel lies in the middle of the pixels it stands for.
    middle = first + (every - 1) / 2
    return np.asarray(small, dtype=np.uint8), np.column_stack([linear * every, linear @ middle + shift])


def similarity(source: Points, target: Points) -> Points:
    """The `[2, 3]` matrix of scale, rotation and shift that brings `source` nearest to `target` (least squares).

    In the plane a similarity is one complex multiplication and one addition, so this is linear regression.
    Raises LandmarksError when all of `source` is one point.
    """
    a, b = source @ (1, 1j), target @ (1, 1j)
    centred = a - a.mean()
    spread = np.vdot(centred, centred).real
    if not spread > 1e-12:  # noqa: PLR2004 - a millionth of a pixel; NaN does not pass either
        raise LandmarksError
    turn = np.vdot(centred, b - b.mean()) / spread
    shift = b.mean() - turn * a.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
