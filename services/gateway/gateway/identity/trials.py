"""Whether a trained head names people better than centroids do: the same photos, split by source, for both. Pure.

Every person is kept out once, as somebody nobody may be named for. Of the others whole sources are learnt and whole
sources are named: photos of one shoot or one video are near each other, and would flatter whoever learns them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

import numpy as np

from gateway.identity.calibration import calibrated
from gateway.identity.evaluation import (
    NOBODY,
    UNSEEN,
    Labels,
    OpenSetPoint,
    Outcome,
    Scores,
    grouped,
    macro_f1,
    mean_average_precision,
    named_by,
    open_set_curve,
    outcomes,
    pairs_auc,
)
from gateway.identity.heads import head_of, numbered
from gateway.identity.matching import Gallery
from kernel.vectors import Matrix

# Each person is kept out in one of so many rounds.
ROUNDS = 4
# How much better the member F1 of the trained head must be to go live: less is chance.
BETTER_BY = 0.01
# Fewer people, or photos of each, and a split shows nothing.
LEAST_PEOPLE, LEAST_PHOTOS = 16, 5
# Of a person's photos about this part is named, the rest learnt.
NAMED_PART = 0.4
POINTS = (0.0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16)

By = Literal["source", "picture"]
Reason = Literal["better", "not_better", "strangers", "no_threshold"]


@dataclass(frozen=True, eq=False)
class Photos:
    """A person's photos: `vectors` `[n, dimension]`, and where each is from; None when nobody can tell."""

    vectors: Matrix
    sources: tuple[str | None, ...]


class Split(NamedTuple):
    """Which photos of a person are learnt, which are named, by number; and what held them apart."""

    learnt: list[int]
    named: list[int]
    by: By


class Figures(NamedTuple):
    """Of one way of naming, over all rounds. F1s count unknown as a class; parts are of one."""

    member_macro_f1: float
    group_macro_f1: float
    map: float
    roc_auc: float
    strangers_named: float
    curve: list[OpenSetPoint]


class Verdict(NamedTuple):
    """How one way of naming did: whom each photo of all rounds was named, beside `Trial.truth`."""

    figures: Figures
    named: Labels
    outcomes: list[Outcome]


class Trial(NamedTuple):
    """Both ways on the same photos. Labels are numbers of `people`, or NOBODY."""

    people: tuple[UUID, ...]
    splits: list[Split | None]
    truth: Labels
    hidden: int
    centroids: Verdict
    trained: Verdict
    reason: Reason


class Round(NamedTuple):
    """One division of people and photos: what is learnt, and what is named."""

    learnt: dict[UUID, Matrix]
    probes: Matrix
    truth: Labels


def enough(people: Mapping[UUID, Photos]) -> int:
    """Of how many people there are photos enough to take part."""
    return sum(len(photos.vectors) >= LEAST_PHOTOS for photos in people.values())


def trial(
    people: Mapping[UUID, Photos],
    group_of: Mapping[UUID, UUID],
    model_id: str,
    *,
    otherwise: float,
    strangers: Matrix | None = None,
) -> Trial:
    """Centroids and a trained head on the same splits. `strangers` `[n, dimension]`: faces of nobody here.

    Raises ValueError for fewer people than `LEAST_PEOPLE` with `LEAST_PHOTOS` photos.
    """
    if enough(people) < LEAST_PEOPLE:
        raise ValueError(f"{enough(people)} of {LEAST_PEOPLE} people with {LEAST_PHOTOS} photos")
    order = tuple(sorted(people))
    splits = [split(people[person].sources) for person in order]
    rounds = [_round(people, order, splits, number, strangers) for number in range(ROUNDS)]
    truth = np.concatenate([each.truth for each in rounds])
    groups = numbered(order, group_of)
    centroids = [_scored(calibrated(one.learnt, model_id, otherwise=otherwise)[0], one, order) for one in rounds]
    plain = _verdict(centroids, rounds, groups)
    learnt = [_by_head(one, group_of, model_id, otherwise, order) for one in rounds]
    trained = _verdict(learnt, rounds, groups)
    hidden = 0 if strangers is None else len(strangers)
    return Trial(order, splits, truth, hidden, plain, trained, judged(plain.figures, trained.figures))


def judged(centroids: Figures, trained: Figures) -> Reason:
    """`better` only when more members are named rightly, by `BETTER_BY`, and no more strangers are named."""
    if trained.member_macro_f1 < centroids.member_macro_f1 + BETTER_BY:
        return "not_better"
    return "better" if trained.strangers_named <= centroids.strangers_named else "strangers"


