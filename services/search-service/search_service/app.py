"""search-service: questions in Korean or English to segments with the reasons, and to answers in words.

Reads the index; writes only what a language model has said and cost.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kernel.contracts.search import Moment, SearchRequest, SearchResponse, SimilarRequest
from kernel.language import kiwi
from kernel.settings import Settings
from kernel.storage.database import Database, is_outage
from kernel.web import create_service
from kernel.wire import Wire
from search_service.answer import Answering
from search_service.answering.answerer import Answerer
from search_service.answering.routes import add_routes
from search_service.glossary import glossary
from search_service.language_model.asking import LanguageModelDesk
from search_service.similar import Similar
from search_service.translating.keywords import Keywords
from search_service.translating.translator import Translator

# How PostgreSQL answers questions: no compiling for statements of milliseconds; the approximate index looks into the 24
# nearest of its lists, and goes on where a filter leaves too few. `hnsw`: of an index that an earlier version built,
# until it is replaced.
SESSION = {
    "jit": "off",
    "random_page_cost": "1.1",
    "ivfflat.probes": "24",
    "ivfflat.iterative_scan": "relaxed_order",
    "hnsw.ef_search": "200",
    "hnsw.iterative_scan": "relaxed_order",
}


def create_app(settings: Settings, database_url: str, wire: Wire) -> FastAPI:
    database, index = Database(database_url), Database(database_url, ping=False, session=SESSION)
    model = LanguageModelDesk(database, settings)
    keywords = Keywords(model, wanted=settings.language_model.keywords)
    answering, similar = Answering(index, wire, settings.search, keywords), Similar(index, settings.search)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # They take seconds; the first question should not.
        await asyncio.to_thread(kiwi)
        await asyncio.to_thread(glossary)
        # What stays for good is not walked at every full collection: that is what some questions waited for.
        gc.collect()
        gc.freeze()
        yield
        await keywords.close()
        await model.close()
        await index.close()
        await database.close()

    app = create_service("search-service", lifespan=lifespan, is_outage=is_outage)
    app.state.readiness.checks["database"] = database.check

    @app.post("/v1/search")
    async def search(request: SearchRequest) -> SearchResponse:
        return await answering.answer(request)

    @app.post("/v1/similar")
    async def similar_to_segment(request: SimilarRequest) -> SearchResponse:
        return await similar.to_segment(request)

    @app.post("/v1/similar/moment")
    async def similar_to_moment(moment: Moment) -> SearchResponse:
        return await similar.to_moment(moment)

    add_routes(app, Answerer(database, wire, answering, model), Translator(database, wire, model), model)
    return app
