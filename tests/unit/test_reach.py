"""Nobody who scores enough is outside of where they are looked for, whatever the gallery's own space is."""

from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.matching import Gallery, gallery_of, space_of
from gateway.identity.reach import SHORTER, cone
from kernel.vectors import Matrix, unit


def crowd(seed: int, people: int, photos: int, likeness: float) -> tuple[Gallery, Matrix]:
    """A gallery in its own space, and faces of its people and of as many others."""
    chance = np.random.default_rng(seed)
    own = chance.normal(size=(2 * people, 1, 24)) + chance.normal(size=24)
    agreed = chance.uniform(0.7, 1, (2 * people * (photos + 3), 1)).astype(np.float32)
    rows = agreed * unit(
        (own * likeness + chance.normal(size=(2 * people, photos + 3, 24))).astype(np.float32).reshape(-1, 24)
    )
    faces = rows.reshape(2 * people, photos + 3, 24)
    references = {UUID(int=who + 1): faces[who, :photos] for who in range(people)}
    return gallery_of(references, "drawn@1", 0.5, space_of(list(references.values()))), faces[:, photos:].reshape(
        -1, 24
    )


@given(st.integers(0, 10_000), st.integers(4, 12), st.integers(1, 4), st.floats(0.3, 3))
def test_whoever_scores_enough_is_in_the_cone(seed: int, people: int, photos: int, likeness: float) -> None:
    gallery, faces = crowd(seed, people, photos, likeness)
    assert gallery.space is not None
    scores = gallery.scores(faces)
    for who in range(people):
        look = cone(gallery, who, faces)
        assert abs(np.linalg.norm(look.direction) - 1) < 1e-5
        assert (unit(faces)[scores[:, who] > gallery.threshold] @ look.direction >= look.least).all()


def test_without_a_space_it_is_the_threshold_and_in_one_no_wider_than_short_vectors_ask() -> None:
    gallery, faces = crowd(3, 8, 3, 2)
    plain = Gallery(gallery.model_id, gallery.people, gallery.centroids, 0.5)
    assert np.array_equal(cone(plain, 2, faces).direction, plain.centroids[2])
    assert 0.49 < cone(plain, 2, faces).least < 0.5
    assert gallery.space is not None
    lengths = np.linalg.norm(gallery.space.moved(unit(faces)), axis=1) * np.linalg.norm(faces, axis=1)
    inside = unit(faces) @ (look := cone(gallery, 2, faces)).direction >= look.least
    assert (gallery.scores(faces)[inside, 2] * lengths[inside] >= 0.5 * SHORTER * lengths.min() - 0.02).all()
    assert inside.any()
    assert not inside.all()
