"""Where a gallery draws the line between somebody it knows and nobody it knows. Pure.

Every person of the gallery is in turn taken out and compared with the others: that is how a stranger of exactly this
kind scores, for free; and with the rest of their own photos: that is how they score themselves. Faces known to be of
nobody in the gallery add to it. See docs/decisions/0080-telling-look-alikes-apart.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple, Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.stats import norm as normal
from scipy.stats import t as student

from gateway.identity.matching import LEAST_PEOPLE, Gallery, Space, centroids_of, gallery_of, placed, space_of
from gateway.identity.threads import one_thread
from kernel.vectors import Matrix, unit

# Raise it when the same gallery gets another threshold: versions found before are found anew.
REVISION = 3
# The part of strangers' photos that may be named, at most; what is shown to whom decides how far that holds.
STRANGERS_NAMED = 0.015
# Less like anybody than this part of strangers' photos are: nobody is worth being suggested.
STRANGERS_BELOW = 0.9
# On fewer people than this no curve is drawn.
LEAST_EVIDENCE = 6.0
# Photos this alike (plain cosine) show one moment, and say nothing of how alike other days will be.
ONE_MOMENT = 0.93
# So many times people are taken out, one or some at a time.
FOLDS = 12
# Strangers' faces nearer than this, in the gallery's own space, are taken for one person's. Taking two people for one
# would spoil the space; taking one for two costs little.
ONE_STRANGER = 0.25
MOST_STRANGERS = 1500
# A person of few photos says less of people: n photos count as n / (n + 2).
FEW = 2

Line = NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """How a threshold was found, and what speaks for it.

    `method`: `fixed` by a setting, `default` of the model, or `gallery`, `strangers`, `gallery+strangers` for what
    it rests on. `people` and `photos` were compared as strangers, `strangers` of the photos being of nobody in the
    gallery. `impostor` and `genuine`: mean and standard deviation of scores of other people, and of the same.
    """

    method: str
    threshold: float
    people: int = 0
    photos: int = 0
    strangers: int = 0
    impostor_mean: float | None = None
    impostor_sd: float | None = None
    genuine_mean: float | None = None
    genuine_sd: float | None = None
    steepness: float | None = None

    @property
    def likeness(self) -> float | None:
        """The score that nine of ten strangers stay below with whomever they are most like; None if unknown."""
        if self.impostor_mean is None or self.impostor_sd is None:
            return None
        return min(self.threshold, self.impostor_mean + float(normal.ppf(STRANGERS_BELOW)) * self.impostor_sd)

    def as_json(self) -> dict[str, Any]:
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], threshold: float) -> Self:
        """As it was kept; figures to four places, the threshold exactly."""
        return cls(**{**kept, "threshold": threshold})


class Scores(NamedTuple):
    """Scores of each person's photos: the best of other people, and of the same."""

    impostor: list[Line]
    genuine: list[Line]


class Curve(NamedTuple):
    """Mean and standard deviation, every person counting by how much is known of them; and for how many in all."""

    mean: float
    sd: float
    people: float


def calibrated(
    references: Mapping[UUID, Matrix],
    model_id: str,
    *,
    otherwise: float,
    strangers: Sequence[Matrix] = (),
    fixed: float | None = None,
) -> tuple[Gallery, Calibration]:
    """The gallery of these references `[n, dimension]`, with the threshold found for it.

    `strangers`: photos `[n, dimension]` of people who are not in it; two arrays never show the same person. A `fixed`
    threshold, and the model's own `otherwise`, are plain cosines, and then so are the scores.
    """
    if fixed is not None:
        return gallery_of(references, model_id, fixed), Calibration("fixed", fixed)
    with one_thread():
        return _calibrated(references, model_id, otherwise, strangers)


def _calibrated(
    references: Mapping[UUID, Matrix], model_id: str, otherwise: float, strangers: Sequence[Matrix]
) -> tuple[Gallery, Calibration]:
    known = [vectors for _, vectors in sorted(references.items()) if len(vectors)]
    others = _told_apart([vectors for vectors in strangers if len(vectors)], space_of(known))
    others = _without_members(known, others) if others else others
    found = _line(known, others)
    if found is None:
        return gallery_of(references, model_id, otherwise), Calibration("default", otherwise)
    return _drawn(references, model_id, otherwise, found, _space(known, others)), found


def restored(references: Mapping[UUID, Matrix], model_id: str, otherwise: float, found: Calibration) -> Gallery:
    """The gallery that `found` was found for, without finding it again; of no strangers."""
    if found.method in ("fixed", "default"):
        return gallery_of(references, model_id, found.threshold)
    known = [vectors for _, vectors in sorted(references.items()) if len(vectors)]
    with one_thread():
        return _drawn(references, model_id, otherwise, found, _space(known, []))


def _drawn(
    references: Mapping[UUID, Matrix], model_id: str, otherwise: float, found: Calibration, space: Space | None
) -> Gallery:
    gallery = gallery_of(references, model_id, found.threshold, space)
    return replace(gallery, cosine=otherwise, steepness=found.steepness, likeness=found.likeness)


def _space(known: Sequence[Matrix], others: Sequence[Matrix]) -> Space | None:
    """Strangers help to learn how photos of one person differ, but a gallery of few people is compared plainly."""
    return space_of([*known, *others]) if len(known) >= LEAST_PEOPLE else None


