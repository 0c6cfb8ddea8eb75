"""From names in the store to faces and vectors: open the pictures, ask the model."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

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
        self._callers = ThreadPoolExecutor(recogniser.callers, thread_name_prefix="face-model")

    def detect(self, names: list[str]) -> list[list[Face] | ScenedeskError]:
        return list(self._callers.map(self._detect, self._readers.map(self._open, names)))

    def embed(self, crops: list[FaceCrop]) -> list[Vector | ScenedeskError]:
        names = dict.fromkeys(crop.picture for crop in crops)
        opened = dict(zip(names, self._readers.map(self._open, names), strict=True))
        share = -(-len(crops) // self._recogniser.callers)
        parts = [crops[first : first + share] for first in range(0, len(crops), share)] if crops else []
        return list(chain.from_iterable(self._callers.map(lambda part: self._embed(opened, part), parts)))

    def _detect(self, picture: Pixels | ScenedeskError) -> list[Face] | ScenedeskError:
        return picture if isinstance(picture, ScenedeskError) else self._recogniser.detector.predict([picture])[0]

    def _embed(
        self, opened: Mapping[str, Pixels | ScenedeskError], crops: list[FaceCrop]
    ) -> list[Vector | ScenedeskError]:
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
        self._callers.shutdown()
        self._readers.shutdown()
