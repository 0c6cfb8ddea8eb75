"""References that look like somebody else: a wrong picture in somebody's folder teaches the wrong face. Pure.

Each is held against the person's other references, leaving it out itself, and against everybody else.
"""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import numpy as np

from kernel.vectors import Matrix, unit

# Cosines of EdgeFace, whose threshold they were measured beside: docs/decisions/0091-outliers.md. Another model's are
# stretched until its own threshold lies there; to dlib, the least alike of people are 0.8.
MEASURED_AT = 0.42
LIKE = 0.4  # below it a face is like nobody
CLEARLY = 0.05  # how much more like somebody else it must be
LIKE_ALONE = 0.7  # of a person's only reference, which nothing speaks for
# A face is unlike the others when it is less than half as like them as they are like each other.
UNLIKE = 0.5
LEAST_TO_JUDGE = 3


class Outlier(NamedTuple):
    """`looks_like`: the person it looks like; None when it is like nobody known."""

    looks_like: UUID | None


def outliers(vectors: Mapping[UUID, Matrix], person_id: UUID, threshold: float = MEASURED_AT) -> dict[int, Outlier]:
    """Which of a person's references, by index in `vectors[person_id]`, look less like them than they should.

    `vectors` are everybody's references, `[n, dimension]` unit rows of one model; `threshold` is the cosine from which
    that model takes two faces for one person's.
    """
    own = vectors.get(person_id)
    if own is None or not len(own):
        return {}
    stretch = (1 - MEASURED_AT) / (1 - threshold)
    to_own = _stretched(_to_the_rest(own), stretch)
    others = [other for other, rows in vectors.items() if other != person_id and len(rows)]
    to_others = _stretched(_to_others(own, [vectors[other] for other in others]), stretch)
    alike = _stretched(own @ own.T, stretch)
    found: dict[int, Outlier] = {}
    for index, row in enumerate(to_others):
        nearest = int(row.argmax()) if others else None
        if nearest is not None and row[nearest] >= _enough(to_own[index] if len(own) > 1 else None):
            found[index] = Outlier(others[nearest])
        elif _unlike(alike, index):
            found[index] = Outlier(None)
    return found


def _stretched(cosines: Matrix, stretch: float) -> Matrix:
    return np.asarray(1 - (1 - cosines) * stretch, np.float32)


def _enough(to_own: float | None) -> float:
    """How like somebody else a reference must be to look like them, given how like the person's others it is."""
    return LIKE_ALONE if to_own is None else max(LIKE, to_own + CLEARLY)


def _to_the_rest(own: Matrix) -> Matrix:
    """Each row's cosine with the mean of the other rows: `[n]`."""
    rest = unit(own.sum(axis=0, keepdims=True) - own)
    return np.asarray((own * rest).sum(axis=1), np.float32)


def _to_others(own: Matrix, others: list[Matrix]) -> Matrix:
    """Each row's cosine with everybody else's mean: `[n, people]`."""
    if not others:
        return np.zeros((len(own), 0), np.float32)
    means = unit(np.stack([rows.mean(axis=0) for rows in others]))
    return np.asarray(own @ means.T, np.float32)


def _unlike(alike: Matrix, index: int) -> bool:
    """Whether a row is far from the others, which agree among themselves; of `[n, n]` cosines."""
    if len(alike) < LEAST_TO_JUDGE:
        return False
    rest = np.delete(np.delete(alike, index, axis=0), index, axis=1)
    cohesion = (float(rest.sum()) - len(rest)) / (len(rest) * (len(rest) - 1))
    return float(np.delete(alike[index], index).mean()) < UNLIKE * cohesion
