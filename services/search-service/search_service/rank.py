"""How good a hit is, and why. Pure.

Score = 0.8 x meaning + 0.2 x words, and when people are named 0.85 of that + 0.15 x presence (measured in
docs/decisions/0033-weighted-sum.md):
meaning   cosine of the question and the closer of the document's two captions, 0 below 0
words     share of the question's words that the document has, rare words counting more (inverse document
          frequency); a word that only the video's title has counts half
presence  certainty x screen share of the people asked for

A document is a hit when its meaning reaches the floor, or its words reach WORDS_ALONE.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from kernel.contracts.errors import Language

MEANING, WORDS, PRESENCE = 0.8, 0.2, 0.15
IN_TITLE = 0.5
WORDS_ALONE = 0.5

Field = Literal["caption", "object", "title"]
NO_WORDS: Mapping[Field, frozenset[str]] = dict.fromkeys(("caption", "object", "title"), frozenset())


@dataclass(frozen=True)
class Candidate:
    """A document that may be a hit, and what of the question is in it."""

    segment_id: UUID
    video_id: UUID
    start_ms: int
    matched: Mapping[Field, frozenset[str]]
    presence: float | None = None  # of those asked for; None when nobody is
    cosines: Mapping[Language, float] = field(default_factory=dict)

    @property
    def closest(self) -> tuple[Language, float] | None:
        """The caption closest in meaning, with its cosine."""
        return max(self.cosines.items(), key=lambda item: item[1], default=None)


def rarity(frequencies: Mapping[str, int], documents: int) -> dict[str, float]:
    """Weight of each word: 1 for one that no document has, towards 0 for one that all have."""
    full = math.log(1 + documents)
    return {
        word: max(0.05, math.log((1 + documents) / (1 + min(count, documents))) / full) if full else 1.0
        for word, count in frequencies.items()
    }


def words_share(candidate: Candidate, weights: Mapping[str, float]) -> float:
    """How much of the question's words the document has, 0 to 1."""
    if not weights:
        return 0.0
    strong = candidate.matched["caption"] | candidate.matched["object"]
    weak = candidate.matched["title"] - strong
    found = sum(weights[word] for word in strong) + IN_TITLE * sum(weights[word] for word in weak)
    return min(1.0, found / sum(weights.values()))


def score(candidate: Candidate, weights: Mapping[str, float], floor: float) -> float:
    """The score, or 0 for what is not a hit."""
    closest = candidate.closest
    meaning = min(1.0, max(0.0, closest[1])) if closest else 0.0
    words = words_share(candidate, weights)
    if meaning < floor and words < WORDS_ALONE:
        return 0.0
    content = MEANING * meaning + WORDS * words
    return content if candidate.presence is None else (1 - PRESENCE) * content + PRESENCE * candidate.presence
