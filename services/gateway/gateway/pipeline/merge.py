"""Everything the models said of one video, merged on one timeline: the machine's opinion."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from uuid import UUID, uuid5

from gateway.captions.entry import NOBODY, Gallery, entered
from kernel.contracts.captions import Caption
from kernel.contracts.errors import Language
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption, Track
from kernel.contracts.time import Span


def merge(
    video_id: UUID,
    spans: Sequence[Span],
    tracks: Sequence[Track],
    captions: Mapping[str, Caption],
    gallery: Gallery = NOBODY,
) -> list[Segment]:
    """One segment a span, with its caption and everybody whose face is tracked in it.

    `spans` in order of time and disjoint; `captions` by the key `key_of(span)`. A segment's id depends only
    on its video and span, so the same opinion twice is the same segments.
    """
    inside = in_spans(tracks, spans)
    return [
        _segment(video_id, span, people_in(span, its), captions.get(key_of(span)), gallery)
        for span, its in zip(spans, inside, strict=True)
    ]


def key_of(span: Span) -> str:
    return f"{span.start_ms}-{span.end_ms}"


def in_spans(tracks: Iterable[Track], spans: Sequence[Span]) -> list[list[Track]]:
    """The tracks on screen in each of `spans`, which are in order of time and disjoint."""
    ends = [span.end_ms for span in spans]
    inside: list[list[Track]] = [[] for _ in spans]
    for track in tracks:
        first = bisect_right(ends, track.span.start_ms)
        for index in range(first, bisect_left(ends, track.span.end_ms, lo=first) + 1):
            if index < len(spans) and track.span.overlap_ms(spans[index]):
                inside[index].append(track)
    return inside


def _segment(
    video_id: UUID, span: Span, people: list[PersonInSegment], caption: Caption | None, gallery: Gallery
) -> Segment:
    captions, held = entered(_captions(caption) if caption else [], people, gallery)
    return Segment(
        id=uuid5(video_id, key_of(span)),
        video_id=video_id,
        span=span,
        captions=captions,
        held=held,
        people=people,
        objects=caption.objects if caption else [],
        scale=caption.scale if caption else None,
        version=0,
    )


def _captions(caption: Caption) -> list[SegmentCaption]:
    observed, model = caption.kind == "observed", caption.model.model_id
    texts: tuple[tuple[Language, str | None], ...] = (("ko", caption.text_ko), ("en", caption.text_en))
    return [
        SegmentCaption(text=text, language=language, origin="machine", observed=observed, model_id=model)
        for language, text in texts
        if text
    ]


def people_in(span: Span, tracks: Iterable[Track]) -> list[PersonInSegment]:
    """Named people once each, longest seen first; then every unknown face on its own.

    Of a face shown twice at once (a screen, a mirror) the copy adds no time to what the real one was seen.
    """
    by_person: dict[UUID, list[Track]] = defaultdict(list)
    unknown: list[Track] = []
    for track in sorted(tracks, key=lambda one: (one.span.start_ms, one.id)):
        if track.person_id is None:
            unknown.append(track)
        else:
            by_person[track.person_id].append(track)
    named = [_person(person_id, span, theirs) for person_id, theirs in by_person.items()]
    named.sort(key=lambda person: -sum(seen.duration_ms for seen in person.seen))
    return [*named, *(_person(None, span, [track]) for track in unknown)]


def _person(person_id: UUID | None, span: Span, tracks: list[Track]) -> PersonInSegment:
    return PersonInSegment(
        person_id=person_id,
        probability=max(track.probability for track in tracks),
        origin="machine",
        seen=union([_cut(track.span, span) for track in tracks]),
        track_ids=[track.id for track in tracks],
        model_id=tracks[0].model_id,
        ruled=any(track.ruled for track in tracks),
    )


def _cut(seen: Span, span: Span) -> Span:
    return Span(start_ms=max(seen.start_ms, span.start_ms), end_ms=min(seen.end_ms, span.end_ms))


def union(spans: Iterable[Span], gap_ms: int = 0) -> list[Span]:
    """Disjoint spans in order that cover the same milliseconds; those at most `gap_ms` apart are joined."""
    return [Span(start_ms=start_ms, end_ms=end_ms) for start_ms, end_ms in _joined_edges(spans, gap_ms)]


def covered_ms(spans: Iterable[Span]) -> int:
    """How many milliseconds they cover together, each counted once."""
    return sum(end_ms - start_ms for start_ms, end_ms in _joined_edges(spans))


def _joined_edges(spans: Iterable[Span], gap_ms: int = 0) -> list[list[int]]:
    joined: list[list[int]] = []
    for start_ms, end_ms in sorted((span.start_ms, span.end_ms) for span in spans):
        if joined and start_ms <= joined[-1][1] + gap_ms:
            joined[-1][1] = max(joined[-1][1], end_ms)
        else:
            joined.append([start_ms, end_ms])
    return joined


def most_at_once(spans: Iterable[Span]) -> int:
    """The largest number of spans that share a millisecond."""
    edges = sorted(edge for span in spans for edge in ((span.start_ms, 1), (span.end_ms, -1)))
    return max(accumulate(step for _, step in edges), default=0)


def unknown_faces(people: Iterable[PersonInSegment]) -> int:
    """How many strangers there are: one may be followed in several tracks, but only one after the other."""
    return most_at_once(seen for person in people if person.person_id is None for seen in person.seen)


def together(mentions: Iterable[PersonInSegment], resolved: Mapping[UUID, UUID]) -> list[PersonInSegment]:
    """Mentions by whom they turned out to be; one person's are one, as sure as the surest of them."""
    joined: dict[object, PersonInSegment] = {}
    for place, mention in enumerate(mentions):
        who = resolved.get(mention.person_id, mention.person_id) if mention.person_id else None
        key = (who, mention.origin) if who else place
        as_who = mention.model_copy(update={"person_id": who})
        joined[key] = _joined(joined[key], as_who) if key in joined else as_who
    return list(joined.values())


def _joined(one: PersonInSegment, other: PersonInSegment) -> PersonInSegment:
    return one.model_copy(
        update={
            "probability": max(one.probability, other.probability),
            "seen": union([*one.seen, *other.seen]),
            "track_ids": [*one.track_ids, *other.track_ids],
            "ruled": one.ruled or other.ruled,
        }
    )
