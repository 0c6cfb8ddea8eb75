"""How good a hit is, and why. Pure.

Score = 0.55 x meaning + 0.45 x words, and when people are named 0.85 of that + 0.15 x presence (learnt by
bench/weights.py, docs/decisions/0110-weights-that-were-learnt.md):
meaning   cosine of the question and the closest of the document's captions and their sentences, 0 below 0
words     share of the question's concepts that the document answers, by how surely it does, rare ones counting more
          (inverse document frequency); what only the video's title says counts half
presence  certainty x screen share of the people asked for

A score is no probability: CURVE says how probable meaning and words make it that a scene is meant, MEANING_CURVE how
probable meaning alone does, which counts as far as a question's words are such as nobody knows. A document is a hit
from HIT on (HIT_OF_NAMED among the scenes of people), when it has one of the words or its meaning reaches the floor,
and when its meaning is CLOSE. A question none of whose hits is that close or reaches a level is answered by nothing.
"""

import bisect
import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt

from search_service.concepts import Concept, documents_with

WORDS, PRESENCE = 0.45, 0.15
MEANING = 1 - WORDS
# Corners of isotonic curves to probability, and the levels that go with them.
CURVE = ((0.048, 0.0), (0.307, 0.01), (0.331, 0.03), (0.412, 0.1), (0.434, 0.2), (0.461, 0.35), (0.475, 0.5),
         (0.549, 0.65), (0.634, 0.8), (0.669, 0.9), (0.745, 0.98))  # fmt: skip
MEANING_CURVE = ((0.086, 0.0), (0.304, 0.01), (0.327, 0.03), (0.341, 0.06), (0.352, 0.1), (0.407, 0.2),
                 (0.432, 0.35), (0.473, 0.5), (0.52, 0.65), (0.572, 0.8), (0.695, 0.9), (0.809, 0.98))  # fmt: skip
LEVEL, MEANING_LEVEL = 0.052, 0.38
CLOSE = 0.52  # a caption that near is an answer, whatever words it lacks
HIT = 0.009
HIT_OF_NAMED = 0.004  # of people who were asked for few scenes are looked at: the less probable ones may still be meant
SAID = 0.75  # a caption that near says the whole question, in whatever words
IN_TITLE = 0.5
COMMONEST = 0.05  # even a word that every document has

Weights = Mapping[Concept, float]
Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
NONE = frozenset[str]()


class Closest(NamedTuple):
    """Of a document's texts the one closest in meaning: a caption ("en"), or a sentence of one ("en.2")."""

    part: str
    cosine: float


class Matched(NamedTuple):
    """Words of a question that a document has, by where they stand."""

    caption: frozenset[str] = NONE
    object: frozenset[str] = NONE
    title: frozenset[str] = NONE


NO_WORDS = Matched()


class Candidate(NamedTuple):
    """A document that may be a hit, and what of the question is in it. Hundreds are made for each question."""

    segment_id: UUID
    video_id: UUID
    start_ms: int
    matched: Matched
    closest: Closest | None = None
    end_ms: int = 0
    presence: float | None = None  # of those asked for; None when nobody is
    day: date | None = None
    cast: Sequence[UUID] = ()  # who is in it

    @property
    def in_time(self) -> tuple[UUID, int, UUID]:
        """Its place among all documents by video and time."""
        return self.video_id, self.start_ms, self.segment_id


class Worth(NamedTuple):
    """What each of some candidates is worth, as arrays: its score (0: no hit), whether it is probable enough to be an
    answer, how near it comes in any case, and whether it has any of the question's words.
    """

    score: Numbers
    fits: Truths
    near: Numbers
    worded: Truths


def rarity(count: int, documents: int) -> float:
    """Weight of what that many documents have: 1 for none, towards 0 for all of them."""
    full = math.log(1 + documents)
    return max(COMMONEST, math.log((1 + documents) / (1 + min(count, documents))) / full) if full else 1.0


def weighed(asked: Iterable[Concept], frequencies: Mapping[str, int], documents: int) -> Weights:
    """What each of a question's concepts counts."""
    return {concept: concept.share * rarity(documents_with(concept, frequencies), documents) for concept in asked}


def answered(matched: Matched, concept: Concept) -> float:
    """How surely a document with these words has what is asked for, 0 to 1."""
    if matched == NO_WORDS:
        return 0.0
    strong = matched.caption | matched.object
    here = concept.best(strong)
    anywhere = concept.best(strong | matched.title) if matched.title else here
    return max(here[1] if here else 0.0, IN_TITLE * anywhere[1] if anywhere else 0.0)


