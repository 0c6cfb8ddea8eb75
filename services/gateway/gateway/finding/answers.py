"""A question answered: what search-service found, with everything that is needed to show it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import jobs
from gateway.desk import Desk
from gateway.library import people, segments, videos
from gateway.library.sight import Sight
from gateway.media import previews
from gateway.people import merging
from gateway.pipeline.merge import together
from kernel.contracts.finding import NamedFacet, NamedFacets, PublicHit, SearchAnswer
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption
from kernel.contracts.search import Facet, Hit, SearchRequest, SearchResponse, SimilarRequest
from kernel.contracts.time import Span

Asked = TypeVar("Asked", bound=SearchRequest)


@dataclass(frozen=True)
class Shown:
    """What the library knows now of what was found."""

    base: str
    segments: Mapping[UUID, Segment]
    with_media: frozenset[UUID]
    people: Mapping[UUID, tuple[str, str]]
    titles: Mapping[UUID, str]
    waiting: frozenset[tuple[UUID, int]] = frozenset()


async def ask(desk: Desk, question: SearchRequest, sight: Sight) -> SearchAnswer:
    """search-service's answer, with everything a page or a message needs to show each hit."""
    return await shown(desk, await desk.services.search.search(await as_asked(desk, question, sight)))


async def like(desk: Desk, segment_id: UUID, limit: int, sight: Sight) -> SearchAnswer:
    """Scenes like one segment, in meaning and in who is there. Raises NotFoundError for one that is no more."""
    async with desk.database.transaction() as connection:
        await segments.get(connection, segment_id)
        hidden = await sight.hidden(connection)
    await desk.names.before_question(desk.services.embed)
    asked = SimilarRequest(segment_id=segment_id, limit=limit, hidden=hidden)
    return await shown(desk, await desk.services.search.similar(asked))


async def as_asked(desk: Desk, question: Asked, sight: Sight) -> Asked:
    """The question as search-service is to hear it: names published, merged people as whom they turned out to be;
    what the asker may not see is left out inside the query, so that no count and no rank tells of it.
    """
    await desk.names.before_question(desk.services.embed)
    async with desk.database.transaction() as connection:
        who = await merging.resolved(connection)
        hidden = await sight.hidden(connection)
    lists = {name: merging.canonical(getattr(question, name), who) for name in ("people", "without", "meant")}
    return question.model_copy(update=lists | {"hidden": hidden})


async def shown(desk: Desk, found: SearchResponse) -> SearchAnswer:
    async with desk.database.transaction() as connection:
        known = await _known(connection, desk.settings.public_url.rstrip("/"), found)
    return SearchAnswer(
        query=found.query,
        names=found.names,
        chips=found.chips,
        rest=found.rest,
        hits=[_public(hit, known) for hit in found.hits],
        facets=_facets(found, known),
        next_cursor=found.next_cursor,
        nothing=found.nothing,
        missing=found.missing,
        nearest=[_public(hit, known) for hit in found.nearest],
        model=found.model,
        took_ms=found.took_ms,
    )


async def public_segments(desk: Desk, found: Sequence[tuple[UUID, Span]]) -> list[PublicHit]:
    """Segments that were found before, as hits without a reason; those that are no more are left out."""
    base = desk.settings.public_url.rstrip("/")
    async with desk.database.transaction() as connection:
        who = await merging.resolved(connection)
        there = await segments.several(connection, {segment_id for segment_id, _ in found})
        titles = {v.id: v.title for v in await videos.several(connection, {one.video_id for one in there.values()})}
        with_media = frozenset(await videos.with_media(connection, titles.keys()))
    now = {one: merging.shown_segment(segment, who) for one, segment in there.items()}
    known = Shown(base, now, with_media, {}, titles)
    return [_public(_found_before(now[one], span, titles), known) for one, span in found if one in now]


def _found_before(segment: Segment, span: Span, titles: Mapping[UUID, str]) -> Hit:
    return Hit(
        segment_id=segment.id,
        video_id=segment.video_id,
        title=titles[segment.video_id],
        span=span,
        text_ko=None,
        text_en=None,
        origin="machine",
        observed=False,
        caption_model=None,
        people=[],
        unknown_faces=0,
        score=1,
        evidence=[],
    )


