"""What history and the timeline say, as whoever looks at them reads it."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import jobs
from gateway.editor.fields import difference
from gateway.editor.history import as_it_became, as_it_was
from gateway.editor.opinions import three_ways
from gateway.editor.timeline import in_order
from gateway.library import edits, history, videos
from gateway.library import segments as timelines
from gateway.people import merging
from kernel.contracts.errors import NotFoundError
from kernel.contracts.history import Difference, EditEntry, ThreeWay, TimelineAt
from kernel.contracts.library import ListedSegment, Segment


async def listed(connection: AsyncConnection, segments: Sequence[Segment]) -> list[ListedSegment]:
    """Segments as people read them, each with whether its last change is searchable yet."""
    who = await merging.resolved(connection)
    waiting = await jobs.unindexed(connection, {(one.video_id, one.version) for one in segments})
    return [
        ListedSegment(**dict(merging.shown_segment(one, who)), indexing=(one.video_id, one.version) in waiting)
        for one in segments
    ]


async def entry(connection: AsyncConnection, video_id: UUID, version: int) -> EditEntry:
    """Raises NotFoundError."""
    told = await history.told(connection, video_id, version)
    if told is None:
        raise NotFoundError(what="edit")
    edit = told.edit
    return EditEntry(
        **dict(told.summary),
        before=list(edit.before),
        after=list(edit.after),
        lineage=list(edit.lineage),
        changes=difference(edit.before, edit.after),
    )


async def at(connection: AsyncConnection, video_id: UUID, version: int) -> TimelineAt:
    """The timeline as it was. Raises NotFoundError for a version that never was."""
    now = await timelines.timeline(connection, video_id, lock=True)  # one moment, not two
    if version > now.version:
        raise NotFoundError(what="edit")
    were = as_it_was(await history.since(connection, video_id, version, until=now.version))
    kept = [one for one in now.segments if one.id not in were]
    back = [one for one in were.values() if one is not None]
    return TimelineAt(video_id=video_id, version=version, segments=list(in_order([*kept, *back])))


async def between(connection: AsyncConnection, video_id: UUID, first: int, last: int) -> Difference:
    """What changed from one version to another, backwards too. Raises NotFoundError as `at`."""
    if max(first, last) > await videos.version(connection, video_id):
        raise NotFoundError(what="edit")
    made = await history.since(connection, video_id, min(first, last), until=max(first, last))
    were = [one for one in as_it_was(made).values() if one is not None]
    are = [one for one in as_it_became(made).values() if one is not None]
    changes = difference(were, are) if first <= last else difference(are, were)
    return Difference(video_id=video_id, from_version=first, to_version=last, segments=changes)


async def three_way(connection: AsyncConnection, video_id: UUID, version: int | None) -> ThreeWay:
    """Machine before, machine now, human, of the newest indexing or that of a version."""
    told = await history.newest_indexing(connection, video_id, version)
    if told is None:
        return ThreeWay(video_id=video_id, version=None)
    settled = await edits.settled_spans(connection, video_id)
    said = await asyncio.to_thread(three_ways, told.edit, settled)
    models = {one.model_id for segment in told.edit.after for one in segment.captions}
    models |= {one.model_id for segment in told.edit.after for one in segment.people}
    return ThreeWay(
        video_id=video_id,
        version=told.summary.version,
        model_ids=sorted(one for one in models if one),
        at=told.summary.at,
        segments=said,
    )