def words_share(matched: Matched, weights: Weights) -> float:
    """How much of the question's concepts a document with these words answers, 0 to 1."""
    return _share(matched, tuple(weights.items()))


@functools.lru_cache(maxsize=4_096)
def _share(matched: Matched, weights: tuple[tuple[Concept, float], ...]) -> float:
    """Many documents have the same words of a question: they are compared with it once."""
    if not weights:
        return 0.0
    found = sum(weight * answered(matched, concept) for concept, weight in weights)
    return min(1.0, found / sum(weight for _, weight in weights))


def content(candidate: Candidate, weights: Weights) -> float:
    """Meaning and words together, 0 to 1, whoever is there."""
    meaning = min(1.0, max(0.0, candidate.closest.cosine)) if candidate.closest else 0.0
    return MEANING * meaning + WORDS * words_share(candidate.matched, weights)


def unknown(weights: Weights) -> float:
    """Share of the question that neither any document nor the glossary knows; all of one without words."""
    total = sum(weights.values())
    nobody = sum(weight for concept, weight in weights.items() if not concept.known and weight >= concept.share)
    return nobody / total if total else 1.0


def probability(candidate: Candidate, weights: Weights) -> float:
    """How probable it is that the scene is meant, whoever is there."""
    return max(on(CURVE, content(candidate, weights)), unknown(weights) * meaning_alone(candidate))


def on(curve: Sequence[tuple[float, float]], value: float) -> float:
    """Height of a curve there, straight between its corners and level beyond them."""
    at = max(1, bisect.bisect_right(curve, (value, math.inf)))
    if at == len(curve):
        return curve[-1][1]
    (left, low), (right, high) = curve[at - 1], curve[at]
    return low + (high - low) * max(0.0, value - left) / (right - left)


def judged(candidates: Sequence[Candidate], weights: Weights, floor: float) -> Worth:
    """What each is worth, all at once: a question has hundreds."""
    asked = tuple(weights.items())
    shares = np.array([_share(one.matched, asked) for one in candidates], np.float64)
    meaning = np.array([one.closest.cosine if one.closest else -1.0 for one in candidates], np.float64)
    found = MEANING * np.clip(meaning, 0.0, 1.0) + WORDS * shares
    said = _on(CURVE, found)
    nobody = unknown(weights)
    probable = np.maximum(said, nobody * _on(MEANING_CURVE, meaning)) if nobody else said
    close = meaning >= CLOSE  # it means the question, whatever words it lacks
    named = bool(candidates) and candidates[0].presence is not None
    hits = (close | (probable >= (HIT_OF_NAMED if named else HIT))) & ((shares > 0) | (meaning >= floor))
    near = _with_presence(found, candidates)
    fits = hits & (close | (said >= LEVEL) | (probable >= MEANING_LEVEL))
    return Worth(np.where(hits, near, 0.0), fits, near, shares > 0)


def _on(curve: Sequence[tuple[float, float]], values: Numbers) -> Numbers:
    return np.asarray(np.interp(values, *np.transpose(curve)), np.float64)


def _with_presence(found: Numbers, candidates: Sequence[Candidate]) -> Numbers:
    """Whether somebody was asked for is the same for all of them."""
    if not candidates or candidates[0].presence is None:
        return found
    return (1 - PRESENCE) * found + PRESENCE * np.array([one.presence for one in candidates], np.float64)


def words_alone(found: Matched, weights: Weights) -> float:
    """How probable these words alone make it that the scene is meant."""
    return on(CURVE, WORDS * words_share(found, weights))


def meaning_alone(candidate: Candidate) -> float:
    """How probable its closest part alone makes it that the scene is meant."""
    return on(MEANING_CURVE, candidate.closest.cosine) if candidate.closest else 0.0


def missing(candidate: Candidate, weights: Weights) -> list[str]:
    """What of the question nothing in the document answers, as the question writes it."""
    closest = candidate.closest
    if closest is not None and closest.cosine >= SAID:
        return []
    return [concept.written for concept in weights if not answered(candidate.matched, concept)]


def missing_in_all(hits: Sequence[Candidate], weights: Weights) -> list[str]:
    """What of the question none of them answers; what the best of them lacks, when each thing alone is somewhere.

    Without any of them that is the whole question.
    """
    lacking = [missing(one, weights) for one in hits]
    everywhere = [concept.written for concept in weights if all(concept.written in its for its in lacking)]
    return everywhere or next(iter(lacking), [])
