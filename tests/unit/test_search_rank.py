"""Scores, and places in an answer."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.contracts.errors import InvalidError
from kernel.contracts.search import SearchRequest
from search_service import paging
from search_service.concepts import Concept, documents_with
from search_service.paging import Cursor
from search_service.rank import (
    CLOSE,
    CURVE,
    LEVEL,
    MEANING,
    MEANING_CURVE,
    MEANING_LEVEL,
    PRESENCE,
    WORDS,
    Candidate,
    Closest,
    Matched,
    Weights,
    content,
    judged,
    meaning_alone,
    missing,
    missing_in_all,
    on,
    probability,
    rarity,
    unknown,
    weighed,
    words_alone,
    words_share,
)


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
        matched=Matched(caption=frozenset(caption or ()), title=frozenset(title or ())),
        presence=presence,
        closest=None if cosine is None else Closest("en", cosine),
    )


def asks(word: str, *answers: str, surely: float = 1.0, share: float = 1.0) -> Concept:
    return Concept(word, (word,), {(word,): 1.0} | {(answer,): surely for answer in answers}, share)


DOG, MAN = asks("개"), asks("남자")
STRANGE = Concept("뿌쮸", ("뿌쮸",), {("뿌쮸",): 1.0}, known=False)


def fits(candidates: list[Candidate], weights: Weights) -> bool:
    return bool(judged(candidates, weights, 0.3).fits.any())


def score(candidate: Candidate, weights: Weights, floor: float) -> float:
    return float(judged([candidate], weights, floor).score[0])


def test_what_is_hardly_probable_is_no_hit() -> None:
    assert score(candidate(), {DOG: 1.0}, 0.3) == 0
    assert score(candidate(cosine=0.4), {DOG: 1.0}, 0.3) == 0  # the word is known, and is not there
    assert score(candidate(cosine=0.55), {DOG: 1.0}, 0.3) == pytest.approx(MEANING * 0.55)
    assert score(candidate(cosine=0.5), {DOG: 1.0}, 0.6) == 0
    assert score(candidate(cosine=0.1, caption={"개"}), {DOG: 1.0}, 0.3) == pytest.approx(MEANING * 0.1 + WORDS)


def test_words_that_nobody_knows_are_left_to_meaning() -> None:
    weights = {STRANGE: 1.0}
    assert unknown(weights) == 1.0
    assert score(candidate(cosine=0.4), weights, 0.3) > 0
    assert fits([candidate(cosine=0.45)], weights)
    assert not fits([candidate(cosine=0.3)], weights)
    # A word that some document has is known to the index.
    assert unknown({STRANGE: 0.7}) == 0.0
    assert unknown({}) == 1.0


def test_a_question_fits_when_one_scene_is_probable_enough() -> None:
    weights = {DOG: 0.6, MAN: 0.4}
    assert fits([candidate(cosine=0.1), candidate(cosine=0.2, caption={"개", "남자"})], weights)
    assert not fits([candidate(cosine=0.3), candidate(cosine=0.35)], weights)
    assert not fits([], weights)


def test_a_caption_that_is_close_is_an_answer_whatever_words_it_lacks() -> None:
    weights = {DOG: 0.6, MAN: 0.4}
    close = candidate(cosine=CLOSE)
    assert on(CURVE, content(close, weights)) < LEVEL
    assert probability(close, weights) < MEANING_LEVEL
    assert fits([close], weights)
    assert not fits([candidate(cosine=CLOSE - 0.01)], weights)


def test_what_is_missing_is_told_as_the_question_writes_it() -> None:
    weights = {DOG: 0.6, MAN: 0.4}
    man, none = candidate(cosine=0.3, caption={"남자"}), candidate(cosine=0.3)
    assert missing(man, weights) == ["개"]
    assert missing(candidate(cosine=0.8), weights) == []  # said in other words
    assert missing_in_all([man, none], weights) == ["개"]
    assert missing_in_all([man, candidate(caption={"개"})], weights) == ["개"]
    assert missing_in_all([man], {MAN: 1.0}) == []


@given(
    st.floats(0.31, 1), st.sets(st.sampled_from(["개", "남자"]), min_size=1), st.sets(st.sampled_from(["개", "남자"]))
)
def test_taking_a_reason_away_lowers_the_score_and_the_probability(
    cosine: float, caption: set[str], title: set[str]
) -> None:
    weights = {DOG: 0.6, MAN: 0.4}
    whole = candidate(cosine=cosine, caption=caption, title=title)
    word = min(caption)
    poorer = [
        candidate(cosine=cosine, caption=caption - {word}, title=title),
        candidate(caption=caption, title=title),
    ]
    for one in poorer:
        assert content(one, weights) < content(whole, weights)
        assert score(one, weights, 0.3) <= score(whole, weights, 0.3)
        assert probability(one, weights) <= probability(whole, weights)


@pytest.mark.parametrize("curve", [CURVE, MEANING_CURVE])
def test_curves_rise_from_nothing_and_promise_nothing_for_certain(curve: tuple[tuple[float, float], ...]) -> None:
    values, heights = zip(*curve, strict=True)
    assert list(values) == sorted(set(values))
    assert list(heights) == sorted(heights)
    assert (on(curve, -1), on(curve, 2)) == (heights[0], heights[-1]) == (0.0, 0.98)
    assert all(on(curve, value) == pytest.approx(height) for value, height in curve)


def test_one_reason_alone_is_less_probable_than_all_together() -> None:
    weights = {DOG: 0.6, MAN: 0.4}
    both = candidate(cosine=0.5, caption={"개", "남자"})
    alone = words_alone(Matched(frozenset({"개"})), weights)
    assert 0 < alone < probability(both, weights)
    assert meaning_alone(both) == on(MEANING_CURVE, 0.5)
    assert meaning_alone(candidate()) == 0.0


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
    assert words_share(candidate(title={"개"}).matched, {DOG: 1.0}) == 0.5
    assert words_share(candidate(title={"개"}, caption={"개"}).matched, {DOG: 1.0}) == 1


def test_a_translation_counts_as_surely_as_it_means_it() -> None:
    nap = asks("자다", "nap", surely=0.35)
    assert words_share(candidate(caption={"nap"}).matched, {nap: 1.0}) == 0.35
    assert words_share(candidate(caption={"nap", "자다"}).matched, {nap: 1.0}) == 1.0
    assert words_share(candidate(caption={"nap"}, title={"자다"}).matched, {nap: 1.0}) == 0.5


def test_presence_counts_only_when_somebody_was_asked_for() -> None:
    weights, its = {DOG: 1.0}, MEANING * 0.5 + WORDS
    assert score(candidate(cosine=0.5, caption={"개"}), weights, 0.3) == pytest.approx(its)
    for presence in (0.0, 1.0):
        one = candidate(cosine=0.5, caption={"개"}, presence=presence)
        assert score(one, weights, 0.3) == pytest.approx((1 - PRESENCE) * its + PRESENCE * presence)
    assert score(candidate(cosine=0.2, presence=1.0), weights, 0.3) == 0


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
    at = Cursor(paging.place(value, video, start, segment))
    assert paging.decode(paging.encode(at, request), request.model_copy(update={"limit": 3})) == at
    with pytest.raises(InvalidError):
        paging.decode(paging.encode(at, request), SearchRequest(query="하니"))


@given(st.text(max_size=80))
def test_a_forged_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidError):
        paging.decode(cursor, SearchRequest(query="민지"))
