"""One small class per service, one method per route."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from kernel.contracts.captions import CaptionModel, CaptionRequest, CaptionResponse
from kernel.contracts.embeddings import (
    EmbedTextsRequest,
    EmbedTextsResponse,
    IndexModels,
    PutDocumentsRequest,
    PutDocumentsResponse,
    PutNamesRequest,
    RemoveVideoRequest,
)
from kernel.contracts.errors import Problem, UnavailableError, UpstreamError, Words
from kernel.contracts.faces import (
    DetectRequest,
    DetectResponse,
    EmbedFacesRequest,
    EmbedFacesResponse,
    Enlarged,
    EnlargeRequest,
    FaceModel,
)
from kernel.contracts.search import Answer as WordedAnswer
from kernel.contracts.search import (
    AnswerEvent,
    AnswerRequest,
    ForgetAnswersRequest,
    ForgottenAnswers,
    Moment,
    SearchRequest,
    SearchResponse,
    SimilarRequest,
    Summary,
    SummaryRequest,
    WordingRequest,
    WordingResponse,
)
from kernel.wire import EVENT_STREAM, EVERY_LANGUAGE, Wire, address

Answer = TypeVar("Answer", bound=BaseModel)


class Client:
    """Calls one service; its problems come back as UpstreamError, silence as UnavailableError."""

    host: str

    def __init__(self, wire: httpx.AsyncClient) -> None:
        self._wire = wire

    async def _call(
        self, method: str, path: str, answer: type[Answer], body: BaseModel | None = None, **headers: str
    ) -> Answer:
        return answer.model_validate_json((await self._send(method, path, body, **headers)).content)

    async def _send(self, method: str, path: str, body: BaseModel | None = None, **headers: str) -> httpx.Response:
        content = body.model_dump_json() if body is not None else None
        try:
            response = await self._wire.request(
                method, address(self.host) + path, content=content, headers=self._headers(body, headers)
            )
        except httpx.TransportError as error:
            raise self._silence(error) from error
        if response.is_error:
            raise UpstreamError(service=self.host, problem=_problem_of(response))
        return response

    async def _events(self, path: str, body: BaseModel | None = None) -> AsyncGenerator[tuple[str, str]]:
        """Name and content of each event of a stream, as it arrives; of a GET without a body."""
        headers = self._headers(body, {"Accept": EVENT_STREAM})
        method, content = ("POST", body.model_dump_json()) if body is not None else ("GET", None)
        try:
            async with self._wire.stream(
                method, address(self.host) + path, content=content, headers=headers
            ) as response:
                if response.is_error:
                    await response.aread()
                    raise UpstreamError(service=self.host, problem=_problem_of(response))
                name = ""
                async for line in response.aiter_lines():
                    if line.startswith("event:"):
                        name = line.removeprefix("event:").strip()
                    elif line.startswith("data:"):
                        yield name, line.removeprefix("data:")
        except httpx.TransportError as error:
            raise self._silence(error) from error

    def _headers(self, body: BaseModel | None, said: Mapping[str, str]) -> dict[str, str]:
        plain = {"Content-Type": "application/json"} if body is not None else {}
        return {"Accept-Language": EVERY_LANGUAGE, **plain, **said}

    def _silence(self, error: httpx.TransportError) -> UnavailableError:
        remedy = Words("Is it running?", "실행 중인지 확인해 주세요.")
        return UnavailableError(what=self.host, reason=type(error).__name__, remedy=remedy)


def _problem_of(response: httpx.Response) -> Problem:
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        return Problem(
            type="urn:scenedesk:problem:upstream",
            title="Upstream error",
            status=response.status_code,
            code="upstream",
            detail=response.text[:500],
        )


class FaceService(Client):
    host = "face-service"

    async def model(self) -> FaceModel:
        return await self._call("GET", "/v1/model", FaceModel)

    async def detect(self, request: DetectRequest) -> DetectResponse:
        return await self._call("POST", "/v1/detections", DetectResponse, request)

    async def embed(self, request: EmbedFacesRequest) -> EmbedFacesResponse:
        return await self._call("POST", "/v1/embeddings", EmbedFacesResponse, request)

    async def enlarge(self, request: EnlargeRequest) -> Enlarged:
        return await self._call("POST", "/v1/enlargements", Enlarged, request)


class CaptionService(Client):
    host = "caption-service"

    async def model(self) -> CaptionModel:
        return await self._call("GET", "/v1/model", CaptionModel)

    async def caption(self, request: CaptionRequest) -> CaptionResponse:
        return await self._call("POST", "/v1/captions", CaptionResponse, request)


class EmbedService(Client):
    host = "embed-service"

    async def models(self) -> IndexModels:
        return await self._call("GET", "/v1/models", IndexModels)

    async def embed(self, request: EmbedTextsRequest) -> EmbedTextsResponse:
        return await self._call("POST", "/v1/embeddings", EmbedTextsResponse, request)

    async def put_documents(self, request: PutDocumentsRequest) -> PutDocumentsResponse:
        return await self._call("PUT", "/v1/documents", PutDocumentsResponse, request)

    async def remove_video(self, request: RemoveVideoRequest) -> PutDocumentsResponse:
        return await self._call("POST", "/v1/documents/remove-video", PutDocumentsResponse, request)

    async def put_names(self, request: PutNamesRequest) -> PutDocumentsResponse:
        return await self._call("PUT", "/v1/names", PutDocumentsResponse, request)


class SearchService(Client):
    host = "search-service"

    async def search(self, request: SearchRequest) -> SearchResponse:
        return await self._call("POST", "/v1/search", SearchResponse, request)

    async def similar(self, request: SimilarRequest) -> SearchResponse:
        return await self._call("POST", "/v1/similar", SearchResponse, request)

    async def similar_at(self, moment: Moment) -> SearchResponse:
        """Scenes like the one on screen at a moment of a video."""
        return await self._call("POST", "/v1/similar/moment", SearchResponse, moment)

    async def answer(self, request: AnswerRequest) -> WordedAnswer:
        return await self._call("POST", "/v1/answers", WordedAnswer, request)

    async def answer_events(self, request: AnswerRequest) -> AsyncGenerator[AnswerEvent]:
        """Hits, sentences, the whole answer, each as soon as it is there."""
        async with aclosing(self._events("/v1/answers/stream", request)) as events:
            async for _name, content in events:
                yield AnswerEvent.model_validate_json(content)

    async def summarise(self, request: SummaryRequest) -> Summary:
        return await self._call("POST", "/v1/summaries", Summary, request)

    async def word(self, request: WordingRequest) -> WordingResponse:
        return await self._call("POST", "/v1/wordings", WordingResponse, request)

    async def forget_answers(self, request: ForgetAnswersRequest) -> ForgottenAnswers:
        return await self._call("POST", "/v1/answers/forget", ForgottenAnswers, request)


@dataclass(frozen=True)
class Services:
    """The clients of one wire, for whoever calls several services."""

    wire: Wire

    @property
    def faces(self) -> FaceService:
        return FaceService(self.wire())

    @property
    def captions(self) -> CaptionService:
        return CaptionService(self.wire())

    @property
    def embed(self) -> EmbedService:
        return EmbedService(self.wire())

    @property
    def search(self) -> SearchService:
        return SearchService(self.wire())
