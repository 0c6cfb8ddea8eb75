"""A page of what was found, as it is shown and shown again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from kernel.contracts.finding import PublicHit, SearchAnswer
from kernel.contracts.history import FoundSegment
from kernel.contracts.library import Person
from kernel.contracts.search import SearchRequest

A_PAGE = 5


@dataclass(frozen=True)
class Card:
    """A hit, the version of its segment that is shown, and its picture's id in Slack."""

    hit: PublicHit
    version: int
    picture: str | None = None
    gone: bool = False

    def as_now(self, segment: FoundSegment) -> "Card":
        """The same moment with the segment as it is now."""
        if segment.state != "live":
            return replace(self, gone=True, version=segment.version)
        one = len(self.hit.segments) <= 1
        now = {"captions": segment.captions} | ({"span": segment.span, "people": segment.people} if one else {})
        return replace(self, hit=self.hit.model_copy(update=now), version=segment.version)


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

    def with_pictures(self, pictures: Mapping[UUID, str]) -> "Results":
        cards = tuple(replace(card, picture=pictures.get(card.hit.segment_id)) for card in self.cards)
        return replace(self, cards=cards)


def editor_address(link: str, segment_id: UUID) -> str:
    """Where the editor opens that segment, from the link of any moment of its video."""
    return f"{link.split('?', maxsplit=1)[0]}?segment={segment_id}"
