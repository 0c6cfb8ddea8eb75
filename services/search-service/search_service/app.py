"""search-service: questions in Korean or English to segments, with the reasons. Reads the index and writes nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kernel.contracts.search import SearchRequest, SearchResponse
from kernel.language import kiwi
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.web import create_service
from kernel.wire import Wire
from search_service.answer import Answering
from search_service.glossary import glossary


def create_app(settings: Settings, database_url: str, wire: Wire) -> FastAPI:
    database = Database(database_url)
    answering = Answering(database, wire, settings.search)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # Each takes a second; the first question should not.
        await asyncio.to_thread(kiwi)
        await asyncio.to_thread(glossary)
        yield
        await database.close()

    app = create_service("search-service", lifespan=lifespan)
    app.state.readiness.checks["database"] = database.check

    @app.post("/v1/search")
    async def search(request: SearchRequest) -> SearchResponse:
        return await answering.answer(request)

    return app
