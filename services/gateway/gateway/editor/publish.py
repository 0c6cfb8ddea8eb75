"""Publishing a machine's opinion of a whole timeline as one edit that never overwrites a human value.

A segment lives on under its id when the machine sees (nearly) the same span again, so links to it stay.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID, uuid5

from gateway.editor.lineage import by_time
from gateway.editor.portions import all_objects, during, joined, once_equal, tracked
from gateway.editor.timeline import Door, Edit, EditKind, Timeline
from gateway.pipeline.merge import union
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption, Track
from kernel.contracts.time import Span

Said = TypeVar("Said", SegmentCaption, PersonInSegment)

# Two spans are the same moment when they share at least half of what they cover together.
SAME_MOMENT = 0.5


def publish(  # noqa: PLR0913 - who signs, and what is known besides
    timeline: Timeline,
    opinion: Sequence[Segment],
    *,
    actor: str,
    door: Door,
    kind: EditKind = "publish",
    settled: Mapping[UUID, Span] = MappingProxyType({}),
    tracks: Sequence[Track] = (),
) -> Edit | None:
    """The edit that brings `timeline` to the machine's `opinion`, or None when nothing would change.

    Segments no human touched follow the machine: updated, moved or removed. Segments a human touched keep
    their span and every human caption and person; only their machine values are renewed. Where people have replaced the
    machine's cuts (`settled`: whose they were, and where) it makes no new ones, and gives nobody a name of theirs: what
    people replaced would be taken for back as it was. `tracks` are the opinion's, when it has any.
    """
    version = timeline.version + 1
    heirs = _heirs([old for old in timeline.segments if old.span_origin != "human"], opinion)
    shaped = _Shaped(opinion, tracks)
    before: list[Segment] = []
    after: list[Segment] = []
    for old in timeline.segments:
        new = shaped.renewed(old) if old.span_origin == "human" else _renewed(old, heirs.get(old.id), tracks)
        if new == old:
            continue
        before.append(old)
        if new is not None:
            after.append(new.model_copy(update={"version": version}))
    fresh, withheld = _fresh(timeline, opinion, {heir.id for heir in heirs.values()}, settled)
    if not before and not fresh:
        return None
    kept = {segment.id for segment in after}
    return Edit(
        video_id=timeline.video_id,
        version=version,
        kind=kind,
        actor=actor,
        door=door,
        before=tuple(before),
        after=(*after, *fresh),
        lineage=tuple(by_time([one for one in before if one.id not in kept], fresh)),
        withheld=tuple(withheld),
    )


def _fresh(
    timeline: Timeline, opinion: Sequence[Segment], inherited: set[UUID], settled: Mapping[UUID, Span]
) -> tuple[list[Segment], list[Span]]:
    """New segments, and the spans of those that are not made since people have cut there otherwise."""
    taken = {segment.id for segment in timeline.segments} | settled.keys()
    there = {(segment.span, segment.id) for segment in timeline.segments}
    new = [seen for seen in opinion if seen.id not in inherited and (seen.span, seen.id) not in there]
    theirs = union(settled.values())
    mine = [seen for seen in new if 2 * sum(seen.span.overlap_ms(one) for one in theirs) < seen.span.duration_ms]
    kept = {seen.id for seen in mine}
    return [_named(seen, timeline.version + 1, taken) for seen in mine], [s.span for s in new if s.id not in kept]


def touched_by_human(segment: Segment) -> bool:
    said = (_human(segment.captions), _human(segment.people), segment.tags, segment.notes, segment.not_people)
    return segment.span_origin == "human" or any(said)


def _named(seen: Segment, version: int, taken: set[UUID]) -> Segment:
    """A new segment; when its id already stands for another moment, it gets one derived from the version."""
    name = seen.id if seen.id not in taken else uuid5(seen.id, str(version))
    return seen.model_copy(update={"id": name, "version": version})


def _renewed(old: Segment, heir: Segment | None, tracks: Sequence[Track]) -> Segment | None:
    """What becomes of `old` given the opinion that inherits from it; None when it is to go."""
    if touched_by_human(old):
        return old if heir is None else _with_machine_values(old, [heir], tracks)
    if heir is None:
        return None
    captions = [*heir.captions, *still_worded(old, heir.captions)]
    return heir.model_copy(update={"id": old.id, "version": old.version, "captions": captions})


class _Shaped:
    """Renews segments that people cut: from all that the machine says of their time."""

    def __init__(self, opinion: Sequence[Segment], tracks: Sequence[Track]) -> None:
        self._opinion = [seen for seen in opinion if seen.span_origin != "human"]
        self._tracks = tracks

    def renewed(self, old: Segment) -> Segment:
        """As it is where the machine says nothing of it."""
        said = [seen for seen in self._opinion if _mostly(seen.span, old.span)]
        said.sort(key=lambda seen: (seen.span.start_ms, seen.span.end_ms))
        return _with_machine_values(old, said, self._tracks) if said else old


def _mostly(one: Span, other: Span) -> bool:
    """Whether either holds at least half of the other."""
    return 2 * one.overlap_ms(other) >= min(one.duration_ms, other.duration_ms)


def _with_machine_values(old: Segment, said: Sequence[Segment], tracks: Sequence[Track]) -> Segment:
    captions = once_equal(caption for seen in said for caption in _machine(seen.captions))
    people = joined(person for seen in said for person in _machine(seen.people))
    here = tracked(old.span, during(people, old.span), tracks)
    return old.model_copy(
        update={
            "captions": [*_human(old.captions), *captions, *still_worded(old, captions)],
            "held": once_equal(caption for seen in said for caption in seen.held),
            "people": [*_human(old.people), *not_contradicting(here, _human(old.people), old.not_people)],
            "objects": all_objects(said),
            "scale": said[0].scale if len({seen.scale for seen in said}) == 1 else None,
        }
    )


def still_worded(old: Segment, captions: Sequence[SegmentCaption]) -> list[SegmentCaption]:
    """What a language model made of captions that are still the same: nothing is said twice."""
    if any(caption.worded for caption in captions) or _worded_from(old.captions) != _worded_from(captions):
        return []
    return [caption for caption in old.captions if caption.worded]


def _worded_from(captions: Sequence[SegmentCaption]) -> list[tuple[str, str]]:
    return [(one.language, one.text) for one in captions if one.origin != "human" and not one.worded]


def _human(values: Sequence[Said]) -> list[Said]:
    return [value for value in values if value.origin == "human"]


def _machine(values: Sequence[Said]) -> list[Said]:
    return [value for value in values if value.origin != "human"]


def not_contradicting(
    machine: Sequence[PersonInSegment], human: Sequence[PersonInSegment], refused: Sequence[UUID] = ()
) -> list[PersonInSegment]:
    """Machine opinions on people and tracks that no human has spoken about; nobody of `refused`."""
    people = {person.person_id for person in human} | set(refused)
    tracks = {track for person in human for track in person.track_ids}
    return [
        person
        for person in machine
        if (person.person_id is None or person.person_id not in people) and not tracks & set(person.track_ids)
    ]


def _heirs(old: Sequence[Segment], opinion: Sequence[Segment]) -> dict[UUID, Segment]:
    """Old segment id to the opinion on the same moment; each opinion inherits from one segment at most.

    Both lists are in order of time, so each old segment is compared only with its neighbours in time.
    """
    pairs: list[tuple[float, Segment, Segment]] = []
    ordered = sorted(opinion, key=lambda s: s.span.start_ms)
    first = 0
    longest = max((s.span.duration_ms for s in ordered), default=0)
    for segment in sorted(old, key=lambda s: s.span.start_ms):
        while first < len(ordered) and ordered[first].span.start_ms + longest <= segment.span.start_ms:
            first += 1
        for seen in islice(ordered, first, None):
            if seen.span.start_ms >= segment.span.end_ms:
                break
            if (share := _shared(segment.span, seen.span)) >= SAME_MOMENT:
                pairs.append((share, segment, seen))
    return _matched(pairs)


def _matched(pairs: list[tuple[float, Segment, Segment]]) -> dict[UUID, Segment]:
    """The best pairs first, each side used once."""
    heirs: dict[UUID, Segment] = {}
    taken: set[UUID] = set()
    for _, segment, seen in sorted(pairs, key=lambda p: (-p[0], p[1].span.start_ms, p[1].id)):
        if segment.id not in heirs and seen.id not in taken:
            heirs[segment.id] = seen
            taken.add(seen.id)
    return heirs


def _shared(one: Span, other: Span) -> float:
    """Intersection over union of two spans."""
    overlap = one.overlap_ms(other)
    return overlap / (one.duration_ms + other.duration_ms - overlap)
