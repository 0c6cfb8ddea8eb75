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
# Of the times at which a track lasts and the ruled face is followed by any, more than this must be the track's.
MAJORITY = 0.5

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


class Followed(NamedTuple):
    """A face through time: `span` ends where its shot does, whenever it was last seen; `faces` in order of time."""

    span: Span
    faces: Sequence[FaceAt]


def on_tracks(rulings: Sequence[AnchoredRuling], tracks: Sequence[Followed]) -> dict[int, list[AnchoredRuling]]:
    """Index of a track to the rulings that hang on it, in their order.

    A ruling hangs on every track that follows its face for most of the time both last: on all parts of a split
    track, on none of two tracks that swapped faces halfway.
    """
    paths = [_Path(track.span, _rows(track.faces)) for track in tracks if track.faces]
    numbers = [number for number, track in enumerate(tracks) if track.faces]
    hanging: dict[int, list[AnchoredRuling]] = defaultdict(list)
    for ruling in rulings:
        if ruling.faces:
            for index in _same_face(_Path(ruling.span, _rows(ruling.faces)), paths):
                hanging[numbers[index]].append(ruling)
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


def _rows(faces: Iterable[FaceAt]) -> Floats:
    """`[faces, 5]`: time, left, top, right, bottom."""
    rows = [(f.at_ms, f.box.left, f.box.top, f.box.right, f.box.bottom) for f in faces]
    return np.array(rows, np.float64).reshape(-1, 5)


class _Path(NamedTuple):
    """Where a face is through time; `rows` as `_rows` gives them, at least one."""

    span: Span
    rows: Floats

    def lasting(self, times: Floats) -> NDArray[np.bool_]:
        return np.asarray((times >= self.span.start_ms) & (times < self.span.end_ms))

    def boxes(self, times: Floats) -> Floats:
        """`[times, 4]`: between two sightings where the straight line between them says, so that it does not matter
        at which times pictures were sampled.
        """
        return np.stack([np.interp(times, self.rows[:, 0], self.rows[:, side]) for side in range(1, 5)], axis=1)


def _same_face(ruled: _Path, paths: Sequence[_Path]) -> list[int]:
    """Indexes of the tracks that follow the ruled face."""
    near = [index for index, path in enumerate(paths) if path.span.overlap_ms(ruled.span)]
    if not near:
        return []
    times = np.unique(np.concatenate([ruled.rows[:, 0], *(paths[index].rows[:, 0] for index in near)]))
    times = times[ruled.lasting(times)]
    lasting = np.stack([paths[index].lasting(times) for index in near])
    boxes = ruled.boxes(times)
    shared = np.stack([_iou(boxes, paths[index].boxes(times)) for index in near]) * lasting
    followed_by = np.where(shared.max(axis=0) >= SAME_FACE_IOU, shared.argmax(axis=0), -1)
    return [index for place, index in enumerate(near) if _mostly(followed_by[lasting[place]], place)]


def _mostly(followed_by: NDArray[np.int64], place: int) -> bool:
    """Whether of the times at which any track follows the ruled face most are the one's at `place`."""
    seen = followed_by[followed_by >= 0]
    return bool(len(seen)) and float((seen == place).mean()) > MAJORITY


def _iou(one: Floats, other: Floats) -> Floats:
    inner = np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2])
    overlap = np.clip(inner, 0, None).prod(axis=1)
    areas = (one[:, 2:] - one[:, :2]).prod(axis=1) + (other[:, 2:] - other[:, :2]).prod(axis=1)
    return np.asarray(overlap / np.maximum(areas - overlap, 1e-12))
