"""How good a hit is, and why. Pure.

Score = 0.6 x meaning + 0.4 x words, and when people are named 0.85 of that + 0.15 x presence (learnt and measured in
docs/decisions/0110-weights.md):
meaning   cosine of the question and the closest of the document's captions and their sentences, 0 below 0
words     share of the question's concepts that the document answers, by how surely it does, rare ones counting more
          (inverse document frequency); what only the video's title says counts half
presence  certainty x screen share of the people asked for

A document is a hit when its meaning reaches the floor, or its words reach WORDS_ALONE.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from kernel.contracts.errors import Language
from search_service.concepts import Concept, documents_with

MEANING, WORDS, PRESENCE = 0.6, 0.4, 0.15
IN_TITLE = 0.5
WORDS_ALONE = 0.5
COMMONEST = 0.05  # even a word that every document has

Weights = Mapping[Concept, float]
Field = Literal["caption", "object", "title"]
NO_WORDS: Mapping[Field, frozenset[str]] = dict.fromkeys(("caption", "object", "title"), frozenset())


@dataclass(frozen=True)
class Candidate:
    """A document that may be a hit, and what of the question is in it."""

    segment_id: UUID
    video_id: UUID
    start_ms: int
    matched: Mapping[Field, frozenset[str]]
    end_ms: int = 0
    presence: float | None = None  # of those asked for; None when nobody is
    cosines: Mapping[Language, float] = field(default_factory=dict)

    @property
    def closest(self) -> tuple[Language, float] | None:
        """The caption closest in meaning, with its cosine."""
        return max(self.cosines.items(), key=lambda item: item[1], default=None)


def rarity(count: int, documents: int) -> float:
    """Weight of what that many documents have: 1 for none, towards 0 for all of them."""
    full = math.log(1 + documents)
    return max(COMMONEST, math.log((1 + documents) / (1 + min(count, documents))) / full) if full else 1.0


def weighed(asked: Iterable[Concept], frequencies: Mapping[str, int], documents: int) -> Weights:
    """What each of a question's concepts counts."""
    return {concept: concept.share * rarity(documents_with(concept, frequencies), documents) for concept in asked}


def answered(candidate: Candidate, concept: Concept) -> float:
    """How surely the document has what is asked for, 0 to 1."""
    if not any(candidate.matched.values()):
        return 0.0
    strong = candidate.matched["caption"] | candidate.matched["object"]
    here, anywhere = concept.best(strong), concept.best(strong | candidate.matched["title"])
    return max(here[1] if here else 0.0, IN_TITLE * anywhere[1] if anywhere else 0.0)


def words_share(candidate: Candidate, weights: Weights) -> float:
    """How much of the question's concepts the document answers, 0 to 1."""
    if not weights:
        return 0.0
    found = sum(weight * answered(candidate, concept) for concept, weight in weights.items())
    return min(1.0, found / sum(weights.values()))


def score(candidate: Candidate, weights: Weights, floor: float) -> float:
    """The score, or 0 for what is not a hit."""
    closest = candidate.closest
    meaning = min(1.0, max(0.0, closest[1])) if closest else 0.0
    words = words_share(candidate, weights)
    if meaning < floor and words < WORDS_ALONE:
        return 0.0
    content = MEANING * meaning + WORDS * words
    return content if candidate.presence is None else (1 - PRESENCE) * content + PRESENCE * candidate.presence
