"""Opening pictures of the shared store."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from face_service.errors import PictureUnreadableError

Pixels = NDArray[np.uint8]
"""`[height, width, 3]`, BGR, 0-255."""


def read(path: Path, name: str) -> Pixels:
    """The picture called `name`, upright. Raises PictureUnreadableError.

    Decoded in memory: OpenCV's own reader refuses names outside the locale.
    """
    try:
        encoded = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise PictureUnreadableError(name=name) from error
    pixels = cv2.imdecode(encoded, cv2.IMREAD_COLOR) if encoded.size else None
    if pixels is None:
        raise PictureUnreadableError(name=name)
    return np.asarray(pixels, dtype=np.uint8)
