"""A trained head as a value that names people like any gallery, and as bytes to be kept. Pure.

Its threshold is found as that of centroids is: people are taken out, the head is trained without them, and their
photos are then strangers of exactly this kind to it. See docs/decisions/0081-training-on-frozen-vectors.md.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Self
from uuid import UUID

import numpy as np

from gateway.identity.calibration import STRANGERS_NAMED, Calibration, Scores, line_between
from gateway.identity.matching import Gallery, Space, placed
from gateway.identity.training import Trained, Weights, train
from kernel.vectors import Matrix

# So many heads are trained to find a threshold, each without another part of the people.
FOLDS = 4
# What is taken out is a stranger to fewer people than there will be: so much fewer of them may pass.
CAREFUL = 4


@dataclass(frozen=True, eq=False)
class Head:
    """Weights, the people its member classes are, in order, and the line drawn for it."""

    people: tuple[UUID, ...]
    trained: Trained
    calibration: Calibration

    def gallery(self, model_id: str, cosine: float) -> Gallery:
        """Names people by the trained classes; `cosine` is the plain one above which two faces may be the same."""
        return Gallery(
            model_id,
            self.people,
            self.trained.classes,
            self.calibration.threshold,
            space=self.trained,
            cosine=cosine,
            steepness=self.calibration.steepness,
            likeness=self.calibration.likeness,
        )

    def packed(self) -> bytes:
        """People, projection and classes; the calibration is kept beside it."""
        file = io.BytesIO()
        ids = np.array([person.bytes for person in self.people], "S16")
        space = self.trained.space
        np.savez(
            file,
            people=ids,
            basis=self.trained.basis,
            common=space.common,
            axes=space.axes,
            gains=space.gains,
            **self.trained.weights._asdict(),
        )
        return file.getvalue()

    @classmethod
    def unpacked(cls, packed: bytes, calibration: Calibration) -> Self:
        """What `packed` made. Raises ValueError for anything else."""
        with np.load(io.BytesIO(packed), allow_pickle=False) as kept:
            # NumPy drops zeros at the end of such bytes.
            people = tuple(UUID(bytes=bytes(one).ljust(16, b"\0")) for one in kept["people"])
            weights = Weights(kept["projection"], kept["members"], kept["groups"])
            space = Space(kept["common"], kept["axes"], kept["gains"])
            return cls(people, Trained(space, kept["basis"], weights), calibration)


def head_of(references: Mapping[UUID, Matrix], group_of: Mapping[UUID, UUID]) -> Head | None:
    """The head these references `[n, dimension]` train, with its threshold; None when they are too few for one.

    People without a group are a group of their own.
    """
    people = tuple(sorted(person for person, vectors in references.items() if len(vectors)))
    photos = [references[person] for person in people]
    groups = numbered(people, group_of)
    found = line_between(_taken_out(photos, groups), allowed=STRANGERS_NAMED / CAREFUL)
    if found is None:
        return None
    return Head(people, train(photos, groups), replace(found, method="gallery"))


def numbered(people: Sequence[UUID], group_of: Mapping[UUID, UUID]) -> list[int]:
    """Each person's group as a number from 0, in order of appearance; somebody without one has one alone."""
    fresh = count()
    known: dict[UUID, int] = {}
    for person in people:
        key = group_of.get(person, person)
        if key not in known:
            known[key] = next(fresh)
    return [known[group_of.get(person, person)] for person in people]


def _taken_out(photos: Sequence[Matrix], groups: Sequence[int]) -> Scores:
    """Each person as a stranger to a head that never saw them, and each of the others by a photo it never saw.

    Who was taken out is not compared with themselves, as with centroids: the head looks where those it knows differ.
    """
    impostor, genuine = [], []
    for fold in range(FOLDS):
        rest = [number for number in range(len(photos)) if number % FOLDS != fold]
        if len(rest) in (0, len(photos)):
            continue
        kept = [_without(photos[number], fold) for number in rest]
        trained = train([learnt for learnt, _ in kept], _anew([groups[number] for number in rest]))
        classes = trained.classes
        impostor += [
            (placed(vectors, trained) @ classes.T).max(axis=1).astype(float) for vectors in photos[fold::FOLDS]
        ]
        genuine += [
            (placed(out, trained) @ classes[number]).astype(float) for number, (_, out) in enumerate(kept) if len(out)
        ]
    return Scores(impostor, genuine)


def _without(vectors: Matrix, fold: int) -> tuple[Matrix, Matrix]:
    """A person's photos less one, and that one; none when there is but one."""
    if len(vectors) == 1:
        return vectors, vectors[:0]
    out = np.arange(len(vectors)) == fold % len(vectors)
    return vectors[~out], vectors[out]


def _anew(groups: Sequence[int]) -> list[int]:
    """Numbers without gaps."""
    order = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    return [order[group] for group in groups]
