"""Edits of one video, as they arrive, for whoever has it open."""

from collections.abc import AsyncIterator, Iterable
from uuid import UUID

from gateway import jobs
from gateway.desk import Desk
from gateway.library import history, segments, videos
from gateway.library.edits import CHANNEL
from gateway.revising import reading
from kernel.contracts.history import EditEvent, IndexedEvent

# More than so many segments are read again rather than told.
MOST_TOLD = 200
RECENT = 50


async def arriving(desk: Desk, video_id: UUID, since: int) -> AsyncIterator[EditEvent | IndexedEvent]:
    """Every edit after version `since`, those that were made already first, and when each is searchable; without end.

    Of edits before `since` it is told too, of those a moment ago.
    """
    async with desk.feed.watching(f"{CHANNEL}:{video_id}") as woken:
        unindexed = await _unindexed(desk, video_id, range(max(1, since - RECENT), since + 1))
        while True:
            woken.clear()
            for event in await _after(desk, video_id, since):
                since = event.version
                unindexed.add(event.version)
                yield event
            still = await _unindexed(desk, video_id, unindexed)
            if done := sorted(unindexed - still):
                yield IndexedEvent(video_id=video_id, versions=done)
            unindexed = still
            await woken.wait()


async def _unindexed(desk: Desk, video_id: UUID, versions: Iterable[int]) -> set[int]:
    asked = {(video_id, version) for version in versions}
    if not asked:
        return set()
    async with desk.database.transaction() as connection:
        return {version for _, version in await jobs.unindexed(connection, asked)}


async def _after(desk: Desk, video_id: UUID, version: int) -> list[EditEvent]:
    async with desk.database.transaction() as connection:
        if await videos.version(connection, video_id) <= version:
            return []
        found = []
        for summary in await history.summaries_since(connection, video_id, version):
            small = summary.touched <= MOST_TOLD
            edit = (await history.since(connection, video_id, summary.version - 1, until=summary.version))[0]
            now = await segments.several(connection, [one.id for one in edit.after] if small else [])
            found.append(
                EditEvent(
                    **dict(summary),
                    segments=await reading.listed(connection, list(now.values())),
                    removed=list(edit.removed),
                    lineage=list(edit.lineage),
                    complete=small,
                )
            )
        return found
