"""Which documents answer a question, in order."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple, Self
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.models import ModelCard
from kernel.contracts.search import Nothing
from kernel.language import HANGUL
from kernel.settings import Search
from search_service.asked import Asked
from search_service.concepts import Concept, documents_with
from search_service.index import words
from search_service.index.candidates import Sought, candidates
from search_service.index.presence import by_presence
from search_service.index.scope import count
from search_service.index.state import State
from search_service.paging import Cursor
from search_service.passages import Passage, passages
from search_service.rank import Candidate, Matched, Numbers, Truths, Weights, judged, weighed
from search_service.understanding.parts import NOTHING, Edge, Meaning

NEAREST = 3  # moments offered when nothing fits


@dataclass(frozen=True)
class Ranked:
    """Moments in order after the request's cursor, one more than asked for if there are that many; the weight of each
    concept; and every document that is a hit.
    """

    hits: list[Passage]
    weights: Weights
    documents: Sequence[Candidate] = ()
    fits: bool = True  # False: none of them is probable enough to be an answer
    nearest: Sequence[Passage] = ()  # then: what may be offered instead


@dataclass(frozen=True)
class Inside:
    """Words of the question that no document has as a word, and what stands for them.

    The tokenizer cuts names it does not know differently from sentence to sentence (수빈이, 수빈).
    """

    standing: Mapping[str, str]  # a word the index knows to the word of the question inside of it
    segments: Mapping[str, frozenset[UUID]]  # where texts were read through

    def seen_in(self, candidate: Candidate) -> Candidate:
        """The candidate with the question's own words instead of those that stand for them."""
        if not self.standing and not self.segments:
            return candidate
        matched = Matched(*(frozenset(self.standing.get(word, word) for word in found) for found in candidate.matched))
        more = frozenset(word for word, segments in self.segments.items() if candidate.segment_id in segments)
        return candidate._replace(matched=matched._replace(caption=matched.caption | more))


async def find(
    connection: AsyncConnection,
    asked: Asked,
    state: State,
    cursor: Cursor | None,
    vector: tuple[ModelCard, str] | None,
    settings: Search,
) -> Ranked:
    """Moments after the cursor: by content when something is asked for, else by who is there."""
    if not asked.reading.rest:
        after = cursor.after if cursor else None
        return Ranked(await by_presence(connection, asked.scope, after, asked.request.limit + 1), {})
    inside, frequencies = await _inside(connection, asked, state)
    weights = _weights(asked, frequencies, state.documents, cursor)
    sought = Sought(
        scope=asked.scope,
        model=vector[0] if vector else None,
        vector=vector[1] if vector else None,
        lexemes=frozenset((*asked.lexemes, *inside.standing)),
        choice=words.choose(_asked_for(asked, frequencies, inside)),
        also=frozenset[UUID]().union(*inside.segments.values()),
        exact_below=settings.exact_below,
    )
    every = [inside.seen_in(one) for one in await candidates(connection, sought, state.documents)]
    return _ranked(every, weights, cursor, asked, settings.floor)


def _weights(asked: Asked, frequencies: Mapping[str, int], documents: int, cursor: Cursor | None) -> Weights:
    """Later pages weigh as the first did: the order stays the same while documents come and go."""
    if cursor is not None and len(cursor.weights) == len(asked.concepts):
        return dict(zip(asked.concepts, cursor.weights, strict=True))
    return weighed(asked.concepts, frequencies, documents)


def _asked_for(asked: Asked, frequencies: Mapping[str, int], inside: Inside) -> Iterator[tuple[int, Collection[str]]]:
    """For each concept, about how many documents answer it, and by which words the index knows."""
    for concept in asked.concepts:
        standing = [known for known, word in inside.standing.items() if word in concept.own]
        yield documents_with(concept, frequencies), standing or _surest(concept, frequencies)


def _surest(concept: Concept, frequencies: Mapping[str, int]) -> set[str]:
    for least in (max(concept.answers.values()), 0.0):
        terms = [term for term, surely in concept.answers.items() if surely >= least]
        found = {min(term, key=lambda word: frequencies.get(word, 0)) for term in terms}
        if any(frequencies.get(word, 0) for word in found):
            return found
    return set()


def _ranked(every: Sequence[Candidate], weights: Weights, cursor: Cursor | None, asked: Asked, floor: float) -> Ranked:
    worth = judged(every, weights, floor)
    its = _Hits(every, worth.score).where(worth.score > 0).at_the(asked.edge)
    shown = _up_to(passages(its.documents, its.scores), cursor, asked.request.limit + 1)
    fitting = {every[number].segment_id for number in np.flatnonzero(worth.fits).tolist()}
    if any(one.segment_id in fitting for one in its.documents):
        return Ranked(shown, weights, its.documents)
    near = _Hits(every, worth.near).where((worth.score > 0) | worth.worded | _with_people(every)).at_the(asked.edge)
    nearest = list(islice(passages(near.documents, near.scores), NEAREST))
    return Ranked(shown, weights, its.documents, fits=False, nearest=nearest)


def _up_to(every: Iterable[Passage], cursor: Cursor | None, most: int) -> list[Passage]:
    return list(islice((one for one in every if cursor is None or one.at > cursor.after), most))


def _with_people(every: Sequence[Candidate]) -> Truths:
    """Of people who were asked for any scene is near; else something of the question must be in it."""
    return np.array([one.presence is not None for one in every], bool)


class _Hits(NamedTuple):
    """Documents, and their scores."""

    documents: Sequence[Candidate]
    scores: Numbers

    def where(self, chosen: Truths) -> Self:
        numbers = np.flatnonzero(chosen).tolist()
        return type(self)([self.documents[number] for number in numbers], self.scores[numbers])

    def at_the(self, edge: Edge | None) -> Self:
        """Of each video the first or last, where that is asked for."""
        if edge is None:
            return self
        order = sorted(range(len(self.documents)), key=self._in_time, reverse=edge == "first")
        chosen = {self.documents[number].video_id: number for number in order}
        return type(self)([self.documents[number] for number in chosen.values()], self.scores[[*chosen.values()]])

    def _in_time(self, number: int) -> tuple[int, UUID]:
        one = self.documents[number]
        return one.start_ms, one.segment_id


async def _inside(connection: AsyncConnection, asked: Asked, state: State) -> tuple[Inside, dict[str, int]]:
    """What stands for Korean words that no document answers, and in how many documents each word is."""
    frequencies = dict(state.frequencies)
    standing: dict[str, str] = {}
    segments: dict[str, frozenset[UUID]] = {}
    unanswered = [concept for concept in asked.concepts if not documents_with(concept, frequencies)]
    for word in (word for concept in unanswered for word in concept.own if len(word) > 1 and HANGUL.match(word)):
        alike = await words.alike(connection, word)
        standing |= dict.fromkeys(alike, word)
        frequencies[word] = sum(alike.values())
        if not alike and state.documents <= words.READ_THROUGH:
            segments[word] = frozenset(await words.containing(connection, asked.scope, word, words.RARE))
            frequencies[word] = len(segments[word])
    return Inside(standing, segments), frequencies


async def why_nothing(connection: AsyncConnection, asked: Asked) -> Nothing | None:
    if asked.request.cursor:
        return None
    if not await count(connection, replace(asked.scope, who=(), also=NOTHING), 1):
        return "no_documents"
    if await count(connection, asked.scope, 1):
        return "nothing_close"
    also = asked.scope.also
    people = replace(asked.scope, also=Meaning(without=also.without, alone=also.alone))
    return "no_such_scenes" if await count(connection, people, 1) else "no_such_people"
