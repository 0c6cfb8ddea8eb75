"""What people do to a timeline: an operation takes a timeline and a command, and gives an edit or a refusal. Pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID, uuid5

from gateway.editor import portions
from gateway.editor.fields import same
from gateway.editor.publish import not_contradicting
from gateway.editor.timeline import Edit, Signature, Timeline
from kernel.contracts import editing
from kernel.contracts.editing import Operation, RefusedReason
from kernel.contracts.history import Succession
from kernel.contracts.library import Note, PersonInSegment, Segment, SegmentCaption, Track
from kernel.contracts.model import Value
from kernel.contracts.time import Span


class Refusal(Value):
    """Why a command can't be done. `versions`: the later edits that depend on what was to be undone."""

    reason: RefusedReason
    segment_id: UUID | None = None
    versions: tuple[int, ...] = ()


class Scene(NamedTuple):
    """What an operation knows besides the timeline.

    `tracks` are those on screen in what is touched, at least; `seed` is fresh for each edit and what new ids are made
    of; `length_ms` is None where nobody knows how long the video is.
    """

    signed: Signature
    seed: UUID
    at: datetime
    length_ms: int | None = None
    tracks: Sequence[Track] = ()


class RefusedError(Exception):
    """Within an operation: a refusal on its way out."""

    def __init__(self, reason: RefusedReason, segment_id: UUID | None = None, versions: Sequence[int] = ()) -> None:
        super().__init__(reason)
        self.refusal = Refusal(reason=reason, segment_id=segment_id, versions=tuple(versions))


class Changed(NamedTuple):
    """Whole segments before and after; what is in both untouched is left out later."""

    before: Sequence[Segment]
    after: Sequence[Segment]
    lineage: Sequence[Succession] = ()


def operate(timeline: Timeline, command: Operation, scene: Scene) -> Edit | Refusal:
    """The edit that does what `command` says. Of the timeline, only the segments it names need to be there."""
    try:
        return edit_of(timeline, _changed(timeline, command, scene), scene.signed)
    except RefusedError as refused:
        return refused.refusal


def _changed(timeline: Timeline, command: Operation, scene: Scene) -> Changed:
    match command:
        case editing.Create():
            return _create(timeline, command, scene)
        case editing.Split():
            return _split(timeline, command, scene)
        case editing.Merge():
            return _merge(timeline, command, scene)
        case editing.Move():
            return _move(timeline, command, scene)
        case _:
            return _said(timeline, command, scene)


_Saying: TypeAlias = (
    editing.Delete | editing.SetCaption | editing.ChangePeople | editing.ChangeTags | editing.ChangeNotes
)


def _said(timeline: Timeline, command: _Saying, scene: Scene) -> Changed:
    """Commands that leave times as they are."""
    match command:
        case editing.Delete():
            return Changed(_named(timeline, command.segment_ids), [])
        case editing.SetCaption():
            return _caption(timeline, command)
        case editing.ChangePeople():
            return _people(timeline, command)
        case editing.ChangeTags():
            return _tag(timeline, command)
        case editing.ChangeNotes():
            return _note(timeline, command, scene)


def touched_by(command: Operation) -> list[UUID]:
    """The segments that a command names."""
    match command:
        case editing.Create():
            return []
        case editing.Split() | editing.Move():
            return [command.segment_id]
        case _:
            return portions.once(command.segment_ids)


def edit_of(timeline: Timeline, changed: Changed, signed: Signature, of_version: int | None = None) -> Edit:
    """Raises RefusedError when nothing would change."""
    version = timeline.version + 1
    were, are = {one.id: one for one in changed.before}, {one.id: one for one in changed.after}
    touched = [name for name in dict.fromkeys((*were, *are)) if not same(were.get(name), are.get(name))]
    if not touched:
        raise RefusedError("unchanged")
    return Edit(
        video_id=timeline.video_id,
        version=version,
        before=tuple(were[name] for name in touched if name in were),
        after=tuple(are[name].model_copy(update={"version": version}) for name in touched if name in are),
        lineage=tuple(changed.lineage),
        of_version=of_version,
        **signed._asdict(),
    )


# ---- cutting


