"""Routes of search-service that answer in words."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from fastapi import FastAPI
from sse_starlette import EventSourceResponse, ServerSentEvent

from kernel.contracts.search import (
    Answer,
    AnswerEvent,
    AnswerRequest,
    ForgetAnswersRequest,
    ForgottenAnswers,
    Summary,
    SummaryRequest,
    WordingRequest,
    WordingResponse,
)
from search_service.answering.answerer import Answerer
from search_service.language_model.asking import LanguageModelDesk
from search_service.translating.translator import Translator

EVENTS: dict[str, Any] = {"content": {"text/event-stream": {"schema": {"type": "string"}}}}


def add_routes(app: FastAPI, answerer: Answerer, translator: Translator, model: LanguageModelDesk) -> None:
    @app.post("/v1/answers")
    async def answer(request: AnswerRequest) -> Answer:
        return await answerer.answer(request)

    @app.post("/v1/answers/stream", response_class=EventSourceResponse, responses={200: EVENTS})
    async def answer_events(request: AnswerRequest) -> EventSourceResponse:
        """Events `hits`, `sentence`, `done`; what keeps a question from being answered at all is a problem instead."""
        events = answerer.events(request)
        return EventSourceResponse(_sent(await anext(events), events))

    @app.post("/v1/summaries")
    async def summarise(request: SummaryRequest) -> Summary:
        return await answerer.summary(request)

    @app.post("/v1/wordings")
    async def word(request: WordingRequest) -> WordingResponse:
        return await translator.word(request)

    @app.post("/v1/answers/forget")
    async def forget(request: ForgetAnswersRequest) -> ForgottenAnswers:
        return ForgottenAnswers(dropped=await model.forget(request.words, request.before))


async def _sent(first: AnswerEvent, rest: AsyncGenerator[AnswerEvent]) -> AsyncIterator[ServerSentEvent]:
    async with aclosing(rest):
        yield _event(first)
        async for event in rest:
            yield _event(event)


def _event(event: AnswerEvent) -> ServerSentEvent:
    return ServerSentEvent(data=event.model_dump_json(), event=event.kind)
