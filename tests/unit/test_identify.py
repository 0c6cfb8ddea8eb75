"""Who a track is, with unknown as an answer."""

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gateway.people.matching import Gallery, calibrate, gallery_of, probability
from gateway.pipeline.identify import decide
from gateway.pipeline.tracks import Sighting, TrackDraft
from kernel.contracts.faces import Box, Face
from kernel.contracts.time import Span
from kernel.vectors import unit

MINJI, HANNI, HAERIN = (UUID(int=n) for n in (1, 2, 3))
FACE = Face(
    box=Box(left=0, top=0, right=1, bottom=1), landmarks=((0, 0),) * 5, score=1, side_px=99, sharpness=99, yaw=0
)


def track(*times: int) -> TrackDraft:
    sightings = tuple(Sighting(picture=f"{at}.jpg", at_ms=at, face=FACE) for at in times)
    return TrackDraft(span=Span(start_ms=min(times), end_ms=max(times) + 200), sightings=sightings)


def towards(*weights: float) -> np.ndarray:
    """A unit vector with these cosines to the gallery's people, the rest of it towards nobody."""
    rest = 1 - sum(w * w for w in weights)
    return np.array([*weights, *[0.0] * (3 - len(weights)), rest**0.5], np.float32)


@pytest.fixture
def gallery() -> Gallery:
    axes = np.eye(4, dtype=np.float32)
    return gallery_of({MINJI: axes[:1], HANNI: axes[1:2], HAERIN: axes[2:3]}, "test@1", 0.4)


def test_the_nearest_person_above_the_threshold_is_named(gallery):
    (decision,) = decide([track(0)], [towards(0.5, 0.7)], gallery)
    assert (decision.person_id, decision.nearest_person_id) == (HANNI, None)
    assert decision.similarity == pytest.approx(0.7)
    assert decision.probability > 0.9


def test_a_stranger_is_unknown_and_says_whom_they_are_nearest_to(gallery):
    (decision,) = decide([track(0)], [towards(0.1, 0.2, 0.3)], gallery)
    assert (decision.person_id, decision.nearest_person_id) == (None, HAERIN)
    assert decision.probability == pytest.approx(1 - probability(0.3, 0.4))


def test_at_the_threshold_nobody_is_named(gallery):
    exact = Gallery("test@1", gallery.people, gallery.centroids, float(np.float32(0.4)))
    (decision,) = decide([track(0)], [towards(0.4)], exact)
    assert decision.person_id is None


def test_nobody_is_twice_in_one_picture(gallery):
    both = [towards(0.8), towards(0.9)]
    weaker, stronger = decide([track(0, 200), track(200, 400)], both, gallery)
    assert (weaker.person_id, weaker.nearest_person_id) == (None, MINJI)
    assert stronger.person_id == MINJI
    assert weaker.probability < 0.5, "an unknown that looks like somebody is not a sure unknown"


def test_the_weaker_of_two_gets_the_next_person_above_the_threshold(gallery):
    vectors = [towards(0.6, 0.5), towards(0.9)]
    assert [d.person_id for d in decide([track(0), track(0)], vectors, gallery)] == [HANNI, MINJI]


def test_a_person_may_come_back_in_another_picture(gallery):
    decisions = decide([track(0), track(400)], [towards(0.8), towards(0.9)], gallery)
    assert [d.person_id for d in decisions] == [MINJI, MINJI]


def test_a_track_without_a_fit_crop_is_not_even_a_stranger(gallery):
    (decision,) = decide([track(0)], [None], gallery)
    assert (decision.person_id, decision.nearest_person_id, decision.probability) == (None, None, 0)


def test_an_empty_gallery_knows_nobody():
    empty = gallery_of({MINJI: np.zeros((0, 4), np.float32)}, "test@1", 0.4)
    seen, unseen = decide([track(0), track(400)], [towards(1.0), None], empty)
    assert (seen.person_id, seen.probability) == (None, 1)
    assert (unseen.person_id, unseen.probability) == (None, 0)


def test_no_tracks_no_decisions(gallery):
    assert decide([], [], gallery) == []


def test_a_person_is_the_mean_of_their_references():
    made = gallery_of({MINJI: np.array([[2, 0], [0, 1]], np.float32)}, "test@1", 0.4)
    np.testing.assert_allclose(made.centroids, [[0.5**0.5, 0.5**0.5]], rtol=1e-6)


def test_calibration_is_the_highest_cosine_of_a_stranger(gallery):
    assert calibrate(gallery, np.stack([towards(0.1, 0.35), towards(0.2)])) == pytest.approx(0.35)


@pytest.mark.parametrize("strangers", [np.zeros((0, 4), np.float32)])
def test_calibration_needs_somebody_to_compare(gallery, strangers):
    with pytest.raises(ValueError, match="calibration"):
        calibrate(gallery, strangers)
    with pytest.raises(ValueError, match="calibration"):
        calibrate(gallery_of({}, "test@1", 0.4), towards(0.5)[None])


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 0.99))
def test_probability_grows_with_similarity_and_is_a_half_at_the_threshold(one, other, threshold):
    low, high = sorted((one, other))
    assert 0 <= probability(low, threshold) <= probability(high, threshold) <= 1
    assert probability(threshold, threshold) == 0.5


vectors = arrays(np.float32, (6, 4), elements=st.floats(-1, 1, width=32)).map(unit)
times = st.lists(st.sets(st.sampled_from([0, 200, 400]), min_size=1), min_size=6, max_size=6)


@given(vectors, times, st.floats(0.05, 0.9))
def test_names_are_earned_and_unique_in_every_picture(rows, seen, threshold):
    axes = np.eye(4, dtype=np.float32)
    gallery = gallery_of({MINJI: axes[:1], HANNI: axes[1:2], HAERIN: axes[2:3]}, "test@1", threshold)
    tracks = [track(*at) for at in seen]
    decisions = decide(tracks, list(rows), gallery)
    for at in (0, 200, 400):
        named = [d.person_id for d, when in zip(decisions, seen, strict=True) if at in when and d.person_id]
        assert len(named) == len(set(named))
    for decision, row in zip(decisions, rows, strict=True):
        if decision.person_id:
            assert decision.similarity > threshold
        else:
            assert decision.similarity == pytest.approx(row[:3].max(), abs=1e-5)


@given(vectors, times)
def test_negatives_are_all_unknown_after_calibration(rows, seen):
    axes = np.eye(4, dtype=np.float32)
    people = {MINJI: axes[:1], HANNI: axes[1:2]}
    calibrated = gallery_of(people, "test@1", calibrate(gallery_of(people, "test@1", 0), rows))
    decisions = decide([track(*at) for at in seen], list(unit(rows)), calibrated)
    assert [d.person_id for d in decisions if d.similarity > calibrated.threshold + 1e-6] == []
