"""Who a track is, with unknown as an answer."""

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gateway.identity.ledger import Word
from gateway.identity.matching import Gallery, calibrate, gallery_of, probability
from gateway.pipeline.identify import decide, decided, evidence_of
from gateway.pipeline.tracks import Sighting, TrackDraft
from kernel.contracts.faces import Box, Face
from kernel.contracts.time import Span
from kernel.vectors import unit

MINJI, HANNI, HAERIN = (UUID(int=n) for n in (1, 2, 3))


def face(side: float) -> Face:
    box = Box(left=0, top=0, right=side, bottom=side)
    return Face(box=box, landmarks=((0, 0),) * 5, score=1, side_px=99, sharpness=99, yaw=0)


def track(*times: int, side: float = 0.5) -> TrackDraft:
    sightings = tuple(Sighting(picture=f"{at}.jpg", at_ms=at, face=face(side)) for at in times)
    return TrackDraft(span=Span(start_ms=min(times), end_ms=max(times) + 200), sightings=sightings)


def towards(*weights: float) -> np.ndarray:
    """A unit vector with these cosines to the gallery's people, the rest of it towards nobody."""
    return elsewhere(*weights, 0.0)


def elsewhere(*weights: float) -> np.ndarray:
    """As `towards`, the last weight being how much of the rest goes another way: such faces are not alike."""
    *known, aside = weights
    rest = 1 - sum(w * w for w in weights)
    return np.array([*known, *[0.0] * (3 - len(known)), rest**0.5, aside], np.float32)


@pytest.fixture
def gallery() -> Gallery:
    axes = np.eye(5, dtype=np.float32)
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
    both = [elsewhere(0.45, 0.85), towards(0.7)]
    weaker, stronger = decide([track(0, 200), track(200, 400)], both, gallery)
    assert (weaker.person_id, weaker.nearest_person_id) == (None, MINJI)
    assert stronger.person_id == MINJI
    assert (weaker.copy_of, stronger.copy_of) == (None, None)
    assert weaker.probability < 0.5, "an unknown that looks like somebody is not a sure unknown"


def test_the_weaker_of_two_gets_the_next_person_above_the_threshold(gallery):
    vectors = [elsewhere(0.5, 0.45, 0.7), towards(0.6)]
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


# ---- one face shown twice


def test_a_face_on_the_wall_behind_is_named_too_and_marked(gallery):
    on_wall, real = decide([track(0, side=0.2), track(0, 200)], [towards(0.7), towards(0.8)], gallery)
    assert (on_wall.person_id, on_wall.copy_of) == (MINJI, UUID(int=1))
    assert (real.person_id, real.copy_of) == (MINJI, None)


def test_of_a_face_shown_three_times_one_is_real(gallery):
    tracks = [track(0, side=0.2), track(0, 200), track(0, side=0.3)]
    decisions = decide(tracks, [towards(0.7), towards(0.6), towards(0.8)], gallery)
    assert [d.person_id for d in decisions] == [MINJI] * 3
    assert [d.copy_of for d in decisions] == [UUID(int=1), None, UUID(int=1)]


def test_a_copy_may_be_rejected_without_the_real_one(gallery):
    words = {0: Word(not_people=frozenset({MINJI}))}
    decisions = decide([track(0, side=0.2), track(0)], [towards(0.7), towards(0.8)], gallery, words)
    assert [(d.person_id, d.copy_of) for d in decisions] == [(None, None), (MINJI, None)]
    assert decisions[0].nearest_person_id != MINJI


# ---- what people said


def test_a_person_s_word_stands_above_any_score(gallery):
    words = {0: Word(person_id=HAERIN)}
    (decision,) = decide([track(0)], [towards(0.9, 0.1, 0.2)], gallery, words)
    assert (decision.person_id, decision.probability, decision.ruled) == (HAERIN, 1.0, True)
    assert decision.similarity == pytest.approx(0.2)


def test_a_word_counts_for_somebody_outside_the_gallery_and_for_a_face_too_small_to_compare(gallery):
    stranger = UUID(int=99)
    decisions = decide([track(0)], [None], gallery, {0: Word(person_id=stranger)}, line_up=[MINJI])
    assert [(d.person_id, d.ruled, d.similarity) for d in decisions] == [(stranger, True, 0.0)]


def test_who_is_rejected_is_neither_named_nor_nearest_and_the_next_may_be(gallery):
    once = decide([track(0)], [towards(0.7, 0.6)], gallery, {0: Word(not_people=frozenset({MINJI}))})
    twice = decide([track(0)], [towards(0.7, 0.6)], gallery, {0: Word(not_people=frozenset({MINJI, HANNI}))})
    assert [(d.person_id, d.ruled) for d in once] == [(HANNI, False)]
    assert [(d.person_id, d.nearest_person_id) for d in twice] == [(None, HAERIN)]


