"""Answers in words, with everything that is needed to show them and to open what they cite."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from typing import Any
from uuid import UUID

from gateway.desk import Desk
from gateway.finding.answers import as_asked, shown
from gateway.library import segments, videos
from gateway.library.sight import Sight
from kernel.contracts.finding import (
    Citation,
    PublicAnswer,
    PublicAnswerEvent,
    PublicSentence,
    PublicSummary,
    SearchAnswer,
)
from kernel.contracts.search import (
    Answer,
    AnswerEvent,
    AnswerRequest,
    CitedSentence,
    Hit,
    Summary,
    SummaryRequest,
)

Cited = Mapping[UUID, Citation]
SAID = ("kind", "language", "text", "dropped", "model_id", "why_extractive", "why")


async def answered(desk: Desk, question: AnswerRequest, sight: Sight) -> PublicAnswer:
    """The whole answer. Raises UnavailableError and UpstreamError of searching; never a language model's errors."""
    answer = await desk.services.search.answer(await as_asked(desk, question, sight))
    cited = await _cited(desk, answer.sentences, answer.found.hits)
    return _answer(answer, cited, await shown(desk, answer.found))


async def answer_events(desk: Desk, question: AnswerRequest, sight: Sight) -> AsyncGenerator[PublicAnswerEvent]:
    """Hits, then each sentence, then the whole."""
    hits: list[Hit] = []
    found: SearchAnswer | None = None
    async with aclosing(desk.services.search.answer_events(await as_asked(desk, question, sight))) as events:
        async for event in events:
            if event.found is not None:
                hits, found = event.found.hits, await shown(desk, event.found)
            yield await _event(desk, event, hits, found)


async def _event(desk: Desk, event: AnswerEvent, hits: list[Hit], found: SearchAnswer | None) -> PublicAnswerEvent:
    if event.sentence is not None:
        cited = await _cited(desk, [event.sentence], hits)
        return PublicAnswerEvent(kind="sentence", sentence=_sentence(event.sentence, cited))
    if event.answer is not None:
        cited = await _cited(desk, event.answer.sentences, hits)
        whole = _answer(event.answer, cited, found or await shown(desk, event.answer.found))
        return PublicAnswerEvent(kind="done", answer=whole)
    return PublicAnswerEvent(kind="hits", found=found)


async def summarised(desk: Desk, asked: SummaryRequest, sight: Sight) -> PublicSummary:
    summary = await desk.services.search.summarise(await as_asked(desk, asked, sight))
    cited = await _cited(desk, summary.sentences, [])
    return PublicSummary(
        **_said(summary),
        sentences=[_sentence(one, cited) for one in summary.sentences],
        segments=summary.segments,
        complete=summary.complete,
    )


def _answer(answer: Answer, cited: Cited, found: SearchAnswer) -> PublicAnswer:
    return PublicAnswer(**_said(answer), sentences=[_sentence(one, cited) for one in answer.sentences], found=found)


def _said(text: Answer | Summary) -> dict[str, Any]:
    return {name: getattr(text, name) for name in SAID}


def _sentence(sentence: CitedSentence, cited: Cited) -> PublicSentence:
    return PublicSentence(text=sentence.text, citations=[cited[one] for one in sentence.citations if one in cited])


async def _cited(desk: Desk, sentences: Iterable[CitedSentence], hits: Iterable[Hit]) -> Cited:
    """Cited segments as the library has them now; of one that an edit has replaced, what its hit says."""
    ids = {one for sentence in sentences for one in sentence.citations}
    base = desk.settings.public_url.rstrip("/")
    async with desk.database.transaction() as connection:
        there = await segments.several(connection, ids)
        titles = {one.id: one.title for one in await videos.several(connection, {s.video_id for s in there.values()})}
    places = {hit.segment_id: (hit.video_id, hit.title, hit.span) for hit in hits if hit.segment_id in ids}
    places |= {one.id: (one.video_id, titles[one.video_id], one.span) for one in there.values()}
    return {
        one: Citation(
            segment_id=one,
            video_id=video_id,
            title=title,
            span=span,
            link=f"{base}/videos/{video_id}?t={span.start_ms}",
        )
        for one, (video_id, title, span) in places.items()
    }
