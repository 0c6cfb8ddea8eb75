"""Bringing who is on a timeline's segments to what its tracks say, as one edit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from gateway.editor.labels import Names, Naming, labels, reworded
from gateway.editor.publish import not_contradicting
from gateway.editor.timeline import Edit, Signature, Timeline
from gateway.pipeline.merge import people_in
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption, Track


class Wording(NamedTuple):
    """What machine captions are made of: each segment as it was when they were written, and what people are called."""

    told: Mapping[UUID, Segment]
    naming: Naming


def shown_in(timeline: Timeline, tracks: Sequence[Track]) -> list[UUID]:
    """The segments that any of these tracks is on."""
    return [segment.id for segment in timeline.segments if any(track.span.overlap_ms(segment.span) for track in tracks)]


def people_as_tracked(
    timeline: Timeline, tracks: Sequence[Track], moved: Sequence[Track], words: Wording, signed: Signature
) -> Edit | None:
    """The edit after which segments name whom `tracks` name, or None when they do already.

    `tracks` are all of the video's, `moved` those that were decided anew: only segments they are on change, and in
    these only the people the machine found, and what its captions call them. What a person put on a segment stays.
    """
    concerned = set(shown_in(timeline, moved))
    version = timeline.version + 1
    now = {segment.id: _people(segment, tracks) for segment in timeline.segments if segment.id in concerned}
    before = [segment for segment in timeline.segments if segment.id in now and now[segment.id] != segment.people]
    if not before:
        return None
    after = [
        segment.model_copy(
            update={
                "people": now[segment.id],
                "captions": _captions(segment, now[segment.id], tracks, words),
                "version": version,
            }
        )
        for segment in before
    ]
    return Edit(
        video_id=timeline.video_id, version=version, before=tuple(before), after=tuple(after), **signed._asdict()
    )


def freshened(segment: Segment, tracks: Sequence[Track], naming: Naming) -> Segment:
    """A segment that comes back from history, as to people whom the tracks show now, called what they are called now.

    `tracks`: the video's that are on screen in it, or more; empty when the video has none.
    """
    people = _people(segment, tracks) if tracks else segment.people
    were = labels((person.person_id for person in segment.people), naming)
    are = labels((person.person_id for person in people), naming)
    captions = reworded(segment.captions, were, are, naming.known)
    return segment.model_copy(update={"people": people, "captions": captions})


def _people(segment: Segment, tracks: Sequence[Track]) -> list[PersonInSegment]:
    """Everybody on a segment: whom people put there, then whom the tracks show."""
    said = [person for person in segment.people if person.origin != "machine"]
    shown = people_in(segment.span, [track for track in tracks if track.span.overlap_ms(segment.span)])
    humans = [person for person in said if person.origin == "human"]
    return [*said, *not_contradicting(shown, humans, segment.not_people)]


def _captions(
    segment: Segment, people: Sequence[PersonInSegment], tracks: Sequence[Track], words: Wording
) -> list[SegmentCaption]:
    """The segment's captions, those of the machine calling everybody on it what they are called now.

    They are made of what the machine wrote, not of what they became by earlier rulings: so undoing is exact.
    """
    if (told := words.told.get(segment.id)) is None:
        return segment.captions
    were = labels((person.person_id for person in told.people), words.naming)
    are = labels((person.person_id for person in people), words.naming)
    are_then = {**_instead(told, were, are, tracks), **are}
    renamed = reworded(told.captions, were, are_then, words.naming.known)
    kept = [caption for caption in segment.captions if caption.origin != "machine"]
    return [*kept, *(caption for caption in renamed if caption.origin == "machine")]


def _instead(
    told: Segment, were: Mapping[UUID, Names], are: Mapping[UUID, Names], tracks: Sequence[Track]
) -> dict[UUID, Names]:
    """Of those who are gone: what somebody new is called whose all their faces now are."""
    now = {track.id: track.person_id for track in tracks}
    become: dict[UUID, set[UUID | None]] = defaultdict(set)
    for person in told.people:
        if person.person_id is not None and person.origin == "machine":
            become[person.person_id] |= {now.get(track) for track in person.track_ids}
    new = {gone: next(iter(who)) for gone, who in become.items() if gone not in are and len(who) == 1}
    taken = list(new.values())
    return {
        gone: are[who]
        for gone, who in new.items()
        if who is not None and who in are and who not in were and taken.count(who) == 1
    }
