"""Words of the gateway: the public REST of `/v1`. The public API is the internal API."""

from datetime import UTC, datetime
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, Field, HttpUrl

from kernel.contracts.captions import SeenObject, ShotScale
from kernel.contracts.embeddings import CaptionOrigin
from kernel.contracts.errors import Problem
from kernel.contracts.faces import Box
from kernel.contracts.model import Value
from kernel.contracts.time import Milliseconds, Span

Item = TypeVar("Item")

RunState = Literal["queued", "running", "done", "failed", "cancelled"]
StepName = Literal[
    "fetch", "probe", "look", "frames", "faces", "tracks", "identify", "captions", "merge", "publish", "index"
]
STEPS: tuple[StepName, ...] = (
    "fetch", "probe", "look", "frames", "faces", "tracks", "identify", "captions", "merge", "publish", "index",
)  # fmt: skip


class Page(Value, Generic[Item]):
    """A page of a listing; pass `next_cursor` back to go on. Stable while the listing changes."""

    items: list[Item]
    next_cursor: str | None = None


class Video(Value):
    """A video in the library. Imported metadata may have no media; then `has_media` is false."""

    id: UUID
    title: str
    source: Literal["upload", "path", "url", "import"]
    origin: str = Field(description="File name, path or address it came from")
    state: Literal["new", "indexing", "ready", "failed"]
    has_media: bool
    duration_ms: Milliseconds | None = None
    width: int | None = Field(default=None, description="Pixels as shown, after rotation")
    height: int | None = None
    frame_rate: float | None = Field(default=None, description="Average frames a second")
    segments: int = 0
    version: int = Field(default=0, description="Version of its timeline; 0 before the first publish")
    people: list[UUID] = []
    created_at: datetime
    run_id: UUID | None = Field(default=None, description="Its newest run")


class NewVideoByPath(Value):
    path: str = Field(description="A file under one of the allowed roots", examples=["/media/day2.mp4"])
    title: str | None = None


class NewVideoByUrl(Value):
    url: HttpUrl = Field(examples=["https://www.youtube.com/watch?v=..."])
    title: str | None = None


class Accepted(Value):
    """The video and the run that indexes it. `existing` when the same content was there already."""

    video: Video
    run: "Run | None"
    existing: bool = False


class StepProgress(Value):
    name: StepName
    state: Literal["waiting", "running", "done", "kept", "failed"] = Field(
        description="`kept`: done by an earlier run with the same inputs and models, not done again"
    )
    progress: float = Field(ge=0, le=1)


class Run(Value):
    """One indexing of one video, with progress per step."""

    id: UUID
    video_id: UUID
    state: RunState
    steps: list[StepProgress]
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    realtime: float | None = Field(default=None, description="Seconds of video per second of work so far")
    problem: Problem | None = None


class PersonInSegment(Value):
    """A person on a segment: who, how sure, when, and who says so."""

    person_id: UUID | None = Field(description="None: a tracked face nobody has named")
    probability: float = Field(ge=0, le=1)
    origin: CaptionOrigin
    seen: list[Span] = []
    track_ids: list[UUID] = []
    model_id: str | None = None
    ruled: bool = Field(default=False, description="A person said so of the face; it follows the face, not the segment")
    imported_box: tuple[float, float, float, float] | None = Field(
        default=None, description="Left, top, right, bottom in pixels of a picture whose size was not told"
    )


Sex = Literal["female", "male"]
CaptionFault = Literal[
    "prompt_echo",  # the captioner said its question back
    "spam",  # web text behind the sentence
    "loop",  # a phrase again and again
    "cut_off",  # it breaks off
    "contradicts_people",  # it says otherwise of people who are known to be there
    "unsupported_name",  # it names somebody whom no face there supports
]


class SegmentCaption(Value):
    """One sentence on a segment. Human captions stand above machine ones; both are kept."""

    text: str
    language: Literal["ko", "en"]
    origin: CaptionOrigin
    observed: bool = False
    model_id: str | None = None
    made_at: datetime | None = Field(default=None, description="Of a worded caption: when")
    worded: bool = Field(
        default=False, description="Said in this language by a language model, from the segment's other caption"
    )
    faults: list[CaptionFault] = Field(default=[], description="What was mended in it")
    original: str | None = Field(default=None, description="What was written, where it was mended")


class HeldCaption(Value):
    """What a captioner wrote and nobody is shown, and why."""

    text: str
    language: Literal["ko", "en"]
    origin: CaptionOrigin
    model_id: str | None = None
    faults: list[CaptionFault]


class Note(Value):
    """What somebody wrote down about a segment, for others who work on it."""

    id: UUID
    text: str
    actor: str
    at: datetime


