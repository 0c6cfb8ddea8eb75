"""Hashes of frames: alike whatever was done to the size, none where there is nothing to see."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.pipeline.frame_hashes import NEAR_BITS, Luma, differing, hash_frames, hash_of
from gateway.pipeline.frames import Picture, StoppedError
from kernel.store import Store

WORDS = st.integers(-(2**63), 2**63 - 1)


def scene(seed: int) -> Luma:
    rough = np.random.default_rng(seed).integers(0, 255, (9, 16), np.uint8)
    return np.asarray(cv2.resize(rough, (640, 360), interpolation=cv2.INTER_CUBIC), np.uint8)


def listed(store: Store, shown: list[Luma]) -> list[Picture]:
    found = []
    for number, luma in enumerate(shown):
        store.path(f"{number}.jpg").write_bytes(cv2.imencode(".jpg", luma)[1].tobytes())
        found.append(Picture(name=f"{number}.jpg", at_ms=200 * number, width=640, height=360, motion=0))
    return found


@given(WORDS, WORDS)
def test_bits_that_differ_are_counted_whatever_the_sign(one: int, other: int) -> None:
    assert differing(one, other) == (one % 2**64 ^ other % 2**64).bit_count()


def test_a_smaller_copy_is_alike_and_another_scene_is_not() -> None:
    whole, small = hash_of(scene(1)), hash_of(np.asarray(cv2.resize(scene(1), (160, 90)), np.uint8))
    other = hash_of(scene(2))
    assert whole is not None
    assert small is not None
    assert other is not None
    assert differing(whole, small) <= 4 < NEAR_BITS < differing(whole, other)


def test_nothing_to_see_has_no_hash() -> None:
    assert hash_of(np.zeros((90, 160), np.uint8)) is None
    assert hash_of(np.full((90, 160), 250, np.uint8)) is None


def test_frames_that_look_alike_are_kept_once_at_their_beginning(tmp_path: Path) -> None:
    store, told = Store(tmp_path), list[float]()
    black = np.zeros((360, 640), np.uint8)
    pictures = listed(store, [scene(1), scene(1), black, scene(2), scene(2), scene(1)])
    found = hash_frames(store, pictures, told.append, lambda: False)
    assert [one.at_ms for one in found.frames] == [0, 600, 1000]
    assert told[-1] == 1.0
    with pytest.raises(StoppedError):
        hash_frames(store, pictures, told.append, lambda: True)
