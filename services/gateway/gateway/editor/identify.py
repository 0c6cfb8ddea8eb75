"""Bringing who is on a timeline's segments to what its tracks say, as one edit."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from gateway.editor.publish import not_contradicting
from gateway.editor.timeline import Door, Edit, EditKind, Timeline
from gateway.pipeline.merge import people_in
from kernel.contracts.library import PersonInSegment, Segment, Track


class Signature(NamedTuple):
    """Who makes an edit, through which door, and by which decision."""

    kind: EditKind
    actor: str
    door: Door
    decision_id: UUID | None
    note: str | None = None


def people_as_tracked(
    timeline: Timeline, tracks: Sequence[Track], touched: Collection[UUID], signed: Signature
) -> Edit | None:
    """The edit after which segments name whom `tracks` name, or None when they do already.

    `tracks` are all of the video's, `touched` those that were decided anew: only segments they overlap change, and
    in these only the people the machine found. What a person put on a segment stays, and captions do.
    """
    moved = [track for track in tracks if track.id in touched]
    before: list[Segment] = []
    after: list[Segment] = []
    for segment in timeline.segments:
        if any(track.span.overlap_ms(segment.span) for track in moved):
            people = _people(segment, tracks)
            if people != segment.people:
                before.append(segment)
                after.append(segment.model_copy(update={"people": people, "version": timeline.version + 1}))
    if not before:
        return None
    return Edit(
        video_id=timeline.video_id,
        version=timeline.version + 1,
        before=tuple(before),
        after=tuple(after),
        **signed._asdict(),
    )


def _people(segment: Segment, tracks: Sequence[Track]) -> list[PersonInSegment]:
    """Everybody on a segment: whom people put there, then whom the tracks show."""
    said = [person for person in segment.people if person.origin != "machine"]
    shown = people_in(segment.span, [track for track in tracks if track.span.overlap_ms(segment.span)])
    return [*said, *not_contradicting(shown, [person for person in said if person.origin == "human"])]
