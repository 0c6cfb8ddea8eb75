"""From a question to an answer, in the order it happens."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.models import ModelCard
from kernel.contracts.search import Facets, SearchRequest, SearchResponse
from kernel.settings import Search
from kernel.storage.database import Database, patiently
from kernel.wire import Wire
from search_service import paging
from search_service.asked import Asked, Readings, read
from search_service.evidence import Scene
from search_service.finding import Ranked, find, why_nothing
from search_service.hits import hits
from search_service.index import facets
from search_service.index.names import Names
from search_service.index.scenes import ends, scenes
from search_service.index.state import State, States
from search_service.paging import Cursor
from search_service.passages import Passage
from search_service.question_vectors import QuestionVectors, Told, told
from search_service.rank import missing_in_all
from search_service.translating.keywords import Keywords
from search_service.understanding.gallery import Gallery
from search_service.understanding.question import read_names

TURNS = 8  # fewer than the pool has
PATIENCE_S = 2.0  # with a database that restarts; asking again changes nothing


class Question(NamedTuple):
    """A question with what must be known before the index is looked through; `model`: whose vector it needs."""

    asked: Asked
    state: State
    model: ModelCard | None
    cursor: Cursor | None

    @property
    def sought(self) -> Told:
        """What its vector is made of."""
        return told(self.asked.reading.rest, self.asked.concepts)


class Answering:
    """Answers questions from the index.

    Questions of names alone and filters need no model and are answered without embed-service. A question
    with more in it needs its vector: without embed-service it is refused with UnavailableError rather than
    answered from words alone, which would quietly be a worse answer.

    Nothing is held between the statements of an answer: each sees the index as it is then, and what was
    removed meanwhile is left out.
    """

    def __init__(self, database: Database, wire: Wire, settings: Search, keywords: Keywords) -> None:
        self._database, self._settings = database, settings
        self._names, self._states, self._vectors = Names(), States(), QuestionVectors(wire)
        self._facets, self._readings, self._keywords = facets.ScopeFacets(), Readings(), keywords
        # Who waits for a connection waits here: the pool's own patience ends in an error.
        self._turns = asyncio.Semaphore(TURNS)

    async def answer(self, request: SearchRequest) -> SearchResponse:
        started = time.perf_counter()
        async with self._turns:
            begun = await patiently(lambda: self._begin(request, started), PATIENCE_S)
        if isinstance(begun, SearchResponse):
            return begun
        # No connection is held while a vector is made.
        vector, _ = await asyncio.gather(self._vector(begun), self._keywords.learn(begun.asked))
        async with self._turns:
            return await patiently(lambda: self._finish(begun, vector, started), PATIENCE_S)

    async def _begin(self, request: SearchRequest, started: float) -> SearchResponse | Question:
        """The answer, or the question when its vector or its words are not known yet."""
        async with self._database.autocommit() as connection:
            question = await self._read(connection, request)
            vector = self._vectors.known(question.sought, question.model) if question.model else None
            if (question.model is not None and vector is None) or self._keywords.lacks(question.asked):
                return question
            return await self._answer(connection, question, vector, started)

    async def _vector(self, question: Question) -> str | None:
        return await self._vectors.vector(question.sought, question.model) if question.model else None

    async def _finish(self, question: Question, vector: str | None, started: float) -> SearchResponse:
        async with self._database.autocommit() as connection:
            asked = self._keywords.added(question.asked)
            if asked is not question.asked:
                question = question._replace(asked=asked, state=await self._states.now(connection, asked.lexemes))
            return await self._answer(connection, question, vector, started)

    async def _read(self, connection: AsyncConnection, request: SearchRequest) -> Question:
        asked, state = await self._read_by(connection, request, self._names.known)
        if state.names != self._names.revision:  # it is known only now that the names have changed: read it by these
            asked, state = await self._read_by(connection, request, await self._names.current(connection))
        cursor = asked.cursor
        model = state.model if asked.reading.rest else None
        if cursor is not None and cursor.model_id is not None:
            model = await self._states.model(connection, cursor.model_id) or model
        return Question(asked, state, model, cursor)

    async def _read_by(
        self, connection: AsyncConnection, request: SearchRequest, gallery: Gallery
    ) -> tuple[Asked, State]:
        asked = self._keywords.added(await read(connection, request, gallery, self._readings))
        return asked, await self._states.now(connection, asked.lexemes)

    async def _answer(
        self, connection: AsyncConnection, question: Question, vector: str | None, started: float
    ) -> SearchResponse:
        asked, state, model, cursor = question
        request, of_model = asked.request, (model, vector) if model and vector else None
        found = await find(connection, asked, state, cursor, of_model, self._settings)
        # A later page is of a question that was answered.
        ranked = found if cursor or found.fits else Ranked([], found.weights)
        page = ranked.hits[: request.limit]
        near = [] if ranked.hits or cursor else found.nearest[: request.limit]
        shown = await scenes(connection, _looked_at([*page, *near], asked))
        over = await self._ends(connection, asked, shown)
        nothing = None if ranked.hits else await why_nothing(connection, asked)
        counted = (
            Facets()
            if cursor or nothing or not request.facets
            else await self._counted(connection, asked, state, ranked)
        )
        more = len(ranked.hits) > len(page)
        of = model.model_id if model else None
        last = Cursor(page[-1].at, tuple(ranked.weights.values()), of, asked.keywords) if more else None
        return SearchResponse(
            query=request.query,
            names=read_names(asked.reading, asked.gallery),
            chips=asked.reading.chips,
            rest=asked.reading.rest,
            hits=hits(page, shown, asked, ranked.weights, self._settings.floor, over),
            facets=counted,
            next_cursor=paging.encode(last, request) if last else None,
            nothing=nothing,
            missing=missing_in_all([one.best for one in near], ranked.weights) if nothing == "nothing_close" else [],
            nearest=hits(near, shown, asked, ranked.weights, self._settings.floor, over),
            model=model,
            took_ms=round((time.perf_counter() - started) * 1000),
        )

    async def _ends(self, connection: AsyncConnection, asked: Asked, shown: Mapping[UUID, Scene]) -> Mapping[UUID, int]:
        """Where videos end, if anything was asked that counts from there."""
        from_the_end = any(window.from_the_end for window in asked.scope.asked.windows)
        return await ends(connection, {scene.video_id for scene in shown.values()}) if from_the_end else {}

    async def _counted(self, connection: AsyncConnection, asked: Asked, state: State, ranked: Ranked) -> Facets:
        if not asked.request.facets:
            return Facets()
        if asked.reading.rest:
            return facets.of_hits(ranked.documents)
        return await self._facets.of(connection, asked.scope, state.revision)


def _looked_at(page: Sequence[Passage], asked: Asked) -> list[UUID]:
    """The best document of each moment; all of them where it matters when people are seen in each."""
    if asked.scope.asked.of_people:
        return [segment for passage in page for segment in passage.segments]
    return [passage.at.segment_id for passage in page]
