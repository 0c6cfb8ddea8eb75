"""A loaded text model: batching, checking what it answers."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from embed_service.texts import refuse_long
from kernel.contracts.errors import Language, ScenedeskError
from kernel.contracts.models import ModelCard
from kernel.inference.backend import Backend
from kernel.inference.batching import Batcher
from kernel.vectors import Matrix

BATCH = 32
TOLERANCE = 1e-3  # of a unit vector's length
SERVICE = "embed-service"


class BadVectorsError(ScenedeskError):
    """A model answered with vectors that must not be stored."""

    status = 500
    code = "bad_vectors"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The text model {model} gave vectors that can't be used: {reason}. Nothing was stored.",
        "ko": "텍스트 모델 {model}이(가) 사용할 수 없는 벡터를 냈습니다: {reason}. 아무것도 저장하지 않았습니다.",
    }


def checked(vectors: Matrix, count: int, card: ModelCard) -> Matrix:
    """The vectors, when they are `[count, dimension]`, finite and of unit length. Raises BadVectorsError."""
    if vectors.shape != (count, card.dimension):
        raise BadVectorsError(model=card.model_id, reason=f"{vectors.shape} instead of {(count, card.dimension)}")
    lengths = np.linalg.norm(vectors, axis=-1)
    if not np.all(np.abs(lengths - 1) < TOLERANCE):  # NaN and infinity fail this too
        raise BadVectorsError(model=card.model_id, reason="not all are finite and of unit length")
    return vectors


class Embedder:
    """One loaded model behind a batcher: texts of any callers share its calls."""

    def __init__(self, backend: Backend) -> None:
        self.card = backend.card
        self._backend = backend
        self._batcher: Batcher[str, Matrix] = Batcher(self._predict, service=SERVICE, batch=BATCH)

    def _predict(self, batch: list[str]) -> Sequence[Matrix]:
        # Checked a batch at a time: one bad answer refuses the calls that shared it, and nobody else's.
        return list(checked(np.asarray(self._backend.predict(batch)), len(batch), self.card))

    async def embed(self, texts: Sequence[str]) -> Matrix:
        """`[count, dimension]` float32 of unit length. Raises InvalidError, BusyError, BadVectorsError.

        Equal texts are embedded once. At most BATCH of a call wait at a time, so that a long call lets
        short ones through.
        """
        refuse_long(texts)
        distinct = list(dict.fromkeys(texts))
        rows: list[Matrix] = []
        for first in range(0, len(distinct), BATCH):
            rows += await self._batcher.submit(distinct[first : first + BATCH])
        found = dict(zip(distinct, rows, strict=True))
        if not found:
            return np.zeros((0, self.card.dimension or 0), dtype=np.float32)
        return np.stack([found[text] for text in texts])

    def close(self) -> None:
        self._batcher.close()
