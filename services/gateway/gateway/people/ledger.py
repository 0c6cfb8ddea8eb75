"""The ledger: what people said of faces, and on which tracks their word hangs now. Pure.

A ruling is anchored to where a face was and when. Whatever follows the face next time (another detector, other
sampling, a track split or joined), the ruling is on the track that has the same face at the same time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kernel.contracts.library import FaceAt
from kernel.contracts.time import Span

# Two boxes of one face by two detectors share far more than this, neighbours in a picture hardly anything.
SAME_FACE_IOU = 0.3
# Of the ruling's faces that anybody was seen at while the track lasts, more than this must be the track's.
MAJORITY = 0.5
# The usual time between sampled pictures, when the tracks are too few to tell, and the longest to reckon with.
USUAL_STEP_MS, LONGEST_STEP_MS = 200, 1_000

Floats = NDArray[np.float64]
NOBODY_MERGED: Mapping[UUID, UUID] = {}


class AnchoredRuling(NamedTuple):
    """A ruling and the faces it is about: `faces` in order of time, as its track had them."""

    id: UUID
    decision_id: UUID
    video_id: UUID
    verdict: Literal["is", "is_not"]
    person_id: UUID | None
    stranger_id: UUID | None
    span: Span
    faces: Sequence[FaceAt]
    actor: str
    created_at: datetime


class Word(NamedTuple):
    """What people have said of one track, all in all. `not_people` as whom they were merged into."""

    person_id: UUID | None = None
    not_people: frozenset[UUID] = frozenset()
    stranger_id: UUID | None = None
    not_strangers: frozenset[UUID] = frozenset()


def on_tracks(rulings: Sequence[AnchoredRuling], tracks: Sequence[Sequence[FaceAt]]) -> dict[int, list[AnchoredRuling]]:
    """Index of a track to the rulings that hang on it, in their order. `tracks` are the faces of each, by time.

    A ruling hangs on every track that has most of the ruling's faces of its time: on all parts of a split track,
    on none of two tracks that swapped faces halfway.
    """
    paths = [_path(faces) for faces in tracks]
    reach = _step_ms(paths) / 2
    hanging: dict[int, list[AnchoredRuling]] = defaultdict(list)
    for ruling in rulings:
        for track in _same_face(_path(ruling.faces), paths, reach):
            hanging[track].append(ruling)
    return dict(hanging)


def word_of(rulings: Iterable[AnchoredRuling], resolved: Mapping[UUID, UUID] = NOBODY_MERGED) -> Word:
    """What rulings on one track, oldest first, come to: of two that contradict each other the newest counts.

    `resolved` says whom merged people turned out to be: whoever is not X is not whom X was merged into either.
    """
    word = Word()
    for ruling in rulings:
        word = _with_person(word, ruling, resolved) if ruling.person_id else _with_stranger(word, ruling)
    return word


def _with_person(word: Word, ruling: AnchoredRuling, resolved: Mapping[UUID, UUID]) -> Word:
    if ruling.person_id is None:
        return word
    who = resolved.get(ruling.person_id, ruling.person_id)
    if ruling.verdict == "is":
        return word._replace(person_id=ruling.person_id, not_people=word.not_people - {who})
    named = word.person_id
    still = None if named is not None and resolved.get(named, named) == who else named
    return word._replace(person_id=still, not_people=word.not_people | {who})


def _with_stranger(word: Word, ruling: AnchoredRuling) -> Word:
    who = ruling.stranger_id
    if who is None:
        return word
    if ruling.verdict == "is":
        return word._replace(stranger_id=who, not_strangers=word.not_strangers - {who})
    still = None if word.stranger_id == who else word.stranger_id
    return word._replace(stranger_id=still, not_strangers=word.not_strangers | {who})


def _path(faces: Iterable[FaceAt]) -> Floats:
    """`[faces, 5]`: time, left, top, right, bottom."""
    rows = [(f.at_ms, f.box.left, f.box.top, f.box.right, f.box.bottom) for f in faces]
    return np.array(rows, np.float64).reshape(-1, 5)


def _step_ms(paths: Sequence[Floats]) -> float:
    apart = [np.diff(path[:, 0]) for path in paths if len(path) > 1]
    usual = float(np.median(np.concatenate(apart))) if apart else USUAL_STEP_MS
    return min(max(usual, 1.0), LONGEST_STEP_MS)


def _same_face(ruled: Floats, paths: Sequence[Floats], reach: float) -> list[int]:
    """Indexes of the tracks that follow the ruled face."""
    near = [index for index, path in enumerate(paths) if _overlap(ruled, path, reach)]
    if not near:
        return []
    shared = np.stack([_shared(ruled, paths[index], reach) for index in near])
    seen_by = np.where(shared.max(axis=0) >= SAME_FACE_IOU, shared.argmax(axis=0), -1)
    return [index for place, index in enumerate(near) if _mostly(seen_by, place, shared[place] >= 0)]


def _overlap(ruled: Floats, path: Floats, reach: float) -> bool:
    return bool(len(ruled) and len(path)) and bool(
        path[0, 0] - reach <= ruled[-1, 0] and ruled[0, 0] <= path[-1, 0] + reach
    )


def _mostly(seen_by: NDArray[np.int64], place: int, lasting: NDArray[np.bool_]) -> bool:
    """Whether most of the ruling's faces that were seen while the track at `place` lasts are the track's."""
    seen = seen_by[lasting & (seen_by >= 0)]
    return bool(len(seen)) and float((seen == place).mean()) > MAJORITY


def _shared(ruled: Floats, path: Floats, reach: float) -> Floats:
    """Intersection over union of each ruled box with the track's at that time; -1 while the track does not last.

    Between two of its sightings a track is where the straight line between them says, so that other sampling
    times do not matter.
    """
    at = ruled[:, 0]
    boxes = np.stack([np.interp(at, path[:, 0], path[:, side]) for side in range(1, 5)], axis=1)
    lasting = (at >= path[0, 0] - reach) & (at <= path[-1, 0] + reach)
    return np.where(lasting, _iou(ruled[:, 1:], boxes), -1.0)


def _iou(one: Floats, other: Floats) -> Floats:
    inner = np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2])
    overlap = np.clip(inner, 0, None).prod(axis=1)
    areas = (one[:, 2:] - one[:, :2]).prod(axis=1) + (other[:, 2:] - other[:, :2]).prod(axis=1)
    return np.asarray(overlap / np.maximum(areas - overlap, 1e-12))
