"""A segment by its id, however old: itself, or what shows what it showed."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.editor.lineage import heirs
from gateway.editor.opinions import provenance
from gateway.editor.timeline import Edit
from gateway.library import history, segments
from gateway.revising import reading
from kernel.contracts.errors import NotFoundError
from kernel.contracts.history import FoundSegment, Provenance, Succession
from kernel.contracts.library import Segment


async def found(connection: AsyncConnection, segment_id: UUID) -> FoundSegment:
    """Raises NotFoundError for an id that never was a segment's."""
    there = await segments.several(connection, [segment_id])
    if there:
        [listed] = await reading.listed(connection, list(there.values()))
        return FoundSegment(**dict(listed))
    ended = await history.last_touch(connection, [segment_id])
    if segment_id not in ended:
        raise NotFoundError(what="segment")
    edit = ended[segment_id]
    was = next(one for one in edit.before if one.id == segment_id)
    alive = await _showing_on(connection, segment_id, edit)
    [shown] = await reading.listed(connection, [was])
    [summary] = await history.summaries(connection, edit.video_id, [edit.version])
    return FoundSegment(
        **dict(shown.model_copy(update={"indexing": False})),
        state="replaced" if alive else "deleted",
        successors=await reading.listed(connection, alive),
        ended=summary,
    )


async def _showing_on(connection: AsyncConnection, segment_id: UUID, edit: Edit) -> list[Segment]:
    """The living segments that show what it showed, in order of time."""
    ended: dict[UUID, tuple[Succession, ...]] = {segment_id: edit.lineage}
    alive: dict[UUID, Segment] = {}
    open_ones = _children(segment_id, edit.lineage)
    while open_ones:
        alive |= await segments.several(connection, open_ones)
        gone = await history.last_touch(connection, open_ones - alive.keys())
        ended |= {one: its.lineage for one, its in gone.items()}
        open_ones = {child for one, its in gone.items() for child in _children(one, its.lineage)}
        open_ones -= ended.keys() | alive.keys()
    living = [alive[one] for one in heirs(segment_id, ended, alive)]
    return sorted(living, key=lambda one: (one.span.start_ms, one.span.end_ms, one.id))


def _children(segment_id: UUID, steps: Iterable[Succession]) -> set[UUID]:
    return {step.child_id for step in steps if step.parent_id == segment_id}


async def with_ancestors(connection: AsyncConnection, video_id: UUID, segment_id: UUID) -> set[UUID]:
    """A segment and all those whose time it shows on, however far back."""
    known, open_ones = {segment_id}, {segment_id}
    while open_ones:
        open_ones = await history.parents(connection, video_id, open_ones) - known
        known |= open_ones
    return known


async def video_of(connection: AsyncConnection, segment_id: UUID) -> UUID:
    """The video a segment is, or was, of. Raises NotFoundError."""
    touch = await history.last_touch(connection, [segment_id])
    if segment_id not in touch:
        raise NotFoundError(what="segment")
    return touch[segment_id].video_id


async def whose_word(connection: AsyncConnection, segment_id: UUID) -> list[Provenance]:
    """Every value of a living segment with who said it and when. Raises NotFoundError."""
    segment = await segments.get(connection, segment_id)
    mine = await with_ancestors(connection, segment.video_id, segment_id)
    its = await history.since(connection, segment.video_id, 0, mine)
    its = [_about(edit, mine) for edit in its]
    said = {one.version: one for one in await history.summaries(connection, segment.video_id, [e.version for e in its])}
    return [
        Provenance(**since._asdict(), actor=told.actor, door=told.door, at=told.at)
        for since in provenance(segment, its)
        if (told := said[since.version])
    ]


def _about(edit: Edit, ids: Collection[UUID]) -> Edit:
    return edit.model_copy(update={"after": tuple(one for one in edit.after if one.id in ids)})
