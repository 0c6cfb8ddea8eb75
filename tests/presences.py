"""Random timelines of people and the plain way to answer questions about them: millisecond by millisecond."""

import itertools
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kernel.contracts.time import Span

Tracks = Mapping[str, list[Span]]


@dataclass(frozen=True)
class Film:
    """One video: when each person is tracked, when strangers are, and where segments are cut."""

    length_ms: int
    people: Tracks
    strangers: list[Span]
    cuts: list[Span]


@dataclass(frozen=True)
class Wanted:
    """A question about people: of each set somebody, none of some, nobody else, in a part of the video."""

    who: list[set[str]]
    without: set[str] = field(default_factory=set)
    alone: bool = False
    window: tuple[int, int] | None = None


def film(chance: random.Random, people: Iterable[str], length_ms: int = 90, most_tracks: int = 4) -> Film:
    borders = sorted({0, length_ms, *(chance.randrange(1, length_ms) for _ in range(chance.randrange(6)))})
    cuts = [Span(start_ms=start, end_ms=end) for start, end in itertools.pairwise(borders)]
    if chance.random() < 0.5:  # somebody's sub-clip over the machine's shots
        cuts.append(_span(chance, length_ms))
    tracks = {one: _tracks(chance, length_ms, most_tracks) for one in people}
    return Film(length_ms, tracks, _tracks(chance, length_ms, 2), cuts)


def _tracks(chance: random.Random, length_ms: int, most: int) -> list[Span]:
    return [_span(chance, length_ms) for _ in range(chance.randrange(most))]


def _span(chance: random.Random, length_ms: int) -> Span:
    start = chance.randrange(length_ms - 1)
    return Span(start_ms=start, end_ms=chance.randrange(start + 1, length_ms + 1))


def wanted(chance: random.Random, people: list[str], length_ms: int = 90) -> Wanted:
    sets = [set(chance.sample(people, chance.choice((1, 1, 1, 2)))) for _ in range(chance.randrange(4))]
    named = set().union(*sets)
    without = {one for one in people if one not in named and chance.random() < 0.2}
    start = chance.randrange(length_ms - 1)
    window = (start, chance.randrange(start + 1, length_ms)) if chance.random() < 0.3 else None
    return Wanted(sets, without, alone=bool(sets) and chance.random() < 0.4, window=window)


def held(asked: Wanted, shown: Film, cut: Span) -> list[Span]:
    """When it holds inside a cut, tried at every millisecond."""
    return _runs([at for at in range(cut.start_ms, cut.end_ms) if _holds(asked, shown, at)])


def _holds(asked: Wanted, shown: Film, at: int) -> bool:
    there = {one for one, spans in shown.people.items() if any(span.contains(at) for span in spans)}
    stranger = any(span.contains(at) for span in shown.strangers)
    return (
        all(there & anybody for anybody in asked.who)
        and not there & asked.without
        and not (asked.alone and (stranger or there - set().union(*asked.who)))
        and (asked.window is None or asked.window[0] <= at < asked.window[1])
    )


def _runs(times: list[int]) -> list[Span]:
    found: list[list[int]] = []
    for at in times:
        if found and found[-1][1] == at:
            found[-1][1] = at + 1
        else:
            found.append([at, at + 1])
    return [Span(start_ms=start, end_ms=end) for start, end in found]


def inside(spans: Iterable[Span], cut: Span) -> list[Span]:
    """Tracks as a segment has them."""
    return [
        Span(start_ms=max(span.start_ms, cut.start_ms), end_ms=min(span.end_ms, cut.end_ms))
        for span in spans
        if span.overlap_ms(cut)
    ]
