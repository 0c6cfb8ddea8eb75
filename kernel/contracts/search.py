"""Words of search-service: a question in, hits with their reasons out."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kernel.contracts.captions import ShotScale
from kernel.contracts.embeddings import CaptionOrigin, PersonMention
from kernel.contracts.model import Value
from kernel.contracts.models import ModelCard
from kernel.contracts.time import Milliseconds, Span

# Half an archive may be asked about at once, but not a list longer than a person would make.
People = Annotated[list[UUID], Field(max_length=32)]


class SearchRequest(Value):
    """A question in Korean or English, with filters that are applied inside the query, never after it."""

    query: str = Field(default="", max_length=500, examples=["민지가 자는 장면"])
    people: People = Field(default=[], description="All of them must be in the scene")
    groups: People = Field(default=[], description="Somebody of each must be in the scene")
    without: People = Field(default=[], description="None of them may be in the scene")
    only: bool = Field(default=False, description="Nobody but those asked for may be in the scene")
    videos: list[UUID] = Field(default=[], max_length=500, description="Only these videos")
    hidden: list[UUID] = Field(
        default=[],
        max_length=100_000,
        description="Videos that are not looked at; the gateway puts here what whoever asks may not see",
    )
    scales: list[ShotScale] = Field(default=[], description="Only shots of these scales")
    origins: list[CaptionOrigin] = Field(default=[], description="Only captions from these")
    since: date | None = Field(default=None, description="Only videos of this day or later")
    until: date | None = Field(default=None, description="Only videos of this day or earlier")
    certain: float = Field(default=0.0, ge=0, le=1, description="Least probability with which somebody is recognised")
    understand: bool = Field(default=True, description="Also read names, times and sets out of the question")
    ignored: list[str] = Field(
        default=[], max_length=32, description="Keys of chips that were taken away: their words are words again"
    )
    meant: People = Field(default=[], description="Of people who share a name, those that are meant")
    facets: bool = Field(default=True, description="Also count people, videos and days of all hits")
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


ChipKind = Literal[
    "person",  # somebody who must be there
    "group",  # somebody of it must be there
    "everyone",  # all of a group must be there ("네 명 다")
    "without",  # must not be there
    "alone",  # nobody else may be there ("혼자", "만")
    "first",  # the first such moment of each video ("처음")
    "last",
    "time",  # a part of the video ("마지막 5분", "3분 이후")
    "video",
    "date",
    "scale",
    "origin",
    "certain",
]


class Choice(Value):
    """One of several people a name may mean."""

    id: UUID
    name_ko: str
    name_en: str
    groups_ko: list[str] = []
    groups_en: list[str] = []


class Chip(Value):
    """One thing that was read out of a question; taking it away is sending its key in `ignored`."""

    key: str = Field(description="Stable for the same question", examples=["person:민지"])
    kind: ChipKind
    written: str = Field(description="The words of the question that were read as this")
    label_ko: str
    label_en: str
    id: UUID | None = Field(default=None, description="Of the person, group or video")
    exact: bool = Field(default=True, description="False: taken by likeness, and to be shown as 'did you mean'")
    choices: list[Choice] = Field(default=[], description="More than one: which of them is meant? None is left out yet")


class Evidence(Value):
    """One reason why a hit is a hit."""

    kind: Literal["person", "words", "meaning", "object", "translation", "set", "similar"]
    text: str = Field(description="A name, the words that matched, or the sentence", examples=["자고"])
    score: float = Field(ge=0, le=1, description="Certainty of a person, share of words, cosine of meaning")
    language: Literal["ko", "en"] | None = None
    asked: str | None = Field(default=None, description="Of a translation: the question's word it answers to")
    probability: float | None = Field(
        default=None, ge=0, le=1, description="How probable this reason alone makes it that the scene is meant"
    )


class Hit(Value):
    """One moment that answers the question, and why: one segment, or neighbours that answer it together."""

    segment_id: UUID = Field(description="The segment that answers best")
    video_id: UUID
    title: str
    span: Span = Field(description="In and out of the moment")
    segments: list[UUID] = Field(default=[], description="All segments of the moment in order of time")
    moments: list[Span] = Field(
        default=[], description="When exactly what was asked of people holds; empty when nothing was"
    )
    text_ko: str | None
    text_en: str | None
    origin: CaptionOrigin
    observed: bool
    caption_model: str | None
    people: list[PersonMention]
    unknown_faces: int
    score: float = Field(ge=0, le=1, description="For ordering within one answer; not a probability")
    probability: float | None = Field(default=None, ge=0, le=1, description="Calibrated: that this scene is meant")
    evidence: list[Evidence]
    missing: list[str] = Field(default=[], description="Words of the question that nothing in the scene answers to")


class Facet(Value):
    """How many of all hits have a person, a video or a day."""

    id: UUID | None = None
    day: date | None = None
    count: int


class Facets(Value):
    people: list[Facet] = []
    videos: list[Facet] = []
    days: list[Facet] = []


# `no_such_scenes`: not at such times or days, so framed, so titled; without those conditions there are some.
Nothing = Literal["no_documents", "no_such_people", "no_such_scenes", "nothing_close"]


class SearchResponse(Value):
    """Hits in order. Nothing found is an empty list and a reason, never padding."""

    query: str
    names: list[ReadName] = []
    chips: list[Chip] = Field(default=[], description="How the question was read")
    rest: str = Field(default="", description="The question without what was read from it")
    hits: list[Hit]
    facets: Facets = Facets()
    next_cursor: str | None = None
    nothing: Nothing | None = None
    missing: list[str] = Field(default=[], description="When nothing fits: the part of the question that nothing has")
    nearest: list[Hit] = Field(default=[], description="When nothing fits: what comes nearest, offered and not claimed")
    model: ModelCard | None = Field(default=None, description="The text model; none when only filters were used")
    took_ms: int


class SimilarRequest(Value):
    """Scenes like one segment, in meaning and in who is there."""

    segment_id: UUID
    hidden: list[UUID] = Field(default=[], max_length=100_000, description="Videos that are not looked at")
    limit: int = Field(default=10, ge=1, le=100)


class AnswerRequest(SearchRequest):
    """A question that wants an answer in words, in the asker's language."""

    language: Literal["ko", "en"] | None = Field(default=None, description="The question's own when not said")


