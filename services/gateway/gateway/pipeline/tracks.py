"""Tracks: one face through time, linked by where it is and how it moves. Pure.

Who it is plays no part here, so that a track is decided once by its best crops and not by its worst. Where a track goes
on over another person, `changes.py` parts it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from kernel.contracts.faces import Box, Face
from kernel.contracts.model import Value
from kernel.contracts.time import Milliseconds, Span

# A face may be missed, or hidden by a hand or a passer-by, this long and still be the same track.
PATIENCE_MS = 1_000
# How far from where it is expected a face may be, in face sizes, and how much larger or smaller.
REACH, GROWTH = 1.0, log(1.7)
# A movement is trusted this long; after that a face is expected where it was going to stop.
MOTION_TRUSTED_MS = 400

# Below these a crop says more about the picture than about the person.
LEAST_SIDE_PX, MOST_YAW = 20, 0.8
# A crop much worse than the track's best one would only blur the mean.
WORST_OF_BEST = 0.5
# A track is looked at once in so much of it at least, and of a long one its very beginning and its very end.
PART_MS, LONG_MS = 3_000, 2_000

FOREVER_MS = 1 << 50
TINY = 1e-6


class Sighting(Value):
    """A face in one sampled picture."""

    picture: str
    at_ms: Milliseconds
    face: Face

    @property
    def fit(self) -> bool:
        """Whether it says more about the person than about the picture."""
        return self.face.side_px >= LEAST_SIDE_PX and abs(self.face.yaw) <= MOST_YAW


class TrackDraft(Value):
    """One face through time inside one shot, before anybody said who it is."""

    span: Span
    sightings: tuple[Sighting, ...]

    def looks(self, count: int) -> list[Sighting]:
        """At least `count` sightings to tell the face by if as many are fit, in order of time.

        One of each equal part of the track: neighbours in time look alike and add nothing to each other.
        """
        fit = [sighting for sighting in self.sightings if sighting.fit]
        count = max(count, self.span.duration_ms // PART_MS)
        parts = [fit[len(fit) * n // count : len(fit) * (n + 1) // count] for n in range(count)]
        if count > 1 and self.span.duration_ms > LONG_MS:
            parts[0], parts[-1] = parts[0][: (len(parts[0]) + 1) // 2], parts[-1][len(parts[-1]) // 2 :]
        return [max(part, key=_quality) for part in parts if part]

    def best(self, count: int) -> list[Sighting]:
        """The good ones of its `looks`, best first; empty when none is fit."""
        chosen = sorted(self.looks(count), key=_quality, reverse=True)
        return [s for s in chosen if _quality(s) >= WORST_OF_BEST * _quality(chosen[0])]

    @property
    def sharpest(self) -> int:
        """Index of the sighting people would recognise the face by."""
        return max(range(len(self.sightings)), key=lambda index: _quality(self.sightings[index]))


def _quality(sighting: Sighting) -> float:
    return sighting.face.quality


def link(sightings: Sequence[Sequence[Sighting]], shots: Sequence[Span], step_ms: int) -> list[TrackDraft]:
    """Every sighting in exactly one track, no track across a shot's edge, in order of their start.

    `sightings` of each sampled picture, pictures in order of time and about `step_ms` apart. A track lasts
    from its first sighting until `step_ms` after its last, and from its shot's start if seen within the first step.
    """
    drafts = [
        _draft(path, shot, step_ms)
        for shot, pictures in _by_shot(sightings, shots)
        for path in _paths(pictures, max(PATIENCE_MS, 2 * step_ms))
    ]
    return sorted(drafts, key=lambda draft: draft.span.start_ms)


def _draft(path: Sequence[Sighting], shot: Span, step_ms: int) -> TrackDraft:
    first, last = path[0].at_ms, path[-1].at_ms
    start = shot.start_ms if first - shot.start_ms < step_ms else first
    end = min(shot.end_ms, last + max(1, step_ms))
    return TrackDraft(span=Span(start_ms=start, end_ms=end), sightings=tuple(path))


def _by_shot(
    sightings: Iterable[Sequence[Sighting]], shots: Sequence[Span]
) -> Iterator[tuple[Span, list[Sequence[Sighting]]]]:
    everywhere = _covering(shots)
    starts = np.array([span.start_ms for span in everywhere])
    seen = [picture for picture in sightings if picture]

    def shot_of(picture: Sequence[Sighting]) -> int:
        return int(np.searchsorted(starts, picture[0].at_ms, side="right")) - 1

    for index, pictures in groupby(seen, key=shot_of):
        yield everywhere[index], list(pictures)


def _covering(shots: Iterable[Span]) -> list[Span]:
    """The shots, and spans for whatever lies before, between and after them: every time is in exactly one."""
    covering, reached = [], 0
    for shot in sorted(shots, key=lambda span: span.start_ms):
        if shot.start_ms > reached:
            covering.append(Span(start_ms=reached, end_ms=shot.start_ms))
        if shot.end_ms > reached:
            covering.append(Span(start_ms=max(reached, shot.start_ms), end_ms=shot.end_ms))
            reached = shot.end_ms
    return [*covering, Span(start_ms=reached, end_ms=reached + FOREVER_MS)]


def _paths(pictures: Iterable[Sequence[Sighting]], patience_ms: int) -> list[list[Sighting]]:
    """Faces of consecutive pictures joined one to one, so that the sum of their jumps is least."""
    live: list[list[Sighting]] = []
    ended: list[list[Sighting]] = []
    for picture in pictures:
        oldest = picture[0].at_ms - patience_ms
        ended += [path for path in live if path[-1].at_ms < oldest]
        live = [path for path in live if path[-1].at_ms >= oldest]
        joined = _joined(live, picture)
        for path, sighting in joined.items():
            live[path].append(picture[sighting])
        live += [[sighting] for index, sighting in enumerate(picture) if index not in joined.values()]
    return ended + live


def _joined(paths: Sequence[Sequence[Sighting]], picture: Sequence[Sighting]) -> dict[int, int]:
    """Index of a path to index of the face that continues it."""
    if not paths:
        return {}
    at_ms = picture[0].at_ms
    faces = np.array([_place(sighting.face.box) for sighting in picture])
    still = np.array([_place(path[-1].face.box) for path in paths])
    moving = np.array([_expected(path, at_ms) for path in paths])
    jump = np.minimum(_jumps(still, faces), _jumps(moving, faces))
    growth = np.abs(np.log(still[:, None, 3] / faces[None, :, 3]))
    allowed = (jump <= REACH) & (growth <= GROWTH)
    # A forbidden pair costs more than all allowed ones together: as many faces as possible are continued.
    forbidden = (REACH + GROWTH) * (len(paths) + len(picture))
    rows, columns = linear_sum_assignment(np.where(allowed, jump + growth, forbidden))
    return {int(row): int(column) for row, column in zip(rows, columns, strict=True) if allowed[row, column]}


def _place(box: Box) -> tuple[float, float, float, float]:
    """Centre and size, in fractions of the picture."""
    width, height = max(box.width, TINY), max(box.height, TINY)
    return ((box.left + box.right) / 2, (box.top + box.bottom) / 2, width, height)


def _expected(path: Sequence[Sighting], at_ms: int) -> tuple[float, float, float, float]:
    """Where the path's face would be at `at_ms` if it moved on as between its last two sightings."""
    x, y, width, height = _place(path[-1].face.box)
    if len(path) == 1:
        return (x, y, width, height)
    before_x, before_y, _, _ = _place(path[-2].face.box)
    moved_ms = path[-1].at_ms - path[-2].at_ms
    on = min(at_ms - path[-1].at_ms, MOTION_TRUSTED_MS) / max(1, moved_ms)
    return (x + (x - before_x) * on, y + (y - before_y) * on, width, height)


def _jumps(paths: NDArray[np.float64], faces: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance between centres in face sizes, `[paths, faces]`; sizes make it free of the picture's aspect."""
    apart = paths[:, None, :2] - faces[None, :, :2]
    size = (paths[:, None, 2:] + faces[None, :, 2:]) / 2
    return np.asarray(np.hypot(*np.moveaxis(apart / size, -1, 0)))
