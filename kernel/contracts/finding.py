"""Words of the gateway about finding: hits with everything that is needed to show them."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from kernel.contracts.library import PersonInSegment, SegmentCaption
from kernel.contracts.model import Value
from kernel.contracts.models import ModelCard
from kernel.contracts.search import Chip, Evidence, Nothing, ReadName
from kernel.contracts.time import Span


class PublicHit(Value):
    """A search hit with everything a page or a message needs to show it."""

    segment_id: UUID = Field(description="The segment that answers best; its captions are shown")
    video_id: UUID
    title: str
    span: Span = Field(description="In and out of the moment: of one segment, or of neighbours that answer together")
    segments: list[UUID] = Field(default=[], description="All segments of the moment in order of time")
    moments: list[Span] = Field(default=[], description="When exactly what was asked of people holds")
    captions: list[SegmentCaption]
    people: list[PersonInSegment] = Field(description="Everybody in the moment")
    score: float = Field(description="For ordering within one answer; not a probability")
    probability: float | None = Field(default=None, description="Calibrated: that this scene is meant")
    evidence: list[Evidence]
    missing: list[str] = Field(default=[], description="Words of the question that nothing in the scene answers to")
    link: str = Field(
        description="Opens the video at its in-point",
        examples=["http://127.0.0.1:8000/videos/4a41c56c-7abd-449f-8928-00c20d3f8240?t=13000"],
    )
    thumbnail: str | None = None
    preview: str | None = Field(
        default=None,
        description="A short MP4 of exactly the span (of a moment over a minute: of its best segment); none without "
        "media",
    )


class NamedFacet(Value):
    """How many of all hits have a person, a video or a day, and what that is called."""

    id: UUID | None = None
    day: date | None = None
    label_ko: str = Field(examples=["민지"])
    label_en: str = Field(examples=["Minji"])
    count: int


class NamedFacets(Value):
    people: list[NamedFacet] = []
    videos: list[NamedFacet] = []
    days: list[NamedFacet] = []


class SearchAnswer(Value):
    """Hits in order, and how the question was read. Nothing found is an empty list and a reason, never padding."""

    query: str
    names: list[ReadName] = []
    chips: list[Chip] = Field(
        default=[], description="How the question was read; a chip is taken away by its key in `ignored`"
    )
    rest: str = Field(default="", description="The question without what was read from it")
    hits: list[PublicHit]
    facets: NamedFacets = NamedFacets()
    next_cursor: str | None = None
    nothing: Nothing | None = None
    missing: list[str] = Field(default=[], description="When nothing fits: the part of the question that nothing has")
    nearest: list[PublicHit] = Field(
        default=[], description="When nothing fits: what comes nearest, offered and not claimed"
    )
    model: ModelCard | None = Field(default=None, description="The text model; none when only filters were used")
    took_ms: int


SuggestionKind = Literal["person", "group", "video", "question"]


class Suggestion(Value):
    """What a question that is being typed may become."""

    kind: SuggestionKind
    id: UUID | None = Field(default=None, description="Of the person, group or video")
    label_ko: str
    label_en: str
    query: str = Field(
        default="", description="The whole question with this taken up; of a video it is none", examples=["하니랑 민지"]
    )


class Suggestions(Value):
    items: list[Suggestion]
