"""Who is on a segment after several edits: nobody whom people took away, everybody whom the tracks show."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from gateway.editor.history import undone
from gateway.editor.operations import Scene, operate
from gateway.editor.publish import publish
from gateway.editor.timeline import Edit, Signature, Timeline, apply
from gateway.pipeline.merge import people_in
from kernel.contracts import editing
from kernel.contracts.library import Segment, Track
from kernel.contracts.time import Span

VIDEO = UUID(int=1)
MINJI, HANNI, DANIELLE = UUID(int=10), UUID(int=11), UUID(int=12)
HAND = Signature("people", "eunji", "page", None)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def span(start: int, end: int) -> Span:
    return Span(start_ms=start, end_ms=end)


def track(person: UUID, start: int, end: int) -> Track:
    return Track(
        id=UUID(int=1000 + start),
        video_id=VIDEO,
        span=span(start, end),
        person_id=person,
        probability=0.9,
        faces=[],
        model_id="drawn@1",
    )


def done(timeline: Timeline, command: editing.Operation, tracks: Sequence[Track] = ()) -> Edit:
    edit = operate(timeline, command, Scene(HAND, UUID(int=500 + timeline.version), AT, 1_000, tracks))
    assert isinstance(edit, Edit)
    return edit


def people_of(segment: Segment) -> list[tuple[UUID | None, str]]:
    return [(person.person_id, person.origin) for person in segment.people]


def opinion(at: Span, tracks: Sequence[Track]) -> Segment:
    here = [one for one in tracks if one.span.overlap_ms(at)]
    name = UUID(int=at.start_ms + 1)
    return Segment(id=name, video_id=VIDEO, span=at, captions=[], people=people_in(at, here), version=0)


def test_whom_a_person_put_and_took_away_is_not_there_by_a_machine() -> None:
    """Neither when it is merged nor when the video is indexed again."""
    tracks = [track(MINJI, 0, 100)]
    timeline = Timeline(video_id=VIDEO)
    for start in (0, 100):
        create = editing.Create(op="create", start_ms=start, end_ms=start + 100, people=[MINJI] if not start else [])
        timeline = apply(timeline, done(timeline, create, tracks))
    first, second = timeline.segments
    swap = editing.Replacement(gone=MINJI, by=HANNI)
    swapped = apply(timeline, done(timeline, editing.ChangePeople(op="people", segment_ids=[first.id], replace=swap)))
    assert swapped.segments[0].not_people == [MINJI]
    again = publish(swapped, [opinion(span(0, 100), tracks)], actor="m", door="pipeline", tracks=tracks)
    assert again is not None
    assert people_of(next(one for one in apply(swapped, again).segments if one.id == first.id)) == [(HANNI, "human")]
    merged = done(swapped, editing.Merge(op="merge", segment_ids=[first.id, second.id]), tracks)
    assert people_of(merged.after[0]) == [(HANNI, "human")]


def test_whoever_is_put_back_is_there() -> None:
    timeline = apply(
        Timeline(video_id=VIDEO),
        done(Timeline(video_id=VIDEO), editing.Create(op="create", start_ms=0, end_ms=100, people=[MINJI])),
    )
    [made] = timeline.segments
    away = editing.ChangePeople(op="people", segment_ids=[made.id], remove=[MINJI])
    timeline = apply(timeline, done(timeline, away))
    back = done(timeline, editing.ChangePeople(op="people", segment_ids=[made.id], add=[MINJI]))
    assert (people_of(back.after[0]), back.after[0].not_people) == ([(MINJI, "human")], [])


def test_undo_from_before_another_span_leaves_whom_the_tracks_show_in_it() -> None:
    tracks = [track(MINJI, 0, 100), track(DANIELLE, 100, 200)]
    first = publish(Timeline(video_id=VIDEO), [opinion(span(0, 100), tracks)], actor="m", door="pipeline")
    assert first is not None
    timeline = apply(Timeline(video_id=VIDEO), first)
    [shown] = timeline.segments
    put = done(timeline, editing.ChangePeople(op="people", segment_ids=[shown.id], add=[MINJI]))
    timeline = apply(timeline, put)
    longer = done(timeline, editing.Move(op="move", segment_id=shown.id, end_ms=200), tracks)
    timeline = apply(timeline, longer)
    back = undone(timeline, put, [longer], HAND, tracks)
    assert isinstance(back, Edit)
    assert people_of(back.after[0]) == [(MINJI, "machine"), (DANIELLE, "machine")]
