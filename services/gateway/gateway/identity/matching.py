"""Whom a face vector is like: a gallery as vectors, scores against it, and the threshold above which to name. Pure.

Open set: everybody else is nobody of the gallery, and that is an answer. What of this earned its place, and what
did not: docs/decisions/0080-telling-look-alikes-apart.md.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import numpy as np
from scipy.special import expit

from gateway.identity.threads import one_thread
from kernel.vectors import Matrix, unit

# Log-odds of a name at a perfect match; a half at the threshold.
CERTAINTY = 12
# Log-odds against somebody, from which they are not suggested.
UNLIKE = math.log(9)
# How much of the mean variance of one person's photos is assumed in every direction. Less trusts few photos more.
CAUTION = 1.0
# Crops of one face that agree less are taken to agree so much.
LEAST_AGREED = 0.5
# Of fewer people nobody can say what they have in common.
LEAST_PEOPLE = 4


class Place(Protocol):
    """Where faces are compared."""

    def of(self, vectors: Matrix) -> Matrix:
        """Vectors `[n, dimension]` as unit vectors of this place."""
        ...


def placed(vectors: Matrix, place: Place | None) -> Matrix:
    """Vectors `[n, dimension]` where they are compared: the product with a unit vector of the place is a score.

    A vector is as long as its face's crops agree. Where they differ, the face is hard to read and less like everybody,
    itself included: in a learnt place the score is a cosine divided by that length. None: plain cosines.
    """
    return unit(vectors) if place is None else np.asarray(place.of(vectors) / agreed(vectors)[:, None], np.float32)


def agreed(vectors: Matrix) -> Matrix:
    """How much the crops of the face of each of `vectors` `[n, dimension]` agree: `[n]`, 1 when wholly."""
    return np.asarray(np.clip(np.linalg.norm(vectors, axis=1), LEAST_AGREED, 1), np.float32)


@dataclass(frozen=True, eq=False)
class Space:
    """Where faces are compared: without what all people have in common, and with the directions in which photos of
    one person differ counting less.

    `common` is `[dimension]`; `axes` `[k, dimension]`, orthonormal, are lengthened by `1 + gains` `[k]`.
    """

    common: Matrix
    axes: Matrix
    gains: Matrix

    def of(self, vectors: Matrix) -> Matrix:
        """Vectors `[n, dimension]` as unit vectors of this space."""
        return unit(self.moved(unit(vectors)))

    def moved(self, vectors: Matrix) -> Matrix:
        """Unit vectors `[n, dimension]` in this space, of whatever length: linear but for a constant."""
        moved = vectors - self.common
        if 2 * len(self.axes) > self.axes.shape[1] and len(vectors) > self.axes.shape[1]:
            # One product with all directions at once is then less than two with the axes.
            return np.asarray(moved + moved @ ((self.axes.T * self.gains) @ self.axes), np.float32)
        return np.asarray(moved + ((moved @ self.axes.T) * self.gains) @ self.axes, np.float32)


def space_of(people: Sequence[Matrix]) -> Space | None:
    """The space that tells these people apart, from a few photos `[n, dimension]` of each; None for too few people.

    The common part is their mean, shrunk to what their mean inner product vouches for. Then within-class covariance
    normalisation (Hatch, Kajarekar and Stolcke 2006), with a ridge: a handful of photos knows few directions.
    """
    people = [unit(vectors) for vectors in people if len(vectors)]
    if len(people) < LEAST_PEOPLE:
        return None
    common = _common(np.stack([vectors.mean(axis=0) for vectors in people]))
    axes, variances, freedom = _differences(people)
    if not freedom:
        return Space(common, axes, variances)
    ridge = CAUTION * variances.sum() / freedom
    gains = np.sqrt(ridge / (variances + ridge)) - 1 if ridge > 0 else np.zeros_like(variances)
    return Space(common, axes, np.asarray(gains, np.float32))


def _common(means: Matrix) -> Matrix:
    """The shared part of people's means: chance alone gives the mean of n people a length too."""
    mean = means.mean(axis=0)
    count = len(means)
    inner = (count * count * float(mean @ mean) - float((means * means).sum())) / (count * (count - 1))
    return np.asarray(mean * (max(0.0, inner) / max(float(mean @ mean), 1e-9)), np.float32)


