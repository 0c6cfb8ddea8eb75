"""Words of the gateway about finding: hits with everything that is needed to show them."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from kernel.contracts.faces import Box
from kernel.contracts.library import PersonInSegment, SegmentCaption
from kernel.contracts.model import Value
from kernel.contracts.models import ModelCard
from kernel.contracts.people import Nearest
from kernel.contracts.search import AnswerKind, Chip, Evidence, Nothing, ReadName, SearchRequest, WhyExtractive
from kernel.contracts.time import Milliseconds, Span


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
    indexing: bool = Field(default=False, description="Changed just now and being re-indexed: it was found as it was")
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


class NewPreviewLink(Value):
    """The moment `[start_ms, end_ms)` of a video that a link is to show."""

    start_ms: int = Field(ge=0, le=10**10)
    end_ms: int = Field(ge=1, le=10**10)


class PreviewLink(Value):
    """An address that shows one clip to whoever has it, until it expires."""

    address: str = Field(examples=["http://127.0.0.1:8000/previews/eyJ2aWRlb19pZCI6IjRhIn0.5f1e"])
    expires_at: datetime


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
    portrait: bool = Field(default=False, description="Whether the person has a portrait to show")
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


class FaceInPicture(Value):
    """A face of a picture that is asked by."""

    box: Box
    person_id: UUID | None = Field(description="Whom it shows; none when nobody known is like it enough")
    nearest: list[Nearest] = Field(description="Whom it is nearest to, whether or not that is enough")


class FrameFound(Value):
    """A scene with a frame that looks like the picture."""

    segment_id: UUID
    video_id: UUID
    title: str = Field(examples=["Day 2"])
    at_ms: Milliseconds = Field(description="Where the frames that look like it begin")
    likeness: float = Field(ge=0, le=1, description="Share of the 64 bits of their perceptual hashes that are the same")


class ReadPicture(Value):
    """What was read from a picture, and the question that it asks. The picture itself is not kept."""

    faces: list[FaceInPicture] = Field(description="From left to right")
    frames: list[FrameFound] = Field(
        default=[], description="Where in the archive it may have been taken from, most alike first"
    )
    words: str = Field(
        default="", description="What is seen in it, where it is more than a face", examples=["컵, 식탁"]
    )
    words_model: ModelCard | None = Field(default=None, description="What saw that")
    search: str | None = Field(
        description="The address of the scenes it asks for; none when nothing could be read from it",
        examples=["/search?person=4a41c56c-7abd-449f-8928-00c20d3f8240"],
    )


class NewSavedSearch(Value):
    """A question to be asked again after each indexing."""

    name: str = Field(min_length=1, max_length=200, examples=["민지가 자는 장면"])
    question: SearchRequest = Field(examples=[{"query": "민지가 자는 장면"}])


class RenamedSearch(Value):
    name: str = Field(min_length=1, max_length=200, examples=["자는 장면"])


class SavedSearch(Value):
    """A question that is asked again after each indexing, and what it has found since it was last looked at."""

    id: UUID
    name: str
    question: SearchRequest
    address: str = Field(description="The search as a page", examples=["/search?q=민지가+자는+장면"])
    new: int = Field(description="Moments found since it was last looked at")
    untold: int = Field(default=0, description="Those of them that its owner was not told of yet by a service")
    looked_at: AwareDatetime
    created_at: AwareDatetime
    by: str = Field(description="Who saved it, as the audit says it")


class News(Value):
    """How much the saved searches have found since they were last looked at."""

    new: int
    searches: int = Field(description="How many of them found something")


class AskedQuestion(Value):
    """A question that was settled on, to be suggested later."""

    query: str = Field(min_length=1, max_length=500, examples=["민지가 자는 장면"])
