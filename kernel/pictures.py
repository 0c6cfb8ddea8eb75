"""Opening pictures of the shared store."""

from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from kernel.contracts.errors import Language, ScenedeskError

Pixels = NDArray[np.uint8]
"""`[height, width, 3]`, BGR, 0-255."""


class PictureUnreadableError(ScenedeskError):
    """A named picture is not in the store, or is no picture."""

    status = 422
    code = "picture_unreadable"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The picture {name} can't be read from the shared store.",
        "ko": "공유 저장소에서 사진을 읽을 수 없습니다: {name}",
    }


def read(path: Path, name: str | None = None) -> Pixels:
    """The picture, upright; an error calls it `name`. Raises PictureUnreadableError.

    Decoded in memory: OpenCV's own reader refuses names outside the locale.
    """
    try:
        encoded = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise PictureUnreadableError(name=name or path.name) from error
    pixels = cv2.imdecode(encoded, cv2.IMREAD_COLOR) if encoded.size else None
    if pixels is None:
        raise PictureUnreadableError(name=name or path.name)
    return np.asarray(pixels, dtype=np.uint8)
