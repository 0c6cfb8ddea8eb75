"""Publishing a machine's opinion of a whole timeline as one edit that never overwrites a human value.

A segment lives on under its id when the machine sees (nearly) the same span again, so links to it stay.
"""

from collections.abc import Sequence
from itertools import islice
from typing import TypeVar
from uuid import UUID, uuid5

from gateway.editor.timeline import Door, Edit, EditKind, Timeline
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption
from kernel.contracts.time import Span

Said = TypeVar("Said", SegmentCaption, PersonInSegment)

# Two spans are the same moment when they share at least half of what they cover together.
SAME_MOMENT = 0.5


def publish(
    timeline: Timeline,
    opinion: Sequence[Segment],
    *,
    actor: str,
    door: Door,
    kind: EditKind = "publish",
) -> Edit | None:
    """The edit that brings `timeline` to the machine's `opinion`, or None when nothing would change.

    Segments no human touched follow the machine: updated, moved or removed. Segments a human touched keep
    their span and every human caption and person; only their machine values are renewed.
    """
    version = timeline.version + 1
    heirs = _heirs(timeline.segments, opinion)
    before: list[Segment] = []
    after: list[Segment] = []
    for old in timeline.segments:
        new = _renewed(old, heirs.get(old.id))
        if new == old:
            continue
        before.append(old)
        if new is not None:
            after.append(new.model_copy(update={"version": version}))
    inherited = {heir.id for heir in heirs.values()}
    taken = {segment.id for segment in timeline.segments}
    after += [_fresh(seen, version, taken) for seen in opinion if seen.id not in inherited]
    if not before and not after:
        return None
    return Edit(
        video_id=timeline.video_id,
        version=version,
        kind=kind,
        actor=actor,
        door=door,
        before=tuple(before),
        after=tuple(after),
    )


def touched_by_human(segment: Segment) -> bool:
    return bool(_human(segment.captions) or _human(segment.people))


def _fresh(seen: Segment, version: int, taken: set[UUID]) -> Segment:
    """A new segment; when its id already stands for another moment, it gets one derived from the version."""
    name = seen.id if seen.id not in taken else uuid5(seen.id, str(version))
    return seen.model_copy(update={"id": name, "version": version})


def _renewed(old: Segment, heir: Segment | None) -> Segment | None:
    """What becomes of `old` given the opinion that inherits from it; None when it is to go."""
    if touched_by_human(old):
        return old if heir is None else _with_machine_values(old, heir)
    if heir is None:
        return None
    return heir.model_copy(update={"id": old.id, "version": old.version})


def _with_machine_values(old: Segment, heir: Segment) -> Segment:
    captions = [*_human(old.captions), *_machine(heir.captions)]
    people = [*_human(old.people), *not_contradicting(_machine(heir.people), _human(old.people))]
    return old.model_copy(update={"captions": captions, "people": people, "objects": heir.objects, "scale": heir.scale})


def _human(values: Sequence[Said]) -> list[Said]:
    return [value for value in values if value.origin == "human"]


def _machine(values: Sequence[Said]) -> list[Said]:
    return [value for value in values if value.origin != "human"]


def not_contradicting(machine: Sequence[PersonInSegment], human: Sequence[PersonInSegment]) -> list[PersonInSegment]:
    """Machine opinions on people and tracks that no human has spoken about."""
    people = {person.person_id for person in human}
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
