"""A head on frozen vectors: its gradients, its margin, and that it goes live only where it is better."""

from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.identity.heads import Head, head_of, numbered
from gateway.identity.training import MARGIN, Photos, Weights, loss, margin_loss, train, with_margin
from gateway.identity.trials import BETTER_BY, ROUNDS, split, trial
from gateway.identity.trials import Photos as Sourced
from kernel.vectors import Matrix, unit


def nuisance(seed: int) -> dict[UUID, Matrix]:
    """48 people by 20 photos `[20, 64]`: 24 directions tell them apart, 40 others differ four times as much."""
    chance = np.random.default_rng(seed)
    found = {}
    for who in range(48):
        own = np.zeros(64)
        own[40:] = chance.standard_normal(24) / np.sqrt(24)
        photos = own + 0.5 * chance.standard_normal((20, 64)) / 8
        photos[:, :40] += 4 * chance.standard_normal((20, 40)) / np.sqrt(40)
        found[UUID(int=who + 1)] = unit(photos.astype(np.float32))
    return found


def bands(people: dict[UUID, Matrix]) -> dict[UUID, UUID]:
    return {person: UUID(int=1000 + person.int // 5) for person in people}


def sourced(people: dict[UUID, Matrix], sources: int = 5) -> dict[UUID, Sourced]:
    return {
        person: Sourced(vectors, tuple(f"site {number % sources}" for number in range(len(vectors))))
        for person, vectors in people.items()
    }


@given(st.integers(0, 1000), st.integers(2, 6), st.integers(2, 5))
@settings(max_examples=20)
def test_gradients_are_the_numeric_differences(seed: int, people: int, width: int) -> None:
    chance: Any = np.random.default_rng(seed)  # draws doubles, so that differences are exact
    eye: Any = np.eye(width)
    begin = Weights(eye, chance.normal(size=(people, width)), chance.normal(size=(2, width)))
    weights = Weights(*(part + 0.3 * chance.normal(size=part.shape) for part in begin))
    members = np.arange(2 * people) % people
    photos = Photos(chance.normal(size=(2 * people, width)), chance.uniform(0.1, 1, 2 * people), members, members % 2)
    _, slope = loss(weights, begin, photos)
    for part in range(3):
        direction = chance.normal(size=weights[part].shape)
        step = 1e-7
        ends = [
            loss(weights._replace(**{Weights._fields[part]: weights[part] + sign * step * direction}), begin, photos)[0]
            for sign in (1, -1)
        ]
        assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(
            float((slope[part] * direction).sum()), rel=1e-3, abs=1e-3
        )


@given(st.floats(0.01, 3.1))
def test_the_true_angle_counts_wider_by_the_margin(angle: float) -> None:
    own, _ = with_margin(np.array([np.cos(angle)]))
    if angle + MARGIN < np.pi:
        assert own[0] == pytest.approx(np.cos(angle + MARGIN), abs=1e-3)
    assert own[0] < np.cos(angle)
    further, _ = with_margin(np.array([np.cos(min(angle + 0.02, 3.14))]))
    assert further[0] <= own[0] + 1e-3


def test_a_photo_at_its_class_still_costs_when_another_is_within_the_margin() -> None:
    classes = np.array([[1.0, 0.0], [np.cos(MARGIN), np.sin(MARGIN)]])
    near, _, _ = margin_loss(classes[:1], classes, np.array([0]))
    far, _, _ = margin_loss(classes[:1], np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([0]))
    assert near == pytest.approx(np.log(2), rel=0.02)
    assert far < 1e-6


def test_equal_photos_train_equal_weights_and_kept_ones_score_equally() -> None:
    people = nuisance(1)
    photos, groups = list(people.values()), numbered(list(people), bands(people))
    one, other = train(photos, groups), train(photos, groups)
    assert all(np.array_equal(a, b) for a, b in zip(one.weights, other.weights, strict=True))
    assert not np.array_equal(one.weights.projection, train(photos, groups, seed=6).weights.projection)
    head = head_of(people, bands(people))
    assert head is not None
    again = Head.unpacked(head.packed(), head.calibration)
    assert again.people == head.people
    made, kept = (each.gallery("m", 0.4) for each in (head, again))
    assert np.array_equal(made.scores(photos[0]), kept.scores(photos[0]))
    assert made.probability(made.threshold) == pytest.approx(0.5)
    assert (made.scores(photos[7]).argmax(axis=1) == made.people.index(UUID(int=8))).mean() > 0.9
    assert made.same_face == 0.4


def test_untrained_it_scores_as_centroids_do_and_trained_it_lies_nearer() -> None:
    people = nuisance(1)
    photos, groups = list(people.values()), numbered(list(people), bands(people))
    begin, end = train(photos, groups, epochs=0), train(photos, groups)
    own = [np.mean([(head.of(vectors) @ head.classes[who]).mean() for who, vectors in enumerate(photos)])
           for head in (begin, end)]  # fmt: skip
    centroids = unit(np.stack([begin.space.of(vectors).mean(axis=0) for vectors in photos]))
    assert np.allclose(begin.of(photos[0]) @ begin.classes.T, begin.space.of(photos[0]) @ centroids.T, atol=1e-4)
    assert own[1] > own[0]


def test_it_goes_live_where_few_directions_tell_people_apart() -> None:
    people = nuisance(1)
    found = trial(sourced(people), bands(people), "m", otherwise=0.4)
    assert found.reason == "better"
    plain, trained = found.centroids.figures, found.trained.figures
    assert trained.member_macro_f1 >= plain.member_macro_f1 + BETTER_BY
    assert trained.strangers_named <= plain.strangers_named
    assert {each.by for each in found.splits if each} == {"source"}


def test_centroids_stay_where_they_are_as_good() -> None:
    chance = np.random.default_rng(4)
    own = chance.standard_normal((20, 1, 64))
    faces = unit((own + 0.4 * chance.standard_normal((20, 8, 64))).reshape(-1, 64).astype(np.float32)).reshape(
        20, 8, 64
    )
    people = {UUID(int=who + 1): faces[who] for who in range(20)}
    found = trial(sourced(people), {}, "m", otherwise=0.4)
    assert found.reason == "not_better"
    assert found.centroids.figures.member_macro_f1 > 0.97


def test_strangers_are_counted_and_everybody_is_one_once() -> None:
    people = nuisance(2)
    hidden = unit(np.random.default_rng(1).normal(size=(9, 64)).astype(np.float32))
    found = trial(sourced(people), {}, "m", otherwise=0.4, strangers=hidden)
    assert (found.truth == -1).sum() == sum(map(len, people.values())) + len(hidden)
    assert len(found.truth) == len(found.centroids.named) == len(found.trained.named)
    named = sum(len(each.named) for each in found.splits if each)
    assert (found.truth != -1).sum() == named * (ROUNDS - 1)


@given(st.lists(st.sampled_from([None, "a", "b", "c"]), max_size=30))
def test_no_source_is_on_both_sides(sources: list[str | None]) -> None:
    found = split(sources)
    if found is None:
        assert len(sources) < 5
        return
    assert sorted(found.learnt + found.named) == list(range(len(sources)))
    assert found.learnt
    assert found.named
    if found.by == "source":
        assert not {sources[one] for one in found.learnt} & {sources[one] for one in found.named}
    else:
        assert None in sources or len(set(sources)) == 1


def test_london_people_stay_with_centroids(shared: Path) -> None:
    """Real faces, two photos each, drawn to six by a little noise: nothing is left to gain."""
    kept = np.load(shared / "faces/reference/stills_edge.npz", allow_pickle=False)
    by_person: dict[str, list[Matrix]] = {}
    for name, vector in zip(kept["name"].tolist(), kept["embedding"].astype(np.float32), strict=True):
        by_person.setdefault(name.rsplit("/", 1)[1], []).append(vector)
    chance = np.random.default_rng(0)
    both = [np.stack(its) for its in by_person.values() if len(its) == 2][:32]
    people = {}
    for who, its in enumerate(both):
        photos = np.repeat(unit(its), 3, axis=0)
        people[UUID(int=who + 1)] = unit(photos + 0.02 * chance.standard_normal(photos.shape).astype(np.float32))
    known = {who: Sourced(its, tuple("abcabc")) for who, its in people.items()}
    found = trial(known, bands(people), "edgeface", otherwise=0.24)
    assert len(people) == 32
    assert found.reason == "not_better"
    assert found.centroids.figures.member_macro_f1 > 0.99
