"""A timeline is the fold of its edits; an edit holds whole segments before and after."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from kernel.contracts.history import Door, EditKind, Succession
from kernel.contracts.library import Segment
from kernel.contracts.model import Value
from kernel.contracts.time import Span

__all__ = ["Door", "Edit", "EditKind", "Signature", "Timeline", "apply", "fold", "in_order"]


class Signature(NamedTuple):
    """Who makes an edit, through which door, and by which decision."""

    kind: EditKind
    actor: str
    door: Door
    decision_id: UUID | None
    note: str | None = None


class Timeline(Value):
    """A video's segments at one version, in order of (start, end, id)."""

    video_id: UUID
    version: int = 0
    segments: tuple[Segment, ...] = ()


class Edit(Value):
    """One entry of history: turns version `version - 1` into `version`.

    `before` are the touched segments as they were, `after` as they are; a segment only in `after` is new,
    one only in `before` is gone. `lineage` says which of the new ones show on what which of the gone ones showed.
    `withheld` are segments that a machine would have made where people have cut otherwise.
    """

    video_id: UUID
    version: int
    kind: EditKind
    actor: str
    door: Door
    note: str | None = None
    decision_id: UUID | None = None
    of_version: int | None = None
    before: tuple[Segment, ...]
    after: tuple[Segment, ...]
    lineage: tuple[Succession, ...] = ()
    withheld: tuple[Span, ...] = ()

    @property
    def touched(self) -> frozenset[UUID]:
        return frozenset(segment.id for segment in (*self.before, *self.after))

    @property
    def removed(self) -> tuple[UUID, ...]:
        kept = {segment.id for segment in self.after}
        return tuple(segment.id for segment in self.before if segment.id not in kept)


def in_order(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    return tuple(sorted(segments, key=lambda s: (s.span.start_ms, s.span.end_ms, s.id)))


def apply(timeline: Timeline, edit: Edit) -> Timeline:
    """The timeline after `edit`. Raises ValueError when the edit was not made for this version."""
    if edit.version != timeline.version + 1 or edit.video_id != timeline.video_id:
        raise ValueError(f"edit {edit.version} does not follow version {timeline.version}")
    touched = {segment.id for segment in edit.before}
    kept = (segment for segment in timeline.segments if segment.id not in touched)
    return Timeline(video_id=timeline.video_id, version=edit.version, segments=in_order((*kept, *edit.after)))


def fold(video_id: UUID, edits: Iterable[Edit]) -> Timeline:
    """The timeline that a whole history makes."""
    timeline = Timeline(video_id=video_id)
    for edit in edits:
        timeline = apply(timeline, edit)
    return timeline
