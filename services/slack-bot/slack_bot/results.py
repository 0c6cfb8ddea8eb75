"""A page of what was found, as it is shown and shown again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from kernel.contracts.finding import PublicHit, SearchAnswer
from kernel.contracts.history import FoundSegment
from kernel.contracts.library import Person
from kernel.contracts.search import SearchRequest
from kernel.contracts.time import Span

A_PAGE = 5
LONGEST_CLIP_MS = 60_000


class Picture(NamedTuple):
    """Its id in Slack; `still` where no moving one could be had."""

    file: str
    still: bool


@dataclass(frozen=True)
class Card:
    """A hit, the version of its segment that is shown, and its picture's id in Slack; `still`: it does not move."""

    hit: PublicHit
    version: int
    picture: str | None = None
    gone: bool = False
    still: bool = False

    @property
    def clip(self) -> Span | None:
        """What of it plays: all of it, or of a long moment what its preview shows; None when nothing can."""
        if self.hit.preview is None:
            return None
        if self.hit.span.duration_ms <= LONGEST_CLIP_MS:
            return self.hit.span
        said = parse_qs(urlsplit(self.hit.preview).query)
        if "start_ms" not in said:
            return None
        return Span(start_ms=int(said["start_ms"][0]), end_ms=int(said["end_ms"][0]))

    def as_now(self, segment: FoundSegment) -> "Card":
        """The same moment with the segment as it is now."""
        if segment.state != "live":
            return replace(self, gone=True, version=segment.version)
        one = len(self.hit.segments) <= 1
        now = {"captions": segment.captions} | ({"span": segment.span, "people": segment.people} if one else {})
        changed = replace(self, hit=self.hit.model_copy(update=now), version=segment.version)
        # A picture of another span would show what is not in it.
        return changed if changed.hit.span == self.hit.span else replace(changed, picture=None, still=False)


@dataclass(frozen=True)
class Results:
    """An answer, and what is needed to show it."""

    id: str
    question: SearchRequest
    answer: SearchAnswer
    cards: tuple[Card, ...]
    names: Mapping[UUID, Person] = field(default_factory=dict)

    @property
    def nearest(self) -> bool:
        """Whether nothing fits and these only come nearest."""
        return not self.answer.hits

    def with_segment(self, segment: FoundSegment, names: Mapping[UUID, Person]) -> "Results":
        cards = tuple(card.as_now(segment) if card.hit.segment_id == segment.id else card for card in self.cards)
        return replace(self, cards=cards, names={**self.names, **names})

    def with_pictures(self, pictures: Mapping[UUID, Picture]) -> "Results":
        made = {its: {"picture": one.file, "still": one.still} for its, one in pictures.items()}
        cards = tuple(replace(card, **made.get(card.hit.segment_id, {})) for card in self.cards)  # type: ignore[arg-type]
        return replace(self, cards=cards)


def editor_address(link: str, segment_id: UUID) -> str:
    """Where the editor opens that segment, from the link of any moment of its video."""
    return f"{link.split('?', maxsplit=1)[0]}?segment={segment_id}"
