"""Taking back: undo of one earlier edit, redo, revert to a version; what was there at one. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from gateway.editor.fields import MACHINES_OWN, differing, fields, same, same_said, with_fields
from gateway.editor.lineage import by_time
from gateway.editor.operations import Changed, Refusal, RefusedError, edit_of
from gateway.editor.portions import divided, during, human, machine, tracked
from gateway.editor.publish import not_contradicting
from gateway.editor.timeline import Edit, EditKind, Signature, Timeline
from kernel.contracts.history import Succession
from kernel.contracts.library import Segment, Track


def undone(
    timeline: Timeline, edit: Edit, later: Sequence[Edit], signed: Signature, tracks: Sequence[Track] = ()
) -> Edit | Refusal:
    """The edit that takes `edit` back, field by field, and leaves alone what came after and does not depend on it.

    What only machines said since is in nobody's way. `later` are the edits since that touch any of its segments, oldest
    first; the refusal names those in the way. Of the timeline only the segments of `edit` need to be there, of `tracks`
    those on screen in them. An undo is taken back the same way.
    """
    try:
        return edit_of(timeline, _taken_back(timeline, edit, later, tracks), signed, of_version=edit.version)
    except RefusedError as refused:
        return refused.refusal


def _taken_back(timeline: Timeline, edit: Edit, later: Sequence[Edit], tracks: Sequence[Track]) -> Changed:
    there = {segment.id: segment for segment in timeline.segments}
    were, are = {one.id: one for one in edit.before}, {one.id: one for one in edit.after}
    before, after = [], []
    for name in dict.fromkeys((*were, *are)):
        now, back = there.get(name), _as_before(there.get(name), were.get(name), are.get(name), later, tracks)
        before += [now] if now is not None else []
        after += [back] if back is not None else []
    return Changed(before, after, [Succession(parent_id=s.child_id, child_id=s.parent_id) for s in edit.lineage])


def _as_before(
    now: Segment | None, were: Segment | None, are: Segment | None, later: Sequence[Edit], tracks: Sequence[Track]
) -> Segment | None:
    """One segment of the edit without what the edit did. Raises RefusedError naming who built on it."""
    if same(now, are):
        return were
    if now is None or were is None or are is None:
        if now is not None and are is not None and same_said(now, are):
            return were
        known = next(one for one in (now, were, are) if one is not None)
        raise RefusedError("depends", known.id, [edit.version for edit in later if known.id in edit.touched])
    said, made, is_now = fields(were), fields(are), fields(now)
    mine = differing(said, made)
    moved = {name for name in mine if is_now.get(name) != made.get(name)} - MACHINES_OWN
    if moved:
        raise RefusedError("depends", now.id, _who_changed(moved, now.id, later))
    return _whole(with_fields(now, {name: said.get(name) for name in mine}), tracks)


def _whole(mixed: Segment, tracks: Sequence[Track]) -> Segment:
    """Fields of two times in one segment: people are seen within its span, machines name whom the tracks show in it.

    Nobody of whom people said otherwise.
    """
    [humans] = divided(human(mixed), [mixed.span])
    machines = tracked(mixed.span, during(machine(mixed), mixed.span), tracks)
    people = [*humans, *not_contradicting(machines, humans, mixed.not_people)]
    return mixed.model_copy(update={"people": people})


def _who_changed(names: Iterable[str], segment_id: UUID, later: Sequence[Edit]) -> list[int]:
    """Versions of the edits that changed any of these fields of a segment."""
    wanted = set(names)
    found = []
    for edit in later:
        before = next((fields(one) for one in edit.before if one.id == segment_id), {})
        after = next((fields(one) for one in edit.after if one.id == segment_id), {})
        if wanted & set(differing(before, after)):
            found.append(edit.version)
    return found


def reverted(
    timeline: Timeline, target: Sequence[Segment], gone: Sequence[Segment], of_version: int, signed: Signature
) -> Edit | Refusal:
    """The edit that brings back `target`, segments as they were at a version, and takes away `gone`.

    Both are what differs from that version; all else stays as it is.
    """
    concerned = {segment.id for segment in (*target, *gone)}
    before = [segment for segment in timeline.segments if segment.id in concerned]
    there = {segment.id for segment in before}
    lineage = by_time(gone, [one for one in target if one.id not in there])
    try:
        return edit_of(timeline, Changed(before, target, lineage), signed, of_version=of_version)
    except RefusedError as refused:
        return refused.refusal


def as_it_was(since: Iterable[Edit]) -> dict[UUID, Segment | None]:
    """Segments that edits since a version touch, as they were at it; None: not there. `since` is oldest first."""
    found: dict[UUID, Segment | None] = {}
    for edit in since:
        were = {segment.id: segment for segment in edit.before}
        for segment_id in edit.touched:
            found.setdefault(segment_id, were.get(segment_id))
    return found


def as_it_became(edits: Iterable[Edit]) -> dict[UUID, Segment | None]:
    """Segments that these edits touch, as the last of them left them; None: not there. Oldest first."""
    found: dict[UUID, Segment | None] = {}
    for edit in edits:
        are = {segment.id: segment for segment in edit.after}
        found |= {segment_id: are.get(segment_id) for segment_id in edit.touched}
    return found


class LedgerStep(NamedTuple):
    """What an edit did to the ledger of what people said of faces: its decision, or the version it reverted to."""

    version: int
    kind: EditKind
    decision_id: UUID | None
    of_version: int | None


States = list[tuple[int, frozenset[UUID]]]
"""Versions, each with the decisions that stood from it on."""


def standing(steps: Iterable[LedgerStep], version: int) -> frozenset[UUID]:
    """The decisions that stood at a version. `steps` in order of version."""
    return _at(_states(steps), version)


def standing_without(steps: Iterable[LedgerStep], version: int) -> frozenset[UUID]:
    """The decisions that stand once the edit of a version is taken back, and what came after it stays."""
    states = _states(steps)
    return _without(states, version)


def _states(steps: Iterable[LedgerStep]) -> States:
    states: States = [(0, frozenset())]
    for step in steps:
        states.append((step.version, _stood(states, step)))
    return states


def _stood(states: States, step: LedgerStep) -> frozenset[UUID]:
    stood = states[-1][1]
    if step.kind == "revert":
        return _at(states, step.of_version or 0)
    if step.decision_id is not None:
        return stood - {step.decision_id} if step.kind == "undo" else stood | {step.decision_id}
    return _without(states, step.of_version) if step.of_version else stood


def _at(states: States, version: int) -> frozenset[UUID]:
    return next(stood for since, stood in reversed(states) if since <= version)


def _without(states: States, version: int) -> frozenset[UUID]:
    """What an edit brought about is turned round, where nothing has turned it since."""
    before, after, now = _at(states, version - 1), _at(states, version), states[-1][1]
    return now ^ {one for one in before ^ after if (one in now) == (one in after)}
