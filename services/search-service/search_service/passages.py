"""Neighbours that answer together are one moment. Pure.

Only documents that themselves answer become part of a moment, and only where they answer nearly as well as its
best: a moment's in and out points then cut off nothing that was meant and take in nothing that was not.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from kernel.contracts.time import Span
from search_service.paging import Place
from search_service.rank import Candidate

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


Ranked = tuple[Place, Candidate]


def passages(hits: Iterable[Ranked]) -> list[Passage]:
    """Every hit in exactly one passage, best passages first."""
    in_time = sorted(hits, key=lambda hit: (hit[0].video_id, hit[0].start_ms, hit[0].segment_id))
    found = [
        passage
        for _, of_video in groupby(in_time, key=lambda hit: hit[0].video_id)
        for chain in _chains(of_video)
        for passage in _divided(chain)
    ]
    return sorted(found, key=lambda passage: passage.at)


def _chains(hits: Iterable[Ranked]) -> Iterator[list[Ranked]]:
    """Hits of one video, in order of time, that touch or overlap."""
    chain: list[Ranked] = []
    reach = 0
    for hit in hits:
        if chain and hit[1].start_ms > reach + GAP_MS:
            yield chain
            chain = []
        reach = max(reach, hit[1].end_ms) if chain else hit[1].end_ms
        chain.append(hit)
    if chain:
        yield chain


def _divided(chain: Sequence[Ranked]) -> Iterator[Passage]:
    """The best hit with the neighbours on both sides that belong to its moment, then the same of what is left."""
    if len(chain) == 1:
        yield _passage(chain, chain[0])
        return
    rest = [chain]
    while rest:
        some = rest.pop()
        best = min(range(len(some)), key=lambda number: some[number][0])
        first, last = _around(some, best)
        yield _passage(some[first:last], some[best])
        rest += [part for part in (some[:first], some[last:]) if part]


def _around(chain: Sequence[Ranked], best: int) -> tuple[int, int]:
    enough = AS_GOOD * chain[best][0].minus_score  # scores count down: more is worse
    first, last = best, best + 1
    while first > 0 and _joins(chain, first - 1, first - 1, last, enough):
        first -= 1
    while last < len(chain) and _joins(chain, last, first, last + 1, enough):
        last += 1
    return first, last


def _joins(chain: Sequence[Ranked], number: int, first: int, last: int, enough: float) -> bool:
    """Whether a hit is good enough to belong, and the moment then touches and is no longer than a moment."""
    some = [hit for _, hit in chain[first:last]]
    length = max(one.end_ms for one in some) - some[0].start_ms
    return chain[number][0].minus_score <= enough and length <= LONGEST_MS and _touch(some)


def _touch(some: Sequence[Candidate]) -> bool:
    reach = some[0].end_ms
    for one in some[1:]:
        if one.start_ms > reach + GAP_MS:
            return False
        reach = max(reach, one.end_ms)
    return True


def _passage(members: Sequence[Ranked], best: Ranked) -> Passage:
    if len(members) == 1:
        one = best[1]
        return Passage(best[0], one, (one.segment_id,), one.start_ms, one.end_ms)
    return Passage(
        at=best[0],
        best=best[1],
        segments=tuple(one.segment_id for _, one in members),
        start_ms=min(one.start_ms for _, one in members),
        end_ms=max(one.end_ms for _, one in members),
    )
