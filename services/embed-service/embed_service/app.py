"""embed-service: texts to vectors, and the only writer of schema `index`."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI

from embed_service.indexing import Indexing
from embed_service.models import Models, drop_retired_vectors, lock_index, report
from embed_service.names import put_names
from embed_service.removing import remove_video
from embed_service.upkeep import Upkeep
from kernel.contracts.embeddings import (
    EmbedTextsRequest,
    EmbedTextsResponse,
    IndexModels,
    PutDocumentsRequest,
    PutDocumentsResponse,
    PutNamesRequest,
    RemoveVideoRequest,
)
from kernel.inference.backend import BackendUnavailableError
from kernel.language import kiwi
from kernel.settings import Settings
from kernel.storage.database import Database, is_outage
from kernel.telemetry import logger
from kernel.vectors import pack
from kernel.web import create_service

log = logger("embed-service")


def create_app(settings: Settings, database_url: str) -> FastAPI:
    """The app. It starts without its model too: names and words are indexed, and /readyz says what is missing."""
    database = Database(database_url)
    models = Models(database, settings)
    indexing, upkeep = Indexing(database, models), Upkeep(database, models, settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await _start(database, models)
        background = asyncio.create_task(upkeep.run())
        try:
            yield
        finally:
            background.cancel()
            with suppress(asyncio.CancelledError):
                await background
            models.close()
            await database.close()

    app = create_service("embed-service", lifespan=lifespan, is_outage=is_outage)
    app.state.readiness.checks.update(database=database.check, model=models.check)
    _add_texts(app, database, models)
    _add_documents(app, database, indexing, upkeep)
    return app


async def _start(database: Database, models: Models) -> None:
    async with database.transaction() as connection:
        await lock_index(connection)
        await drop_retired_vectors(connection)
    # Both take a second or more; the first request should not.
    await asyncio.to_thread(kiwi)
    try:
        await models.open()
    except BackendUnavailableError as error:
        log.warning("text model unavailable", problem=error.sentence("en"))
    # A vocabulary is hundreds of thousands of objects that stay: walking them at every full collection cost 100 ms.
    gc.collect()
    gc.freeze()


def _add_texts(app: FastAPI, database: Database, models: Models) -> None:
    @app.get("/v1/models")
    async def known_models() -> IndexModels:
        async with database.transaction() as connection:
            return IndexModels(models=await report(connection))

    @app.post("/v1/embeddings")
    async def embed(request: EmbedTextsRequest) -> EmbedTextsResponse:
        embedder = await models.embedder(request.model_id)
        vectors = await embedder.embed(request.texts)
        return EmbedTextsResponse(model=embedder.card, vectors=pack(vectors, embedder.card.model_id))


def _add_documents(app: FastAPI, database: Database, indexing: Indexing, upkeep: Upkeep) -> None:
    @app.put("/v1/documents")
    async def put_documents(request: PutDocumentsRequest) -> PutDocumentsResponse:
        answer = await indexing.put(request)
        upkeep.wake()
        return answer

    @app.post("/v1/documents/remove-video")
    async def remove(request: RemoveVideoRequest) -> PutDocumentsResponse:
        async with database.transaction() as connection:
            await lock_index(connection)
            removed = await remove_video(connection, request.video_id)
        return PutDocumentsResponse(written=0, unchanged=0, removed=removed)

    @app.put("/v1/names")
    async def names(request: PutNamesRequest) -> PutDocumentsResponse:
        async with database.transaction() as connection:
            await lock_index(connection)
            return await put_names(connection, request.names)
