"""One command about segments of several videos, in one transaction: everywhere or nowhere."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.desk import Desk
from gateway.editor.operations import Refusal
from gateway.finding.answers import ask
from gateway.library import videos
from gateway.library.sight import Sight
from gateway.people.audit import By
from gateway.revising.commands import revise
from gateway.revising.errors import RefusedEditError
from kernel.contracts.editing import BulkEdit, Edited, NewEdit, SelectedSegments
from kernel.contracts.search import SearchRequest


async def answering(desk: Desk, question: SearchRequest, sight: Sight) -> list[SelectedSegments]:
    """All segments that answer a question and may be seen, with the versions their videos are at."""
    found: dict[UUID, dict[UUID, None]] = defaultdict(dict)
    for hit in (await ask(desk, question, sight)).hits:
        found[hit.video_id] |= dict.fromkeys(hit.segments or [hit.segment_id])
    async with desk.database.transaction() as connection:
        at = {video_id: await videos.version(connection, video_id) for video_id in found}
    return [SelectedSegments(video_id=one, version=at[one], segment_ids=list(its)) for one, its in found.items()]


async def revise_all(
    connection: AsyncConnection, bulk: BulkEdit, selected: Sequence[SelectedSegments], by: By
) -> list[Edited]:
    """Raises what `revise` raises for any of the videos; RefusedEditError when nothing would change in any."""
    done: list[Edited] = []
    # In the order in which everybody locks videos.
    for one in sorted(selected, key=lambda each: each.video_id):
        command = bulk.command.model_copy(update={"segment_ids": one.segment_ids})
        try:
            edited, _ = await revise(
                connection, one.video_id, NewEdit(command=command, note=bulk.note), one.version, by
            )
        except RefusedEditError as refused:
            if refused.refusal.reason != "unchanged":
                raise
        else:
            done.append(edited)
    if not done:
        raise RefusedEditError(Refusal(reason="unchanged"))
    return done
