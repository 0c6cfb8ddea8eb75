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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from kernel.contracts.embeddings import CaptionOrigin, PersonMention
from kernel.contracts.errors import Language
from kernel.contracts.time import Span

MEANING, WORDS, PRESENCE = 0.8, 0.2, 0.15
IN_TITLE = 0.5
WORDS_ALONE = 0.5

Field = Literal["caption", "object", "title"]


@dataclass(frozen=True)
class Candidate:
    """A document that may be a hit, and what of the question is in it."""

    segment_id: UUID
    video_id: UUID
    title: str
    span: Span
    text_ko: str | None
    text_en: str | None
    origin: CaptionOrigin
    observed: bool
    caption_model: str | None
    unknown_faces: int
    objects: tuple[str, ...]
    matched: Mapping[Field, frozenset[str]]
    people: tuple[PersonMention, ...] = ()
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


def presence(candidate: Candidate, who: Sequence[frozenset[UUID]]) -> float:
    """Certainty x screen share of those asked for, on average; 0 when nobody is."""
    if not who:
        return 0.0
    return sum(_presence(candidate, anybody) for anybody in who) / len(who)


def _presence(candidate: Candidate, anybody: Iterable[UUID]) -> float:
    wanted = frozenset(anybody)
    return max(
        (
            certainty(mention) * min(1.0, mention.seen_ms / candidate.span.duration_ms)
            for mention in candidate.people
            if mention.person_id in wanted
        ),
        default=0.0,
    )


def certainty(mention: PersonMention) -> float:
    return 1.0 if mention.human else mention.probability


def score(candidate: Candidate, weights: Mapping[str, float], who: Sequence[frozenset[UUID]], floor: float) -> float:
    """The score, or 0 for what is not a hit."""
    closest = candidate.closest
    meaning = min(1.0, max(0.0, closest[1])) if closest else 0.0
    words = words_share(candidate, weights)
    if meaning < floor and words < WORDS_ALONE:
        return 0.0
    content = MEANING * meaning + WORDS * words
    return (1 - PRESENCE) * content + PRESENCE * presence(candidate, who) if who else content
