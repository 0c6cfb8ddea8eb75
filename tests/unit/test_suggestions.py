"""Who is suggested for a stranger: somebody they are like, or nobody."""

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from gateway.identity.calibration import calibrated
from gateway.identity.matching import Gallery, gallery_of
from gateway.identity.suggestions import nearest
from kernel.vectors import Matrix, unit

STRANGER, KNOWN = UUID(int=99), [UUID(int=number) for number in range(1, 31)]


def faces(chance: np.random.Generator, people: Matrix, photos: int) -> Matrix:
    """`[people, photos, 64]`: photos of one person are about 0.7 alike, of two people about 0."""
    noise = chance.normal(size=(len(people), photos, 64)).astype(np.float32)
    return unit(people[:, None, :] + 0.65 * noise)


def test_strangers_like_nobody_are_suggested_nobody_and_unclear_faces_whom_they_are_like() -> None:
    chance = np.random.default_rng(7)
    own = chance.normal(size=(230, 64)).astype(np.float32)
    gallery, _ = calibrated(dict(zip(KNOWN, faces(chance, own[:30], 5), strict=True)), "drawn@1", otherwise=0.42)
    strangers = dict(enumerate(faces(chance, own[30:], 1)[:, 0]))
    said = nearest({UUID(int=1000 + key): face for key, face in strangers.items()}, gallery, {})
    assert sum(bool(near) for near in said.values()) <= 0.15 * len(strangers)
    unclear = unit(own[:30] + 1.2 * chance.normal(size=(30, 64)).astype(np.float32))
    liked = nearest(dict(zip(KNOWN, unclear, strict=True)), gallery, {})
    assert sum([one.person_id for one in near][:1] == [who] for who, near in liked.items()) >= 20
    assert all(one.probability >= 0.1 for near in [*said.values(), *liked.values()] for one in near)


@pytest.mark.parametrize(("cosine", "suggested"), [(0.43, True), (0.33, True), (0.29, False), (0.0, False)])
def test_a_gallery_too_small_to_tell_suggests_from_one_to_nine(cosine: float, suggested: bool) -> None:
    axes = np.eye(3, dtype=np.float32)
    gallery: Gallery = gallery_of({KNOWN[0]: axes[:1]}, "drawn@1", 0.42)
    face = cosine * axes[0] + np.sqrt(1 - cosine**2) * axes[1]
    assert bool(nearest({STRANGER: face}, gallery, {})[STRANGER]) is suggested


def test_a_likeness_that_strangers_have_suggests_nobody_however_lax_the_curve() -> None:
    axes = np.eye(3, dtype=np.float32)
    gallery = replace(gallery_of({KNOWN[0]: axes[:1]}, "drawn@1", 0.42), steepness=2.0, likeness=0.3)
    assert gallery.resembles == 0.3
    assert nearest({STRANGER: unit(np.array([[0.2, 0.9, 0.3]], np.float32))[0]}, gallery, {})[STRANGER] == []
