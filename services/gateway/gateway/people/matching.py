"""Whom a face vector is like: a gallery as vectors, scores against it, and the threshold above which to name. Pure.

Open set: everybody else is nobody of the gallery, and that is an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from scipy.special import expit

from kernel.vectors import Matrix, unit

# Log-odds of a name at a perfect match; a half at the threshold.
CERTAINTY = 12


@dataclass(frozen=True, eq=False)
class Gallery:
    """Known people as one unit vector each, all of one model. `centroids` is `[people, dimension]`.

    Above the score `threshold` somebody may be named; at it or below nobody is.
    """

    model_id: str
    people: tuple[UUID, ...]
    centroids: Matrix
    threshold: float

    def scores(self, vectors: Matrix) -> Matrix:
        """How like each person each of `vectors` `[n, dimension]` (unit) is: `[n, people]`, 1 for a perfect match."""
        return np.asarray(vectors @ self.centroids.T, np.float32)

    def probability(self, score: float) -> float:
        """How likely a score means the same person; a half at the threshold."""
        return probability(score, self.threshold)


def gallery_of(vectors_by_person: Mapping[UUID, Matrix], model_id: str, threshold: float) -> Gallery:
    """Each person's references `[n, dimension]` as their unit mean. People without any are left out."""
    people = tuple(sorted(person for person, vectors in vectors_by_person.items() if len(vectors)))
    means = [unit(np.asarray(vectors_by_person[person], np.float32)).mean(axis=0) for person in people]
    centroids = unit(np.stack(means)) if means else np.zeros((0, 0), np.float32)
    return Gallery(model_id, people, centroids, threshold)


def calibrate(gallery: Gallery, negatives: Matrix) -> float:
    """The lowest threshold that names none of `negatives` `[n, dimension]`: faces of people not in the gallery.

    They must look like those to be kept out: unrelated people gave 0.24 where performers of one age and style
    needed 0.41. Raises ValueError when there is nothing to compare.
    """
    if not gallery.people or not len(negatives):
        raise ValueError("calibration compares people in the gallery with people who are not")
    return float((gallery.scores(unit(negatives))).max())


def probability(similarity: float, threshold: float) -> float:
    """How likely a cosine means the same person: a half at the threshold, 0.95 a quarter of the way from it to 1.

    A logistic curve of fixed steepness, in units of what the model leaves between its threshold and 1. It is not
    yet calibrated on the user's own gallery: it orders decisions, and its values are no measured frequencies.
    """
    return float(expit(CERTAINTY * (similarity - threshold) / max(1 - threshold, 1e-6)))
