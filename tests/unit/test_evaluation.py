"""Figures of how well people are told apart, against cases counted by hand, and what must hold of all."""

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gateway.identity.calibration import Calibration, calibrated, restored
from gateway.identity.evaluation import (
    NOBODY,
    UNSEEN,
    average_precision,
    grouped,
    macro_f1,
    mean_average_precision,
    named_by,
    open_set_curve,
    outcomes,
    pairs_auc,
    roc_auc,
)
from gateway.identity.matching import LEAST_AGREED, gallery_of, space_of
from kernel.vectors import Matrix, unit


def test_unknown_is_a_class_and_an_unseen_face_is_unknown() -> None:
    scores = np.array([[0.9, 0.1], [UNSEEN, UNSEEN], [0.2, 0.8], [0.6, 0.3], [0.1, 0.2]])
    truth = np.array([0, 0, 1, NOBODY, NOBODY])
    named = named_by(scores, 0.5)
    assert named.tolist() == [0, NOBODY, 1, 0, NOBODY]
    # Unknown 1 of 2 named 2; person 0 1 of 2 named 2; person 1 all right.
    assert [outcome.f1 for outcome in outcomes(truth, named)] == [0.5, 0.5, 1.0]
    assert macro_f1(truth, named) == pytest.approx(2 / 3)
    assert grouped(named, [7, 7]).tolist() == [7, NOBODY, 7, 7, NOBODY]


def test_average_precision_and_auc_by_hand() -> None:
    scores, relevant = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, False, True, False])
    assert average_precision(scores, relevant) == pytest.approx((1 + 2 / 3) / 2)
    assert roc_auc(scores, relevant) == pytest.approx(3 / 4)
    assert roc_auc(np.ones(4), relevant) == pytest.approx(1 / 2)
    assert average_precision(np.ones(4), relevant) == pytest.approx(1 / 2)
    assert mean_average_precision(scores[:, None], np.array([0, NOBODY, 0, NOBODY])) == pytest.approx(5 / 6)


def test_the_open_set_curve_never_lets_more_pass_than_asked() -> None:
    scores = np.array([[0.9], [0.7], [0.4], [0.8], [0.3], [0.2]])
    truth = np.array([0, 0, 0, NOBODY, NOBODY, NOBODY])
    assert [point[1:] for point in open_set_curve(scores, truth, (0, 0.4))] == [(0, 1 / 3), (1 / 3, 1)]


@given(arrays(np.float64, (12, 3), elements=st.floats(-1, 1)), st.lists(st.integers(-1, 2), min_size=12, max_size=12))
def test_figures_are_parts_of_one_and_do_not_depend_on_scale(scores: Matrix, labels: list[int]) -> None:
    truth = np.array(labels, np.intp)
    for figure in (mean_average_precision(scores, truth), pairs_auc(scores, truth)):
        assert 0 <= figure <= 1
    assert 0 <= macro_f1(truth, named_by(scores, 0.2)) <= 1
    assert macro_f1(truth, truth) == 1
    assert pairs_auc(8 * scores, truth) == pytest.approx(pairs_auc(scores, truth))


# ---- where the line is


def people(count: int, photos: int, seed: int = 1, spread: float = 0.8) -> list[Matrix]:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        who = rng.normal(size=(1, 64)) + 1.0
        found.append(unit((who + spread * rng.normal(size=(photos, 64))).astype(np.float32)))
    return found


def known(count: int, photos: int) -> dict[UUID, Matrix]:
    return {UUID(int=number): vectors for number, vectors in enumerate(people(count, photos))}


def test_few_people_are_compared_plainly_by_the_models_own_threshold() -> None:
    gallery, found = calibrated(known(2, 5), "m", otherwise=0.41)
    assert (found.method, gallery.threshold, gallery.space) == ("default", 0.41, None)


def test_a_set_threshold_wins() -> None:
    gallery, found = calibrated(known(12, 5), "m", otherwise=0.41, fixed=0.2)
    assert (found.method, gallery.threshold, gallery.space) == ("fixed", 0.2, None)


