"""Words of the gateway about who is who: memberships, rulings, strangers, look-back, forgetting, collecting."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from kernel.contracts.library import Consent, Page, Track
from kernel.contracts.model import Value
from kernel.contracts.time import Milliseconds, Span


class Membership(Value):
    """Somebody's time in a group; open ends are unknown or not yet."""

    group_id: UUID
    since: date | None = None
    until: date | None = None


class LineUp(Value):
    """Who may appear: only these are compared, everybody else stays unknown. An empty one compares nobody."""

    people: list[UUID] = Field(default=[], max_length=1000)
    groups: list[UUID] = Field(default=[], max_length=200, examples=[["9d3c2b1a-0f4e-4c5d-8e6f-7a8b9c0d1e2f"]])


class Series(Value):
    """Videos that share a line-up."""

    id: UUID
    name: str
    line_up: LineUp | None = None
    videos: int = 0


# ---- rulings


class NewRuling(Value):
    """A face is, or is not, that person."""

    verdict: Literal["is", "is_not"] = Field(examples=["is_not"])
    person_id: UUID = Field(examples=["3f2a9c1e-5b7d-4e0a-9a53-0c4d6f1b2e77"])
    enrol: bool = Field(default=False, description="When it is them: also learn the best faces as references")


class Ruling(Value):
    """An entry of the ledger. It hangs on a face: where it was and when, whatever models say later."""

    id: UUID
    decision_id: UUID
    video_id: UUID
    verdict: Literal["is", "is_not"]
    person_id: UUID | None = None
    stranger_id: UUID | None = None
    span: Span
    track_id: UUID | None = Field(default=None, description="The track it hangs on now; none when not found")
    actor: str
    created_at: datetime
    revoked_at: datetime | None = None


class EditedVideo(Value):
    """A timeline that moved to a version."""

    video_id: UUID
    version: int


DecisionKind = Literal["rule", "look_back", "name_stranger", "merge_strangers", "split_stranger"]


class Decision(Value):
    """Rulings made at once. One undoable edit a video; undoing the decision undoes all of them."""

    id: UUID
    kind: DecisionKind
    rulings: int
    edits: list[EditedVideo] = []
    undone: bool = False
    actor: str = Field(default="person", description="Id of an account; `local` is the user of an open Scenedesk")
    actor_name: str | None = Field(default=None, description="What that account is called now")
    look_back: int = Field(default=0, description="Older tracks that would now be named otherwise")


# ---- look-back


class Renaming(Value):
    """A track that would be decided otherwise now."""

    track: Track
    video_title: str
    from_person_id: UUID | None
    to_person_id: UUID | None
    similarity: float
    probability: float = Field(ge=0, le=1)


class LookBack(Value):
    """What would change across all videos. Nothing has changed yet."""

    person_id: UUID
    items: list[Renaming]
    tracks: int = Field(description="How many there are in all; the listing may be cut")
    seconds: float
    videos: int


class Approval(Value):
    """Which of a look-back's tracks to rename, and of which the opposite is true. Others are left as they are."""

    track_ids: list[UUID] = Field(default=[], max_length=10_000, examples=[["0f8e3c5b-2d1a-4b6c-9e7f-a1b2c3d4e5f6"]])
    rejected: list[UUID] = Field(default=[], max_length=10_000, description="Tracks that must not be renamed so")

    @model_validator(mode="after")
    def _something(self) -> "Approval":
        if not (self.track_ids or self.rejected):
            raise ValueError("track_ids or rejected")
        if set(self.track_ids) & set(self.rejected):
            raise ValueError("a track both in track_ids and in rejected")
        return self


# ---- strangers


class Nearest(Value):
    """Somebody a face might be."""

    person_id: UUID
    similarity: float
    probability: float = Field(ge=0, le=1)


StrangerState = Literal["open", "hidden"]


class Stranger(Value):
    """A face nobody has named, over all videos."""

    id: UUID
    state: StrangerState
    seconds: float = Field(description="Screen time in all videos")
    tracks: int
    videos: int
    samples: list[Track] = Field(default=[], description="Some of its tracks, the clearest first")
    nearest: list[Nearest] = []


class NamedStranger(Value):
    """Who a stranger is: somebody known, or somebody new."""

    person_id: UUID | None = None
    name: str | None = Field(default=None, min_length=1, max_length=200, examples=["하니"])
    group: str | None = Field(default=None, max_length=200)
    enrol: bool = Field(default=True, description="Also learn the best faces as references")

    @model_validator(mode="after")
    def _one_of_both(self) -> "NamedStranger":
        if (self.person_id is None) == (self.name is None):
            raise ValueError("either person_id or name")
        return self


class Question(Value):
    """A question whose answer settles uncertain screen time."""

    stranger: Stranger
    suggestion: Nearest | None = Field(default=None, description="Is it them?")
    seconds: float = Field(description="Uncertain screen time that an answer settles")


class MergedStrangers(Value):
    """Strangers that are one person; the one with most screen time stays."""

    ids: list[UUID] = Field(
        min_length=2,
        max_length=200,
        examples=[["5d1c7a90-3b2e-4f18-9c6d-0a1b2c3d4e5f", "a7e4d2c1-6f5b-4a39-8e0d-1f2e3d4c5b6a"]],
    )


