"""ArcFace-type embedders as ONNX: 112x112 crops in, unit vectors out."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from face_service.align import ARCFACE, REVISION
from kernel.contracts.models import ModelCard
from kernel.pictures import Pixels
from kernel.vectors import unit

# On a CPU a batch is no faster than its crops one by one; more only takes memory.
CROPS_A_RUN = 16


class ArcFace:
    """Input [n, 3, 112, 112] float32, RGB, (x - 127.5) / 127.5. Output [n, dimension] float32, scaled to length 1."""

    template = ARCFACE

    def __init__(self, session: Any, card: ModelCard) -> None:
        self._session = session
        (given,), (made,) = session.get_inputs(), session.get_outputs()
        self._input, self._fixed = given.name, given.shape[0] == 1
        told = {"dimension": made.shape[1], "model_id": f"{card.model_id}+{REVISION}"}
        self.card = card.model_copy(update=told)

    def predict(self, batch: list[Pixels]) -> NDArray[np.float32]:
        step = 1 if self._fixed else CROPS_A_RUN
        rows = [self._run(batch[first : first + step]) for first in range(0, len(batch), step)]
        return unit(np.concatenate(rows)) if rows else np.zeros((0, self.card.dimension or 0), np.float32)

    def _run(self, crops: list[Pixels]) -> NDArray[np.float32]:
        tensor = cv2.dnn.blobFromImages(crops, 1 / 127.5, mean=(127.5, 127.5, 127.5), swapRB=True)
        (rows,) = self._session.run(None, {self._input: tensor})
        return np.asarray(rows, dtype=np.float32)
