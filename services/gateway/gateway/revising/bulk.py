"""One command about segments of several videos, in one transaction: everywhere or nowhere."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.desk import Desk
from gateway.editor.operations import Refusal
from gateway.finding.answers import ask
from gateway.library import videos
from gateway.library.sight import Sight
from gateway.people.audit import By
from gateway.revising.commands import revise
from gateway.revising.errors import FoundOtherwiseError, RefusedEditError, TooManyFoundError
from kernel.contracts.editing import MOST_SEGMENTS, BulkEdit, Edited, NewEdit, SelectedSegments
from kernel.contracts.finding import PublicHit
from kernel.contracts.search import SearchRequest

PAGE = 100


async def answering(desk: Desk, bulk: BulkEdit, question: SearchRequest, sight: Sight) -> list[SelectedSegments]:
    """All segments that answer a question and may be seen, with the versions their videos are at.

    Raises TooManyFoundError; FoundOtherwiseError unless they are as many as were `counted`.
    """
    found: dict[UUID, dict[UUID, None]] = defaultdict(dict)
    async for hit in _hits(desk, question, sight):
        found[hit.video_id] |= dict.fromkeys(hit.segments or [hit.segment_id])
        if _total(found) > MOST_SEGMENTS:
            raise TooManyFoundError(most=MOST_SEGMENTS)
    if bulk.counted not in (None, _total(found)):
        raise FoundOtherwiseError(found=_total(found), counted=bulk.counted)
    async with desk.database.transaction() as connection:
        at = {video_id: await videos.version(connection, video_id) for video_id in found}
    return [SelectedSegments(video_id=one, version=at[one], segment_ids=list(its)) for one, its in found.items()]


async def _hits(desk: Desk, question: SearchRequest, sight: Sight) -> AsyncIterator[PublicHit]:
    """Every hit, whatever part of them the question asks for."""
    cursor: str | None = None
    while True:
        part = {"limit": PAGE, "cursor": cursor, "facets": False}
        answer = await ask(desk, question.model_copy(update=part), sight)
        for hit in answer.hits:
            yield hit
        if (cursor := answer.next_cursor) is None:
            return


def _total(found: Mapping[UUID, Mapping[UUID, None]]) -> int:
    return sum(map(len, found.values()))


async def revise_all(
    connection: AsyncConnection, bulk: BulkEdit, selected: Sequence[SelectedSegments], by: By
) -> list[Edited]:
    """Raises what `revise` raises for any of the videos; RefusedEditError when nothing would change in any."""
    done: list[Edited] = []
    # In the order in which everybody locks videos.
    for one in sorted(selected, key=lambda each: each.video_id):
        command = bulk.command.model_copy(update={"segment_ids": one.segment_ids})
        try:
            revised = await revise(connection, one.video_id, NewEdit(command=command, note=bulk.note), one.version, by)
        except RefusedEditError as refused:
            if refused.refusal.reason != "unchanged":
                raise
        else:
            done.append(revised.edited)
    if not done:
        raise RefusedEditError(Refusal(reason="unchanged"))
    return done