class SplitStranger(Value):
    """Tracks that are somebody else than the rest of their stranger."""

    track_ids: list[UUID] = Field(min_length=1, max_length=10_000, examples=[["0f8e3c5b-2d1a-4b6c-9e7f-a1b2c3d4e5f6"]])


class NotThem(Value):
    """Somebody whom a stranger is not."""

    person_id: UUID = Field(examples=["3f2a9c1e-5b7d-4e0a-9a53-0c4d6f1b2e77"])


# ---- appearances


class Appearance(Value):
    """When somebody is on screen in one video."""

    video_id: UUID
    title: str
    seconds: float = Field(description="Screen time; a moment shown twice at once counts once")
    spans: list[Span]
    track_ids: list[UUID]


class Appearances(Page[Appearance]):
    """A page of somebody's appearances, newest video first, and what they come to in all videos."""

    seconds: float
    videos: int


# ---- merging and forgetting


class Receipt(Value):
    """What went when a person was forgotten. It names nobody."""

    person_id: UUID
    at: datetime
    references: int
    vectors: int
    pictures: int
    tracks: int
    rulings: int
    segments: int
    captions: int
    edits: int
    documents: int
    trainings: int
    answers: int = Field(default=0, description="What a language model had said with their names in it")
    candidates: int
    files: int
    steps: int
    searches: int = Field(default=0, description="Saved searches and questions asked before that named them")
    human_texts: list[str] = Field(
        default=[],
        description="Where a person wrote the name; it stays there until a person changes it",
        examples=[["segment 7d0f3c2e-5f0a-4a68-9a44-0b8d4c1f2e11"]],
    )


class AuditEntry(Value):
    """Who did what to whose pictures, and when."""

    id: int
    at: datetime
    actor: str = Field(description="Id of an account; `local` is the user of an open Scenedesk")
    actor_name: str | None = Field(default=None, description="What that account is called now")
    door: str
    action: str
    person_id: UUID | None = None
    reference_id: UUID | None = None
    details: dict[str, str | int | float | bool | None] = {}


# ---- the gallery's version


class GalleryVersion(Value):
    """What decides now: how many references, which scorer, which threshold and where that is from."""

    id: UUID
    model_id: str
    scorer: Literal["centroids", "trained"]
    threshold: float
    calibration: dict[str, str | int | float | bool | None]
    people: int
    references: int
    created_at: datetime


# ---- collecting


Confirmed = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1000),
    Field(description="On what ground the findings may be used; without it nothing is looked for"),
]
CollectionState = Literal["queued", "running", "done", "failed", "cancelled"]


class NewCollection(Value):
    """A search for pictures of a person of the gallery."""

    query: str | None = Field(default=None, max_length=300, description="What to search for; else the person's name")
    rights: Confirmed = Field(examples=["Press pictures, agreement of 2026-03-01"])
    consent: Consent = "unstated"
    limit: int = Field(default=20, ge=1, le=200, description="At most so many new findings are looked at")


class NewVideoCollection(Value):
    """A search for videos: words, or the address of a channel or of a playlist."""

    query: str | None = Field(default=None, min_length=1, max_length=300, examples=["NJZ 직캠"])
    channel: str | None = Field(default=None, min_length=1, max_length=2000)
    playlist: str | None = Field(default=None, min_length=1, max_length=2000)
    rights: Confirmed = Field(examples=["Our own channel"])
    limit: int = Field(default=20, ge=1, le=200, description="At most so many are looked at")
    review: bool = Field(default=False, description="Each waits for a yes; else it is fetched at once")

    @property
    def asked(self) -> str:
        return self.query or self.channel or self.playlist or ""

    @model_validator(mode="after")
    def _one_of_three(self) -> "NewVideoCollection":
        if len([said for said in (self.query, self.channel, self.playlist) if said is not None]) != 1:
            raise ValueError("one of query, channel, playlist")
        return self


class Collection(Value):
    """A search for pictures of a person, or for videos, under rights the user confirmed."""

    id: UUID
    kind: Literal["people", "videos"]
    person_id: UUID | None = None
    query: str
    rights: str
    limit: int = 20
    review: bool = True
    state: CollectionState
    found: int = Field(description="What the search named and nobody had decided on before")
    looked_at: int = Field(default=0, description="How many of them were fetched and judged")
    waiting: int = 0
    taken: int = 0
    existing: int = Field(default=0, description="Already there or refused before, or as good as the same")
    failed: int = Field(default=0, description="Nothing there, or no face that can be used")
    problem: str | None = None
    created_at: datetime
    finished_at: datetime | None = None


CandidateState = Literal["waiting", "approved", "rejected", "existing", "failed"]


class Candidate(Value):
    """What a search found; nothing enters the gallery or the library before somebody says yes."""

    id: UUID
    collection_id: UUID
    kind: Literal["people", "videos"]
    person_id: UUID | None = None
    address: str
    page: str | None = None
    title: str | None = None
    state: CandidateState
    similarity: float | None = None
    reason: str | None = None
    video_id: UUID | None = None
    reference_id: UUID | None = None
    at_ms: Milliseconds | None = None
    created_at: datetime
