"""Which rows are right and what a ranking is worth, against cases counted by hand and brute force."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from standalone.relevance import Cast, Moment, Outcome, Query, Seen, distinct, figures, overlap, scores, true_rows

ROWS = [
    Seen(("a", 0), "a woman is Sleeping on a couch", frozenset({"kimminji"})),
    Seen(("a", 1000), "two women are sleeping", frozenset({"kimminji", "hanni"})),
    Seen(("a", 2000), "a dog is sleeping", frozenset()),
    Seen(("a", 3000), "", frozenset({"hanni"})),
]
CAST = Cast({"Kim Minji": ["민지", "김민지"], "Hanni": []})


def moments(*seconds: int) -> list[Moment]:
    return [("a", 1000 * second) for second in seconds]


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ({"caption": "sleep"}, [0, 1, 2]),
        ({"caption": r"\bsleeping\b", "members": ["Kim Minji"]}, [0, 1]),
        ({"caption": "sleep", "members": ["민지"], "only": True}, [0]),
        ({"members": ["KIM  MINJI", "하니"]}, []),
        ({"members": ["hanni"]}, [1, 3]),
        ({"members": ["hanni"], "without": ["김민지"]}, [3]),
        ({"caption": "sleep", "without": ["kim minji", "hanni"]}, [2]),
        ({"caption": "^$"}, []),  # a row without a caption answers no question about captions
        ({"only": True}, []),
        ({}, []),
    ],
)
def test_right_are_rows_that_match_all_that_is_given(asked: dict[str, Any], seconds: list[int]) -> None:
    assert true_rows(Query(en="?", **asked), ROWS, CAST) == set(moments(*seconds))


def test_precision_is_of_as_many_as_there_could_be() -> None:
    found, true = moments(9, 1, 2), set(moments(1, 2))
    assert scores(found, true) == {
        "p10": 1.0,
        "ndcg10": pytest.approx((1 / math.log2(3) + 1 / math.log2(4)) / (1 + 1 / math.log2(3))),
        "mrr": 0.5,
    }
    assert scores([], true) == {"p10": 0.0, "ndcg10": 0.0, "mrr": 0.0}
    late = scores(moments(*range(20, 32), 1), true)
    assert (late["p10"], late["ndcg10"], late["mrr"]) == (0.0, 0.0, pytest.approx(1 / 13))


def test_overlap_is_of_the_longer_ten() -> None:
    assert overlap(moments(1, 2), moments(2, 3, 4, 5)) == 0.25
    assert overlap(moments(*range(12)), moments(*range(10))) == 1.0
    assert overlap([], []) is None
    assert overlap([], moments(1)) == 0.0


def test_means_leave_out_what_cannot_be_judged() -> None:
    right, wrong = moments(1), moments(2)
    outcomes = [
        Outcome(Query(ko="가", en="a", members=("x",)), frozenset(right), {"ko": wrong, "en": right}),
        Outcome(Query(en="b", caption="b"), frozenset(right), {"en": right}),
        Outcome(Query(ko="다", caption="c"), frozenset(), {"ko": wrong}),
    ]
    found = figures(outcomes)
    assert (found["ko"]["p10"], found["en"]["p10"]) == (0.0, 1.0)
    assert found["people"]["en"] == {"p10": 1.0, "ndcg10": 1.0, "mrr": 1.0}
    assert (found["overlap10"], found["without_truth"]) == (0.0, 1)
    assert figures([])["ko"]["p10"] is None


@given(st.lists(st.integers(0, 30), max_size=25, unique=True), st.sets(st.integers(0, 30), min_size=1))
def test_figures_are_parts_of_one_and_best_when_right_comes_first(found: list[int], true: set[int]) -> None:
    right = set(moments(*true))
    got = scores(moments(*found), right)
    best = scores(moments(*sorted(found, key=lambda second: second not in true)), right)
    for name, value in got.items():
        assert 0 <= value <= best[name] <= 1
    assert got["p10"] == len(set(found[:10]) & true) / min(10, len(true))


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"ko": "가", "caption": "("}, "regular_expression"),
        ({"ko": " ", "en": None}, "no_question"),
        ({"ko": 3}, "string_type"),
        ({"ko": "가", "members": "Kim Minji"}, "tuple_type"),
    ],
)
def test_a_question_nobody_could_ask_is_refused(asked: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Query.model_validate(asked)
    assert [found["type"] for found in refused.value.errors()] == [problem]


def test_nulls_and_columns_of_others_are_left_aside() -> None:
    query = Query.model_validate({"ko": "가", "en": "", "members": None, "only": None, "note": 1})
    assert (query.en, query.members, query.only) == (None, (), False)


def test_a_row_counts_once_however_many_passages_hold_it() -> None:
    assert list(distinct(moments(1, 2, 1, 3))) == moments(1, 2, 3)