def test_a_ruled_name_is_never_taken_by_a_better_score(gallery):
    decisions = decide([track(0), track(0)], [elsewhere(0.2, 0.9), towards(0.9)], gallery, {0: Word(person_id=MINJI)})
    assert [(d.person_id, d.ruled) for d in decisions] == [(MINJI, True), (None, False)]


def test_who_is_not_somebody_is_not_whom_they_were_merged_with_either(gallery):
    tracks, vectors = [track(0)], [towards(0.7)]
    ids = [UUID(int=7)]
    evidence = evidence_of(ids, tracks, vectors, gallery)
    merged = {HAERIN: MINJI}
    word = Word(not_people=frozenset({MINJI}))
    (decision,) = decided(ids, evidence, {}, {0: word}, merged)
    assert decision.person_id is None
    assert decision.nearest_person_id == HANNI


# ---- who may be there


def test_only_the_line_up_is_compared(gallery):
    (decision,) = decide([track(0)], [towards(0.9, 0.2, 0.1)], gallery, line_up=[HANNI, HAERIN])
    assert (decision.person_id, decision.nearest_person_id) == (None, HANNI)
    (decision,) = decide([track(0)], [towards(0.9)], gallery, line_up=[])
    assert (decision.person_id, decision.nearest_person_id, decision.probability) == (None, None, 1.0)


# ---- properties

vectors = arrays(np.float32, (6, 4), elements=st.floats(-1, 1, width=32)).map(unit)
times = st.lists(st.sets(st.sampled_from([0, 200, 400]), min_size=1), min_size=6, max_size=6)
sides = st.lists(st.sampled_from([0.1, 0.3, 0.5]), min_size=6, max_size=6)
people = st.sampled_from([MINJI, HANNI, HAERIN])
said = st.dictionaries(
    st.integers(0, 5),
    st.builds(lambda who, others: Word(who, frozenset(others) - {who}), st.none() | people, st.sets(people)),
)


@given(vectors, times, sides, st.floats(0.05, 0.9), said)
def test_names_are_earned_and_unique_in_every_picture_unless_marked(rows, seen, sizes, threshold, words):
    axes = np.eye(4, dtype=np.float32)
    gallery = gallery_of({MINJI: axes[:1], HANNI: axes[1:2], HAERIN: axes[2:3]}, "test@1", threshold)
    tracks = [track(*at, side=side) for at, side in zip(seen, sizes, strict=True)]
    decisions = decide(tracks, list(rows), gallery, words)
    for at in (0, 200, 400):
        here = [index for index, when in enumerate(seen) if at in when and decisions[index].person_id]
        named = [decisions[index].person_id for index in here if decisions[index].copy_of is None]
        assert len(named) == len(set(named)), "somebody is twice in a picture"
    for index, decision in enumerate(decisions):
        word = words.get(index, Word())
        assert decision.ruled == (word.person_id is not None)
        assert decision.person_id not in word.not_people
        assert decision.nearest_person_id not in word.not_people or decision.nearest_person_id is None
        if decision.copy_of is not None:
            real = decisions[decision.copy_of.int]
            assert (real.person_id, real.copy_of) == (decision.person_id, None), "the real one is never lost"
            assert seen[index] & seen[decision.copy_of.int]
        if decision.ruled:
            assert (decision.person_id, decision.probability) == (word.person_id, 1.0)
        elif decision.person_id:
            assert decision.similarity > threshold
        elif not word.not_people:
            assert decision.similarity == pytest.approx(rows[index][:3].max(), abs=1e-5)


@given(vectors, times, sides, st.floats(0.05, 0.9), said)
def test_a_face_shown_twice_looks_like_the_real_one_unless_people_said_so(rows, seen, sizes, threshold, words):
    axes = np.eye(4, dtype=np.float32)
    gallery = gallery_of({MINJI: axes[:1], HANNI: axes[1:2], HAERIN: axes[2:3]}, "test@1", threshold)
    tracks = [track(*at, side=side) for at, side in zip(seen, sizes, strict=True)]
    decisions = decide(tracks, list(rows), gallery, words)
    for index, decision in enumerate(decisions):
        if decision.copy_of is not None and not (decision.ruled and decisions[decision.copy_of.int].ruled):
            assert float(rows[index] @ rows[decision.copy_of.int]) > threshold
