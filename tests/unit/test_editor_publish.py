"""The machine publishes; humans keep what they said."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from gateway.editor.publish import publish, touched_by_human
from gateway.editor.settled import settling
from gateway.editor.timeline import Edit, Timeline, apply, fold
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption
from kernel.contracts.time import Span

VIDEO = UUID(int=1)
MINJI, HANNI = UUID(int=10), UUID(int=11)


def said(text: str, origin: str = "machine") -> SegmentCaption:
    return SegmentCaption(text=text, language="en", origin=origin)


def person(who: UUID | None, origin: str = "machine", track: int | None = None) -> PersonInSegment:
    tracks = [UUID(int=track)] if track else []
    return PersonInSegment(person_id=who, probability=0.9, origin=origin, track_ids=tracks)


def segment(start: int, end: int, *captions: SegmentCaption, people: tuple[PersonInSegment, ...] = ()) -> Segment:
    span = Span(start_ms=start, end_ms=end)
    return Segment(
        id=uuid5(VIDEO, f"{start}-{end}"),
        video_id=VIDEO,
        span=span,
        captions=list(captions),
        people=list(people),
        version=0,
    )


def published(timeline: Timeline, *opinion: Segment) -> Timeline:
    edit = publish(timeline, opinion, actor="machine", door="pipeline")
    return apply(timeline, edit) if edit else timeline


def humanly(timeline: Timeline, index: int, **update: object) -> Timeline:
    """The timeline after a person changed one segment."""
    old = timeline.segments[index]
    edit = Edit(
        video_id=VIDEO,
        version=timeline.version + 1,
        kind="publish",
        actor="eunji",
        door="page",
        before=(old,),
        after=(old.model_copy(update=update),),
    )
    return apply(timeline, edit)


def test_the_first_opinion_is_version_one() -> None:
    timeline = published(Timeline(video_id=VIDEO), segment(0, 1000, said("a cup")))
    assert timeline.version == 1
    assert [s.captions[0].text for s in timeline.segments] == ["a cup"]
    assert timeline.segments[0].version == 1


def test_the_same_opinion_again_is_no_edit() -> None:
    opinion = [segment(0, 1000, said("a cup")), segment(1000, 2000)]
    timeline = published(Timeline(video_id=VIDEO), *opinion)
    assert publish(timeline, opinion, actor="machine", door="pipeline") is None


def test_a_moved_shot_keeps_its_id_and_a_vanished_one_goes() -> None:
    timeline = published(Timeline(video_id=VIDEO), segment(0, 1000), segment(1000, 2000))
    again = published(timeline, segment(0, 1100))
    assert [s.id for s in again.segments] == [timeline.segments[0].id]
    assert again.segments[0].span.end_ms == 1100


def test_human_captions_and_people_outlive_a_new_opinion() -> None:
    timeline = published(Timeline(video_id=VIDEO), segment(0, 1000, said("a dog"), people=(person(HANNI, track=5),)))
    corrected = humanly(
        timeline, 0, captions=[said("a cat", "human"), said("a dog")], people=[person(MINJI, "human", track=5)]
    )
    again = published(corrected, segment(0, 1000, said("a horse"), people=(person(HANNI, track=5),)))
    [kept] = again.segments
    assert [c.text for c in kept.captions] == ["a cat", "a horse"]
    assert [p.person_id for p in kept.people] == [MINJI]  # the machine may not rename the corrected track


def test_a_human_segment_stays_when_the_machine_sees_nothing_there() -> None:
    timeline = published(Timeline(video_id=VIDEO), segment(0, 1000))
    corrected = humanly(timeline, 0, captions=[said("mine", "human")])
    again = published(corrected, segment(5000, 6000))
    assert [s.span.start_ms for s in again.segments] == [0, 5000]


def test_a_new_segment_never_takes_an_id_that_stands_for_another_moment() -> None:
    timeline = published(Timeline(video_id=VIDEO), segment(0, 1000))
    moved = humanly(timeline, 0, span=Span(start_ms=5000, end_ms=6000), captions=[said("moved", "human")])
    again = published(moved, segment(0, 1000))
    assert len({s.id for s in again.segments}) == len(again.segments) == 2


def test_a_new_segment_never_takes_the_name_of_one_that_people_replaced() -> None:
    """Else what they replaced would count as back as it was, and be cut anew by the next indexing."""
    first = published(Timeline(video_id=VIDEO), segment(0, 500), segment(500, 1000))
    gone = first.segments[1]
    theirs = humanly(first, 1, id=UUID(int=9), span_origin="human")
    seen = segment(0, 500), segment(900, 1900).model_copy(update={"id": gone.id})
    edit = publish(theirs, seen, actor="machine", door="pipeline", settled={gone.id: gone.span})
    assert edit is not None
    assert gone.id not in {one.id for one in edit.after}
    assert gone.id not in settling(edit).opened
    again = publish(apply(theirs, edit), seen, actor="machine", door="pipeline", settled={gone.id: gone.span})
    assert again is None


bounds = st.lists(st.integers(1, 40), min_size=1, max_size=12, unique=True).map(sorted)


def cut(edges: list[int], label: str) -> list[Segment]:
    starts = [0, *edges[:-1]]
    return [segment(a * 100, b * 100, said(f"{label} {a}")) for a, b in zip(starts, edges, strict=True)]


@given(first=bounds, second=bounds, touched=st.sets(st.integers(0, 11)))
def test_no_human_value_is_ever_lost(first: list[int], second: list[int], touched: set[int]) -> None:
    timeline = published(Timeline(video_id=VIDEO), *cut(first, "one"))
    for index in touched & set(range(len(timeline.segments))):
        timeline = humanly(timeline, index, captions=[said(f"human {index}", "human")])
    human = {s.id: (s.span, s.captions[0].text) for s in timeline.segments if touched_by_human(s)}
    edit = publish(timeline, cut(second, "two"), actor="machine", door="pipeline")
    after = apply(timeline, edit) if edit else timeline
    assert {s.id: (s.span, s.captions[0].text) for s in after.segments if touched_by_human(s)} == human
    assert len({s.id for s in after.segments}) == len(after.segments)


@given(opinions=st.lists(bounds, min_size=1, max_size=5))
def test_the_timeline_is_the_fold_of_its_edits(opinions: list[list[int]]) -> None:
    timeline, history = Timeline(video_id=VIDEO), []
    for number, edges in enumerate(opinions):
        if edit := publish(timeline, cut(edges, str(number)), actor="machine", door="pipeline"):
            history.append(edit)
            timeline = apply(timeline, edit)
    assert fold(VIDEO, history) == timeline
    assert [(s.span, s.captions) for s in timeline.segments] == [
        (s.span, s.captions) for s in cut(opinions[-1], str(len(opinions) - 1))
    ]
