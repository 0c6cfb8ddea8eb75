"""References that look like somebody else: a wrong picture in somebody's folder teaches the wrong face. Pure.

Each is held against the person's other references, leaving it out itself, and against everybody else.
"""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import numpy as np

from kernel.vectors import Matrix, unit

# Cosines: docs/decisions/0091-outliers.md has what was measured.
LIKE = 0.4  # below it a face is like nobody
CLEARLY = 0.05  # how much more like somebody else it must be
LIKE_ALONE = 0.7  # of a person's only reference, which nothing speaks for
# A face is unlike the others when it is less than half as like them as they are like each other.
UNLIKE = 0.5
LEAST_TO_JUDGE = 3


class Outlier(NamedTuple):
    """`looks_like`: the person it looks like; None when it is like nobody known."""

    looks_like: UUID | None


def outliers(vectors: Mapping[UUID, Matrix], person_id: UUID) -> dict[int, Outlier]:
    """Which of a person's references, by index in `vectors[person_id]`, look less like them than they should.

    `vectors` are everybody's references, `[n, dimension]` unit rows of one model.
    """
    own = vectors.get(person_id)
    if own is None or not len(own):
        return {}
    to_own = _to_the_rest(own)
    others = [other for other, rows in vectors.items() if other != person_id and len(rows)]
    to_others = _to_others(own, [vectors[other] for other in others])
    found: dict[int, Outlier] = {}
    for index, row in enumerate(to_others):
        nearest = int(row.argmax()) if others else None
        if nearest is not None and row[nearest] >= _enough(to_own[index] if len(own) > 1 else None):
            found[index] = Outlier(others[nearest])
        elif _unlike(own, index):
            found[index] = Outlier(None)
    return found


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


def _unlike(own: Matrix, index: int) -> bool:
    """Whether a row is far from the others, which agree among themselves."""
    if len(own) < LEAST_TO_JUDGE:
        return False
    rest = np.delete(own, index, axis=0)
    alike = rest @ rest.T
    cohesion = (float(alike.sum()) - len(rest)) / (len(rest) * (len(rest) - 1))
    return float((rest @ own[index]).mean()) < UNLIKE * cohesion
