"""Which question to ask first: the one whose answer settles most uncertain screen time. Pure.

A question is about one stranger. Its answer settles that stranger; and since somebody who is named is learnt,
it settles every other stranger who is the same person too, as surely as they look alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from gateway.identity.matching import CERTAINTY
from kernel.vectors import Matrix, unit

# How likely somebody can be named of whom nothing is known; the others are passers-by, of whom nothing is learnt.
NAMEABLE = 0.25
# Likenesses that mean less than this are no link: what is below the threshold is not named by learning somebody.
LEAST_LINK = 0.5

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """A question about the stranger at `index`, and the expected seconds that an answer settles."""

    index: int
    seconds: float


def in_order(
    seconds: Sequence[float], means: Matrix, likely: Sequence[float], threshold: float, count: int
) -> list[Asked]:
    """The `count` best questions about strangers, best first, each as if those before it were answered.

    `seconds` on screen of each, `means` `[strangers, dimension]` of its vectors, `likely`: how probably it is the
    known person it is nearest to. At a cosine of `threshold` two are one person as likely as not.
    """
    if not len(seconds):
        return []
    links = _links(means, threshold)
    namable = NAMEABLE + (1 - NAMEABLE) * np.asarray(likely, np.float64)
    left = np.asarray(seconds, np.float64).copy()
    asked: list[Asked] = []
    open_ = np.ones(len(left), bool)
    while open_.any() and len(asked) < count:
        worth = np.where(open_, left + namable * (links @ left), -1.0)
        best = int(worth.argmax())
        asked.append(Asked(best, float(worth[best])))
        open_[best] = False
        left *= 1 - namable[best] * links[best]
        left[best] = 0
    return asked


def _links(means: Matrix, threshold: float) -> Floats:
    """`[asked, other]`: how probably what is learnt of one names the other's tracks; nobody is linked to themselves.

    The clear one of two tells more of the blurred one than the other way round: what is learnt is a unit mean, what
    is named are single tracks, so the other's mean is taken as it is, shorter the more its tracks differ.
    """
    cosines = np.asarray(unit(means) @ np.asarray(means, np.float32).T, np.float64)
    links = np.asarray(expit(CERTAINTY * (cosines - threshold) / max(1 - threshold, 1e-6)), np.float64)
    links[links < LEAST_LINK] = 0
    np.fill_diagonal(links, 0)
    return links
