"""When exactly what is asked of people holds: sets over time. Pure.

A timeline says when each person is seen. A question asks for somebody of each of several sets at once, without some,
with nobody else, in a part of the video. The answer is spans: those of the sets intersected, the others' taken away.
`index/moments.py` says the same to PostgreSQL, and tests hold the two against each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.contracts.time import Span
from search_service.understanding.parts import Meaning, Window

FOREVER = 2**62


@dataclass(frozen=True)
class Timeline:
    """Who is seen when in one stretch of a video."""

    span: Span
    seen: Mapping[UUID, Sequence[Span]]
    strangers: Sequence[Span] = ()
    video_end_ms: int = 0  # what counts from the end counts from there
    doubted: frozenset[UUID] = frozenset()  # recognised, but less surely than was asked for


def moments(asked: Meaning, timeline: Timeline) -> list[Span]:
    """The spans in which it holds, in order, disjoint."""
    holds = [timeline.span]
    for anybody in asked.who:
        holds = intersection(holds, seen_of(anybody - timeline.doubted, timeline))
    for window in asked.windows:
        holds = intersection(holds, stretch(window, timeline.video_end_ms))
    holds = difference(holds, seen_of(asked.without, timeline))
    if asked.alone:
        others = timeline.seen.keys() - frozenset[UUID]().union(*asked.who)
        holds = difference(holds, [*seen_of(others, timeline), *timeline.strangers])
    return holds


def seen_of(people: Iterable[UUID], timeline: Timeline) -> list[Span]:
    return union(span for person in people for span in timeline.seen.get(person, ()))


def stretch(window: Window, video_end_ms: int) -> list[Span]:
    """A part of a video as a span; none when the video is over before."""
    start, end = bounds(window, video_end_ms)
    return [Span(start_ms=start, end_ms=end)] if start < end else []


def bounds(window: Window, video_end_ms: int) -> tuple[int, int]:
    if window.third:
        return video_end_ms * (window.third - 1) // 3, video_end_ms * window.third // 3
    start = window.start_ms or 0
    if start < 0:
        start = max(0, video_end_ms + start)
    return start, FOREVER if window.end_ms is None else window.end_ms


def union(spans: Iterable[Span]) -> list[Span]:
    """Disjoint spans in order; those that touch are one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted((span.start_ms, span.end_ms) for span in spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return [Span(start_ms=start, end_ms=end) for start, end in joined]


def intersection(one: Iterable[Span], other: Iterable[Span]) -> list[Span]:
    others = list(other)
    return union(
        Span(start_ms=max(a.start_ms, b.start_ms), end_ms=min(a.end_ms, b.end_ms))
        for a in one
        for b in others
        if a.overlap_ms(b)
    )


def difference(one: Iterable[Span], other: Iterable[Span]) -> list[Span]:
    left = union(one)
    for gone in union(other):
        left = [part for span in left for part in _less(span, gone)]
    return left


def _less(span: Span, gone: Span) -> list[Span]:
    if not span.overlap_ms(gone):
        return [span]
    pieces = ((span.start_ms, gone.start_ms), (gone.end_ms, span.end_ms))
    return [Span(start_ms=start, end_ms=end) for start, end in pieces if start < end]
