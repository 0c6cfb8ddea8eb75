"""One person's turn on a locked timeline: what it is at, what they looked at, who they are."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.editor.identify import freshened
from gateway.editor.operations import Refusal, Scene
from gateway.editor.timeline import Edit, EditKind, Signature, Timeline
from gateway.library import edits, history, segments
from gateway.library import tracks as face_tracks
from gateway.library.decisions import Deciding
from gateway.people.audit import By
from gateway.people.renaming import naming
from gateway.revising import conflicts
from gateway.revising.errors import EditConflictError, RefusedEditError
from kernel.contracts.editing import Operation, RefusedReason
from kernel.contracts.library import Track
from kernel.contracts.people import DecisionKind


@dataclass
class Turn:
    """`version` is the timeline's before the turn; nobody else raises it until the transaction ends."""

    connection: AsyncConnection
    video_id: UUID
    version: int
    seen: int
    length_ms: int | None
    by: By
    note: str | None
    seed: UUID = field(default_factory=uuid4)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    made: list[Edit] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    """To be removed once it is committed."""
    taught_again: list[UUID] = field(default_factory=list)
    """Decisions that stand again: what each had taught is to be learnt again once it is committed."""

    def signed(self, kind: EditKind) -> Signature:
        return Signature(kind, self.by.actor, self.by.door, None, self.note)

    def deciding(self, kind: DecisionKind) -> Deciding:
        return Deciding(kind, self.by.actor, self.by.door, self.note)

    def scene(self, kind: EditKind, shown: list[Track] | None = None) -> Scene:
        return Scene(self.signed(kind), self.seed, self.at, self.length_ms, shown or [])

    async def timeline(self, ids: Collection[UUID]) -> Timeline:
        """These segments as they are now; those that are not there are left out."""
        found = await segments.several(self.connection, ids)
        mine = tuple(one for one in found.values() if one.video_id == self.video_id)
        return Timeline(video_id=self.video_id, version=self.version + len(self.made), segments=mine)

    async def nobody_else_touched(self, ids: Collection[UUID], command: Operation | None = None) -> None:
        """Raises EditConflictError when others touched any of these segments since the version that was looked at."""
        if self.seen > self.version:
            raise EditConflictError(self.version, [])
        if self.seen == self.version or not ids:
            return
        clashing = await history.touched_since(self.connection, self.video_id, self.seen, ids)
        if clashing:
            now = await self.timeline(ids)
            untouched = tuple(one for one in now.segments if one.id not in clashing)
            base = Timeline(video_id=self.video_id, version=self.seen, segments=untouched)
            scene = self.scene(command.op if command else "undo")
            told = await conflicts.between(self.connection, base, clashing, command, scene)
            raise EditConflictError(self.version, told)

    async def keep(self, edit: Edit | Refusal) -> None:
        """Write the edit. Raises RefusedEditError."""
        if isinstance(edit, Refusal):
            raise RefusedEditError(edit)
        await edits.append(self.connection, edit)
        self.made.append(edit)

    async def keep_fresh(self, edit: Edit | Refusal) -> None:
        """As `keep`, for segments that come back from history: names and tracks may be others by now."""
        if isinstance(edit, Edit) and any(one.people for one in edit.after):
            called = await naming(self.connection)
            shown = await self.followed()
            edit = edit.model_copy(update={"after": tuple(freshened(one, shown, called) for one in edit.after)})
        await self.keep(edit)

    async def followed(self) -> list[Track]:
        """The faces that are followed in the video, without their pictures."""
        return (await face_tracks.outlines(self.connection, [self.video_id]))[self.video_id]

    async def count(self) -> None:
        """Note the edits that a decision made of this timeline."""
        self.made += await history.since(self.connection, self.video_id, self.version + len(self.made))

    def refuse(self, reason: RefusedReason) -> RefusedEditError:
        return RefusedEditError(Refusal(reason=reason))
