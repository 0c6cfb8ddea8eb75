"""What can be read out of a question: each part is a chip, the words it was read from, and what it means. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from kernel.contracts.captions import ShotScale
from kernel.contracts.embeddings import CaptionOrigin
from kernel.contracts.search import Chip, ChipKind
from kernel.spelling import key

Where = tuple[int, int]  # [start, stop) in the text
Edge = Literal["first", "last"]
Third = Literal[1, 2, 3]


@dataclass(frozen=True)
class Window:
    """A part of a video in milliseconds `[start, end)`; negative ones count from its end, None is open. Or a third."""

    start_ms: int | None = None
    end_ms: int | None = None
    third: Third | None = None

    @property
    def from_the_end(self) -> bool:
        """Whether it depends on where the video ends."""
        return self.third is not None or (self.start_ms is not None and self.start_ms < 0)


@dataclass(frozen=True)
class Meaning:
    """What is asked of a scene besides its content. Meanings are joined with `and_`."""

    who: tuple[frozenset[UUID], ...] = ()  # of each set, somebody must be there at once
    without: frozenset[UUID] = frozenset()
    alone: bool = False
    edge: Edge | None = None
    windows: tuple[Window, ...] = ()
    titles: tuple[tuple[str, ...], ...] = ()  # lexemes of the video's title
    since: date | None = None
    until: date | None = None
    scales: frozenset[ShotScale] = frozenset()
    origins: frozenset[CaptionOrigin] = frozenset()
    certain: float = 0.0

    @property
    def of_people(self) -> bool:
        """Whether it asks anything of who is there."""
        return bool(self.who or self.without or self.alone)

    def and_(self, other: "Meaning") -> "Meaning":
        return Meaning(
            who=tuple(dict.fromkeys((*self.who, *other.who))),
            without=self.without | other.without,
            alone=self.alone or other.alone,
            edge=self.edge or other.edge,
            windows=(*self.windows, *other.windows),
            titles=(*self.titles, *other.titles),
            since=max((day for day in (self.since, other.since) if day), default=None),
            until=min((day for day in (self.until, other.until) if day), default=None),
            scales=self.scales | other.scales,
            origins=self.origins | other.origins,
            certain=max(self.certain, other.certain),
        )


NOTHING = Meaning()


@dataclass(frozen=True)
class Part:
    """One thing read: how it is shown, which words it takes out of the question, and what it asks for."""

    chip: Chip
    where: tuple[Where, ...]
    meaning: Meaning = NOTHING


def part(
    kind: ChipKind,
    text: str,
    where: Iterable[Where],
    labels: tuple[str, str],
    meaning: Meaning,
    *,
    written: str = "",
    **more: Any,
) -> Part:
    """A part whose chip is keyed by its kind and words."""
    places = tuple(sorted(place for place in where if place[0] < place[1]))
    written = written or " … ".join(text[start:stop].strip() for start, stop in joined(places))
    chip = Chip(kind=kind, key=f"{kind}:{key(written)}", written=written, label_ko=labels[0], label_en=labels[1])
    return Part(chip.model_copy(update=more), places, meaning)


def joined(places: Iterable[Where]) -> list[Where]:
    """Places in order, those that touch as one."""
    found: list[Where] = []
    for start, stop in sorted(places):
        if found and start <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((start, stop))
    return found


def overlap(one: Where, places: Iterable[Where]) -> bool:
    return any(one[0] < stop and start < one[1] for start, stop in places)


def all_of(parts: Iterable[Part]) -> Meaning:
    meaning = NOTHING
    for one in parts:
        meaning = meaning.and_(one.meaning)
    return meaning
