"""Words of the editor: what people do to a timeline, and what history says of it."""

import unicodedata
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from kernel.contracts.embeddings import CaptionOrigin
from kernel.contracts.errors import Language
from kernel.contracts.library import ListedSegment, Segment
from kernel.contracts.model import Value
from kernel.contracts.time import Milliseconds, Span

Door = Literal["pipeline", "import", "rest", "page", "cli", "slack"]
MachineKind = Literal["publish", "import", "identify", "rename"]
PersonKind = Literal[
    "create", "split", "merge", "move", "delete", "caption", "people", "face", "tag", "note", "look_back",
    "undo", "redo", "revert",
]  # fmt: skip
EditKind = Literal[MachineKind, PersonKind]

MOST_SEGMENTS = 5_000
MOST_CUTS = 1_000
LONGEST_TEXT = 2_000
LONGEST_TAG = 60


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("text can't hold the character NUL")
    return unicodedata.normalize("NFC", text)


Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT), AfterValidator(_storable)
]
Tag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TAG), AfterValidator(_storable)
]
SegmentIds = Annotated[
    list[UUID],
    Field(min_length=1, max_length=MOST_SEGMENTS, examples=[["0d9f6a0e-2f47-4a55-8f7e-1f1c4b8f7f10"]]),
]
Snap = Annotated[bool, Field(description="Move each time to the nearest picture's first millisecond")]

# ---- commands


class Caption(Value):
    """What a person says is seen, in one language."""

    language: Language
    text: Words


class Create(Value):
    """A segment of one's own, anywhere in the video; it may overlap others."""

    op: Literal["create"]
    start_ms: Milliseconds
    end_ms: Milliseconds
    snap: Snap = False
    captions: list[Caption] = Field(default=[], max_length=2)
    people: list[UUID] = Field(default=[], max_length=200)
    tags: list[Tag] = Field(default=[], max_length=100)


class Split(Value):
    """Cut one segment at one time or several. Each part keeps captions, tags and notes, and who is seen in it."""

    op: Literal["split"]
    segment_id: UUID
    at_ms: list[Milliseconds] = Field(min_length=1, max_length=MOST_CUTS, examples=[[12_480]])
    snap: Snap = False


class Merge(Value):
    """Make one segment of several: everybody and everything on any of them is on it."""

    op: Literal["merge"]
    segment_ids: list[UUID] = Field(min_length=2, max_length=MOST_SEGMENTS)
    gaps: bool = Field(default=False, description="Also where there is time between them, which becomes part of it")


class Move(Value):
    """Move a segment's in or out point, or both."""

    op: Literal["move"]
    segment_id: UUID
    start_ms: Milliseconds | None = None
    end_ms: Milliseconds | None = None
    snap: Snap = False

    @model_validator(mode="after")
    def _something(self) -> "Move":
        if self.start_ms is None and self.end_ms is None:
            raise ValueError("start_ms or end_ms")
        return self


class Delete(Value):
    op: Literal["delete"]
    segment_ids: SegmentIds


class SetCaption(Value):
    """Say what is seen. It stands above the machine's sentence, which is kept; without text a person's is removed."""

    op: Literal["caption"]
    segment_ids: SegmentIds
    language: Language
    text: Words | None


class Replacement(Value):
    """Whoever was taken for `gone` is `by`."""

    gone: UUID
    by: UUID


class ChangePeople(Value):
    """Who is there and who is not. Where a face is followed it is said of the face, and outlives the next indexing."""

    op: Literal["people"]
    segment_ids: SegmentIds
    add: list[UUID] = Field(default=[], max_length=200)
    remove: list[UUID] = Field(default=[], max_length=200)
    replace: Replacement | None = None

    @model_validator(mode="after")
    def _something(self) -> "ChangePeople":
        if not (self.add or self.remove or self.replace):
            raise ValueError("add, remove or replace")
        if set(self.add) & set(self.remove):
            raise ValueError("nobody can be added and removed at once")
        return self


class RuleFace(Value):
    """A face that is followed is, or is not, that person."""

    op: Literal["face"]
    track_id: UUID
    verdict: Literal["is", "is_not"]
    person_id: UUID