def _create(timeline: Timeline, command: editing.Create, scene: Scene) -> Changed:
    span = _within(command.start_ms, command.end_ms, scene)
    said = [SegmentCaption(text=one.text, language=one.language, origin="human") for one in command.captions]
    people = [_put(person_id) for person_id in portions.once(command.people)]
    made = Segment(
        id=uuid5(scene.seed, "0"),
        video_id=timeline.video_id,
        span=span,
        span_origin="human",
        captions=said,
        people=_with_machines(people, portions.tracked(span, (), scene.tracks)),
        tags=list(dict.fromkeys(command.tags)),
        version=0,
    )
    return Changed([], [made])


def _split(timeline: Timeline, command: editing.Split, scene: Scene) -> Changed:
    [whole] = _named(timeline, [command.segment_id])
    if any(not whole.span.start_ms < at_ms < whole.span.end_ms for at_ms in command.at_ms):
        raise RefusedError("cut_outside", whole.id)
    spans = portions.parts(whole.span, command.at_ms)
    humans = portions.divided(portions.human(whole), spans)
    machines = portions.divided(portions.machine(whole), spans)
    made = [
        whole.model_copy(
            update={
                "id": uuid5(scene.seed, str(place)),
                "span": span,
                "span_origin": "human",
                "people": _with_machines(
                    humans[place], portions.tracked(span, machines[place], scene.tracks), whole.not_people
                ),
            }
        )
        for place, span in enumerate(spans)
    ]
    return Changed([whole], made, [Succession(parent_id=whole.id, child_id=part.id) for part in made])


def _merge(timeline: Timeline, command: editing.Merge, scene: Scene) -> Changed:
    parts = sorted(_named(timeline, command.segment_ids), key=lambda one: (one.span.start_ms, one.span.end_ms))
    if len(parts) == 1:
        raise RefusedError("unchanged", parts[0].id)
    if not command.gaps and (alone := _after_a_gap(parts)):
        raise RefusedError("apart", alone)
    span = portions.hull(part.span for part in parts)
    humans = portions.joined(person for part in parts for person in portions.human(part))
    machines = portions.joined(person for part in parts for person in portions.machine(part))
    there = {person.person_id for person in (*humans, *machines)}
    refused = portions.once(one for part in parts for one in part.not_people if one not in there)
    whole = Segment(
        id=uuid5(scene.seed, "0"),
        video_id=timeline.video_id,
        span=span,
        span_origin="human",
        captions=portions.all_captions(parts),
        people=_with_machines(humans, portions.tracked(span, machines, scene.tracks), refused),
        not_people=refused,
        objects=portions.all_objects(parts),
        scale=parts[0].scale if len({part.scale for part in parts}) == 1 else None,
        tags=list(dict.fromkeys(tag for part in parts for tag in part.tags)),
        notes=list({note.id: note for part in parts for note in part.notes}.values()),
        version=0,
    )
    return Changed(parts, [whole], [Succession(parent_id=part.id, child_id=whole.id) for part in parts])


def _after_a_gap(parts: Sequence[Segment]) -> UUID | None:
    """The first that begins after all before it have ended."""
    end_ms = parts[0].span.end_ms
    for part in parts[1:]:
        if part.span.start_ms > end_ms:
            return part.id
        end_ms = max(end_ms, part.span.end_ms)
    return None


def _move(timeline: Timeline, command: editing.Move, scene: Scene) -> Changed:
    [old] = _named(timeline, [command.segment_id])
    start_ms = old.span.start_ms if command.start_ms is None else command.start_ms
    end_ms = old.span.end_ms if command.end_ms is None else command.end_ms
    span = _within(start_ms, end_ms, scene, old)
    if span == old.span:
        raise RefusedError("unchanged", old.id)
    humans = [person.model_copy(update={"seen": portions.cut(person.seen, span)}) for person in portions.human(old)]
    machines = portions.during(portions.machine(old), span)
    people = _with_machines(humans, portions.tracked(span, machines, scene.tracks), old.not_people)
    return Changed([old], [old.model_copy(update={"span": span, "span_origin": "human", "people": people})])


def _within(start_ms: int, end_ms: int, scene: Scene, of: Segment | None = None) -> Span:
    if end_ms <= start_ms:
        raise RefusedError("empty_span", of.id if of else None)
    if scene.length_ms is not None and end_ms > max(scene.length_ms, of.span.end_ms if of else 0):
        raise RefusedError("outside_video", of.id if of else None)
    return Span(start_ms=start_ms, end_ms=end_ms)


