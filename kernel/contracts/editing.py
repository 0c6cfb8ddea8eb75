"""Words of the editor: what people do to a timeline, and what history says of it."""

import unicodedata
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from kernel.contracts.errors import Language
from kernel.contracts.history import EditSummary, Succession
from kernel.contracts.library import ListedSegment, Segment
from kernel.contracts.model import Value
from kernel.contracts.search import SearchRequest
from kernel.contracts.time import Milliseconds

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
    segment_ids: SegmentIds = []


class SetCaption(Value):
    """Say what is seen. It stands above the machine's sentence, which is kept; without text a person's is removed."""

    op: Literal["caption"]
    segment_ids: SegmentIds = []
    language: Language
    text: Words | None


class Replacement(Value):
    """Whoever was taken for `gone` is `by`."""

    gone: UUID
    by: UUID


class ChangePeople(Value):
    """Who is there and who is not. Where a face is followed it is said of the face, and outlives the next indexing."""

    op: Literal["people"]
    segment_ids: SegmentIds = []
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
    segment_ids: SegmentIds = []
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
    segment_ids: SegmentIds = []
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


Everywhere = Annotated[Delete | SetCaption | ChangePeople | ChangeTags | ChangeNotes, Field(discriminator="op")]
"""Commands that may be said of many segments of many videos at once."""


class SelectedSegments(Value):
    """Segments of one video, and the version that was looked at."""

    video_id: UUID
    version: int = Field(ge=0)
    segment_ids: SegmentIds


class BulkEdit(Value):
    """One command about segments of several videos: those selected, or all that answer a question."""

    select: list[SelectedSegments] = Field(default=[], max_length=500)
    question: SearchRequest | None = Field(
        default=None, description="Instead: every hit of this question as it is now, however many a page would show"
    )
    counted: int | None = Field(
        default=None,
        ge=0,
        description="How many segments you were told answer it; when it is not so now, nothing is done",
    )
    command: Everywhere = Field(description="Without `segment_ids`", examples=[{"op": "tag", "add": ["하이라이트"]}])
    note: Words | None = None

    @model_validator(mode="after")
    def _one_selection(self) -> "BulkEdit":
        if bool(self.select) == bool(self.question):
            raise ValueError("select or question")
        if self.command.segment_ids:
            raise ValueError("segment_ids belong into select")
        if len({one.video_id for one in self.select}) < len(self.select):
            raise ValueError("each video once")
        return self


# ---- refusals

RefusedReason = Literal[
    "no_such_segment", "outside_video", "empty_span", "cut_outside", "apart", "unchanged", "no_such_note", "no_frames",
    "no_such_version", "depends", "not_undoable", "wide_decision", "not_an_undo",
]  # fmt: skip

# ---- what became of it


class Edited(Value):
    """What became of a command. `version` is what to send as `If-Match` next."""

    video_id: UUID
    version: int
    rebased: bool = Field(description="Others had changed other segments since the version that was looked at")
    edits: list[EditSummary]
    segments: list[ListedSegment] = Field(description="Touched segments as they are now")
    removed: list[UUID] = []
    lineage: list[Succession] = []


class BulkEdited(Value):
    """What became of each video; those where nothing was to be changed are left out."""

    videos: list[Edited]


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
