"""Two people changed one segment: both sides, field by field."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.editor.fields import differing, fields, plain
from gateway.editor.history import as_it_was
from gateway.editor.operations import Refusal, Scene, operate
from gateway.editor.timeline import Edit, Timeline
from gateway.library import history, segments
from kernel.contracts.editing import FieldConflict, Operation, SegmentConflict
from kernel.contracts.library import Segment


async def between(
    connection: AsyncConnection,
    looked_at: Timeline,
    clashing: Collection[UUID],
    command: Operation | None,
    scene: Scene,
) -> list[SegmentConflict]:
    """What became of `clashing` segments since the version looked at, beside what `command` would have made of them.

    `looked_at` has that version and, of its segments, those that nobody touched since.
    """
    video_id = looked_at.video_id
    since = await history.since(connection, video_id, looked_at.version, clashing)
    base = as_it_was(since)
    theirs = await segments.several(connection, clashing)
    known = [one for one in base.values() if one is not None]
    whole = looked_at.model_copy(update={"segments": (*looked_at.segments, *known)})
    wanted = operate(whole, command, scene) if command is not None else None
    told = {one.version: one for one in await history.summaries(connection, video_id, [edit.version for edit in since])}
    return [
        SegmentConflict(
            segment_id=name,
            base=base.get(name),
            theirs=theirs.get(name),
            fields=_sides(base.get(name), theirs.get(name), _yours(wanted, name, base.get(name))),
            edits=[told[edit.version] for edit in since if name in edit.touched],
        )
        for name in sorted(clashing)
    ]


def _yours(wanted: Edit | Refusal | None, segment_id: UUID, base: Segment | None) -> Segment | None:
    if not isinstance(wanted, Edit) or segment_id not in wanted.touched:
        return base
    return next((one for one in wanted.after if one.id == segment_id), None)


def _sides(base: Segment | None, theirs: Segment | None, yours: Segment | None) -> list[FieldConflict]:
    was, now, own = (fields(one) if one else {} for one in (base, theirs, yours))
    names = dict.fromkeys((*differing(was, now), *differing(was, own)))
    return [
        FieldConflict(field=name, base=plain(was.get(name)), theirs=plain(now.get(name)), yours=plain(own.get(name)))
        for name in names
    ]
