"""Vectors of questions, from embed-service."""

from collections import OrderedDict

from kernel.clients import EmbedService
from kernel.contracts.embeddings import EmbedTextsRequest
from kernel.contracts.models import ModelCard
from kernel.vectors import unpack
from kernel.wire import Wire
from search_service.index.vectors import written

REMEMBERED = 2_000  # vectors of questions, 5 kB each


class QuestionVectors:
    """Asks for a vector once; the latest REMEMBERED are kept."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()

    def known(self, text: str, model: ModelCard) -> str | None:
        """The text's vector, if it has been asked for lately."""
        known = self._known.get((model.model_id, text))
        if known is not None:
            self._known.move_to_end((model.model_id, text))
        return known

    async def vector(self, text: str, model: ModelCard) -> str:
        """The text's vector by that model, as PostgreSQL reads it. Raises UnavailableError, UpstreamError."""
        known = self.known(text, model)
        if known is None:
            asked = EmbedTextsRequest(texts=[text], model_id=model.model_id)
            known = written(unpack((await EmbedService(self._wire()).embed(asked)).vectors)[0])
            self._known[model.model_id, text] = known
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return known