def _told_apart(strangers: Sequence[Matrix], space: Space | None) -> list[Matrix]:
    """Each array once more divided into faces that look like one person's (average linkage)."""
    groups: list[Matrix] = []
    for vectors in strangers:
        few = vectors[:: -(-len(vectors) // MOST_STRANGERS)]
        if len(few) == 1:
            groups.append(few)
            continue
        tree = linkage((few if space is None else space.of(few)).astype(float), "average", metric="cosine")
        labels = fcluster(tree, 1 - ONE_STRANGER, "distance")
        groups += [few[labels == label] for label in np.unique(labels)]
    return groups


def _without_members(known: Sequence[Matrix], others: Sequence[Matrix]) -> list[Matrix]:
    """Those who are not, by mistake, in the gallery: whose photos are as like a member as members' own are."""
    inside = _taken_out(known, []) if len(known) > LEAST_PEOPLE else Scores([], [])
    impostor, genuine = _curve(inside.impostor), _curve(inside.genuine)
    if impostor is None or genuine is None:
        return list(others)
    space = _space(known, [])
    centroids = centroids_of(known, space)
    least = max(_between(impostor, genuine), genuine.mean - 2 * genuine.sd)
    likest = (its @ centroids.T for its in _placed(others, space))
    return [vectors for vectors, like in zip(others, likest, strict=True) if like.mean(axis=0).max() < least]


def _line(known: Sequence[Matrix], others: Sequence[Matrix]) -> Calibration | None:
    """None when there is too little to go by."""
    inside = _taken_out(known, others) if len(known) > LEAST_PEOPLE else Scores([], [])
    return line_between(inside, _kept_out(known, others))


def line_between(inside: Scores, outside: Sequence[Line] = (), allowed: float = STRANGERS_NAMED) -> Calibration | None:
    """The line above which `allowed` (part of one) of strangers' photos lie: those of people taken out, and `outside`.

    None when they are too few.
    """
    impostor = _curve([*inside.impostor, *outside])
    if impostor is None or impostor.people < LEAST_EVIDENCE:
        return None
    # With few people the spread itself is uncertain: Student's quantile is further out than the normal one.
    farthest = impostor.mean + float(student.ppf(1 - allowed, impostor.people - 1)) * impostor.sd
    genuine = _curve(inside.genuine)
    if genuine is not None and genuine.people < LEAST_EVIDENCE:
        genuine = None
    threshold = farthest if genuine is None else max(farthest, _between(impostor, genuine))
    method = "+".join(name for name, there in (("gallery", inside.impostor), ("strangers", outside)) if there)
    return Calibration(
        method,
        min(threshold, 0.99),
        people=len(inside.impostor) + len(outside),
        photos=sum(map(len, [*inside.impostor, *outside])),
        strangers=sum(map(len, outside)),
        impostor_mean=impostor.mean,
        impostor_sd=impostor.sd,
        genuine_mean=genuine.mean if genuine else None,
        genuine_sd=genuine.sd if genuine else None,
        steepness=_steepness(impostor, genuine) if genuine else None,
    )


def _taken_out(known: Sequence[Matrix], others: Sequence[Matrix]) -> Scores:
    """Each person of the gallery as a stranger to the rest of it, and as themselves by their other photos."""
    impostor, genuine = [], []
    for fold in range(min(FOLDS, len(known))):
        out, rest = known[fold::FOLDS], [vectors for number, vectors in enumerate(known) if number % FOLDS != fold]
        space = _space(rest, others)
        centroids = centroids_of(rest, space)
        for vectors, its in zip(out, _placed(out, space), strict=True):
            impostor.append((its @ centroids.T).max(axis=1).astype(float))
            if len(its) > 1 and not _one_moment(unit(vectors)):
                genuine.append(_by_the_others(its))
    return Scores(impostor, genuine)


def _one_moment(vectors: Matrix) -> bool:
    """Whether all of a person's photos are frames of one moment."""
    return bool((vectors @ vectors.T).min() > ONE_MOMENT)


def _by_the_others(photos: Matrix) -> Line:
    """Each photo against the unit mean of the person's other ones."""
    directions = unit(photos)
    rest = unit(directions.sum(axis=0) - directions)
    return np.asarray((photos * rest).sum(axis=1), float)


def _kept_out(known: Sequence[Matrix], others: Sequence[Matrix]) -> list[Line]:
    """Each stranger against the gallery, in a space that has not seen them."""
    found = []
    for fold in range(min(FOLDS, len(others))):
        rest = [vectors for number, vectors in enumerate(others) if number % FOLDS != fold]
        space = _space(known, rest)
        centroids = centroids_of(known, space)
        out = _placed(others[fold::FOLDS], space)
        found += [(vectors @ centroids.T).max(axis=1).astype(float) for vectors in out]
    return found


def _placed(people: Sequence[Matrix], space: Space | None) -> list[Matrix]:
    """Each person's photos in that space; all at once, for a product a person takes far longer."""
    if not people:
        return []
    return np.split(placed(np.concatenate(people), space), np.cumsum([len(vectors) for vectors in people[:-1]]))


def _curve(lines: Sequence[Line]) -> Curve | None:
    if not lines:
        return None
    weights = np.array([len(line) / (len(line) + FEW) for line in lines])
    each = np.concatenate([np.full(len(line), weight / len(line)) for line, weight in zip(lines, weights, strict=True)])
    scores = np.concatenate(lines)
    mean = float(np.average(scores, weights=each))
    variance = float(np.average((scores - mean) ** 2, weights=each))
    return Curve(mean, max(variance**0.5, 1e-6), float(weights.sum()))


def _between(impostor: Curve, genuine: Curve) -> float:
    """Where as many of the one kind lie beyond as of the other: far out when they lie far apart."""
    return (genuine.mean * impostor.sd + impostor.mean * genuine.sd) / (genuine.sd + impostor.sd)


def _steepness(impostor: Curve, genuine: Curve) -> float:
    """Log-odds a unit of score, of two normal curves with their mean variance."""
    return max(1.0, (genuine.mean - impostor.mean) / ((genuine.sd**2 + impostor.sd**2) / 2))
