"""Tracks that go on over another person are parted there; whoever only looks different for a while is one track."""

import asyncio
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.pipeline.changes import one_person_each
from gateway.pipeline.tracks import Sighting, TrackDraft
from kernel.contracts.faces import Box, Face
from kernel.contracts.time import Span
from kernel.vectors import Matrix

STEP, CROPS, ALIKE, DIMENSION = 200, 3, 0.42, 512
PEOPLE = np.linalg.qr(np.random.default_rng(0).normal(size=(DIMENSION, 8)))[0].T.astype(np.float32)
"""Vectors of eight people, at right angles: as different as strangers."""


class Eyes:
    """Looks of synthetic faces; it counts those it has seen."""

    def __init__(self, looks: dict[str, Matrix]) -> None:
        self.looks, self.seen = looks, set[str]()

    async def __call__(self, sightings: Sequence[Sighting]) -> Matrix:
        self.seen |= {sighting.picture for sighting in sightings}
        return np.array([self.looks[sighting.picture] for sighting in sightings]).reshape(len(sightings), DIMENSION)


def film(
    who: Sequence[int], noise: float = 0.5, seed: int = 0, aside: float = 0.004, **measured: float
) -> tuple[TrackDraft, Eyes]:
    """One track with `who` in each picture, a trembling face; a person's place is so much `aside` of the one before.

    `noise`: how long what no two looks share is; at 0.5 looks of one person have a cosine of 0.8.
    """
    chance = np.random.default_rng(seed)
    sightings = tuple(seen(at, 0.5 + aside * one + chance.normal(0, 0.0002), **measured) for at, one in enumerate(who))
    stray = chance.normal(0, noise / DIMENSION**0.5, (len(who), DIMENSION)).astype(np.float32)
    looks = dict(zip((s.picture for s in sightings), PEOPLE[list(who)] + stray, strict=True))
    return TrackDraft(span=Span(start_ms=0, end_ms=len(who) * STEP), sightings=sightings), Eyes(looks)


def seen(at: int, x: float, **measured: float) -> Sighting:
    box = Box(left=x - 0.05, top=0.4, right=x + 0.05, bottom=0.6)
    points = ((x - 0.02, 0.45), (x + 0.02, 0.45), (x, 0.5), (x - 0.02, 0.55), (x + 0.02, 0.55))
    face = Face(box=box, landmarks=points, **({"score": 0.9, "side_px": 100, "sharpness": 200, "yaw": 0} | measured))
    return Sighting(picture=f"{at}.jpg", at_ms=at * STEP, face=face)


def parted(track: TrackDraft, eyes: Eyes) -> list[TrackDraft]:
    return asyncio.run(one_person_each([track], CROPS, ALIKE, eyes))


def lengths(tracks: Sequence[TrackDraft]) -> list[int]:
    return [len(track.sightings) for track in tracks]


@st.composite
def casts(draw: st.DrawFn) -> list[int]:
    """Who is in each picture: neighbours differ, each stays for half a second at least."""
    turns = draw(st.lists(st.tuples(st.integers(0, 6), st.integers(3, 12)), min_size=1, max_size=6))
    moved = accumulate(turns, lambda before, turn: ((before[0] + 1 + turn[0]) % 8, turn[1]))
    return [who for who, pictures in moved for _ in range(pictures)]


@given(casts(), st.integers(0, 99))
def test_parts_cover_the_track_and_none_holds_two_people(who: list[int], seed: int) -> None:
    track, eyes = film(who, seed=seed)
    parts = parted(track, eyes)
    assert [s for part in parts for s in part.sightings] == list(track.sightings)
    assert (parts[0].span.start_ms, parts[-1].span.end_ms) == (track.span.start_ms, track.span.end_ms)
    assert all(before.span.end_ms == after.span.start_ms for before, after in pairwise(parts))
    assert all(part.span.contains(s.at_ms) for part in parts for s in part.sightings)
    assert all(len({who[s.at_ms // STEP] for s in part.sightings}) == 1 for part in parts)
    assert len(parts) == 1 + sum(one != other for one, other in pairwise(who)), "and no one is cut in two"


@given(st.integers(1, 60), st.integers(0, 99))
def test_of_one_person_nothing_is_seen_but_the_looks(pictures: int, seed: int) -> None:
    track, eyes = film([0] * pictures, noise=0.3, seed=seed)
    assert parted(track, eyes) == [track]
    assert eyes.seen == {look.picture for look in track.looks(CROPS)}


def test_a_face_that_is_blurred_or_hidden_for_a_while_is_one_person() -> None:
    """What is seen meanwhile is like nothing, and what follows is like what was before."""
    track, eyes = film([0] * 30)
    for at, stranger in zip(range(10, 16), range(1, 7), strict=True):
        eyes.looks[f"{at}.jpg"] = PEOPLE[stranger]
    assert parted(track, eyes) == [track]


def test_a_face_that_changes_slowly_is_one_person() -> None:
    """As by a turn from shadow into light: its looks are not alike, its neighbours are."""
    track, eyes = film([0] * 40)
    for at, angle in enumerate(np.linspace(0, np.pi, 40)):
        eyes.looks[f"{at}.jpg"] = np.cos(angle) * PEOPLE[0] + np.sin(angle) * PEOPLE[1]
    assert parted(track, eyes) == [track]


@pytest.mark.parametrize("unclear", [{"side_px": 15}, {"yaw": 0.9}, {"sharpness": 2, "side_px": 30}])
def test_a_track_no_crop_of_which_is_clear_is_never_parted(unclear: dict[str, Any]) -> None:
    track, eyes = film([0] * 10 + [1] * 10, **unclear)
    assert parted(track, eyes) == [track]


def test_a_change_without_a_jump_is_found_between_two_looks() -> None:
    track, eyes = film([0] * 9 + [5] * 6 + [2] * 9 + [0] * 20, aside=0)
    assert lengths(parted(track, eyes)) == [9, 6, 9, 20]


def test_somebody_shown_shortly_between_two_looks_is_found_by_the_jump() -> None:
    track, eyes = film([0] * 20 + [5] * 3 + [0] * 20, seed=3)
    assert lengths(parted(track, eyes)) == [20, 3, 20]


def test_somebody_for_a_single_picture_is_not_told_from_a_slip() -> None:
    track, eyes = film([0] * 10 + [5] + [0] * 10)
    assert parted(track, eyes) == [track]


def test_a_change_costs_few_looks() -> None:
    track, eyes = film([0] * 80 + [5] * 50, seed=1)
    assert lengths(parted(track, eyes)) == [80, 50]
    assert len(eyes.seen) <= 40 < len(track.sightings)


def test_tracks_stay_in_order_of_their_start() -> None:
    first, eyes = film([0] * 10 + [1] * 10)
    second = TrackDraft(span=Span(start_ms=600, end_ms=1000), sightings=tuple(seen(at, 0.8) for at in (3, 4)))
    tracks = asyncio.run(one_person_each([first, second], CROPS, ALIKE, eyes))
    assert [track.span.start_ms for track in tracks] == [0, 600, 2000]


def test_nothing_followed_is_nothing_seen() -> None:
    assert asyncio.run(one_person_each([], CROPS, ALIKE, Eyes({}))) == []
