"""From names in the store to faces and vectors: open the pictures, ask the model."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from face_service.recogniser import Recogniser
from kernel import pictures
from kernel.contracts.errors import ScenedeskError
from kernel.contracts.faces import Face, FaceCrop
from kernel.pictures import Pixels
from kernel.store import Store

READERS = 2

Vector = NDArray[np.float32]


class Recognition:
    """A recogniser over a store. An item that can't be read is answered with its error, no other suffers."""

    def __init__(self, store: Store, recogniser: Recogniser) -> None:
        self._store, self._recogniser = store, recogniser
        # Decoding releases the interpreter, so the next pictures are opened while the model looks at this one.
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="face-pictures")

    def detect(self, names: list[str]) -> list[list[Face] | ScenedeskError]:
        detector = self._recogniser.detector
        opened = self._readers.map(self._open, names)
        return [found if isinstance(found, ScenedeskError) else detector.predict([found])[0] for found in opened]

    def embed(self, crops: list[FaceCrop]) -> Sequence[Vector | ScenedeskError]:
        names = dict.fromkeys(crop.picture for crop in crops)
        opened = dict(zip(names, self._readers.map(self._open, names), strict=True))
        aligned = [self._align(opened[crop.picture], crop) for crop in crops]
        vectors = iter(self._recogniser.embed([found for found in aligned if not isinstance(found, ScenedeskError)]))
        return [found if isinstance(found, ScenedeskError) else next(vectors) for found in aligned]

    def _open(self, name: str) -> Pixels | ScenedeskError:
        try:
            return pictures.read(self._store.path(name), name)
        except ScenedeskError as error:
            return error

    def _align(self, picture: Pixels | ScenedeskError, crop: FaceCrop) -> list[Pixels] | ScenedeskError:
        if isinstance(picture, ScenedeskError):
            return picture
        try:
            return self._recogniser.crops(picture, crop.landmarks)
        except ScenedeskError as error:
            return error

    def close(self) -> None:
        self._readers.shutdown()
