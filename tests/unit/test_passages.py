"""Neighbours that answer together: every hit once, nothing swallowed, in and out points that are right."""

from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search_service.paging import place
from search_service.passages import AS_GOOD, GAP_MS, LONGEST_MS, Passage, passages
from search_service.rank import NO_WORDS, Candidate

VIDEOS = (UUID(int=1), UUID(int=2))
Row = tuple[int, int, int, int]  # video, start and length in half seconds, score in hundredths


def hit(number: int, row: Row) -> Candidate:
    video, start, length, _ = row
    return Candidate(UUID(int=100 + number), VIDEOS[video], 500 * start, NO_WORDS, end_ms=500 * (start + length))


def found_in(*rows: Row) -> list[Passage]:
    return [*passages([hit(number, row) for number, row in enumerate(rows)], np.array([row[3] / 100 for row in rows]))]


def of(*rows: Row) -> list[tuple[list[int], int, int]]:
    """Segments by number, in and out, of each passage in order."""
    return [([one.int - 100 for one in each.segments], each.start_ms, each.end_ms) for each in found_in(*rows)]


def test_neighbours_that_answer_are_one_moment_with_its_in_and_out() -> None:
    assert of((0, 10, 2, 90), (0, 12, 2, 80), (0, 14, 2, 85)) == [([0, 1, 2], 5_000, 8_000)]


def test_the_best_segment_leads_and_the_others_keep_their_time() -> None:
    [moment] = found_in((0, 0, 2, 80), (0, 2, 2, 90))
    assert moment.best.segment_id == UUID(int=101)
    assert moment.segments == (UUID(int=100), UUID(int=101))


def test_a_gap_another_video_and_a_weak_answer_part_moments() -> None:
    assert len(of((0, 0, 2, 90), (0, 6, 2, 90))) == 2
    assert len(of((0, 0, 2, 90), (1, 2, 2, 90))) == 2
    assert of((0, 0, 2, 90), (0, 2, 2, 40), (0, 4, 2, 90)) == [
        ([0], 0, 1_000),
        ([2], 2_000, 3_000),
        ([1], 1_000, 2_000),
    ]


def test_a_clip_inside_of_a_shot_is_the_same_moment() -> None:
    assert of((0, 0, 10, 90), (0, 4, 2, 88)) == [([0, 1], 0, 5_000)]


def test_a_moment_is_no_longer_than_a_moment() -> None:
    found = of(*((0, 20 * number, 20, 90) for number in range(10)))  # ten seconds each
    assert [len(segments) for segments, _, _ in found] == [6, 4]


ROWS = st.tuples(st.integers(0, 1), st.integers(0, 400), st.integers(1, 60), st.integers(1, 100))


@given(st.lists(ROWS, max_size=40))
def test_every_hit_is_in_one_passage_that_holds_together(rows: list[Row]) -> None:
    hits = [hit(number, row) for number, row in enumerate(rows)]
    by_id = {one.segment_id: (place(row[3] / 100, *one.in_time), one) for row, one in zip(rows, hits, strict=True)}
    found = found_in(*rows)
    assert sorted(one for each in found for one in each.segments) == sorted(by_id)
    assert [each.at for each in found] == sorted(each.at for each in found)
    for each in found:
        members = [by_id[one] for one in each.segments]
        assert each.at == min(at for at, _ in members)
        assert each.start_ms == min(one.start_ms for _, one in members)
        assert each.end_ms == max(one.end_ms for _, one in members)
        assert len(members) == 1 or each.end_ms - each.start_ms <= LONGEST_MS
        reach = each.start_ms
        for at, one in members:
            assert one.video_id == each.at.video_id
            assert one.start_ms <= reach + GAP_MS
            assert at.minus_score <= AS_GOOD * each.at.minus_score
            reach = max(reach, one.end_ms)
