"""Neighbours that answer together are one moment. Pure.

Only documents that themselves answer become part of a moment, and only where they answer nearly as well as its
best: a moment's in and out points then cut off nothing that was meant and take in nothing that was not.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np

from kernel.contracts.time import Span
from search_service.paging import MILLIONTHS, Place
from search_service.rank import Candidate, Numbers

GAP_MS = 500  # between neighbours: cuts and captions are not always flush
LONGEST_MS = 60_000  # longer is no moment any more
AS_GOOD = 0.8  # of the best's score


class Passage(NamedTuple):
    """A moment: its best document, and all its segments in order of time."""

    at: Place
    best: Candidate
    segments: tuple[UUID, ...]
    start_ms: int
    end_ms: int

    @property
    def span(self) -> Span:
        return Span(start_ms=self.start_ms, end_ms=self.end_ms)


def passages(hits: Sequence[Candidate], scores: Numbers) -> Iterator[Passage]:
    """Every hit in exactly one passage, best passages first. They are put together as they are asked for: of hundreds
    of hits a page shows ten moments.
    """
    if not hits:
        return
    order = sorted(range(len(hits)), key=lambda number: hits[number].in_time)
    in_time = [hits[number] for number in order]
    minus: list[int] = (-np.round(scores[order] * MILLIONTHS)).astype(np.int64).tolist()
    free = [True] * len(hits)
    for best in np.argsort(minus, kind="stable").tolist():  # ties stay in order of video and time, as places are
        if free[best]:
            first, last = _around(in_time, minus, free, best)
            free[first:last] = [False] * (last - first)
            yield _passage(in_time[first:last], in_time[best], minus[best])


def _around(in_time: Sequence[Candidate], minus: Sequence[int], free: Sequence[bool], best: int) -> tuple[int, int]:
    """The best hit with the neighbours on both sides that belong to its moment and to no better one's."""
    enough = AS_GOOD * minus[best]  # scores count down: more is worse
    first, last = best, best + 1
    while first > 0 and free[first - 1] and minus[first - 1] <= enough and _holds(in_time[first - 1 : last]):
        first -= 1
    while last < len(in_time) and free[last] and minus[last] <= enough and _holds(in_time[first : last + 1]):
        last += 1
    return first, last


def _holds(some: Sequence[Candidate]) -> bool:
    """Whether hits in order of time are of one video, touch, and are together no longer than a moment."""
    if some[0].video_id != some[-1].video_id:
        return False
    reach = some[0].end_ms
    for one in some[1:]:
        if one.start_ms > reach + GAP_MS:
            return False
        reach = max(reach, one.end_ms)
    return reach - some[0].start_ms <= LONGEST_MS


def _passage(members: Sequence[Candidate], best: Candidate, minus_score: int) -> Passage:
    return Passage(
        at=Place(minus_score, *best.in_time),
        best=best,
        segments=tuple(one.segment_id for one in members),
        start_ms=min(one.start_ms for one in members),
        end_ms=max(one.end_ms for one in members),
    )