def _differences(people: Sequence[Matrix]) -> tuple[Matrix, Matrix, int]:
    """How photos of one person differ: orthonormal axes `[k, dimension]`, the variance along each `[k]`, and how
    many independent differences that rests on.
    """
    several = [vectors for vectors in people if len(vectors) > 1]
    freedom = sum(len(vectors) - 1 for vectors in several)
    if not freedom:
        return np.zeros((0, people[0].shape[1]), np.float32), np.zeros(0, np.float32), 0
    apart = np.concatenate(
        [(vectors - vectors.mean(axis=0)) * np.sqrt(len(vectors) / (len(vectors) - 1)) for vectors in several]
    )
    rows = len(apart)
    if rows > apart.shape[1]:
        # The same axes, of a matrix that does not grow with photos.
        squares, columns = np.linalg.eigh(apart.T @ apart)
        return np.asarray(columns.T, np.float32), np.asarray(np.maximum(squares, 0) / rows, np.float32), freedom
    _, lengths, axes = np.linalg.svd(apart, full_matrices=False)
    return np.asarray(axes, np.float32), np.asarray(lengths**2 / rows, np.float32), freedom


@dataclass(frozen=True, eq=False)
class Gallery:
    """Known people as one unit vector each, all of one model. `centroids` is `[people, dimension]`.

    Above the score `threshold` somebody may be named; at it or below nobody is. `space` is where they are compared,
    plain cosines when None. `cosine` is the plain cosine above which two faces may be the same; the threshold when
    None. `steepness`: log-odds a unit of score. `likeness`: the score that strangers rarely reach.
    """

    model_id: str
    people: tuple[UUID, ...]
    centroids: Matrix
    threshold: float
    space: Place | None = None
    cosine: float | None = None
    steepness: float | None = None
    likeness: float | None = None

    def scores(self, vectors: Matrix) -> Matrix:
        """How like each person each of `vectors` `[n, dimension]` is: `[n, people]`, 1 for a perfect match."""
        if not self.people:
            return np.zeros((len(vectors), 0), np.float32)
        with one_thread():
            return np.asarray(np.minimum(placed(vectors, self.space) @ self.centroids.T, 1), np.float32)

    def probability(self, score: float) -> float:
        """How likely a score means the same person; a half at the threshold."""
        if self.steepness is None:
            return probability(score, self.threshold)
        return float(expit(self.steepness * (score - self.threshold)))

    @property
    def resembles(self) -> float:
        """The score below which nobody is worth suggesting: as likely not as nine to one, or no more alike than a
        stranger looks to somebody or other.
        """
        steepness = self.steepness or CERTAINTY / max(1 - self.threshold, 1e-6)
        return max(self.threshold - UNLIKE / steepness, -1 if self.likeness is None else self.likeness)

    @property
    def same_face(self) -> float:
        """The plain cosine between two faces above which they may be the same."""
        return self.threshold if self.cosine is None else self.cosine


def gallery_of(
    vectors_by_person: Mapping[UUID, Matrix], model_id: str, threshold: float, space: Space | None = None
) -> Gallery:
    """Each person's references `[n, dimension]` as their unit mean. People without any are left out."""
    people = tuple(sorted(person for person, vectors in vectors_by_person.items() if len(vectors)))
    centroids = centroids_of([np.asarray(vectors_by_person[person], np.float32) for person in people], space)
    return Gallery(model_id, people, centroids, threshold, space)


def centroids_of(people: Sequence[Matrix], space: Place | None = None) -> Matrix:
    """The unit mean of each person's vectors, all of one length, in `space`: `[people, dimension]`."""
    if not people:
        return np.zeros((0, 0), np.float32)
    together = np.concatenate(people)
    moved = unit(together) if space is None else space.of(together)
    firsts = np.cumsum([0, *map(len, people[:-1])])
    return unit(np.asarray(np.add.reduceat(moved, firsts, axis=0), np.float32))


def calibrate(gallery: Gallery, negatives: Matrix) -> float:
    """The lowest threshold that names none of `negatives` `[n, dimension]`: faces of people not in the gallery.

    They must look like those to be kept out: unrelated people gave 0.24 where performers of one age and style
    needed 0.41. Raises ValueError when there is nothing to compare.
    """
    if not gallery.people or not len(negatives):
        raise ValueError("calibration compares people in the gallery with people who are not")
    return float(gallery.scores(negatives).max())


def probability(similarity: float, threshold: float) -> float:
    """How likely a cosine means the same person: a half at the threshold, 0.95 a quarter of the way from it to 1.

    A logistic curve of fixed steepness, in units of what the model leaves between its threshold and 1: for
    galleries that could not be calibrated on their own people.
    """
    return float(expit(CERTAINTY * (similarity - threshold) / max(1 - threshold, 1e-6)))
