"""The clock: whole milliseconds from a container's timestamps, never going back."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from gateway.pipeline.clock import Clock, milliseconds

BASE = Fraction(1, 90_000)
STEP = 3600


def clock(*, may_jump: bool = False, claimed_ms: int | None = None) -> Clock:
    return Clock(BASE, Fraction(25), may_jump=may_jump, claimed_ms=claimed_ms)


def test_ntsc_rounds_up_to_the_first_whole_millisecond_on_screen() -> None:
    assert [milliseconds(n * 3003, BASE) for n in range(4)] == [0, 34, 67, 101]
    assert milliseconds(30_000 * 3003, BASE) == 1_001_000


def test_the_first_picture_is_zero_wherever_the_container_starts() -> None:
    ticking = clock()
    assert [ticking.read(900_000 + n * STEP, None) for n in range(3)] == [0, 40, 80]
    assert ticking.end_ms == 120


def test_pictures_without_a_time_follow_each_other() -> None:
    ticking = clock()
    assert [ticking.read(None, None) for _ in range(3)] == [0, 40, 80]


def test_a_picture_no_later_than_the_one_before_is_left_out() -> None:
    ticking = clock()
    assert [ticking.read(pts, None) for pts in (0, STEP, STEP, STEP - 10, 2 * STEP)] == [0, 40, None, None, 80]


def test_the_last_picture_stays_as_long_as_it_says() -> None:
    ticking = clock()
    ticking.read(0, 180_000)
    assert ticking.end_ms == 2000


def test_jumps_of_a_transport_stream_are_bridged() -> None:
    ticking = clock(may_jump=True)
    assert [ticking.read(p, None) for p in (0, STEP, 10**9, 10**9 + STEP, 50, 50 + STEP)] == [0, 40, 80, 120, 160, 200]


def test_a_long_still_picture_is_no_jump_but_a_time_past_the_end_is() -> None:
    ticking = clock(claimed_ms=120_000)
    assert ticking.read(0, None) == 0
    assert ticking.read(60 * 90_000, None) == 60_000
    assert ticking.read(200 * 90_000, None) == 60_040


@given(st.lists(st.one_of(st.none(), st.integers(-(2**40), 2**40))), st.booleans(), st.sampled_from([None, 1, 10**6]))
def test_time_never_goes_back(stamps: list[int | None], may_jump: bool, claimed_ms: int | None) -> None:
    ticking = clock(may_jump=may_jump, claimed_ms=claimed_ms)
    read = [at_ms for pts in stamps if (at_ms := ticking.read(pts, None)) is not None]

    assert read == sorted(set(read))
    if read:
        assert read[0] == 0
        assert ticking.end_ms > read[-1]