def test_where_it_has_learnt_to_compare_a_face_whose_crops_differ_counts_for_more() -> None:
    people = [unit(np.random.default_rng(who).normal(size=(4, 24)).astype(np.float32)) for who in range(6)]
    references = {UUID(int=who + 1): photos for who, photos in enumerate(people)}
    faces, agreed = np.concatenate(people), np.linspace(0.3, 1, 24, dtype=np.float32)[:, None]
    learnt = gallery_of(references, "drawn@1", 0.5, space_of(people))
    expected = np.minimum(learnt.scores(faces) / np.maximum(agreed, LEAST_AGREED), 1)
    np.testing.assert_allclose(learnt.scores(faces * agreed), expected, atol=1e-5)
    plain = gallery_of(references, "drawn@1", 0.5)
    np.testing.assert_allclose(plain.scores(faces * agreed), plain.scores(faces), atol=1e-5)
    # Whoever is learnt from them counts each photo alike.
    shorter = {who: photos * agreed[:4] for who, photos in references.items()}
    np.testing.assert_allclose(gallery_of(shorter, "drawn@1", 0.5).centroids, plain.centroids, atol=1e-5)


def test_strangers_like_the_gallery_stay_out_and_its_people_are_known() -> None:
    everybody = people(40, 10)
    references = {UUID(int=number): vectors[:5] for number, vectors in enumerate(everybody[:12])}
    gallery, found = calibrated(references, "m", otherwise=0.41, strangers=[np.concatenate(everybody[12:15])])
    assert found.method == "gallery+strangers"
    strangers = gallery.scores(np.concatenate(everybody[15:])).max(axis=1)
    assert (strangers > gallery.threshold).mean() <= 0.04
    own = [gallery.scores(vectors[5:])[:, number] for number, vectors in enumerate(everybody[:12])]
    assert (np.concatenate(own) > gallery.threshold).mean() >= 0.95
    assert gallery.probability(gallery.threshold) == pytest.approx(0.5)


def test_members_given_as_strangers_by_mistake_do_not_move_the_line() -> None:
    everybody = people(15, 10)
    references = {UUID(int=number): vectors[:5] for number, vectors in enumerate(everybody[:12])}
    right = [np.concatenate(everybody[12:15])]
    _, found = calibrated(references, "m", otherwise=0.41, strangers=right)
    _, mistaken = calibrated(references, "m", otherwise=0.41, strangers=[*right, everybody[0][5:], everybody[3][5:]])
    assert mistaken.threshold == pytest.approx(found.threshold, abs=0.02)


def test_photos_of_one_moment_do_not_keep_other_days_out() -> None:
    """Frames of one shot are alike as no two days are: the line is where strangers alone would put it."""
    moments, others = people(30, 3, spread=0.02), people(60, 1, seed=5)
    references = {UUID(int=number): vectors for number, vectors in enumerate([*moments, *others])}
    gallery, found = calibrated(references, "m", otherwise=0.41)
    assert found.genuine_mean is None
    assert found.impostor_mean is not None
    assert found.impostor_sd is not None
    assert gallery.threshold < found.impostor_mean + 3 * found.impostor_sd


def test_a_version_decides_again_as_it_did() -> None:
    references = known(8, 4)
    gallery, found = calibrated(references, "m", otherwise=0.41)
    kept = Calibration.from_json(found.as_json(), found.threshold)
    again = restored(references, "m", 0.41, kept)
    probes = np.concatenate(people(5, 3, seed=9))
    assert np.array_equal(again.scores(probes), gallery.scores(probes))
    assert again.threshold == gallery.threshold


@given(st.integers(4, 9), st.integers(1, 4))
def test_a_space_keeps_lengths_and_never_stretches(count: int, photos: int) -> None:
    space = space_of(people(count, photos))
    assert space is not None
    placed = space.of(np.concatenate(people(3, 2, seed=5)))
    assert np.allclose(np.linalg.norm(placed, axis=1), 1, atol=1e-5)
    assert (space.gains <= 0).all()
    assert (space.gains > -1).all()
