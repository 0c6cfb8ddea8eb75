"""Words of the gateway about finding: hits with everything that is needed to show them."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from kernel.contracts.library import PersonInSegment, SegmentCaption
from kernel.contracts.model import Value
from kernel.contracts.models import ModelCard
from kernel.contracts.search import AnswerKind, Chip, Evidence, Nothing, ReadName, WhyExtractive
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


# ---- answers in words


class Citation(Value):
    """A segment that a sentence is made from."""

    segment_id: UUID
    video_id: UUID
    title: str
    span: Span
    link: str = Field(
        description="Opens the video at its in-point",
        examples=["http://127.0.0.1:8000/videos/4a41c56c-7abd-449f-8928-00c20d3f8240?t=13000"],
    )


class PublicSentence(Value):
    """One sentence, and what it is made from. Every one was checked against the segments it cites."""

    text: str = Field(examples=["민지는 공원에서 국수를 먹고 있다."])
    citations: list[Citation]


class PublicText(Value):
    """Sentences on what was found, and how they came to be."""

    kind: AnswerKind
    language: Literal["ko", "en"]
    sentences: list[PublicSentence]
    text: str = Field(description="All sentences as one text; of `not_shown`, a sentence that says so")
    dropped: int = Field(default=0, description="Sentences a model wrote that their segments did not bear out")
    model_id: str | None = Field(default=None, description="The language model; none for an extractive text")
    why_extractive: WhyExtractive | None = None
    why: str | None = Field(default=None, description="The same as a sentence")


class PublicAnswer(PublicText):
    """An answer to a question, and the hits it is made from; `found.query` says what was looked for."""

    found: SearchAnswer


class PublicAnswerEvent(Value):
    """One event of a streamed answer: the hits at once, sentences as they are checked, then the whole."""

    kind: Literal["hits", "sentence", "done"]
    found: SearchAnswer | None = None
    sentence: PublicSentence | None = None
    answer: PublicAnswer | None = None


class PublicSummary(PublicText):
    """A video, a person's day or a list of results, summed up."""

    segments: int = Field(description="Segments that were read")
    complete: bool = Field(default=True, description="False: there were more than were read")