class ChangeTags(Value):
    op: Literal["tag"]
    segment_ids: SegmentIds
    add: list[Tag] = Field(default=[], max_length=100, examples=[["하이라이트"]])
    remove: list[Tag] = Field(default=[], max_length=100)

    @model_validator(mode="after")
    def _something(self) -> "ChangeTags":
        if not (self.add or self.remove):
            raise ValueError("add or remove")
        return self


class ChangeNotes(Value):
    """Write something down about segments, or remove notes."""

    op: Literal["note"]
    segment_ids: SegmentIds
    add: Words | None = None
    remove: list[UUID] = Field(default=[], max_length=100)

    @model_validator(mode="after")
    def _something(self) -> "ChangeNotes":
        if self.add is None and not self.remove:
            raise ValueError("add or remove")
        return self


class ApplyLookBack(Value):
    """Rename this video's faces as the look-back of a person proposed."""

    op: Literal["look_back"]
    person_id: UUID
    track_ids: list[UUID] = Field(default=[], max_length=10_000)
    rejected: list[UUID] = Field(default=[], max_length=10_000)

    @model_validator(mode="after")
    def _something(self) -> "ApplyLookBack":
        if not (self.track_ids or self.rejected):
            raise ValueError("track_ids or rejected")
        return self


class Undo(Value):
    """Take one earlier edit back, whatever came later that does not depend on it."""

    op: Literal["undo"]
    version: int = Field(ge=1, description="The version that edit made")


class Redo(Value):
    """Take an undo back."""

    op: Literal["redo"]
    version: int = Field(ge=1, description="The version the undo made")


class Revert(Value):
    """Bring the whole timeline to what it was at a version. History goes on: this is an edit too."""

    op: Literal["revert"]
    version: int = Field(ge=0)


Operation: TypeAlias = Create | Split | Merge | Move | Delete | SetCaption | ChangePeople | ChangeTags | ChangeNotes
Command = Annotated[
    Operation | RuleFace | ApplyLookBack | Undo | Redo | Revert,
    Field(
        discriminator="op",
        examples=[{"op": "split", "segment_id": "0d9f6a0e-2f47-4a55-8f7e-1f1c4b8f7f10", "at_ms": [12_480]}],
    ),
]


class NewEdit(Value):
    """One command, and why."""

    command: Command
    note: Words | None = Field(default=None, description="Why; history keeps it")


# ---- refusals

RefusedReason = Literal[
    "no_such_segment", "outside_video", "empty_span", "cut_outside", "apart", "unchanged", "no_such_note", "no_frames",
    "no_such_version", "depends", "not_undoable", "wide_decision", "not_an_undo",
]  # fmt: skip

# ---- history


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


class EditEntry(EditSummary):
    """An entry with whole segments before and after, and the difference field by field."""

    before: list[Segment]
    after: list[Segment]
    lineage: list[Succession] = []
    changes: list[SegmentChange]


class Edited(Value):
    """What became of a command. `version` is what to send as `If-Match` next."""

    video_id: UUID
    version: int
    rebased: bool = Field(description="Others had changed other segments since the version that was looked at")
    edits: list[EditSummary]
    segments: list[ListedSegment] = Field(description="Touched segments as they are now")
    removed: list[UUID] = []
    lineage: list[Succession] = []


class FieldConflict(Value):
    """Both sides of one field: as it was looked at, as it is now, as the command would have it."""

    field: str
    base: Any = None
    theirs: Any = None
    yours: Any = None


class SegmentConflict(Value):
    segment_id: UUID
    base: Segment | None = None
    theirs: Segment | None = Field(description="As it is now; null when it is gone")
    fields: list[FieldConflict]
    edits: list[EditSummary] = Field(description="Who changed it since")


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
    segment_id: UUID
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


class EditEvent(EditSummary):
    """An edit as others see it arrive. Of very many segments only the ids are told: read them again."""

    segments: list[ListedSegment] = []
    removed: list[UUID] = []
    lineage: list[Succession] = []
    complete: bool = Field(description="Whether `segments` are all that the edit changed")
