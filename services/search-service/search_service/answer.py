"""From a question to an answer, in the order it happens."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.clients import EmbedService
from kernel.contracts.embeddings import EmbedTextsRequest
from kernel.contracts.errors import InvalidError, Language
from kernel.contracts.models import ModelCard
from kernel.contracts.search import Hit, SearchRequest, SearchResponse
from kernel.language import HANGUL
from kernel.settings import Search
from kernel.storage.database import Database
from kernel.vectors import Matrix, unpack
from kernel.wire import Wire
from search_service import paging, reading
from search_service.evidence import Asking, Scene, evidence
from search_service.paging import Place, place
from search_service.rank import NO_WORDS, Candidate, rarity, score
from search_service.reading import Names, Scope
from search_service.understand import Gallery, Reading, accept, as_caption, members, understand

# Hits by meaning or words end here; nobody pages further, and what a question costs stays bounded.
POOL = 300
MOST_WORDS = 32
MOST_FILTERS = 32
REMEMBERED = 2_000  # vectors of questions, 2 kB each

Nothing = Literal["no_documents", "no_such_people", "nothing_close"]


@dataclass(frozen=True)
class Asked:
    """A question that has been read."""

    request: SearchRequest
    reading: Reading
    gallery: Gallery
    scope: Scope

    @property
    def language(self) -> Language:
        return "ko" if HANGUL.search(self.reading.text) else "en"

    @property
    def lexemes(self) -> list[str]:
        return list(dict.fromkeys(word.lexeme for word in self.reading.words))[:MOST_WORDS]

    @property
    def after(self) -> Place | None:
        return paging.decode(self.request.cursor, self.request) if self.request.cursor else None


@dataclass(frozen=True)
class Ranked:
    """Hits in order, and the weight of each of the question's words."""

    hits: list[tuple[Place, Candidate]]
    weights: dict[str, float]