def split(sources: Sequence[str | None]) -> Split | None:
    """About `NAMED_PART` of the photos to be named, whole sources of them when there are several; None for too few.

    The smallest sources are named first: what is learnt stays as large as it can be. Photos of which nobody knows
    the source may share one with any other, so a person of such photos is split by picture, and is said to be.
    """
    if len(sources) < LEAST_PHOTOS:
        return None
    wanted = max(1, round(NAMED_PART * len(sources)))
    by_source: dict[str, list[int]] = {}
    for number, source in enumerate(sources):
        if source is not None:
            by_source.setdefault(source, []).append(number)
    if None in sources or len(by_source) < 2:  # noqa: PLR2004 - one cannot be divided
        numbers = range(len(sources))
        named = [
            number for number in numbers if number * wanted // len(sources) != (number + 1) * wanted // len(sources)
        ]
        return Split([number for number in numbers if number not in named], named, "picture")
    named = _whole(sorted(by_source.values(), key=lambda photos: (len(photos), photos)), wanted)
    return Split([number for number in range(len(sources)) if number not in named], named, "source")


def _whole(sources: Sequence[list[int]], wanted: int) -> list[int]:
    """Whole sources until `wanted` photos are there; the last and largest is never among them."""
    named: list[int] = []
    for photos in sources[:-1]:
        if named and len(named) + len(photos) > wanted:
            break
        named += photos
    return sorted(named)


def _round(
    people: Mapping[UUID, Photos],
    order: Sequence[UUID],
    splits: Sequence[Split | None],
    number: int,
    strangers: Matrix | None,
) -> Round:
    learnt: dict[UUID, Matrix] = {}
    probes, truth = [], []
    for at, person in enumerate(order):
        vectors, its = people[person].vectors, splits[at]
        if at % ROUNDS == number:
            probes.append(vectors)
            truth += [NOBODY] * len(vectors)
        elif its is None:
            learnt[person] = vectors
        else:
            learnt[person] = vectors[its.learnt]
            probes.append(vectors[its.named])
            truth += [at] * len(its.named)
    # Faces of nobody are shown once, or they would outweigh everybody else.
    outside = [] if strangers is None or not len(strangers) else [strangers[number::ROUNDS]]
    truth += [NOBODY] * sum(map(len, outside))
    return Round(learnt, np.concatenate([*probes, *outside]), np.array(truth, np.intp))


def _by_head(
    one: Round, group_of: Mapping[UUID, UUID], model_id: str, otherwise: float, order: Sequence[UUID]
) -> Scores | None:
    """None when the people of the round are too few to draw a line by."""
    head = head_of(one.learnt, group_of)
    return None if head is None else _scored(head.gallery(model_id, otherwise), one, order)


def _scored(gallery: Gallery, one: Round, order: Sequence[UUID]) -> Scores:
    """How far above the gallery's line each probe is for each of all people; who is kept out is below everything."""
    scores = np.full((len(one.probes), len(order)), UNSEEN)
    columns = [order.index(person) for person in gallery.people]
    scores[:, columns] = gallery.scores(one.probes) - gallery.threshold
    return scores


def _verdict(scored: Sequence[Scores | None], rounds: Sequence[Round], groups: Sequence[int]) -> Verdict:
    """A round without a line names nobody."""
    width = len(groups)
    scores = [
        np.full((len(one.probes), width), UNSEEN) if made is None else made
        for made, one in zip(scored, rounds, strict=True)
    ]
    truth = np.concatenate([one.truth for one in rounds])
    named = named_by(np.concatenate(scores), 0.0)
    each = list(zip(scores, rounds, strict=True))
    figures = Figures(
        member_macro_f1=macro_f1(truth, named),
        group_macro_f1=macro_f1(grouped(truth, groups), grouped(named, groups)),
        map=float(np.mean([mean_average_precision(made, one.truth) for made, one in each])),
        roc_auc=float(np.mean([_auc(made, one) for made, one in each])),
        strangers_named=float((named[truth == NOBODY] != NOBODY).mean()),
        curve=open_set_curve(np.concatenate(scores), truth, POINTS),
    )
    return Verdict(figures, named, outcomes(truth, named))


def _auc(made: Scores, one: Round) -> float:
    """Over the people who could be named in the round."""
    there = np.flatnonzero(np.isfinite(made).any(axis=0))
    number = {column: at for at, column in enumerate(there.tolist())}
    truth = np.array([number.get(label, NOBODY) for label in one.truth.tolist()], np.intp)
    return pairs_auc(made[:, there], truth)
