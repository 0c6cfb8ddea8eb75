"""How good a face is to recognise somebody by."""

from math import atan, pi

import cv2

from face_service.align import Landmarks
from kernel.pictures import Pixels

# How far the nose tip stands before the line between the eyes, in distances between the eyes (adults: 0.45-0.55).
NOSE_DEPTH = 0.5


def sharpness(crop: Pixels) -> float:
    """Variance of the Laplacian of an aligned crop, grey 0-255. Above about 150 is crisp, below 20 is a blur."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var())


def yaw(landmarks: Landmarks, aspect: float) -> float:
    """Turn of the head in -1..1, where 1 is 90 degrees towards the picture's right; roll does not matter.

    How far the nose has moved off the middle between the eyes, along the line through them. `aspect` is the
    picture's width over its height, for landmarks are fractions of each.
    """
    left, right, nose = (complex(x * aspect, y) for x, y in landmarks[:3])
    between = right - left
    if not abs(between):
        return 1.0
    off_middle = ((nose - (left + right) / 2) / between).real
    return atan(off_middle / NOSE_DEPTH) / (pi / 2)