class Questions:
    """Vectors of questions, from embed-service, the latest remembered."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._known: OrderedDict[tuple[str, str], Matrix] = OrderedDict()

    async def vector(self, text: str, model: ModelCard) -> Matrix:
        """`[dimension]` float32 by that model. Raises UnavailableError, UpstreamError."""
        known = self._known.get((model.model_id, text))
        if known is None:
            asked = EmbedTextsRequest(texts=[text], model_id=model.model_id)
            known = unpack((await EmbedService(self._wire()).embed(asked)).vectors)[0]
        self._known[model.model_id, text] = known
        self._known.move_to_end((model.model_id, text))
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return known


class Answering:
    """Answers questions from the index.

    Questions of names alone and filters need no model and are answered without embed-service. A question
    with more in it needs its vector: without embed-service it is refused with UnavailableError rather than
    answered from words alone, which would quietly be a worse answer.
    """

    def __init__(self, database: Database, wire: Wire, settings: Search) -> None:
        self._database, self._settings = database, settings
        self._names, self._questions = Names(), Questions(wire)

    async def answer(self, request: SearchRequest) -> SearchResponse:
        started = time.perf_counter()
        async with self._database.transaction() as connection:
            asked = await self._read(connection, request)
            model = await reading.active_model(connection) if asked.reading.rest else None
        vector = None
        if model is not None:
            vector = await self._questions.vector(await asyncio.to_thread(as_caption, asked.reading.rest), model)
        async with self._database.transaction() as connection:
            await reading.one_snapshot(connection)
            ranked = (
                await self._by_content(connection, asked, model, vector)
                if asked.reading.rest
                else await _by_presence(connection, asked)
            )
            page = ranked.hits[: request.limit]
            scenes = await reading.scenes(connection, [at.segment_id for at, _ in page])
            nothing = None if ranked.hits else await _why_nothing(connection, asked)
        return SearchResponse(
            query=request.query,
            names=list(asked.reading.names),
            rest=asked.reading.rest,
            hits=await asyncio.to_thread(self._hits, page, scenes, asked, ranked.weights),
            next_cursor=paging.encode(page[-1][0], request) if len(ranked.hits) > len(page) else None,
            nothing=nothing,
            model=model,
            took_ms=round((time.perf_counter() - started) * 1000),
        )

    async def _read(self, connection: AsyncConnection, request: SearchRequest) -> Asked:
        gallery = await self._names.current(connection)
        read = await asyncio.to_thread(understand, request.query, gallery, names=request.understand)
        unknown = [
            guess for guess in read.guesses if not await reading.containing(connection, Scope(), guess.written, 1)
        ]
        if unknown:
            read = await asyncio.to_thread(accept, read, unknown, gallery)
        scope = Scope(who=tuple(dict.fromkeys((*_filters(request, gallery), *read.who))), videos=tuple(request.videos))
        if read.text and not read.rest and not scope.who:
            # Nothing could be read from it ("😀", "장면 찾아줘"): what was typed is then all there is to go by.
            read = replace(read, rest=read.text)
        return Asked(request, read, gallery, scope)

    async def _by_content(
        self, connection: AsyncConnection, asked: Asked, model: ModelCard | None, vector: Matrix | None
    ) -> Ranked:
        found: set[UUID] = set()
        documents = await reading.count(connection, asked.scope, self._settings.exact_below + 1)
        if model is not None and vector is not None and documents:
            exact = documents <= self._settings.exact_below
            nearest = reading.nearest if exact else reading.nearest_approximate
            found |= await nearest(connection, asked.scope, model, vector, 2 * POOL)  # a document has up to two
        frequencies = await reading.frequencies(connection, asked.lexemes) if asked.lexemes else {}
        if any(frequencies.values()):
            found |= await reading.matching(connection, asked.scope, asked.lexemes, POOL)
        inside = await _inside(connection, asked, frequencies)
        found = found.union(*inside.values())
        cosines = await reading.cosines(connection, found, model, vector) if model and vector is not None else {}
        every = await reading.candidates(connection, asked.scope, found, asked.lexemes, cosines)
        if inside:
            every = [_with_inside(one, inside) for one in every]
            frequencies |= {word: len(segments) for word, segments in inside.items()}
        in_all = await reading.count(connection, Scope(), reading.FREQUENT)
        return await asyncio.to_thread(self._rank, every, asked, rarity(frequencies, in_all))

    def _rank(self, every: Sequence[Candidate], asked: Asked, weights: dict[str, float]) -> Ranked:
        scored = [(score(one, weights, self._settings.floor), one) for one in every]
        hits = [(place(value, one.video_id, one.start_ms, one.segment_id), one) for value, one in scored if value > 0]
        after = asked.after
        kept = [hit for hit in sorted(hits, key=lambda hit: hit[0]) if after is None or hit[0] > after]
        return Ranked(kept, weights)

    def _hits(
        self,
        page: Sequence[tuple[Place, Candidate]],
        scenes: Mapping[UUID, Scene],
        asked: Asked,
        weights: dict[str, float],
    ) -> list[Hit]:
        asking = Asking(asked.gallery, asked.scope.who, weights, self._settings.floor, asked.language)
        return [_hit(at, one, scenes[at.segment_id], asking) for at, one in page]


def _hit(at: Place, candidate: Candidate, scene: Scene, asking: Asking) -> Hit:
    return Hit(
        segment_id=at.segment_id,
        video_id=at.video_id,
        title=scene.title,
        span=scene.span,
        text_ko=scene.text_ko,
        text_en=scene.text_en,
        origin=scene.origin,
        observed=scene.observed,
        caption_model=scene.caption_model,
        people=list(scene.people),
        unknown_faces=scene.unknown_faces,
        score=min(1.0, -at.minus_score / paging.MILLIONTHS),
        evidence=evidence(candidate, scene, asking),
    )


def _filters(request: SearchRequest, gallery: Gallery) -> Iterator[frozenset[UUID]]:
    """Of each set, somebody must be in the scene. An unknown group has nobody. Raises InvalidError for too many."""
    if len(request.people) + len(request.groups) > MOST_FILTERS:
        raise InvalidError(reason=f"more than {MOST_FILTERS} people and groups")
    yield from (frozenset({person}) for person in request.people)
    for group in request.groups:
        known = gallery.by_id.get(group)
        yield frozenset(members([known] if known else []))


async def _inside(connection: AsyncConnection, asked: Asked, frequencies: dict[str, int]) -> dict[str, set[UUID]]:
    """Korean words that no document has as a word, looked for inside of words.

    The tokenizer cuts names it does not know differently from sentence to sentence (수빈이, 수빈).
    """
    unknown = [word for word, number in frequencies.items() if number == 0 and len(word) > 1 and HANGUL.match(word)]
    return {word: await reading.containing(connection, asked.scope, word, POOL) for word in unknown}


def _with_inside(candidate: Candidate, inside: dict[str, set[UUID]]) -> Candidate:
    more = frozenset(word for word, segments in inside.items() if candidate.segment_id in segments)
    return replace(candidate, matched={**candidate.matched, "caption": candidate.matched["caption"] | more})


async def _by_presence(connection: AsyncConnection, asked: Asked) -> Ranked:
    places = await reading.by_presence(connection, asked.scope, asked.after, asked.request.limit + 1)
    return Ranked([(at, Candidate(at.segment_id, at.video_id, at.start_ms, NO_WORDS)) for at in places], {})


async def _why_nothing(connection: AsyncConnection, asked: Asked) -> Nothing | None:
    if asked.request.cursor:
        return None
    if not await reading.count(connection, replace(asked.scope, who=()), 1):
        return "no_documents"
    return "nothing_close" if await reading.count(connection, asked.scope, 1) else "no_such_people"
