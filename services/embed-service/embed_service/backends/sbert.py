"""Any sentence-transformers model, by hub name or local directory.

The documented choice is `bongsoo/kpf-sbert-128d-v1`: kpf-bert, mean pooling, Dense 768 to 128 with Tanh, about
460 MB; no licence is stated on its card. It cuts texts at 72 word pieces, silently (a caption is 10 to 40). It was
trained for similarity of sentences, not for retrieval. Better for Korean retrieval (MTEB-ko, NDCG@10):
`nlpai-lab/KURE-v1` .695 (1024-d, MIT), `BAAI/bge-m3` .687 (1024-d, MIT); `google/embeddinggemma-300m` where 128
dimensions are wanted (Gemma terms). Weights come from the model's page on the hub, under the licence said there.

Input: a list of texts; what is longer than the model's own limit is cut by it. Output: float32
`[count, dimension]`, scaled to unit length here, since not every model ends with a Normalize module.
Needs torch and sentence-transformers: `pip install 'scenedesk[hub]'`.
"""

import hashlib
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from kernel.contracts.errors import Words
from kernel.contracts.models import ModelCard
from kernel.inference.backend import BackendUnavailableError, not_installed, unreadable
from kernel.vectors import Matrix, unit

DOCUMENTED = "bongsoo/kpf-sbert-128d-v1"


class Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = DOCUMENTED
    device: str = "cpu"
    offline: bool = False


class Sbert:
    def __init__(self, options: Options) -> None:
        self._model = _open(options)
        dimension = int(self._model.get_embedding_dimension())
        cut = getattr(self._model, "max_seq_length", None)
        self.card = ModelCard(
            backend="sbert",
            model_id=_identity(options.model, self._model),
            licence="see the model's page",
            source=options.model,
            dimension=dimension,
            notice_en=f"This model reads the first {cut} word pieces of a text." if cut else None,
            notice_ko=f"이 모델은 문장의 앞 {cut}개 조각까지만 읽습니다." if cut else None,
        )

    def predict(self, batch: list[str]) -> Matrix:
        """Texts to `[count, dimension]` float32 of unit length."""
        if not batch:
            return np.zeros((0, self.card.dimension or 0), dtype=np.float32)
        texts = [unicodedata.normalize("NFC", text) for text in batch]
        encoded = self._model.encode(texts, batch_size=32, convert_to_numpy=True, show_progress_bar=False)
        return unit(np.asarray(encoded, dtype=np.float32))


REMEDY = Words(
    "set SCENEDESK_EMBEDDING__MODEL to a model's directory, or to its name while a hub can be reached",
    "SCENEDESK_EMBEDDING__MODEL에 모델 폴더를, 허브에 연결된 동안이면 모델 이름을 지정",
)


def load(options: Options) -> Sbert:
    return Sbert(options)


def _open(options: Options) -> Any:
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - heavy, and an extra
    except ImportError as error:
        raise BackendUnavailableError(
            backend="sbert",
            reason=not_installed(error.name or "sentence-transformers"),
            remedy="pip install 'scenedesk[hub]'",
        ) from error
    local = Path(options.model).is_dir()
    try:
        return SentenceTransformer(options.model, device=options.device, local_files_only=local or options.offline)
    except (OSError, ValueError) as error:
        raise BackendUnavailableError(
            backend="sbert",
            reason=unreadable(options.model, str(error)),
            remedy=REMEDY,
        ) from error


def _identity(name: str, model: Any) -> str:
    """Name and a hash of modules and weights: another checkpoint under the same name is another model."""
    seen = hashlib.sha256(repr(model).encode())
    for key, value in sorted(model.state_dict().items()):
        seen.update(key.encode())
        seen.update(value.detach().cpu().float().numpy().tobytes())
    return f"{name.rstrip('/').rpartition('/')[2]}@{seen.hexdigest()[:12]}"
