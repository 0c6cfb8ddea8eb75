"""Who and what is on a part of a segment, and on several together. Pure."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeVar
from uuid import UUID

from gateway.pipeline.merge import people_in, union
from kernel.contracts.captions import SeenObject
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption, Track
from kernel.contracts.time import Span

T = TypeVar("T")


def parts(span: Span, cuts: Iterable[int]) -> list[Span]:
    """The parts of a span, cut at these milliseconds, which lie inside of it."""
    edges = [span.start_ms, *sorted(set(cuts)), span.end_ms]
    return [Span(start_ms=start, end_ms=end) for start, end in pairwise(edges)]


def hull(spans: Iterable[Span]) -> Span:
    """From where the first begins to where the last ends."""
    known = list(spans)
    return Span(start_ms=min(one.start_ms for one in known), end_ms=max(one.end_ms for one in known))


def divided(people: Iterable[PersonInSegment], into: Sequence[Span]) -> list[list[PersonInSegment]]:
    """The people of each part: where they are seen. Whoever is seen in none of them is on all."""
    found: list[list[PersonInSegment]] = [[] for _ in into]
    for person in people:
        seen = [cut(person.seen, part) for part in into]
        for here, its in zip(found, seen, strict=True):
            if its:
                here.append(person.model_copy(update={"seen": its}))
            elif not any(seen):
                here.append(person.model_copy(update={"seen": []}))
    return found


def during(people: Iterable[PersonInSegment], span: Span) -> list[PersonInSegment]:
    """Those who are seen in `span`, with when, and those of whom nobody knows when."""
    return [
        person.model_copy(update={"seen": cut(person.seen, span)})
        for person in people
        if not person.seen or cut(person.seen, span)
    ]


def cut(seen: Iterable[Span], span: Span) -> list[Span]:
    return [
        Span(start_ms=max(one.start_ms, span.start_ms), end_ms=min(one.end_ms, span.end_ms))
        for one in seen
        if one.overlap_ms(span)
    ]


def joined(people: Iterable[PersonInSegment]) -> list[PersonInSegment]:
    """Everybody once, seen whenever any mention says so. Unknown faces are one where they are one track."""
    found: dict[object, PersonInSegment] = {}
    for place, person in enumerate(people):
        who = person.person_id or tuple(person.track_ids) or place
        key = (who, person.origin)
        found[key] = _one(found[key], person) if key in found else person
    return list(found.values())


def _one(first: PersonInSegment, other: PersonInSegment) -> PersonInSegment:
    surer = first if first.probability >= other.probability else other
    return surer.model_copy(
        update={
            "seen": union([*first.seen, *other.seen]),
            "track_ids": once([*first.track_ids, *other.track_ids]),
            "ruled": first.ruled or other.ruled,
        }
    )


def tracked(span: Span, people: Iterable[PersonInSegment], tracks: Sequence[Track]) -> list[PersonInSegment]:
    """What machines say of who is in `span`: by the tracks where there are any, else as `people` of it say."""
    here = [track for track in tracks if track.span.overlap_ms(span)]
    known = {track.id for track in tracks}
    untracked = [person for person in people if known.isdisjoint(person.track_ids)]
    return joined([*people_in(span, here), *untracked])


def human(segment: Segment) -> list[PersonInSegment]:
    return [person for person in segment.people if person.origin == "human"]


def machine(segment: Segment) -> list[PersonInSegment]:
    return [person for person in segment.people if person.origin != "human"]


def all_captions(segments: Iterable[Segment]) -> list[SegmentCaption]:
    """Every different caption, a person's before a machine's."""
    said = once_equal(caption for segment in segments for caption in segment.captions)
    return [*(one for one in said if one.origin == "human"), *(one for one in said if one.origin != "human")]


def all_objects(segments: Iterable[Segment]) -> list[SeenObject]:
    """Each kind once, as where most are seen."""
    most: dict[str, SeenObject] = {}
    for seen in (one for segment in segments for one in segment.objects):
        if seen.label not in most or seen.count > most[seen.label].count:
            most[seen.label] = seen
    return list(most.values())


def once(ids: Iterable[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))


def once_equal(values: Iterable[T]) -> list[T]:
    """Each value once, in order; they need not be hashable."""
    found: list[T] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
