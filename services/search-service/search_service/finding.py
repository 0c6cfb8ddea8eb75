"""Which documents answer a question, in order."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.models import ModelCard
from kernel.language import HANGUL
from kernel.settings import Search
from kernel.vectors import Matrix
from search_service.asked import Asked
from search_service.concepts import documents_with
from search_service.index import scenes, vectors, words
from search_service.index.presence import by_presence
from search_service.index.scope import Scope, count
from search_service.paging import Place, place
from search_service.rank import NO_WORDS, Candidate, Weights, score, weighed

# Hits by meaning or words end here; nobody pages further, and what a question costs stays bounded.
POOL = 300

Nothing = Literal["no_documents", "no_such_people", "nothing_close"]


@dataclass(frozen=True)
class Ranked:
    """Hits in order, and the weight of each of the question's concepts."""

    hits: list[tuple[Place, Candidate]]
    weights: Weights


async def find(
    connection: AsyncConnection, asked: Asked, model: ModelCard | None, vector: Matrix | None, settings: Search
) -> Ranked:
    """Every hit after the request's cursor: by content when something is asked for, else by who is there."""
    if not asked.reading.rest:
        return await _by_presence(connection, asked)
    return await _by_content(connection, asked, model, vector, settings)


async def _by_content(
    connection: AsyncConnection, asked: Asked, model: ModelCard | None, vector: Matrix | None, settings: Search
) -> Ranked:
    found: set[UUID] = set()
    documents = await count(connection, asked.scope, settings.exact_below + 1)
    if model is not None and vector is not None and documents:
        exact = documents <= settings.exact_below
        nearest = vectors.nearest if exact else vectors.nearest_approximate
        found |= await nearest(connection, asked.scope, model, vector, 2 * POOL)  # a document has up to two
    frequencies = await words.frequencies(connection, asked.lexemes) if asked.lexemes else {}
    if any(frequencies.values()):
        found |= await words.matching(connection, asked.scope, asked.lexemes, POOL)
    inside = await _inside(connection, asked, frequencies)
    found = found.union(*inside.values())
    cosines = await vectors.cosines(connection, found, model, vector) if model and vector is not None else {}
    every = await scenes.candidates(connection, asked.scope, found, asked.lexemes, cosines)
    if inside:
        every = [_with_inside(one, inside) for one in every]
        frequencies |= {word: len(segments) for word, segments in inside.items()}
    in_all = await count(connection, Scope(), words.FREQUENT)
    return await asyncio.to_thread(_ranked, every, asked, weighed(asked.concepts, frequencies, in_all), settings.floor)


def _ranked(every: Sequence[Candidate], asked: Asked, weights: Weights, floor: float) -> Ranked:
    scored = [(score(one, weights, floor), one) for one in every]
    hits = [(place(value, one.video_id, one.start_ms, one.segment_id), one) for value, one in scored if value > 0]
    after = asked.after
    kept = [hit for hit in sorted(hits, key=lambda hit: hit[0]) if after is None or hit[0] > after]
    return Ranked(kept, weights)


async def _inside(connection: AsyncConnection, asked: Asked, frequencies: dict[str, int]) -> dict[str, set[UUID]]:
    """Korean words that no document answers, looked for inside of words.

    The tokenizer cuts names it does not know differently from sentence to sentence (수빈이, 수빈).
    """
    unanswered = [concept for concept in asked.concepts if not documents_with(concept, frequencies)]
    unknown = [word for concept in unanswered for word in concept.own if len(word) > 1 and HANGUL.match(word)]
    return {word: await words.containing(connection, asked.scope, word, POOL) for word in unknown}


def _with_inside(candidate: Candidate, inside: dict[str, set[UUID]]) -> Candidate:
    more = frozenset(word for word, segments in inside.items() if candidate.segment_id in segments)
    return replace(candidate, matched={**candidate.matched, "caption": candidate.matched["caption"] | more})


async def _by_presence(connection: AsyncConnection, asked: Asked) -> Ranked:
    places = await by_presence(connection, asked.scope, asked.after, asked.request.limit + 1)
    return Ranked([(at, Candidate(at.segment_id, at.video_id, at.start_ms, NO_WORDS)) for at in places], {})


async def why_nothing(connection: AsyncConnection, asked: Asked) -> Nothing | None:
    if asked.request.cursor:
        return None
    if not await count(connection, replace(asked.scope, who=()), 1):
        return "no_documents"
    return "nothing_close" if await count(connection, asked.scope, 1) else "no_such_people"
