"""A question answered: what search-service found, with everything that is needed to show it."""

from collections.abc import Mapping
from uuid import UUID

from gateway.desk import Desk
from gateway.library import segments, videos
from gateway.people import merging
from kernel.contracts.library import PersonInSegment, PublicHit, SearchAnswer, Segment, SegmentCaption
from kernel.contracts.search import Hit, SearchRequest, SearchResponse


async def ask(desk: Desk, question: SearchRequest) -> SearchAnswer:
    """search-service's answer, with everything a page or a message needs to show each hit."""
    await desk.names.before_question(desk.services.embed)
    async with desk.database.transaction() as connection:
        who = await merging.resolved(connection)
    asked = question.model_copy(update={"people": merging.canonical(question.people, who)})
    found = await desk.services.search.search(asked)
    async with desk.database.transaction() as connection:
        of_hits = await segments.several(connection, {hit.segment_id for hit in found.hits})
        now = {one: merging.shown_segment(segment, who) for one, segment in of_hits.items()}
        with_media = await videos.with_media(connection, {hit.video_id for hit in found.hits})
    return _answer(desk, found, now, with_media)


def _answer(desk: Desk, found: SearchResponse, now: Mapping[UUID, Segment], with_media: set[UUID]) -> SearchAnswer:
    shown = [_public(desk, hit, now.get(hit.segment_id), hit.video_id in with_media) for hit in found.hits]
    return SearchAnswer(
        query=found.query,
        names=found.names,
        hits=shown,
        next_cursor=found.next_cursor,
        nothing=found.nothing,
        model=found.model,
        took_ms=found.took_ms,
    )


def _public(desk: Desk, hit: Hit, segment: Segment | None, has_media: bool) -> PublicHit:
    base = desk.settings.public_url.rstrip("/")
    middle = (hit.span.start_ms + hit.span.end_ms) // 2
    return PublicHit(
        segment_id=hit.segment_id,
        video_id=hit.video_id,
        title=hit.title,
        span=hit.span,
        captions=segment.captions if segment else _captions(hit),
        people=segment.people if segment else _people(hit),
        score=hit.score,
        evidence=hit.evidence,
        link=f"{base}/videos/{hit.video_id}?t={hit.span.start_ms}",
        thumbnail=f"{base}/v1/videos/{hit.video_id}/thumbnail?at_ms={middle}" if has_media else None,
        preview=f"{base}/v1/segments/{hit.segment_id}/preview.mp4" if has_media else None,
    )


def _captions(hit: Hit) -> list[SegmentCaption]:
    """What the index says, for a segment that an edit has replaced since it was indexed."""
    texts = (("ko", hit.text_ko), ("en", hit.text_en))
    return [
        SegmentCaption(
            text=text,
            language="ko" if language == "ko" else "en",
            origin=hit.origin,
            observed=hit.observed,
            model_id=hit.caption_model,
        )
        for language, text in texts
        if text
    ]


def _people(hit: Hit) -> list[PersonInSegment]:
    named = [
        PersonInSegment(person_id=p.person_id, probability=p.probability, origin="human" if p.human else "machine")
        for p in hit.people
    ]
    unknown = [PersonInSegment(person_id=None, probability=0, origin=hit.origin) for _ in range(hit.unknown_faces)]
    return [*named, *unknown]
