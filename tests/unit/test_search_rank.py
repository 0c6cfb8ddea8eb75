"""Scores, and places in an answer."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.contracts.errors import InvalidError
from kernel.contracts.search import SearchRequest
from search_service import paging
from search_service.rank import Candidate, rarity, score, words_share


def candidate(
    *,
    cosine: float | None = None,
    caption: set[str] | None = None,
    title: set[str] | None = None,
    presence: float | None = None,
) -> Candidate:
    return Candidate(
        segment_id=uuid4(),
        video_id=uuid4(),
        start_ms=0,
        matched={"caption": frozenset(caption or ()), "object": frozenset(), "title": frozenset(title or ())},
        presence=presence,
        cosines={} if cosine is None else {"en": cosine},
    )


def test_below_the_floor_nothing_is_a_hit() -> None:
    assert score(candidate(cosine=0.29), {"개": 1.0}, 0.3) == 0
    assert score(candidate(), {"개": 1.0}, 0.3) == 0
    assert score(candidate(cosine=0.3), {"개": 1.0}, 0.3) == pytest.approx(0.24)


def test_words_alone_make_a_hit_when_they_are_half_of_the_question() -> None:
    weights = {"개": 0.6, "남자": 0.4}
    assert score(candidate(cosine=0.1, caption={"남자"}), weights, 0.3) == 0
    assert score(candidate(cosine=0.1, caption={"개"}), weights, 0.3) > 0


def test_rare_words_weigh_more_and_none_weighs_nothing() -> None:
    weights = rarity({"개": 1, "남자": 90, "없음": 0, "모두": 100}, 100)
    assert weights["없음"] == 1
    assert 1 > weights["개"] > weights["남자"] > 0
    assert weights["모두"] == 0.05
    assert rarity({"a": 0}, 0) == {"a": 1.0}


def test_a_word_in_the_title_counts_half() -> None:
    assert words_share(candidate(title={"개"}), {"개": 1.0}) == 0.5
    assert words_share(candidate(title={"개"}, caption={"개"}), {"개": 1.0}) == 1


def test_presence_counts_only_when_somebody_was_asked_for() -> None:
    assert score(candidate(cosine=0.5), {}, 0.3) == pytest.approx(0.4)
    assert score(candidate(cosine=0.5, presence=1.0), {}, 0.3) == pytest.approx(0.85 * 0.4 + 0.15)
    assert score(candidate(cosine=0.5, presence=0.0), {}, 0.3) == pytest.approx(0.85 * 0.4)
    assert score(candidate(cosine=0.2, presence=1.0), {}, 0.3) == 0


@given(st.floats(-1, 1), st.sets(st.sampled_from("abc")), st.none() | st.floats(0, 1))
def test_scores_stay_between_0_and_1(cosine: float, caption: set[str], presence: float | None) -> None:
    one = candidate(cosine=cosine, caption=caption, presence=presence)
    assert 0 <= score(one, {"a": 1, "b": 0.5, "c": 0.1}, 0.3) <= 1


def test_places_put_higher_scores_first_then_time() -> None:
    video, low, high = UUID(int=1), UUID(int=1), UUID(int=2)
    places = [
        paging.place(0.5, video, 20, low),
        paging.place(0.9, video, 30, low),
        paging.place(0.5, video, 10, high),
        paging.place(0.5, video, 10, low),
    ]
    assert sorted(places) == [places[1], places[3], places[2], places[0]]


@given(st.floats(0, 1), st.integers(0, 2**62), st.uuids(), st.uuids())
def test_a_cursor_brings_its_place_back(value: float, start: int, video: UUID, segment: UUID) -> None:
    request = SearchRequest(query="민지")
    at = paging.place(value, video, start, segment)
    assert paging.decode(paging.encode(at, request), request.model_copy(update={"limit": 3})) == at
    with pytest.raises(InvalidError):
        paging.decode(paging.encode(at, request), SearchRequest(query="하니"))


@given(st.text(max_size=80))
def test_a_forged_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidError):
        paging.decode(cursor, SearchRequest(query="민지"))
