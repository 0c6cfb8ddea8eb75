"""Shots: whole covers of a video, and cuts found on tiny pictures."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gateway.pipeline.shots import SceneDetectShots, Tiny, segments_of, spans_between
from kernel.contracts.time import Span

WIDTH, HEIGHT = SceneDetectShots.size

RNG = np.random.default_rng(1)


def scene(seed: int) -> Tiny:
    """A picture of a few coloured fields."""
    fields = np.random.default_rng(seed).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    return np.kron(fields, np.ones((HEIGHT // 4 + 1, WIDTH // 6 + 1, 1), dtype=np.uint8))[:HEIGHT, :WIDTH].copy()


def noisy(picture: Tiny) -> Tiny:
    return np.clip(picture + RNG.integers(-4, 5, picture.shape), 0, 255).astype(np.uint8)


def shots_of(pictures: list[Tiny], step_ms: int = 40) -> list[int]:
    detector = SceneDetectShots()
    for number, picture in enumerate(pictures):
        detector.push(number * step_ms, noisy(picture))
    return [shot.start_ms for shot in detector.finish(len(pictures) * step_ms)]


def test_cuts_are_where_the_picture_changes() -> None:
    assert shots_of([scene(1)] * 30 + [scene(2)] * 20 + [scene(3)] * 40) == [0, 1200, 2000]


def test_a_dissolve_is_one_boundary_in_its_middle() -> None:
    mixed = [(scene(1) * (1 - t) + scene(2) * t).astype(np.uint8) for t in np.linspace(0, 1, 14)]
    starts = shots_of([scene(1)] * 40 + mixed + [scene(2)] * 40)

    assert starts[0] == 0
    assert len(starts) == 2
    assert abs(starts[1] - 47 * 40) <= 120


def test_a_flash_makes_no_shot() -> None:
    flash = np.clip(scene(1).astype(int) + 140, 0, 255).astype(np.uint8)
    assert shots_of([scene(1)] * 40 + [flash] + [scene(1)] * 40) == [0]
    assert shots_of([scene(1)] * 40 + [flash] + [scene(1)] * 5 + [scene(2)] * 40) == [0, 46 * 40]


def test_exposure_and_camera_moves_make_no_shot() -> None:
    darker = [(scene(1) * (1 - share)).astype(np.uint8) for share in np.linspace(0, 0.6, 20)]
    assert shots_of([scene(1)] * 30 + darker + [darker[-1]] * 30) == [0]

    wide = np.concatenate([scene(1), scene(2)], axis=1)
    moving = [wide[:, x : x + WIDTH] for x in range(WIDTH)]
    assert shots_of([moving[0]] * 30 + moving + [moving[-1]] * 30) == [0]


def test_one_picture_is_one_shot() -> None:
    assert shots_of([scene(1)]) == [0]


def test_times_need_not_be_even() -> None:
    detector = SceneDetectShots()
    times = [0, 10, 700, 900, 1000, 1001, 1900, 2500, 2600, 3000, 3100]
    for at_ms in times:
        detector.push(at_ms, noisy(scene(1 if at_ms < 1900 else 2)))
    assert [shot.start_ms for shot in detector.finish(4000)] == [0, 1900]


@given(st.lists(st.integers(-10, 5000)), st.integers(1, 4000))
def test_spans_cover_everything_once(cuts: list[int], end_ms: int) -> None:
    spans = spans_between(cuts, end_ms)

    assert (spans[0].start_ms, spans[-1].end_ms) == (0, end_ms)
    assert all(before.end_ms == after.start_ms for before, after in pairwise(spans))
    assert {span.start_ms for span in spans[1:]} == {cut for cut in cuts if 0 < cut < end_ms}


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=10), st.integers(2_000, 30_000))
def test_segments_cover_shots_in_even_parts(cuts: list[int], longest_ms: int) -> None:
    shots = spans_between(cuts, 100_000)
    parts = segments_of(shots, longest_ms)

    assert all(part.duration_ms <= longest_ms for part in parts)
    assert all(before.end_ms == after.start_ms for before, after in pairwise(parts))
    assert {shot.start_ms for shot in shots} <= {part.start_ms for part in parts}
    for shot in shots:
        lengths = {part.duration_ms for part in parts if shot.overlap_ms(part)}
        assert max(lengths) - min(lengths) <= 1


def test_a_short_shot_is_one_segment() -> None:
    shots = [Span(start_ms=0, end_ms=10_000), Span(start_ms=10_000, end_ms=25_000)]
    assert segments_of(shots) == [
        Span(start_ms=0, end_ms=10_000),
        Span(start_ms=10_000, end_ms=17_500),
        Span(start_ms=17_500, end_ms=25_000),
    ]
