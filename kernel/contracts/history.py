"""Words of history: who did what to a timeline, what it was before, whose word is what."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from kernel.contracts.embeddings import CaptionOrigin
from kernel.contracts.library import ListedSegment, Segment
from kernel.contracts.model import Value
from kernel.contracts.time import Span

Door = Literal["pipeline", "import", "rest", "page", "cli", "slack"]
MachineKind = Literal["publish", "import", "identify", "rename"]
PersonKind = Literal[
    "create", "split", "merge", "move", "delete", "caption", "people", "face", "tag", "note", "look_back",
    "undo", "redo", "revert",
]  # fmt: skip
EditKind = Literal[MachineKind, PersonKind]


class FieldChange(Value):
    """One field of a segment: `span`, `captions.ko`, `person:<id>`, `tag:<tag>`, …; null where it is not there."""

    field: str
    before: Any = None
    after: Any = None


class SegmentChange(Value):
    segment_id: UUID
    change: Literal["made", "gone", "changed"]
    fields: list[FieldChange] = []


class Succession(Value):
    """What the parent showed, the child shows on."""

    parent_id: UUID
    child_id: UUID


class EditSummary(Value):
    """One entry of history: who did what, when, through which door, and why."""

    video_id: UUID
    version: int
    kind: EditKind
    actor: str
    door: Door
    note: str | None = None
    decision_id: UUID | None = Field(default=None, description="Of the rulings that made it")
    of_version: int | None = Field(default=None, description="Of an undo, redo or revert: the version it is about")
    at: datetime
    touched: int = Field(description="How many segments were there before or after it and differ")
    by: str | None = Field(
        default=None, description="What the account is called that made it; none when it was no account"
    )


class RecentEdit(EditSummary):
    """An entry of any history, with what is needed to name it."""

    title: str = Field(description="Of the video")


class EditEntry(EditSummary):
    """An entry with whole segments before and after, and the difference field by field."""

    before: list[Segment]
    after: list[Segment]
    lineage: list[Succession] = []
    changes: list[SegmentChange]


class FoundSegment(ListedSegment):
    """A segment by its id, however old. One that is no more is shown as it last was, with what shows on instead."""

    state: Literal["live", "replaced", "deleted"] = "live"
    successors: list[ListedSegment] = Field(default=[], description="Of a replaced one: what shows what it showed, now")
    ended: EditSummary | None = Field(default=None, description="Of one that is no more: who ended it, when and how")


class TimelineAt(Value):
    """A whole timeline as it was at a version."""

    video_id: UUID
    version: int
    segments: list[Segment]


class Difference(Value):
    """What changed between two versions, field by field."""

    video_id: UUID
    from_version: int
    to_version: int
    segments: list[SegmentChange]


class FieldOpinions(Value):
    """One field three ways: what the machine said before, what it says now, what a person says, who is kept."""

    field: str
    machine_before: Any = None
    machine_now: Any = None
    human: Any = None


class SegmentOpinions(Value):
    segment_id: UUID | None = Field(description="Of a cut that people replaced: the machine's segment that was there")
    span: Span
    fields: list[FieldOpinions]


class ThreeWay(Value):
    """What an indexing would have changed where people had spoken. Every human value stands."""

    video_id: UUID
    version: int | None = Field(description="That indexing made; null before any that met a human value")
    model_ids: list[str] = Field(default=[], description="Models that speak in it")
    at: datetime | None = None
    segments: list[SegmentOpinions] = []


class Provenance(Value):
    """Whose word one value of a segment is, and since when."""

    field: str
    value: Any
    origin: CaptionOrigin
    model_id: str | None = None
    actor: str
    door: Door
    version: int
    at: datetime


class IndexedEvent(Value):
    """Edits that are searchable from now on."""

    video_id: UUID
    versions: list[int]


class EditEvent(EditSummary):
    """An edit as others see it arrive. Of very many segments only the ids are told: read them again."""

    segments: list[ListedSegment] = []
    removed: list[UUID] = []
    lineage: list[Succession] = []
    complete: bool = Field(description="Whether `segments` are all that the edit changed")
