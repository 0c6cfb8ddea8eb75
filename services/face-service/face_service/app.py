"""Face-service: faces in pictures of the shared store, and vectors to tell them apart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import numpy as np
from fastapi import Depends, FastAPI, Request

from face_service.loading import open_recogniser
from face_service.recogniser import Recogniser
from face_service.recognition import Recognition, Vector
from face_service.upscaling.enlarging import Enlarging
from kernel.contracts.errors import Problem, ScenedeskError
from kernel.contracts.faces import (
    DetectRequest,
    DetectResponse,
    EmbedFacesRequest,
    EmbedFacesResponse,
    Enlarged,
    EnlargeRequest,
    Face,
    FaceCrop,
    FaceModel,
)
from kernel.inference.backend import BackendUnavailableError
from kernel.inference.batching import Batcher
from kernel.settings import Settings
from kernel.store import Store
from kernel.telemetry import logger
from kernel.vectors import pack
from kernel.web import create_service

# Pictures waiting are names; pictures of one batch are in memory together.
PICTURES_A_BATCH, PICTURES_WAITING = 8, 1024
CROPS_A_BATCH, CROPS_WAITING = 64, 4096
REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in (400, 422, 503)}


class Desk:
    """A loaded recogniser and the bounded queues in front of it."""

    def __init__(self, store: Store, recogniser: Recogniser) -> None:
        self.model = recogniser.model
        self._recognition = Recognition(store, recogniser)
        self._pictures = Batcher[str, list[Face] | ScenedeskError](
            self._recognition.detect, service="face-service", batch=PICTURES_A_BATCH, queue=PICTURES_WAITING
        )
        self._crops = Batcher[FaceCrop, Vector | ScenedeskError](
            self._recognition.embed, service="face-service", batch=CROPS_A_BATCH, queue=CROPS_WAITING
        )

    async def detect(self, names: list[str]) -> list[list[Face]]:
        """Raises BusyError when too much waits, else the error of the first picture that can't be read."""
        found: list[list[Face]] = []
        for outcome in await self._pictures.submit(names):
            if isinstance(outcome, ScenedeskError):
                raise outcome
            found.append(outcome)
        return found

    async def embed(self, crops: list[FaceCrop]) -> list[Vector]:
        """Raises like `detect`, and LandmarksError."""
        vectors: list[Vector] = []
        for outcome in await self._crops.submit(crops):
            if isinstance(outcome, ScenedeskError):
                raise outcome
            vectors.append(outcome)
        return vectors

    def close(self) -> None:
        self._pictures.close()
        self._crops.close()
        self._recognition.close()


def _desk(request: Request) -> Desk:
    desk: Desk | BackendUnavailableError = request.app.state.desk
    if isinstance(desk, BackendUnavailableError):
        raise desk
    return desk


InUse = Annotated[Desk, Depends(_desk)]


def create_app(settings: Settings) -> FastAPI:
    """The service starts whatever happens to its model; routes and readiness say what is wrong with it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        desk = app.state.desk = await asyncio.to_thread(_open, settings)
        _tell(app, desk)
        yield
        if isinstance(desk, Desk):
            desk.close()

    app = create_service("face-service", lifespan=lifespan)
    _add_routes(app, settings)
    return app


def _open(settings: Settings) -> Desk | BackendUnavailableError:
    try:
        return Desk(Store(settings.store_dir), open_recogniser(settings))
    except BackendUnavailableError as error:
        return error


def _tell(app: FastAPI, desk: Desk | BackendUnavailableError) -> None:
    async def check() -> None:
        if isinstance(desk, BackendUnavailableError):
            raise desk

    app.state.readiness.checks["face model"] = check
    if isinstance(desk, BackendUnavailableError):
        logger("faces").warning("no_face_model", reason=str(desk))
        return
    embedder = desk.model.embedder
    said = " - ".join(filter(None, [f"{embedder.backend}: {embedder.model_id}", embedder.notice_en]))
    app.state.readiness.note("face model", said)
    logger("faces").info("face_model", detector=desk.model.detector.model_id, embedder=embedder.model_id)


def _add_routes(app: FastAPI, settings: Settings) -> None:
    @app.get("/v1/model", responses=REFUSALS)
    async def model(desk: InUse) -> FaceModel:
        """The face backend in use and the similarity above which it may name anybody."""
        threshold = settings.faces.threshold
        return desk.model if threshold is None else desk.model.model_copy(update={"default_threshold": threshold})

    @app.post("/v1/detections", responses=REFUSALS)
    async def detect(request: DetectRequest, desk: InUse) -> DetectResponse:
        """Every face in each picture, in the order asked. Pictures are named in the shared store, never sent."""
        return DetectResponse(model=desk.model.detector, faces=await desk.detect(request.pictures))

    @app.post("/v1/embeddings", responses=REFUSALS)
    async def embed(request: EmbedFacesRequest, desk: InUse) -> EmbedFacesResponse:
        """One vector a face, in the order asked; its length, at most 1, is how much the crops of the face agree."""
        vectors = np.stack(await desk.embed(request.crops))
        return EmbedFacesResponse(model=desk.model.embedder, vectors=pack(vectors, desk.model.embedder.model_id))

    enlarging = Enlarging(Store(settings.store_dir), allowed=settings.faces.upscale == "auto")

    @app.post("/v1/enlargements", responses=REFUSALS)
    async def enlarge(request: EnlargeRequest) -> Enlarged:
        """A small part of a picture drawn larger into another name of the store. Only to be looked at."""
        return await asyncio.to_thread(enlarging.enlarge, request)
