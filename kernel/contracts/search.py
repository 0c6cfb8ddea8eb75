"""Words of search-service: a question in, hits with their reasons out."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from kernel.contracts.embeddings import CaptionOrigin, PersonMention
from kernel.contracts.model import Value
from kernel.contracts.models import ModelCard
from kernel.contracts.time import Span


class SearchRequest(Value):
    """A question in Korean or English, with filters that are applied inside the query, never after it."""

    query: str = Field(default="", max_length=500, examples=["민지가 자는 장면"])
    people: list[UUID] = Field(default=[], description="All of them must be in the segment")
    groups: list[UUID] = Field(default=[], description="Somebody of each must be in the segment")
    videos: list[UUID] = Field(default=[], description="Only these videos")
    understand: bool = Field(default=True, description="Also read names out of the question")
    limit: int = Field(default=10, ge=1, le=100)
    cursor: str | None = None


class ReadName(Value):
    """A name found in the question: what was written and whom it is taken to mean."""

    id: UUID
    kind: Literal["person", "group"]
    name_ko: str
    name_en: str
    written: str = Field(description="The words of the question that were read as this name")
    exact: bool = Field(description="False: taken by likeness, and to be shown as 'did you mean'")


class Evidence(Value):
    """One reason why a hit is a hit."""

    kind: Literal["person", "words", "meaning", "object"]
    text: str = Field(description="A name, the words that matched, or the caption", examples=["자고"])
    score: float = Field(ge=0, le=1, description="Certainty of a person, share of words, cosine of meaning")
    language: Literal["ko", "en"] | None = None


class Hit(Value):
    """One segment that answers the question, and why."""

    segment_id: UUID
    video_id: UUID
    title: str
    span: Span
    text_ko: str | None
    text_en: str | None
    origin: CaptionOrigin
    observed: bool
    caption_model: str | None
    people: list[PersonMention]
    unknown_faces: int
    score: float = Field(ge=0, le=1, description="For ordering within one answer; not a probability")
    evidence: list[Evidence]


class SearchResponse(Value):
    """Hits in order. Nothing found is an empty list and a reason, never padding."""

    query: str
    names: list[ReadName] = []
    rest: str = Field(default="", description="The question without the names that were read from it")
    hits: list[Hit]
    next_cursor: str | None = None
    nothing: Literal["no_documents", "no_such_people", "nothing_close"] | None = None
    model: ModelCard | None = Field(default=None, description="The text model; none when only filters were used")
    took_ms: int