async def _known(connection: AsyncConnection, base: str, found: SearchResponse) -> Shown:
    hits = [*found.hits, *found.nearest]
    who = await merging.resolved(connection)
    of_hits = await segments.several(connection, {one for hit in hits for one in _segments(hit)})
    counted = await people.people_of(connection, {one.id for one in found.facets.people if one.id})
    titled = await videos.several(connection, {one.id for one in found.facets.videos if one.id})
    return Shown(
        base=base,
        segments={one: merging.shown_segment(segment, who) for one, segment in of_hits.items()},
        with_media=frozenset(await videos.with_media(connection, {hit.video_id for hit in hits})),
        people={person.id: (person.name_ko, person.name_en) for person in counted.values()},
        titles={video.id: video.title for video in titled},
        waiting=frozenset(await jobs.unindexed(connection, {(one.video_id, one.version) for one in of_hits.values()})),
    )


def _segments(hit: Hit) -> list[UUID]:
    return [*dict.fromkeys([hit.segment_id, *hit.segments])]


def _public(hit: Hit, known: Shown) -> PublicHit:
    best = known.segments.get(hit.segment_id)
    media = f"{known.base}/v1/videos/{hit.video_id}" if hit.video_id in known.with_media else None
    clip = _clip(hit, best)
    return PublicHit(
        segment_id=hit.segment_id,
        video_id=hit.video_id,
        title=hit.title,
        span=hit.span,
        segments=hit.segments or [hit.segment_id],
        moments=hit.moments,
        captions=best.captions if best else _captions(hit),
        people=_everybody(hit, known) if best else _people(hit),
        score=hit.score,
        probability=hit.probability,
        evidence=hit.evidence,
        missing=hit.missing,
        indexing=_indexing(hit, known),
        link=f"{known.base}/videos/{hit.video_id}?t={hit.span.start_ms}",
        thumbnail=f"{media}/thumbnail?at_ms={_middle(hit, best)}" if media else None,
        preview=f"{media}/preview.mp4?start_ms={clip.start_ms}&end_ms={clip.end_ms}" if media and clip else None,
    )


def _indexing(hit: Hit, known: Shown) -> bool:
    """Whether any of its segments has changed since it was put into the index, or is no more."""
    its = [known.segments.get(one) for one in _segments(hit)]
    return any(one is None or (one.video_id, one.version) in known.waiting for one in its)


def _middle(hit: Hit, best: Segment | None) -> int:
    """Of what was asked for, as exactly as that is known: a moment of the people, the segment that answers, all."""
    span = hit.moments[0] if hit.moments else best.span if best and _within(best.span, hit.span) else hit.span
    return (span.start_ms + span.end_ms) // 2


def _within(inner: Span, outer: Span) -> bool:
    return outer.start_ms <= inner.start_ms and inner.end_ms <= outer.end_ms


def _clip(hit: Hit, best: Segment | None) -> Span | None:
    """What of it plays as a preview; None when even its best segment is over a minute."""
    spans = [hit.span, best.span] if best else [hit.span]
    return next((span for span in spans if span.duration_ms <= previews.MOST_MS), None)


def _everybody(hit: Hit, known: Shown) -> list[PersonInSegment]:
    """Everybody on any segment of the moment, each once."""
    there = (known.segments[one] for one in _segments(hit) if one in known.segments)
    return together([person for segment in there for person in segment.people], {})


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


def _facets(found: SearchResponse, known: Shown) -> NamedFacets:
    """Those of people and videos that are still there."""
    titles = {video: (title, title) for video, title in known.titles.items()}
    return NamedFacets(
        people=[*_named(found.facets.people, known.people)],
        videos=[*_named(found.facets.videos, titles)],
        days=[
            NamedFacet(
                day=one.day, label_ko=f"{one.day:%Y. %-m. %-d.}", label_en=f"{one.day:%Y-%m-%d}", count=one.count
            )
            for one in found.facets.days
            if one.day
        ],
    )


def _named(facets: Iterable[Facet], labels: Mapping[UUID, tuple[str, str]]) -> Iterable[NamedFacet]:
    for one in facets:
        if one.id is not None and one.id in labels:
            korean, english = labels[one.id]
            yield NamedFacet(id=one.id, label_ko=korean, label_en=english, count=one.count)
