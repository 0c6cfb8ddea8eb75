"""Scores, and places in an answer."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.contracts.errors import InvalidError
from kernel.contracts.search import SearchRequest
from search_service import paging
from search_service.concepts import Concept, documents_with
from search_service.rank import MEANING, PRESENCE, Candidate, rarity, score, weighed, words_share


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


def asks(word: str, *answers: str, surely: float = 1.0, share: float = 1.0) -> Concept:
    return Concept(word, (word,), {(word,): 1.0} | {(answer,): surely for answer in answers}, share)


DOG, MAN = asks("개"), asks("남자")


def test_below_the_floor_nothing_is_a_hit() -> None:
    assert score(candidate(cosine=0.29), {DOG: 1.0}, 0.3) == 0
    assert score(candidate(), {DOG: 1.0}, 0.3) == 0
    assert score(candidate(cosine=0.3), {DOG: 1.0}, 0.3) == pytest.approx(MEANING * 0.3)


def test_words_alone_make_a_hit_when_they_are_half_of_the_question() -> None:
    weights = {DOG: 0.6, MAN: 0.4}
    assert score(candidate(cosine=0.1, caption={"남자"}), weights, 0.3) == 0
    assert score(candidate(cosine=0.1, caption={"개"}), weights, 0.3) > 0


def test_rare_words_weigh_more_and_none_weighs_nothing() -> None:
    weights = weighed([DOG, MAN, asks("없음"), asks("모두")], {"개": 1, "남자": 50, "모두": 100}, 100)
    dog, man, none, all_ = weights.values()
    assert none == 1 > dog > man > all_ == 0.05
    assert rarity(0, 0) == 1.0


def test_a_concept_is_as_rare_as_all_that_answers_it_surely() -> None:
    counts = {"bridg": 10, "span": 2, "river": 40}
    bridge = Concept("다리", ("다리",), {("다리",): 1.0, ("bridg",): 1.0, ("span", "river"): 1.0, ("water",): 0.3})
    assert documents_with(bridge, counts) == 12
    assert documents_with(bridge, {"water": 5}) == 5
    assert documents_with(bridge, {"span": 2}) == 0


def test_a_word_in_the_title_counts_half() -> None:
    assert words_share(candidate(title={"개"}), {DOG: 1.0}) == 0.5
    assert words_share(candidate(title={"개"}, caption={"개"}), {DOG: 1.0}) == 1


def test_a_translation_counts_as_surely_as_it_means_it() -> None:
    nap = asks("자다", "nap", surely=0.35)
    assert words_share(candidate(caption={"nap"}), {nap: 1.0}) == 0.35
    assert words_share(candidate(caption={"nap", "자다"}), {nap: 1.0}) == 1.0
    assert words_share(candidate(caption={"nap"}, title={"자다"}), {nap: 1.0}) == 0.5


def test_presence_counts_only_when_somebody_was_asked_for() -> None:
    content = MEANING * 0.5
    assert score(candidate(cosine=0.5), {}, 0.3) == pytest.approx(content)
    assert score(candidate(cosine=0.5, presence=1.0), {}, 0.3) == pytest.approx((1 - PRESENCE) * content + PRESENCE)
    assert score(candidate(cosine=0.5, presence=0.0), {}, 0.3) == pytest.approx((1 - PRESENCE) * content)
    assert score(candidate(cosine=0.2, presence=1.0), {}, 0.3) == 0


@given(st.floats(-1, 1), st.sets(st.sampled_from("abc")), st.none() | st.floats(0, 1))
def test_scores_stay_between_0_and_1(cosine: float, caption: set[str], presence: float | None) -> None:
    one = candidate(cosine=cosine, caption=caption, presence=presence)
    assert 0 <= score(one, {asks("a"): 1, asks("b", "c"): 0.5, asks("c"): 0.1}, 0.3) <= 1


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