class Segment(Value):
    """What people find, trust, correct and hand on."""

    id: UUID
    video_id: UUID
    span: Span
    span_origin: CaptionOrigin = Field(
        default="machine", description="human: somebody made, split, merged or moved it; indexing keeps it so"
    )
    captions: list[SegmentCaption]
    people: list[PersonInSegment]
    not_people: list[UUID] = Field(default=[], description="Who is not there, whatever models say: somebody said so")
    objects: list[SeenObject] = []
    scale: ShotScale | None = None
    tags: list[str] = []
    notes: list[Note] = []
    held: list[HeldCaption] = Field(default=[], description="Captions that were held back; not shown, not searched")
    version: int


class ListedSegment(Segment):
    """A segment as it is now."""

    indexing: bool = Field(default=False, description="Its last change is not searchable yet")


class FaceAt(Value):
    at_ms: Milliseconds
    box: Box


class Track(Value):
    """One face through time, decided once."""

    id: UUID
    video_id: UUID
    span: Span
    person_id: UUID | None
    probability: float
    similarity: float = Field(default=0, description="Score of the person named, or of the nearest one of an unknown")
    nearest_person_id: UUID | None = Field(default=None, description="Of an unknown: whom it is nearest to")
    ruled: bool = Field(default=False, description="A person said who it is")
    copy_of: UUID | None = Field(
        default=None,
        description="Of a face shown twice at once (LED wall, split screen, mirror): the real one",
    )
    stranger_id: UUID | None = Field(default=None, description="Of an unknown: the stranger it belongs to")
    best: int = Field(default=0, ge=0, description="Index of its best face")
    faces: list[FaceAt]
    model_id: str


class Shots(Value):
    """Where a video was cut, as the machine sees it. Segments begin as shots; people move on from there."""

    shots: list[Span] = Field(description="In order; empty before the first indexing and for imported metadata")


class Waveform(Value):
    """How loud a video is through time, from its first picture on."""

    per_second: int = Field(description="Peaks a second", examples=[20])
    peaks: str = Field(
        description="Base64 of one byte a peak, 0 (silence) to 255; empty without sound", examples=["AAYfPz8f"]
    )


class Group(Value):
    id: UUID
    name: str
    name_ko: str
    name_en: str
    aliases: list[str] = []
    members: list[UUID] = []


class NewGroup(Value):
    name: str = Field(min_length=1, max_length=200, examples=["NJZ"])
    aliases: list[str] = []


Consent = Literal["unstated", "written", "contract", "press_kit", "public_event", "own_archive"]


# Within what every clock and the database can count, in whatever zone it is said.
Expiry = Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(3000, 1, 1, tzinfo=UTC))]


class Rights(Value):
    """On what ground a picture of somebody is kept, and until when."""

    rights: str | None = Field(default=None, max_length=1000, description="Who owns it, what it may be used for")
    consent: Consent = "unstated"
    expires_at: Expiry | None = Field(
        default=None, description="From then on it matches nothing", examples=["2027-01-01T00:00:00Z"]
    )


class Reference(Value):
    """A picture of a person, with its source."""

    id: UUID
    person_id: UUID
    source: str
    address: str | None = Field(default=None, description="Where on the web it was found")
    rights: Rights = Rights()
    withdrawn_at: datetime | None = None
    usable: bool
    reason: str | None = Field(
        default=None,
        description="Why it is not used for matching: small, blurred, turned, duplicate, expired, withdrawn",
    )
    outlier: bool = Field(default=False, description="It looks less like this person than it should")
    looks_like: UUID | None = Field(default=None, description="Of an outlier: whom it looks like instead")
    duplicate_of: UUID | None = Field(default=None, description="Nearly the same picture, which is used")
    also_of: UUID | None = Field(default=None, description="Nearly the same face is kept of this other person")
    video_id: UUID | None = Field(default=None, description="The video it was taken from")
    at_ms: Milliseconds | None = None
    face_px: float | None = Field(
        default=None, description="Shorter side of the face in pixels; of less than 64, an enlarged picture can be had"
    )
    created_at: datetime


class Person(Value):
    id: UUID
    name: str
    name_ko: str
    name_en: str
    aliases: list[str] = []
    groups: list[UUID] = []
    references: int = 0
    usable_references: int = Field(default=0, description="Those that match now; five are asked for, one is enough")
    merged_into: UUID | None = Field(default=None, description="Whom they turned out to be; un-merging clears it")
    colour: int = Field(description="Index into the colour-blind-safe set; the same person always the same")
    sex: Sex | None = Field(default=None, description="Where somebody said so; machine captions then do not contradict")
    created_at: datetime


class NewPerson(Value):
    name: str = Field(min_length=1, max_length=200, examples=["김민지"])
    group: str | None = Field(default=None, description="Made when it is not there")
    aliases: list[str] = []
    sex: Sex | None = None


class RefusedRow(Value):
    """A row, or an entry of `people`, that means nothing."""

    row: int = Field(description="Index in its list, from 0")
    part: Literal["rows", "people"] = "rows"
    reason: str


class ImportReport(Value):
    """What an import did. Importing the same again says `unchanged` and changes nothing."""

    rows: int
    videos: int
    people: int
    groups: int
    segments: int
    unchanged: int
    refused: list[RefusedRow]
    took_ms: int
