"""From a question to an answer, in the order it happens."""

import asyncio
import time

from kernel.contracts.search import SearchRequest, SearchResponse
from kernel.settings import Search
from kernel.storage.database import Database
from kernel.wire import Wire
from search_service import paging
from search_service.asked import read
from search_service.finding import find, why_nothing
from search_service.hits import hits
from search_service.index.names import Names
from search_service.index.scenes import scenes
from search_service.index.scope import one_snapshot
from search_service.index.vectors import active_model
from search_service.question_vectors import QuestionVectors
from search_service.understand import as_caption


class Answering:
    """Answers questions from the index.

    Questions of names alone and filters need no model and are answered without embed-service. A question
    with more in it needs its vector: without embed-service it is refused with UnavailableError rather than
    answered from words alone, which would quietly be a worse answer.
    """

    def __init__(self, database: Database, wire: Wire, settings: Search) -> None:
        self._database, self._settings = database, settings
        self._names, self._vectors = Names(), QuestionVectors(wire)

    async def answer(self, request: SearchRequest) -> SearchResponse:
        started = time.perf_counter()
        async with self._database.transaction() as connection:
            asked = await read(connection, request, self._names)
            model = await active_model(connection) if asked.reading.rest else None
        vector = None
        if model is not None:
            vector = await self._vectors.vector(await asyncio.to_thread(as_caption, asked.reading.rest), model)
        async with self._database.transaction() as connection:
            await one_snapshot(connection)
            ranked = await find(connection, asked, model, vector, self._settings)
            page = ranked.hits[: request.limit]
            shown = await scenes(connection, [at.segment_id for at, _ in page])
            nothing = None if ranked.hits else await why_nothing(connection, asked)
        return SearchResponse(
            query=request.query,
            names=list(asked.reading.names),
            rest=asked.reading.rest,
            hits=await asyncio.to_thread(hits, page, shown, asked, ranked.weights, self._settings.floor),
            next_cursor=paging.encode(page[-1][0], request) if len(ranked.hits) > len(page) else None,
            nothing=nothing,
            model=model,
            took_ms=round((time.perf_counter() - started) * 1000),
        )
