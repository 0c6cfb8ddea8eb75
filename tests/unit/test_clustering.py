"""Groups of faces that are alike: as many as there are people, in whatever order faces come."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.clustering import grouped, least_alike
from kernel.vectors import Matrix, unit

DIMENSION = 64


def faces(people: Sequence[int], seed: int, spread: float = 0.35) -> Matrix:
    """A face vector each, of these people: within one mean cosine 0.9, between two about 0."""
    chance = np.random.default_rng(seed)
    centres = unit(chance.normal(size=(max(people, default=0) + 1, DIMENSION)).astype(np.float32))
    noise = unit(chance.normal(size=(len(people), DIMENSION)).astype(np.float32)) * spread
    return unit(centres[list(people)] + noise)


def partition(groups: Sequence[Sequence[int]], names: Sequence[int]) -> set[frozenset[int]]:
    return {frozenset(names[index] for index in group) for group in groups}


several = st.lists(st.integers(0, 4), max_size=24)


@given(several, st.integers(0, 999), st.randoms(use_true_random=False))
def test_people_who_are_apart_are_told_apart_in_any_order(people: list[int], seed: int, chance) -> None:
    vectors = faces(people, seed)
    found = partition(grouped(vectors, {}, 0.6), range(len(people)))
    assert found == {frozenset(i for i, p in enumerate(people) if p == who) for who in set(people)}
    order = list(range(len(people)))
    chance.shuffle(order)
    assert partition(grouped(vectors[order], {}, 0.6), order) == found


@given(several, st.integers(0, 999), st.floats(-0.2, 0.99), st.data())
def test_whatever_they_are_everyone_is_once_and_nobody_with_whom_they_may_not(
    people: list[int], seed: int, least: float, data: st.DataObject
) -> None:
    vectors = faces(people, seed, spread=1.5)
    index = st.integers(0, max(0, len(people) - 1))
    pairs = data.draw(
        st.lists(st.tuples(index, index).filter(lambda pair: pair[0] != pair[1]), max_size=12)
        if len(people) > 1
        else st.just([])
    )
    apart = {one: [b for a, b in pairs if a == one] for one, _ in pairs}
    groups = grouped(vectors, apart, least)
    assert sorted(one for group in groups for one in group) == list(range(len(people)))
    of = {one: number for number, group in enumerate(groups) for one in group}
    assert all(of[one] != of[other] for one, other in pairs)
    for one, group in enumerate(groups):
        for other in groups[one + 1 :]:
            alike = float((vectors[group] @ vectors[other].T).mean())
            may_not = any({of[a], of[b]} == {of[group[0]], of[other[0]]} for a, b in pairs)
            assert may_not or alike < least + 1e-6


def test_what_is_joined_unasked_is_surer_than_what_is_named() -> None:
    assert least_alike(0.4) > 0.4
    assert least_alike(1.0) == 1.0
