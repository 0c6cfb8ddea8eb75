"""The editor driven at random: whatever is done to a timeline, nothing is lost and all can be taken back."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gateway.editor.fields import difference, same
from gateway.editor.history import as_it_was, reverted, undone
from gateway.editor.lineage import heirs
from gateway.editor.operations import Refusal, Scene, operate, touched_by
from gateway.editor.publish import publish
from gateway.editor.settled import all_settled
from gateway.editor.timeline import Edit, EditKind, Signature, Timeline, apply, fold
from gateway.pipeline.merge import union
from kernel.contracts import editing
from kernel.contracts.history import Succession
from kernel.contracts.library import Segment, Track
from kernel.contracts.time import Span
from tests.drawn_editing import LENGTH, VIDEO, a_command, edges, opinion, some_tracks

AT = datetime(2026, 1, 1, tzinfo=UTC)
MACHINES_KINDS = ("publish", "import", "rename", "identify")


def signed(kind: EditKind) -> Signature:
    return Signature(kind, "eunji", "page", None)


def people_of(segments: Iterable[Segment]) -> set[UUID | None]:
    return {person.person_id for segment in segments for person in segment.people}


def texts_of(segments: Iterable[Segment]) -> set[tuple[str, str, str]]:
    return {(one.origin, one.language, one.text) for segment in segments for one in segment.captions}


def extras_of(segments: Iterable[Segment]) -> set[object]:
    found = list(segments)
    return {tag for one in found for tag in one.tags} | {note.id for one in found for note in one.notes}


def alike(one: Timeline, other: Timeline) -> bool:
    return not difference(one.segments, other.segments)


class Editing(RuleBasedStateMachine):
    """One video; people edit it, machines index it again."""

    steps: ClassVar[int] = 0  # of all that were driven in this process

    def __init__(self) -> None:
        super().__init__()
        self.edits: list[Edit] = []
        self.states: list[Timeline] = [Timeline(video_id=VIDEO)]
        self.tracks: list[Track] = []
        self.followed = True
        self.ended: dict[UUID, list[Succession]] = {}

    @property
    def now(self) -> Timeline:
        return self.states[-1]

    @property
    def known_tracks(self) -> list[Track]:
        return self.tracks if self.followed else []

    def scene(self, kind: EditKind) -> Scene:
        return Scene(signed(kind), UUID(int=10**6 + len(self.edits)), AT, LENGTH, self.known_tracks)

    def keep(self, edit: Edit | Refusal | None) -> bool:
        if not isinstance(edit, Edit):
            return False
        self.states.append(apply(self.now, edit))
        self.edits.append(edit)
        alive = {one.id: one.span for one in self.now.segments}
        for old in (one for one in edit.before if one.id in edit.removed):
            steps = [step for step in edit.lineage if step.parent_id == old.id]
            self.ended[old.id] = steps
            # Whatever shows on what it showed is there, and shares time with it.
            assert all(alive[step.child_id].overlap_ms(old.span) for step in steps)
            assert steps or edit.kind not in ("split", "merge")
        return True

    def index(self, cuts: list[int], words: str) -> Edit | None:
        said = opinion(cuts, self.tracks, words, followed=self.followed)
        return publish(
            self.now,
            said,
            actor="machine",
            door="pipeline",
            settled=all_settled(self.edits),
            tracks=self.known_tracks,
        )

    @initialize(data=st.data(), cuts=edges(), followed=st.booleans())
    def begin(self, data: st.DataObject, cuts: list[int], followed: bool) -> None:
        self.tracks, self.followed = some_tracks(data.draw), followed
        self.keep(self.index(cuts, "first"))

    @precondition(lambda self: self.now.segments)
    @rule(data=st.data())
    def command(self, data: st.DataObject) -> None:
        command = a_command(data.draw, self.now)
        before, edit = self.now, operate(self.now, command, self.scene(command.op))
        if not self.keep(edit):
            return
        assert isinstance(edit, Edit)
        assert edit.touched >= set(touched_by(command)) or command.op not in ("split", "merge", "move", "delete")
        untouched = [one for one in before.segments if one.id not in edit.touched]
        assert [one for one in self.now.segments if one.id not in edit.touched] == untouched
        self.nothing_lost(command, edit)

    def nothing_lost(self, command: editing.Operation, edit: Edit) -> None:
        """No operation loses a person or a caption but those that say so."""
        match command:
            case editing.Split() | editing.Merge():
                assert people_of(edit.before) <= people_of(edit.after)
                assert people_of(edit.after) - people_of(edit.before) <= self.seen_between(edit.before)
                assert texts_of(edit.after) == texts_of(edit.before)
                assert extras_of(edit.after) == extras_of(edit.before)
                assert {step.parent_id for step in edit.lineage} == {one.id for one in edit.before}
                covered = [one.span for one in edit.after]
                assert min(s.start_ms for s in covered) == min(one.span.start_ms for one in edit.before)
                assert max(s.end_ms for s in covered) == max(one.span.end_ms for one in edit.before)
            case editing.Move():
                assert texts_of(edit.after) == texts_of(edit.before)
                humans = [
                    {p.person_id for p in one.people if p.origin == "human"} for one in (*edit.before, *edit.after)
                ]
                assert humans[0] == humans[1]
            case editing.SetCaption():
                said = {("human", command.language, command.text)} if command.text else set()
                mine = {one for one in texts_of(edit.before) if one[:2] == ("human", command.language)}
                assert texts_of(edit.after) - said == texts_of(edit.before) - mine - said
                assert people_of(edit.after) == people_of(edit.before)
            case editing.ChangePeople():
                gone = {*command.remove, *([command.replace.gone] if command.replace else [])}
                assert people_of(edit.before) - gone <= people_of(edit.after)
                assert texts_of(edit.after) == texts_of(edit.before)
            case editing.ChangeTags() | editing.ChangeNotes():
                assert people_of(edit.after) == people_of(edit.before)
                assert texts_of(edit.after) == texts_of(edit.before)
            case _:
                pass

    def seen_between(self, parts: Iterable[Segment]) -> set[UUID | None]:
        """Whose faces are followed in the time between: merged with it, those are on the whole. None: a stranger."""
        covered = union(part.span for part in parts)
        between = [Span(start_ms=one.end_ms, end_ms=other.start_ms) for one, other in pairwise(covered)]
        return {track.person_id for track in self.known_tracks if any(track.span.overlap_ms(span) for span in between)}

    @precondition(lambda self: self.edits)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """An earlier edit is taken back, or whoever builds on it is named; redoing that is as if nothing was done."""
        edit = data.draw(st.sampled_from(self.edits))
        before = self.now
        later = [one for one in self.edits[edit.version :] if one.touched & edit.touched]
        back = undone(before, edit, later, signed("undo"), self.known_tracks)
        if isinstance(back, Refusal):
            assert back.reason == "unchanged" or (back.reason == "depends" and back.versions)
            assert set(back.versions) <= {one.version for one in later}
            return
        if not later:
            was = self.states[edit.version - 1].segments
            assert all(any(same(one, other) for other in back.after) for one in was if one.id in edit.touched)
        self.keep(back)
        again = undone(self.now, back, [], signed("redo"), self.known_tracks)
        assert isinstance(again, Edit)
        self.keep(again)
        assert alike(self.now, before)

    @precondition(lambda self: len(self.edits) > 1)
    @rule(data=st.data())
    def undo_and_stay(self, data: st.DataObject) -> None:
        edit = data.draw(st.sampled_from([one for one in self.edits if one.kind not in MACHINES_KINDS] or self.edits))
        later = [one for one in self.edits[edit.version :] if one.touched & edit.touched]
        self.keep(undone(self.now, edit, later, signed("undo"), self.known_tracks))

    @precondition(lambda self: self.edits)
    @rule(data=st.data())
    def revert(self, data: st.DataObject) -> None:
        """Any version comes back, exactly."""
        version = data.draw(st.integers(0, len(self.edits)))
        were = as_it_was(self.edits[version:])
        target = [one for one in were.values() if one is not None]
        gone = [one for one in self.now.segments if one.id in were and were[one.id] is None]
        back = reverted(self.now, target, gone, version, signed("revert"))
        if isinstance(back, Refusal):
            assert back.reason == "unchanged"
            assert alike(self.now, self.states[version])
            return
        self.keep(back)
        assert alike(self.now, self.states[version])

    @rule(cuts=edges(), words=st.sampled_from(["first", "second", "third"]))
    def index_again(self, cuts: list[int], words: str) -> None:
        """Another opinion of the machine: whatever a person cut, wrote, or said of people is as it was."""
        before = self.now
        edit = self.index(cuts, words)
        if not self.keep(edit):
            return
        after = {one.id: one for one in self.now.segments}
        for old in before.segments:
            humans = [caption for caption in old.captions if caption.origin == "human"]
            people = [person for person in old.people if person.origin == "human"]
            if humans or people or old.tags or old.notes or old.not_people or old.span_origin == "human":
                new = after[old.id]
                assert new.span == old.span
                assert [caption for caption in new.captions if caption.origin == "human"] == humans
                assert [person for person in new.people if person.origin == "human"] == people
                assert (new.tags, new.notes, new.not_people) == (old.tags, old.notes, old.not_people)
                assert not {p.person_id for p in new.people} & set(old.not_people)
        assert self.index(cuts, words) is None

    @rule(words=st.sampled_from(["first", "second"]))
    def index_the_same_shots(self, words: str) -> None:
        """The same cuts again bring nothing back that people split, merged, moved or deleted."""
        first = self.edits[0].after
        cuts = [one.span.start_ms for one in first if one.span.start_ms]
        settled = set(all_settled(self.edits))
        self.keep(self.index(cuts, words))
        assert not {one.id for one in self.now.segments if one.span_origin != "human"} & settled

    @invariant()
    def history_folds_to_the_timeline(self) -> None:
        Editing.steps += 1
        assert fold(VIDEO, self.edits) == self.now

    @invariant()
    def nothing_leaves_the_video(self) -> None:
        assert all(0 <= one.span.start_ms < one.span.end_ms <= LENGTH for one in self.now.segments)
        for one in self.now.segments:
            seen = [span for person in one.people for span in person.seen]
            assert all(one.span.start_ms <= s.start_ms < s.end_ms <= one.span.end_ms for s in seen)

    @invariant()
    def every_id_opens_something_unless_it_was_deleted(self) -> None:
        alive = {one.id for one in self.now.segments}
        assert len(alive) == len(self.now.segments)
        expected = opening(self.ended, alive)
        for one in self.ended.keys() - alive:
            assert set(heirs(one, self.ended, alive)) == expected[one]


def opening(ended: dict[UUID, list[Succession]], alive: set[UUID]) -> dict[UUID, set[UUID]]:
    """Each id to the living that it opens: what its children open, said over and over until nothing is added.

    Undo and redo let lineage run in circles; following every path of it takes time without end.
    """
    opens = {one: set[UUID]() for one in ended} | {one: {one} for one in alive}
    grown = True
    while grown:
        grown = False
        for one in ended.keys() - alive:
            found = set[UUID]().union(*(opens.get(step.child_id, set()) for step in ended[one]))
            grown = grown or found != opens[one]
            opens[one] = found
    return opens


def test_editing_at_random() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Editing,
        settings=settings(
            max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.soak
def test_editing_at_random_for_long() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Editing,
        settings=settings(
            max_examples=2_500, stateful_step_count=80, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert Editing.steps > 100_000


@given(data=st.data(), cuts=edges())
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_commands_of_two_people_commute_or_are_told_apart(data: st.DataObject, cuts: list[int]) -> None:
    """What is rebased (no segment in common) comes out the same in either order; all else is a conflict."""
    tracks = some_tracks(data.draw)
    first = publish(Timeline(video_id=VIDEO), opinion(cuts, tracks, "a", followed=True), actor="m", door="pipeline")
    assert first is not None
    base = apply(Timeline(video_id=VIDEO), first)
    mine, theirs = a_command(data.draw, base), a_command(data.draw, base)
    if set(touched_by(mine)) & set(touched_by(theirs)):
        return
    ends = []
    for order in ((0, 1), (1, 0)):
        timeline, refused = base, []
        for number in order:
            command = (mine, theirs)[number]
            scene = Scene(signed(command.op), UUID(int=10**6 + number), AT, LENGTH, tracks)
            edit = operate(timeline, command, scene)
            if isinstance(edit, Refusal):
                refused.append((number, edit.reason))
            else:
                timeline = apply(timeline, edit)
        ends.append((timeline, sorted(refused)))
    assert alike(ends[0][0], ends[1][0])
    assert ends[0][1] == ends[1][1]
