"""How well a gallery names people it knows and leaves alone those it does not: figures from scores. Pure.

Photos are rows, people columns. A photo's true person is the number of a column, or NOBODY; so is whom it was named.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

NOBODY = -1
# Below every score: where a photo without a face stands in any order.
UNSEEN = -np.inf

Labels = NDArray[np.intp]
Scores = NDArray[np.float64]


class Outcome(NamedTuple):
    """How often a class was named, was true, and both; and what follows."""

    label: int
    true: int
    named: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.named if self.named else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        both = self.true + self.named
        return 2 * self.right / both if both else 0.0


def named_by(scores: Scores, threshold: float) -> Labels:
    """Whom each row of `scores` `[photos, people]` names: the best above the threshold, else NOBODY."""
    if not scores.shape[1]:
        return np.full(len(scores), NOBODY, np.intp)
    best = scores.argmax(axis=1)
    return np.where(scores.max(axis=1, initial=UNSEEN) > threshold, best, NOBODY).astype(np.intp)


def outcomes(truth: Labels, named: Labels) -> list[Outcome]:
    """One a class that truly appears, by label; NOBODY, when there are such photos, is a class like others."""
    return [
        Outcome(
            label,
            int((truth == label).sum()),
            int((named == label).sum()),
            int(((truth == label) & (named == label)).sum()),
        )
        for label in np.unique(truth).tolist()
    ]


def macro_f1(truth: Labels, named: Labels) -> float:
    """The mean F1 of the classes that truly appear, each counted once however many photos it has."""
    found = outcomes(truth, named)
    return sum(outcome.f1 for outcome in found) / len(found) if found else 0.0


def grouped(labels: Labels, groups: Sequence[int]) -> Labels:
    """People's numbers as their groups' numbers; NOBODY is in none."""
    return np.array([NOBODY if label == NOBODY else groups[label] for label in labels.tolist()], np.intp)


def average_precision(scores: Scores, relevant: NDArray[np.bool_]) -> float:
    """Area under precision over recall, photos in order of score; equal scores count as one step."""
    if not relevant.any():
        return 0.0
    order = np.argsort(-scores, kind="stable")
    ordered, hits = scores[order], np.cumsum(relevant[order])
    last = np.append(ordered[1:] != ordered[:-1], True)
    recall = hits[last] / hits[-1]
    precision = hits[last] / (np.flatnonzero(last) + 1)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def mean_average_precision(scores: Scores, truth: Labels) -> float:
    """Over people who truly appear: all photos in order of likeness to them, strangers' too."""
    present = [label for label in np.unique(truth).tolist() if label != NOBODY]
    each = [average_precision(scores[:, person], truth == person) for person in present]
    return sum(each) / len(each) if each else 0.0


def roc_auc(scores: Scores, same: NDArray[np.bool_]) -> float:
    """How often a true pair scores above a false one; equal scores count half. 0.5 when there is but one kind."""
    ranks = rankdata(scores.ravel())
    true = same.ravel()
    positives, negatives = int(true.sum()), int((~true).sum())
    if not positives or not negatives:
        return 0.5
    return float((ranks[true].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def pairs_auc(scores: Scores, truth: Labels) -> float:
    """`roc_auc` over every pair of a photo and a person."""
    return roc_auc(scores, truth[:, None] == np.arange(scores.shape[1])[None, :])


class OpenSetPoint(NamedTuple):
    """At a threshold: strangers named anybody, and photos of known people named rightly, as parts of one."""

    threshold: float
    strangers_named: float
    known_right: float


def open_set_curve(scores: Scores, truth: Labels, points: Sequence[float]) -> list[OpenSetPoint]:
    """What it costs to let at most each of `points` (parts of one) of the strangers pass."""
    best = scores.max(axis=1, initial=UNSEEN)
    strangers = np.sort(best[truth == NOBODY])[::-1]
    known = truth != NOBODY
    right = best[known & (scores.argmax(axis=1) == truth)] if scores.shape[1] else best[:0]
    curve = []
    for allowed in points if len(strangers) and known.any() else ():
        threshold = strangers[min(int(allowed * len(strangers)), len(strangers) - 1)]
        named = float((strangers > threshold).mean())
        curve.append(OpenSetPoint(float(threshold), named, float((right > threshold).sum() / known.sum())))
    return curve
