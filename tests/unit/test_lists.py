"""How many lists an index of vectors has, and when it no longer suits."""

import pytest

from embed_service.nearness import KIND, MOST_LISTS, Built, fits, lists_for, megabytes


@pytest.mark.parametrize(
    ("number", "lists"), [(0, 1), (200, 20), (20_000, 200), (1_000_000, 1_414), (10**9, MOST_LISTS)]
)
def test_there_are_twice_as_many_lists_as_each_has_vectors(number: int, lists: int) -> None:
    assert lists_for(number) == lists


def test_an_index_suits_a_quarter_to_half_as_many_vectors_again_as_it_was_built_for() -> None:
    assert fits(100, 5_000)
    assert fits(100, 1_250)
    assert fits(100, 7_800)
    assert not fits(100, 1_200)
    assert not fits(100, 8_000)
    assert fits(100, -1), "not counted yet"
    assert fits(MOST_LISTS, 10**9), "more lists there are not"


@pytest.mark.parametrize(
    "built",
    [
        Built(valid=False, kind=KIND, vectors=5_000, lists=100, spare=False),
        Built(valid=True, kind="hnsw", vectors=10_000, lists=None, spare=False),
        Built(valid=True, kind=KIND, vectors=50_000, lists=100, spare=False),
    ],
    ids=["cut short", "of an earlier version", "outgrown"],
)
def test_an_index_that_does_not_serve_is_built_anew(built: Built) -> None:
    assert not built.serves()


def test_finding_centres_is_allowed_a_gigabyte_at_most_for_the_usual_models() -> None:
    assert megabytes(200, 512) == 64
    assert 400 < megabytes(1_414, 512) < 600
    assert megabytes(MOST_LISTS, 512) < megabytes(MOST_LISTS, 1_024) < 1_200
