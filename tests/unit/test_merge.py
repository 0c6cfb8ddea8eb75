"""Merging what models said into segments."""

import itertools
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from gateway.pipeline.merge import in_spans, merge, people_in, union, unknown_faces
from kernel.contracts.captions import Caption
from kernel.contracts.library import Track
from kernel.contracts.models import ModelCard
from kernel.contracts.time import Span

VIDEO, MINJI = UUID(int=1), UUID(int=10)
CARD = ModelCard(backend="observed", model_id="observed@1", licence="-", source="-")


def track(start: int, end: int, who: UUID | None, number: int, probability: float = 0.9) -> Track:
    return Track(
        id=UUID(int=number),
        video_id=VIDEO,
        span=Span(start_ms=start, end_ms=end),
        person_id=who,
        probability=probability,
        faces=[],
        model_id="edge@1",
    )


def test_a_person_in_two_tracks_is_one_person_seen_twice() -> None:
    span = Span(start_ms=0, end_ms=1000)
    [person] = people_in(span, [track(0, 300, MINJI, 5, 0.7), track(600, 2000, MINJI, 6, 0.8)])
    assert [(s.start_ms, s.end_ms) for s in person.seen] == [(0, 300), (600, 1000)]
    assert person.probability == 0.8
    assert person.track_ids == [UUID(int=5), UUID(int=6)]


def test_unknown_faces_stay_apart_and_come_last() -> None:
    people = people_in(
        Span(start_ms=0, end_ms=1000), [track(0, 900, None, 5), track(0, 100, MINJI, 6), track(0, 900, None, 7)]
    )
    assert [p.person_id for p in people] == [MINJI, None, None]


def test_a_stranger_followed_in_two_tracks_one_after_the_other_is_one() -> None:
    span = Span(start_ms=0, end_ms=1000)
    one_after_the_other = people_in(span, [track(0, 400, None, 5), track(400, 900, None, 6)])
    side_by_side = people_in(span, [track(0, 500, None, 5), track(400, 900, None, 6), track(0, 900, MINJI, 7)])
    assert (unknown_faces(one_after_the_other), unknown_faces(side_by_side)) == (1, 2)


def test_tracks_that_only_touch_a_span_are_not_in_it() -> None:
    spans = [Span(start_ms=0, end_ms=1000), Span(start_ms=1000, end_ms=2000)]
    first, second = merge(VIDEO, spans, [track(0, 1000, MINJI, 5)], {})
    assert first.people
    assert not second.people


def test_captions_are_labelled_with_their_making() -> None:
    caption = Caption(key="0-1000", text_en="a cup", text_ko="컵", kind="observed", model=CARD)
    [segment] = merge(VIDEO, [Span(start_ms=0, end_ms=1000)], [], {"0-1000": caption})
    assert [(c.language, c.observed, c.model_id) for c in segment.captions] == [
        ("ko", True, "observed@1"),
        ("en", True, "observed@1"),
    ]


@given(
    cuts=st.lists(st.integers(1, 60), min_size=1, max_size=8, unique=True).map(sorted),
    seen=st.lists(st.tuples(st.integers(0, 70), st.integers(1, 30)), max_size=8),
)
def test_tracks_are_found_in_exactly_the_spans_they_share_time_with(
    cuts: list[int], seen: list[tuple[int, int]]
) -> None:
    parts = [Span(start_ms=a, end_ms=b) for a, b in itertools.pairwise([0, *cuts])]
    tracks = [track(start, start + length, None, number) for number, (start, length) in enumerate(seen)]
    assert in_spans(tracks, parts) == [[t for t in tracks if t.span.overlap_ms(part)] for part in parts]


spans = st.builds(
    lambda start, length: Span(start_ms=start, end_ms=start + length), st.integers(0, 50), st.integers(1, 20)
)


@given(st.lists(spans, max_size=8))
def test_a_union_covers_the_same_milliseconds_without_overlap(given_spans: list[Span]) -> None:
    joined = union(given_spans)
    covered = {ms for span in given_spans for ms in range(span.start_ms, span.end_ms)}
    assert {ms for span in joined for ms in range(span.start_ms, span.end_ms)} == covered
    assert all(a.end_ms < b.start_ms for a, b in itertools.pairwise(joined))
