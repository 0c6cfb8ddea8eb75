"""Vectors of questions, from embed-service."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kernel.clients import EmbedService
from kernel.contracts.embeddings import EmbedTextsRequest
from kernel.contracts.models import ModelCard
from kernel.language import HANGUL
from kernel.vectors import Matrix, unit, unpack
from kernel.wire import Wire
from search_service.concepts import Concept
from search_service.index.vectors import written
from search_service.understanding.rest import as_caption

REMEMBERED = 2_000  # vectors of questions, 5 kB each
# What words of captions count of a question's vector where the glossary knows all of it (decision 0112).
OF_KOREAN, OF_ENGLISH = 0.6, 0.5


class Told(NamedTuple):
    """A question as it is told to a text model: as a caption would say it, and in the words by which English captions
    say its parts, which count `share` of it.
    """

    own: str
    words: str = ""
    share: float = 0.0

    @property
    def texts(self) -> list[str]:
        return [self.own, self.words] if self.words else [self.own]

    def together(self, vectors: Matrix) -> Matrix:
        """One vector of those of its `texts`: float32 [dimension], of length 1."""
        shares = np.array([1 - self.share, self.share], np.float32)[: len(vectors)]
        return unit(shares @ vectors)


def told(rest: str, concepts: Sequence[Concept]) -> Told:
    """What is left of a question besides its conditions. Pure. What the glossary does not know is told as it is."""
    own, known = as_caption(rest), sum(concept.known for concept in concepts)
    words = " ".join(word for concept in concepts for word in concept.said)
    if not known or not words:
        return Told(own)
    most = OF_KOREAN if HANGUL.search(rest) else OF_ENGLISH
    return Told(own, words, round(most * known / len(concepts), 4))


class QuestionVectors:
    """Asks for a vector once; the latest REMEMBERED are kept."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._known: OrderedDict[tuple[str, Told], str] = OrderedDict()

    def known(self, question: Told, model: ModelCard) -> str | None:
        """The question's vector, if it has been asked for lately."""
        known = self._known.get((model.model_id, question))
        if known is not None:
            self._known.move_to_end((model.model_id, question))
        return known

    async def vector(self, question: Told, model: ModelCard) -> str:
        """The question's vector by that model, as PostgreSQL reads it. Raises UnavailableError, UpstreamError."""
        known = self.known(question, model)
        if known is None:
            asked = EmbedTextsRequest(texts=question.texts, model_id=model.model_id)
            vectors = unpack((await EmbedService(self._wire()).embed(asked)).vectors)
            known = written(question.together(vectors))
            self._known[model.model_id, question] = known
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return known
