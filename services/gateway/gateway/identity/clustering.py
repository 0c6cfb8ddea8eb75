"""Which faces are one person's, when nobody says who: groups of vectors that are alike on average. Pure."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kernel.vectors import Matrix

# Above the threshold of naming by this part of what is left to 1. Wrongly joined faces have to be picked apart one
# by one, wrongly separate ones are joined by one gesture: see docs/decisions/0087.
STRICTER = 0.15

Apart = Mapping[int, Collection[int]]


def least_alike(threshold: float) -> float:
    """The mean cosine from which faces are taken for one person's, by the threshold from which they are named."""
    return threshold + STRICTER * (1 - threshold)


def grouped(vectors: Matrix, apart: Apart, least: float) -> list[list[int]]:
    """Indexes of `vectors` `[n, dimension]` (unit) in groups whose mean cosine is `least` or more; every one is in one.

    The most alike are joined first. Two that `apart` keeps from each other are never in one group. The result
    depends on no order: with equal likenesses, on indexes alone. Groups and their members are in order.
    """
    return _Groups(vectors, apart).joined(least)


class _Pair(NamedTuple):
    likeness: float
    one: int
    other: int


class _Groups:
    """Groups that are joined two by two; each is known by its lowest index."""

    def __init__(self, vectors: Matrix, apart: Apart) -> None:
        self._members = {index: [index] for index in range(len(vectors))}
        self._sums = np.array(vectors, np.float64)
        self._alike = self._sums @ self._sums.T
        for one, others in apart.items():
            for other in others:
                self._alike[one, other] = self._alike[other, one] = -np.inf
        np.fill_diagonal(self._alike, -np.inf)
        self._never = np.isneginf(self._alike)
        self._nearest: NDArray[np.intp] = self._alike.argmax(axis=1) if len(vectors) else np.zeros(0, np.intp)

    def joined(self, least: float) -> list[list[int]]:
        while (pair := self._best()) is not None and pair.likeness >= least:
            self._join(*sorted((pair.one, pair.other)))
        return [sorted(members) for _, members in sorted(self._members.items())]

    def _best(self) -> _Pair | None:
        if len(self._members) < 2:  # noqa: PLR2004 - a pair takes two
            return None
        best = self._alike[np.arange(len(self._nearest)), self._nearest]
        one = int(best.argmax())
        return _Pair(float(best[one]), one, int(self._nearest[one]))

    def _join(self, kept: int, gone: int) -> None:
        self._members[kept] += self._members.pop(gone)
        self._sums[kept] += self._sums[gone]
        self._never[kept] |= self._never[gone]
        self._never[:, kept] = self._never[kept]
        self._alike[gone, :] = self._alike[:, gone] = -np.inf
        self._never[gone, :] = self._never[:, gone] = True
        self._measure(kept)
        stale = np.flatnonzero((self._nearest == kept) | (self._nearest == gone))
        self._nearest[stale] = self._alike[stale].argmax(axis=1)
        self._nearest[kept] = self._alike[kept].argmax()
        self._nearest[gone] = gone

    def _measure(self, kept: int) -> None:
        """How like every other group one is now, on average over pairs; and whom it is the nearest of by that."""
        others = np.array(sorted(self._members), np.intp)
        sizes = np.array([len(self._members[other]) for other in others.tolist()], np.float64)
        row = np.full(len(self._alike), -np.inf)
        row[others] = self._sums[others] @ self._sums[kept] / (sizes * len(self._members[kept]))
        row[self._never[kept]] = -np.inf
        row[kept] = -np.inf
        self._alike[kept] = self._alike[:, kept] = row
        closer = np.flatnonzero(row > self._alike[np.arange(len(row)), self._nearest])
        self._nearest[closer] = kept
