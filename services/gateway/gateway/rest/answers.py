"""Questions in, answers in words out: each sentence with the scenes it is made from."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from gateway.access.admission import AtWho
from gateway.access.listening import while_allowed
from gateway.access.who import Who
from gateway.desk import AtDesk, Desk
from gateway.finding.address import Addressed
from gateway.finding.in_words import answer_events, answered, summarised
from gateway.library import people, videos
from gateway.rest.problems import problems
from kernel.contracts.errors import InvalidError, Language, NotFoundError, ScenedeskError, Words
from kernel.contracts.finding import PublicAnswer, PublicAnswerEvent, PublicSummary
from kernel.contracts.search import AnswerRequest, SearchRequest, SummaryRequest
from kernel.web import language_of

router = APIRouter(tags=["answers"])

EVENTS = {
    "description": "Server-sent events: `hits` at once, `sentence` for each that is checked, `done` with the whole; "
    "each a PublicAnswerEvent. `problem` when it breaks off.",
    "content": {
        "text/event-stream": {
            # Of each event, as those who read such streams by their description expect it.
            "schema": {
                "type": "object",
                "required": ["event", "data"],
                "properties": {
                    "event": {"type": "string", "enum": ["hits", "sentence", "done", "problem"]},
                    "data": {"type": "string", "description": "JSON: a PublicAnswerEvent, or a Problem"},
                },
            },
            "example": {"event": "hits", "data": '{"kind": "hits"}'},
        }
    },
}
NO_QUESTION = re.compile(r"\W*(?:(?:질문|question|q)\s*[:：])?\W*", re.IGNORECASE)
FILTERS = {"people", "groups", "without", "videos", "scales", "origins", "since", "until"}
NO_FILTERS = AnswerRequest().model_dump(include=FILTERS)
NO_VIDEO, NO_PERSON = NotFoundError(what="video"), NotFoundError(what="person")
SpokenIn = Annotated[Language | None, Query(description="ko or en; the reader's own when not said")]


class AnswerPage(Addressed):
    """An addressed question, and how it is to be answered."""

    limit: int = Query(default=10, ge=1, le=100, description="At most so many hits")
    language: Language | None = Query(default=None, description="Of the answer; the question's own when not said")


def _asking(question: AnswerRequest) -> AnswerRequest:
    """Raises InvalidError where neither words nor filters ask for anything."""
    if not NO_QUESTION.fullmatch(question.query) or question.model_dump(include=FILTERS) != NO_FILTERS:
        return question
    raise InvalidError(reason=Words("there is no question", "질문이 비어 있습니다"))


@router.post("/answers", summary="Ask a question", responses=problems())
async def answer(question: AnswerRequest, desk: AtDesk, who: AtWho) -> PublicAnswer:
    """An answer in the asker's language, made only from what was found; each sentence cites the scenes it stands on.

    `kind` says how it came to be: `generated` by a language model and checked sentence by sentence; `extractive`,
    put together from captions, with `why_extractive`; `not_shown` when the archive does not show it.
    """
    return await answered(desk, _asking(question), who.sight)


@router.post(
    "/answers/stream",
    summary="Ask a question, hear the answer as it is made",
    response_class=EventSourceResponse,
    responses={200: EVENTS, **problems()},
)
async def answer_as_it_is_made(
    question: AnswerRequest, request: Request, desk: AtDesk, who: AtWho
) -> EventSourceResponse:
    """Hits come at once, sentences as they are checked."""
    return await _streamed(desk, who, _asking(question), language_of(request))


@router.get(
    "/answers/stream",
    summary="Ask a question by address, hear the answer as it is made",
    response_class=EventSourceResponse,
    responses={200: EVENTS, **problems()},
)
async def answer_by_address(
    asked: Annotated[AnswerPage, Query()], request: Request, desk: AtDesk, who: AtWho
) -> EventSourceResponse:
    """The same as the POST, for an EventSource."""
    found = asked.question(asked.limit)
    fields = {name: getattr(found, name) for name in SearchRequest.model_fields}
    question = AnswerRequest(**fields, language=asked.language)
    return await _streamed(desk, who, _asking(question), language_of(request))


@router.post("/summaries", summary="Sum up what a search finds", responses=problems())
async def summarise(asked: SummaryRequest, desk: AtDesk, who: AtWho) -> PublicSummary:
    """A list of results, summed up in order of time; each sentence cites its scenes."""
    return await summarised(desk, asked, who.sight)


@router.get("/videos/{video_id}/summary", summary="Sum up a video", responses=problems(no_video=NO_VIDEO))
async def summarise_video(
    video_id: UUID, request: Request, desk: AtDesk, who: AtWho, language: SpokenIn = None
) -> PublicSummary:
    """Who is seen, and what is shown, in order of time."""
    async with desk.database.transaction() as connection:
        await videos.get(connection, video_id)
    asked = SummaryRequest(videos=[video_id], about="video", language=language or language_of(request))
    return await summarised(desk, asked, who.sight)


@router.get("/people/{person_id}/summary", summary="Sum up a person's day", responses=problems(no_person=NO_PERSON))
async def summarise_person(
    person_id: UUID,
    request: Request,
    desk: AtDesk,
    who: AtWho,
    day: Annotated[date | None, Query(description="Only videos of this day", examples=["2026-07-01"])] = None,
    language: SpokenIn = None,
) -> PublicSummary:
    """What a person is seen in, in order of time."""
    async with desk.database.transaction() as connection:
        await people.get_person(connection, person_id)
    spoken = language or language_of(request)
    asked = SummaryRequest(people=[person_id], since=day, until=day, about="day", language=spoken)
    return await summarised(desk, asked, who.sight)


async def _streamed(desk: Desk, who: Who, question: AnswerRequest, language: Language) -> EventSourceResponse:
    """What keeps a question from being answered at all is a problem, not an event."""
    events = answer_events(desk, question, who.sight)
    first = await anext(events)
    return EventSourceResponse(_sent(first, while_allowed(desk, who, events), language))


async def _sent(
    first: PublicAnswerEvent, rest: AsyncGenerator[PublicAnswerEvent, None], language: Language
) -> AsyncIterator[ServerSentEvent]:
    try:
        async with aclosing(rest):
            yield _event(first)
            async for event in rest:
                yield _event(event)
    except ScenedeskError as error:
        yield ServerSentEvent(error.problem(language).model_dump_json(exclude_none=True), event="problem")


def _event(event: PublicAnswerEvent) -> ServerSentEvent:
    return ServerSentEvent(event.model_dump_json(exclude_none=True), event=event.kind)
