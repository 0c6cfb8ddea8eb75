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


@dataclass(frozen=True)
class Template:
    """Where landmarks lie in a square crop of `side` pixels.

    `points` are the first of: image-left eye, image-right eye, nose, mouth corners.
    """

    side: int
    points: tuple[Point, ...]


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
    matrix = similarity(found, np.asarray(template.points, dtype=np.float64))
    return np.asarray(cv2.warpAffine(picture, matrix, (template.side, template.side)), dtype=np.uint8)


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
