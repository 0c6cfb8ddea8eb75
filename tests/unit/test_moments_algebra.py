"""Sets over time, held against trying every millisecond."""

import random
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from kernel.contracts.time import Span
from search_service.moments import FOREVER, Timeline, bounds, moments
from search_service.understanding.parts import Meaning, Window
from tests.presences import Wanted, film, held, inside, wanted

PEOPLE = ["A", "B", "C", "D"]
IDS = {one: uuid5(UUID(int=5), one) for one in PEOPLE}


def meaning(asked: Wanted) -> Meaning:
    return Meaning(
        who=tuple(frozenset(IDS[one] for one in anybody) for anybody in asked.who),
        without=frozenset(IDS[one] for one in asked.without),
        alone=asked.alone,
        windows=(Window(*asked.window),) if asked.window else (),
    )


@given(st.randoms(use_true_random=False))
def test_moments_are_those_of_every_millisecond_tried(chance: random.Random) -> None:
    shown = film(chance, PEOPLE)
    for cut in shown.cuts:
        seen = {IDS[one]: inside(spans, cut) for one, spans in shown.people.items()}
        timeline = Timeline(cut, seen, inside(shown.strangers, cut), shown.length_ms)
        asked = wanted(chance, PEOPLE)
        assert moments(meaning(asked), timeline) == held(asked, shown, cut)


def test_somebody_who_is_only_probably_there_is_not_there_for_certain_and_still_not_nobody() -> None:
    cut = Span(start_ms=0, end_ms=100)
    timeline = Timeline(cut, {IDS["A"]: [cut], IDS["B"]: [cut]}, doubted=frozenset({IDS["B"]}))
    of = {one: frozenset({IDS[one]}) for one in "AB"}
    assert moments(Meaning(who=(of["A"],)), timeline) == [cut]
    assert moments(Meaning(who=(of["B"],)), timeline) == []
    assert moments(Meaning(who=(of["A"],), alone=True), timeline) == []
    assert moments(Meaning(who=(of["A"],), without=of["B"]), timeline) == []


def test_what_counts_from_the_end_counts_from_there_and_not_from_before_the_beginning() -> None:
    assert bounds(Window(-300, None), 1_000) == (700, FOREVER)
    assert bounds(Window(-3_000, None), 1_000) == (0, FOREVER)
    assert bounds(Window(None, 5), 1_000) == (0, 5)
    assert [bounds(Window(third=third), 1_000) for third in (1, 2, 3)] == [(0, 333), (333, 666), (666, 1_000)]