# ---- saying


def _caption(timeline: Timeline, command: editing.SetCaption) -> Changed:
    said = (
        [SegmentCaption(text=command.text, language=command.language, origin="human")]
        if command.text is not None
        else []
    )

    def written(segment: Segment) -> Segment:
        others = [one for one in segment.captions if one.origin != "human" or one.language != command.language]
        return segment.model_copy(update={"captions": [*said, *others]})

    return _each(timeline, command.segment_ids, written)


def _people(timeline: Timeline, command: editing.ChangePeople) -> Changed:
    gone, new = set(command.remove), list(command.add)

    def peopled(segment: Segment) -> Segment:
        swap = command.replace
        if swap is not None and any(person.person_id == swap.gone for person in segment.people):
            return _without(_with(segment, [*new, swap.by]), gone | {swap.gone})
        return _without(_with(segment, new), gone)

    return _each(timeline, command.segment_ids, peopled)


def _with(segment: Segment, new: Iterable[UUID]) -> Segment:
    """Whoever is there by a person's word already, of the segment or of a face on it, is not put there again."""
    said = {person.person_id for person in segment.people if person.origin == "human" or person.ruled}
    wanted = portions.once(new)
    fresh = [who for who in wanted if who not in said]
    seen = {person.person_id: person.seen for person in segment.people}
    machines = [person for person in portions.machine(segment) if person.person_id not in fresh]
    people = [*portions.human(segment), *(_put(who, seen.get(who, [])) for who in fresh), *machines]
    refused = [who for who in segment.not_people if who not in wanted]
    return segment.model_copy(update={"people": people, "not_people": refused})


def _without(segment: Segment, gone: set[UUID]) -> Segment:
    """Nobody of `gone` is there, and no machine may say so again: not of those either whom people had put there."""
    named = [person.person_id for person in segment.people if person.person_id in gone]
    refused = portions.once([*segment.not_people, *(one for one in named if one is not None)])
    people = [person for person in segment.people if person.person_id not in gone]
    return segment.model_copy(update={"people": people, "not_people": refused})


def _tag(timeline: Timeline, command: editing.ChangeTags) -> Changed:
    def tagged(segment: Segment) -> Segment:
        tags = [tag for tag in dict.fromkeys([*segment.tags, *command.add]) if tag not in command.remove]
        return segment.model_copy(update={"tags": tags})

    return _each(timeline, command.segment_ids, tagged)


def _note(timeline: Timeline, command: editing.ChangeNotes, scene: Scene) -> Changed:
    targets = _named(timeline, command.segment_ids)
    known = {note.id for segment in targets for note in segment.notes}
    if not known >= set(command.remove):
        raise RefusedError("no_such_note")
    new = (
        [Note(id=uuid5(scene.seed, "note"), text=command.add, actor=scene.signed.actor, at=scene.at)]
        if command.add is not None
        else []
    )

    def noted(segment: Segment) -> Segment:
        kept = [note for note in segment.notes if note.id not in command.remove]
        return segment.model_copy(update={"notes": [*kept, *new]})

    return _each(timeline, command.segment_ids, noted)


# ---- what they share


def _named(timeline: Timeline, ids: Iterable[UUID]) -> list[Segment]:
    there = {segment.id: segment for segment in timeline.segments}
    wanted = portions.once(ids)
    for segment_id in wanted:
        if segment_id not in there:
            raise RefusedError("no_such_segment", segment_id)
    return [there[segment_id] for segment_id in wanted]


def _each(timeline: Timeline, ids: Iterable[UUID], change: Callable[[Segment], Segment]) -> Changed:
    old = _named(timeline, ids)
    return Changed(old, [change(segment) for segment in old])


def _put(person_id: UUID, seen: Sequence[Span] = ()) -> PersonInSegment:
    return PersonInSegment(person_id=person_id, probability=1.0, origin="human", seen=list(seen))


def _with_machines(
    humans: Sequence[PersonInSegment], machines: Sequence[PersonInSegment], refused: Sequence[UUID] = ()
) -> list[PersonInSegment]:
    return [*humans, *not_contradicting(machines, humans, refused)]
