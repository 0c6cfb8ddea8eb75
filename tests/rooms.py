"""The other rooms as small real apps on the wire, so that the front door is tested alone."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from fastapi import FastAPI
from PIL import Image
from sse_starlette import EventSourceResponse, ServerSentEvent

import gateway.app
from face_service.upscaling.enlarging import Enlarging
from kernel.contracts.captions import CaptionModel
from kernel.contracts.embeddings import (
    IndexedName,
    IndexModels,
    PutDocumentsRequest,
    PutDocumentsResponse,
    PutNamesRequest,
)
from kernel.contracts.errors import Language, ScenedeskError, UnavailableError
from kernel.contracts.faces import (
    Box,
    DetectRequest,
    DetectResponse,
    EmbedFacesRequest,
    EmbedFacesResponse,
    Enlarged,
    EnlargeRequest,
    Face,
    FaceModel,
)
from kernel.contracts.models import ModelCard
from kernel.contracts.search import (
    Answer,
    AnswerEvent,
    AnswerRequest,
    CitedSentence,
    Hit,
    SearchRequest,
    SearchResponse,
    SimilarRequest,
    Summary,
    SummaryRequest,
)
from kernel.settings import Settings
from kernel.store import Store
from kernel.vectors import pack, unit
from kernel.web import create_service
from kernel.wire import open_wire

# How many faces a picture shows, by its width in pixels: the rooms see only this of a picture.
ONE, NONE, TWO_ALIKE, ONE_STANDS_OUT, ONE_SMALL, ONE_BLURRED = 200, 210, 220, 230, 240, 250


@dataclass
class Rooms:
    """What the rooms were told, and what they shall say."""

    settings: Settings
    names: list[IndexedName] = field(default_factory=list)
    questions: list[SearchRequest] = field(default_factory=list)
    answers: list[Hit] = field(default_factory=list)
    said_of_answers: dict[str, Any] = field(default_factory=dict)  # what else the answer says: chips, facets, …
    answer_to: Callable[[SearchRequest], dict[str, Any]] | None = None  # what it says of this very question
    before_answer: Callable[[SearchRequest], Awaitable[None]] | None = None  # awaited first: a slow question
    between_events: Callable[[], Awaitable[object]] | None = None  # awaited after what a streamed answer says first
    refusal: ScenedeskError | None = None
    face_model: str = "drawn@1"
    deaf: bool = False
    documents: list[PutDocumentsRequest] = field(default_factory=list)

    @property
    def card(self) -> ModelCard:
        return ModelCard(backend="drawn", model_id=self.face_model, licence="Apache-2.0", source="tests", dimension=8)

    def apps(self) -> dict[str, FastAPI]:
        return {
            "face-service": self._faces(),
            "embed-service": self._embed(),
            "search-service": self._search(),
            "caption-service": self._captions(),
        }

    def _faces(self) -> FastAPI:
        app = _service("face-service")
        store = Store(self.settings.store_dir)

        @app.get("/v1/model")
        async def model() -> FaceModel:
            return FaceModel(detector=self.card, embedder=self.card, default_threshold=0.4)

        @app.post("/v1/detections")
        async def detect(request: DetectRequest) -> DetectResponse:
            return DetectResponse(model=self.card, faces=[faces_in(store.path(name)) for name in request.pictures])

        @app.post("/v1/embeddings")
        async def embed(request: EmbedFacesRequest) -> EmbedFacesResponse:
            rows = np.stack([self._vector(store.path(crop.picture)) for crop in request.crops])
            return EmbedFacesResponse(model=self.card, vectors=pack(unit(rows), self.face_model))

        enlarging = Enlarging(store, allowed=self.settings.faces.upscale == "auto")

        @app.post("/v1/enlargements")
        async def enlarge(request: EnlargeRequest) -> Enlarged:
            return await asyncio.to_thread(enlarging.enlarge, request)

        return app

    def _vector(self, picture: Path) -> np.ndarray:
        seed = zlib.crc32(picture.read_bytes() + self.face_model.encode())
        return np.random.default_rng(seed).normal(size=8).astype(np.float32)

    def _embed(self) -> FastAPI:
        app = _service("embed-service")

        @app.put("/v1/names")
        async def put_names(request: PutNamesRequest) -> PutDocumentsResponse:
            if self.deaf:
                raise UnavailableError(what="embed-service", reason="deaf", remedy="")
            self.names = request.names
            return PutDocumentsResponse(written=len(request.names), unchanged=0, removed=0)

        @app.put("/v1/documents")
        async def put_documents(request: PutDocumentsRequest) -> PutDocumentsResponse:
            self.documents.append(request)
            return PutDocumentsResponse(written=len(request.documents), unchanged=0, removed=0)

        @app.get("/v1/models")
        async def models() -> IndexModels:
            return IndexModels(models=[])

        return app

    def _search(self) -> FastAPI:
        app = _service("search-service")

        @app.post("/v1/search")
        async def search(request: SearchRequest) -> SearchResponse:
            return await self._found(request)

        @app.post("/v1/similar")
        async def similar(_request: SimilarRequest) -> SearchResponse:
            return await self._found(SearchRequest())

        @app.post("/v1/answers")
        async def answer(request: AnswerRequest) -> Answer:
            return self._answered(await self._found(request), request.language)

        @app.post("/v1/answers/stream", response_class=EventSourceResponse)
        async def answer_events(request: AnswerRequest) -> EventSourceResponse:
            found = await self._found(request)
            answer = self._answered(found, request.language)
            sentences = [AnswerEvent(kind="sentence", sentence=one) for one in answer.sentences]
            events = [AnswerEvent(kind="hits", found=found), *sentences, AnswerEvent(kind="done", answer=answer)]
            return EventSourceResponse(_sent(events, self.between_events))

        @app.post("/v1/summaries")
        async def summarise(request: SummaryRequest) -> Summary:
            found = await self._found(request)
            answer = self._answered(found, request.language)
            return Summary(
                **{name: getattr(answer, name) for name in ("kind", "language", "sentences", "text")},
                segments=len(found.hits),
            )

        return app

    async def _found(self, request: SearchRequest) -> SearchResponse:
        self.questions.append(request)
        nothing = None if self.answers else "nothing_close"
        said = {"query": request.query, "hits": self.answers, "nothing": nothing, "took_ms": 1}
        if self.before_answer:
            await self.before_answer(request)
        if self.refusal:
            raise self.refusal
        return SearchResponse(**said | self.said_of_answers | (self.answer_to(request) if self.answer_to else {}))

    def _answered(self, found: SearchResponse, language: Language | None) -> Answer:
        """A sentence that cites every hit; without hits the archive does not show it."""
        cited = [hit.segment_id for hit in found.hits]
        sentences = [CitedSentence(text="It is seen.", citations=cited)] if cited else []
        return Answer(
            kind="extractive" if cited else "not_shown",
            language=language or "en",
            sentences=sentences,
            text="It is seen." if cited else "The archive does not show this.",
            found=found,
        )

    def _captions(self) -> FastAPI:
        app = _service("caption-service")

        @app.get("/v1/model")
        async def model() -> CaptionModel:
            return CaptionModel(captioner=self.card.model_copy(update={"backend": "observed", "weak": True}))

        return app


async def _sent(
    events: Iterable[AnswerEvent], between: Callable[[], Awaitable[object]] | None
) -> AsyncIterator[ServerSentEvent]:
    for place, event in enumerate(events):
        if place == 1 and between is not None:
            await between()
        yield ServerSentEvent(data=event.model_dump_json(), event=event.kind)


def _service(name: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield

    return create_service(name, lifespan=lifespan)


def faces_in(picture: Path) -> list[Face]:
    with Image.open(picture) as opened:
        width = opened.width
    sides = {
        ONE: [0.5], NONE: [], TWO_ALIKE: [0.3, 0.28], ONE_STANDS_OUT: [0.5, 0.2], ONE_SMALL: [0.1], ONE_BLURRED: [0.5],
    }[width]  # fmt: skip
    sharpness = 5 if width == ONE_BLURRED else 200
    return [_face(side, 0.05 + 0.5 * place, width, sharpness) for place, side in enumerate(sides)]


def _face(side: float, left: float, width: int, sharpness: float) -> Face:
    box = Box(left=left, top=0.2, right=left + side, bottom=0.2 + side)
    middle = (left + side / 2, 0.2 + side / 2)
    return Face(
        box=box,
        landmarks=(middle, middle, middle, middle, middle),
        score=0.9,
        side_px=side * width,
        sharpness=sharpness,
        yaw=0,
    )


def photo(width: int, path: Path, shade: int = 120, kind: str = "JPEG") -> Path:
    """A picture that shows as many faces as its width says."""
    gradient = np.linspace(0, 255, width * 200, dtype=np.uint8).reshape(200, width)
    pixels = np.stack([gradient, np.full_like(gradient, shade), gradient[::-1]], axis=-1)
    Image.fromarray(pixels).save(path, kind)
    return path


@asynccontextmanager
async def open_front_door(rooms: Rooms, database_url: str) -> AsyncIterator[tuple[httpx.AsyncClient, FastAPI]]:
    """A client whose relative addresses reach a gateway among these rooms, and the gateway itself."""
    opened: list[httpx.AsyncClient] = []
    app = gateway.app.create_app(rooms.settings, database_url, lambda: opened[0])
    async with open_wire({**rooms.apps(), "gateway": app}) as wire:
        opened.append(wire)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield client, app
