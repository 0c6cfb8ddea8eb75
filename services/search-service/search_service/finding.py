"""Which documents answer a question, in order."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.models import ModelCard
from kernel.language import HANGUL
from kernel.settings import Search
from search_service.asked import Asked
from search_service.concepts import Concept, documents_with
from search_service.index import words
from search_service.index.candidates import Sought, candidates
from search_service.index.presence import by_presence
from search_service.index.scope import count
from search_service.index.state import State
from search_service.paging import Cursor, Place, place
from search_service.passages import Passage, passages
from search_service.rank import Candidate, Judged, Weights, judged, weighed
from search_service.understanding.parts import NOTHING, Edge

Nothing = Literal["no_documents", "no_such_people", "nothing_close"]


@dataclass(frozen=True)
class Ranked:
    """Moments in order after the request's cursor, the weight of each concept, and every document that is a hit."""

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
        matched = {
            place: frozenset(self.standing.get(word, word) for word in found)
            for place, found in candidate.matched.items()
        }
        more = frozenset(word for word, segments in self.segments.items() if candidate.segment_id in segments)
        return candidate._replace(matched={**matched, "caption": matched["caption"] | more})


async def find(
    connection: AsyncConnection,
    asked: Asked,
    state: State,
    cursor: Cursor | None,
    vector: tuple[ModelCard, str] | None,
    settings: Search,
) -> Ranked:
    """Every moment after the cursor: by content when something is asked for, else by who is there."""
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
    return _ranked(every, weights, cursor, settings.floor, asked.edge)


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


def _ranked(
    every: Sequence[Candidate], weights: Weights, cursor: Cursor | None, floor: float, edge: Edge | None
) -> Ranked:
    worth = judged(every, weights, floor)
    hits = _at_the_edge(
        [
            (place(its.score, one.video_id, one.start_ms, one.segment_id), one)
            for one, its in zip(every, worth, strict=True)
            if its.score > 0
        ],
        edge,
    )
    kept = [passage for passage in passages(hits) if cursor is None or passage.at > cursor.after]
    documents = [one for _, one in hits]
    fitting = {one.segment_id for one, its in zip(every, worth, strict=True) if its.fits}
    if any(one.segment_id in fitting for one in documents):
        return Ranked(kept, weights, documents)
    return Ranked(kept, weights, documents, fits=False, nearest=_nearest(every, worth, edge))


def _nearest(every: Sequence[Candidate], worth: Sequence[Judged], edge: Edge | None) -> list[Passage]:
    """What comes nearest where nothing fits. Of people who were asked for that is any scene of theirs; else something
    of the question must be in it.
    """
    near = [
        (place(its.near, one.video_id, one.start_ms, one.segment_id), one)
        for one, its in zip(every, worth, strict=True)
        if its.score > 0 or one.presence is not None
    ]
    return passages(_at_the_edge(near, edge))


def _at_the_edge(hits: list[tuple[Place, Candidate]], edge: Edge | None) -> list[tuple[Place, Candidate]]:
    """Of each video the first or last hit, where that is asked for."""
    if edge is None:
        return hits
    in_time = sorted(hits, key=lambda hit: (hit[0].start_ms, hit[0].segment_id), reverse=edge == "first")
    return list({at.video_id: (at, one) for at, one in in_time}.values())


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
    return "nothing_close" if await count(connection, asked.scope, 1) else "no_such_people"