AnswerKind = Literal[
    "generated",  # written by a language model from the hits, each sentence checked
    "extractive",  # the hits' own captions, put together: no model, or it failed
    "not_shown",  # the archive does not show this
]


WhyExtractive = Literal[
    "not_configured",  # no key, or offline
    "failed",  # it answered with an error, or with nothing of use
    "timeout",
    "budget",  # the day's budget is spent
    "refused",  # it would not speak of this, or did not take the key
    "model_gone",  # names of models expire
    "unsupported",  # nothing of what it wrote was borne out by the segments it cited
]


class CitedSentence(Value):
    """One sentence of an answer and the segments it is made from, each opening at its in-point."""

    text: str
    citations: list[UUID] = Field(min_length=1)


class Answer(Value):
    """Sentences grounded in hits. What the hits do not support was dropped, and is counted."""

    kind: AnswerKind
    language: Literal["ko", "en"]
    sentences: list[CitedSentence]
    dropped: int = Field(default=0, description="Sentences that no cited segment supported")
    model_id: str | None = Field(default=None, description="The language model; none for an extractive answer")
    why_extractive: WhyExtractive | None = None
    why: str | None = Field(default=None, description="The same as a sentence, in the language of the answer")
    text: str = Field(default="", description="All sentences as one text; of `not_shown`, a sentence that says so")
    found: SearchResponse = Field(
        description="What was looked for stands in its `query`: the question without what asks"
    )


class AnswerEvent(Value):
    """One event of a streamed answer: hits come at once, sentences as they are checked, then the whole."""

    kind: Literal["hits", "sentence", "done"]
    found: SearchResponse | None = None
    sentence: CitedSentence | None = None
    answer: Answer | None = None


class SummaryRequest(SearchRequest):
    """What is to be summed up is what a search finds: a video, a person's day, any list of results."""

    about: Literal["video", "day", "results"] = "results"
    language: Literal["ko", "en"] = "ko"


class Summary(Value):
    """Sentences on a video, a day or a list, each made from the segments it cites."""

    kind: AnswerKind
    language: Literal["ko", "en"]
    sentences: list[CitedSentence]
    text: str
    dropped: int = 0
    model_id: str | None = None
    why_extractive: WhyExtractive | None = None
    why: str | None = None
    segments: int = Field(description="Segments that were read")
    complete: bool = Field(default=True, description="False: there were more than were read")


class Wording(Value):
    """A caption that is to be said in the other language, and how people are called in both."""

    text: str = Field(min_length=1, max_length=2000)
    language: Literal["ko", "en"]


class WordingRequest(Value):
    """Captions for the other language; names in them stay those of the gallery."""

    captions: list[Wording] = Field(min_length=1, max_length=200)


class Worded(Value):
    """One caption in the other language; `text` is none where it could not be said faithfully."""

    text: str | None
    model_id: str | None = None
    made_at: datetime | None = None


class WordingResponse(Value):
    """In the order asked. `why` tells when nothing was worded, or not all of it."""

    captions: list[Worded]
    configured: bool
    why_not: WhyExtractive | None = None


class ForgetAnswersRequest(Value):
    """What a language model said that is to be dropped: what holds one of these words, or is older than a moment."""

    words: list[str] = Field(default=[], max_length=10_000)
    before: datetime | None = None


class ForgottenAnswers(Value):
    dropped: int


class Moment(Value):
    """A place in a video, for what is asked by picture."""

    video_id: UUID
    at_ms: Milliseconds
