"""Training a head on frozen face vectors: a projection, with additive angular margins over groups and members. Pure.

ArcFace (Deng, Guo, Xue and Zafeiriou 2019): the angle to the true class counts `MARGIN` wider than it is, so photos
must lie that much nearer to their own class than to any other. The loss is that of the groups and that of the
members, added; the network before it stays as it is. See docs/decisions/0081-training-on-frozen-vectors.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gateway.identity.matching import Space, centroids_of, space_of
from kernel.vectors import Matrix, unit

# Of the paper: by what a cosine is multiplied before the softmax, and the margin in radians.
SCALE, MARGIN = 64.0, 0.5
# More epochs learn the photos by heart: strangers then score like members (docs/decisions/0081).
EPOCHS, BATCH = 20, 256
RATE = 5e-3
# A few photos know little: the projection is held to where it began, so strongly.
PULL = 0.02
SEED = 5
# Of more people the directions are taken in which they differ most.
WIDEST = 256
DECAYS = (0.9, 0.999)
TINY = 1e-7

Labels = NDArray[np.intp]


class Weights(NamedTuple):
    """`projection` `[k, k]`, `members` `[people, k]` and `groups` `[groups, k]`; or gradients of them."""

    projection: Matrix
    members: Matrix
    groups: Matrix


@dataclass(frozen=True, eq=False)
class Photos:
    """What is seen of them along the basis, `[n, k]`, how long the rest is, `[n]`, and whose each is, by number."""

    seen: Matrix
    rest: Matrix
    members: Labels
    groups: Labels


@dataclass(frozen=True, eq=False)
class Trained:
    """Where it was trained to compare: the space of centroids, projected along `basis` `[k, dimension]`, orthonormal.

    What the basis does not see stays as it was; classes have nothing there, so it only tells strangers.
    """

    space: Space
    basis: Matrix
    weights: Weights

    def of(self, vectors: Matrix) -> Matrix:
        """Vectors `[n, dimension]` as unit vectors of this place."""
        return unit(self.moved(unit(vectors)))

    def moved(self, vectors: Matrix) -> Matrix:
        """Unit vectors `[n, dimension]` in this place, of whatever length: linear but for a constant."""
        placed = self.space.moved(vectors)
        seen = placed @ self.basis.T
        return np.asarray(placed + (seen @ self.weights.projection.T - seen) @ self.basis, np.float32)

    @property
    def classes(self) -> Matrix:
        """Every person as a unit vector of this place: `[people, dimension]`."""
        return unit(self.weights.members @ self.basis)


def train(people: Sequence[Matrix], groups: Sequence[int], *, epochs: int = EPOCHS, seed: int = SEED) -> Trained:
    """A head for people of these photos `[n, dimension]`, each of the group of that number, from 0.

    It begins where centroids are: in their space, with their classes. Equal photos and `seed`, equal weights.
    """
    space, basis, begin = _beginning(people, groups)
    sizes = [len(vectors) for vectors in people]
    photos = Photos(
        *_seen(space, basis, np.concatenate(people)),
        np.repeat(np.arange(len(people)), sizes),
        np.repeat(np.asarray(groups, np.intp), sizes),
    )
    return Trained(space, basis, _descend(begin, photos, epochs, np.random.default_rng(seed)))


def _seen(space: Space, basis: Matrix, vectors: Matrix) -> tuple[Matrix, Matrix]:
    """Along each axis of the basis, and how long what no axis sees is, of vectors made unit in the space.

    Cosines with classes are those of all dimensions, at a fraction of their size.
    """
    placed = space.of(vectors)
    seen = placed @ basis.T
    rest = np.sqrt(np.maximum((placed * placed).sum(axis=1) - (seen * seen).sum(axis=1), 0))
    return seen, np.asarray(rest, np.float32)


def _beginning(people: Sequence[Matrix], groups: Sequence[int]) -> tuple[Space, Matrix, Weights]:
    """Space, basis, and the weights with which scores are those of centroids (of up to `WIDEST` people, exactly)."""
    dimension = people[0].shape[1]
    plain = Space(*(np.zeros(shape, np.float32) for shape in ((dimension,), (0, dimension), (0,))))
    space = space_of(people) or plain
    centroids = centroids_of(people, space)
    _, _, axes = np.linalg.svd(centroids, full_matrices=False)
    basis = np.asarray(axes[:WIDEST], np.float32)
    members = centroids @ basis.T
    number = np.asarray(groups)
    means = np.stack([members[number == group].mean(axis=0) for group in range(int(number.max()) + 1)])
    return space, basis, Weights(np.eye(len(basis), dtype=np.float32), members, unit(means))


def _descend(begin: Weights, photos: Photos, epochs: int, chance: np.random.Generator) -> Weights:
    """Adam (Kingma and Ba 2015) over mini-batches in a drawn order."""
    weights, steps = begin, 0
    first = Weights(*(np.zeros_like(part) for part in begin))
    second = first
    for _ in range(epochs):
        order = chance.permutation(len(photos.rest))
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            batch = Photos(photos.seen[some], photos.rest[some], photos.members[some], photos.groups[some])
            _, slope = loss(weights, begin, batch)
            steps += 1
            first = _mixed(first, slope, DECAYS[0])
            second = _mixed(second, Weights(*(part * part for part in slope)), DECAYS[1])
            weights = Weights(*(_moved(*each, steps) for each in zip(weights, first, second, strict=True)))
    return weights


def _mixed(kept: Weights, new: Weights, decay: float) -> Weights:
    return Weights(*(decay * old + (1 - decay) * part for old, part in zip(kept, new, strict=True)))


def _moved(part: Matrix, first: Matrix, second: Matrix, steps: int) -> Matrix:
    rate = RATE * (1 - DECAYS[1] ** steps) ** 0.5 / (1 - DECAYS[0] ** steps)
    return np.asarray(part - rate * first / (np.sqrt(second) + TINY), part.dtype)


def loss(weights: Weights, begin: Weights, photos: Photos) -> tuple[float, Weights]:
    """What is to be made small, and its gradient: the margin losses of groups and members, and the pull back."""
    placed = np.column_stack([photos.seen @ weights.projection.T, photos.rest])
    member, to_placed, to_members = margin_loss(placed, _flat(weights.members), photos.members)
    group, also_placed, to_groups = margin_loss(placed, _flat(weights.groups), photos.groups)
    away = weights.projection - begin.projection
    to_projection = (to_placed + also_placed)[:, :-1].T @ photos.seen + PULL * away
    pulled = PULL / 2 * float((away * away).sum())
    return member + group + pulled, Weights(to_projection, to_members[:, :-1], to_groups[:, :-1])


def _flat(classes: Matrix) -> Matrix:
    """Classes have nothing of what the basis does not see."""
    return np.column_stack([classes, np.zeros(len(classes), classes.dtype)])


def margin_loss(placed: Matrix, classes: Matrix, labels: Labels) -> tuple[float, Matrix, Matrix]:
    """Mean ArcFace loss of `placed` `[n, k]` over `classes` `[c, k]`, neither unit; gradients of both."""
    rows = np.arange(len(placed))
    lengths, sizes = (np.linalg.norm(each, axis=1, keepdims=True) + TINY for each in (placed, classes))
    units, directions = placed / lengths, classes / sizes
    cosines = np.clip(units @ directions.T, -1 + TINY, 1 - TINY)
    own, bend = with_margin(cosines[rows, labels])
    logits = SCALE * cosines
    logits[rows, labels] = SCALE * own
    logits -= logits.max(axis=1, keepdims=True)
    odds = np.exp(logits)
    total = odds.sum(axis=1, keepdims=True)
    mean = float(np.mean(np.log(total[:, 0]) - logits[rows, labels]))
    slope = odds / total
    slope[rows, labels] = (slope[rows, labels] - 1) * bend
    slope *= SCALE / len(placed)
    return mean, _across(slope @ directions, units, lengths), _across(slope.T @ units, directions, sizes)


def with_margin(cosines: Matrix) -> tuple[Matrix, Matrix]:
    """cos(θ + m) for each cos θ, and its derivative by cos θ; beyond π, where that would rise again, cos θ - m sin m.

    The second branch is the one of the paper's authors: it keeps falling as the angle widens.
    """
    sines = np.sqrt(np.maximum(1 - cosines * cosines, TINY))
    wider = cosines * np.cos(MARGIN) - sines * np.sin(MARGIN)
    bend = np.cos(MARGIN) + np.sin(MARGIN) * cosines / sines
    near = cosines > np.cos(np.pi - MARGIN)
    return np.where(near, wider, cosines - MARGIN * np.sin(MARGIN)), np.where(near, bend, 1.0)


def _across(slope: Matrix, units: Matrix, lengths: Matrix) -> Matrix:
    """The gradient by a vector, from the gradient by its unit vector."""
    along = (slope * units).sum(axis=1, keepdims=True)
    return np.asarray((slope - along * units) / lengths, units.dtype)
