"""Steps `publish` and `index`: the opinion becomes an edit, what the edit touched becomes searchable."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import jobs
from gateway.editor.publish import publish
from gateway.identity import strangers
from gateway.library import edits, forgotten, rulings, segments, track_vectors, tracks, videos
from gateway.people.merging import resolved
from gateway.pipeline.documents import document_of
from gateway.pipeline.naming import NamedTracks
from gateway.pipeline.wording import unworded
from kernel.clients import EmbedService
from kernel.contracts.embeddings import Document, PutDocumentsRequest
from kernel.contracts.library import Segment
from kernel.contracts.vectors import PackedVectors
from kernel.storage.database import Database

DOCUMENTS_A_REQUEST = 200
ACTOR = "machine"


class LedgerMovedError(Exception):
    """Somebody ruled since the tracks were named: they are to be named again."""


async def publish_opinion(
    connection: AsyncConnection,
    video_id: UUID,
    named: NamedTracks,
    vectors: PackedVectors,
    opinion: Sequence[Segment],
) -> int:
    """Replace the video's tracks and bring its timeline to the opinion; the version it is at afterwards.

    `vectors` hold one unit vector a track, in order; zeros where no crop was fit to recognise anybody by.
    Raises LedgerMovedError when somebody ruled on the video after its tracks were named.
    """
    timeline = await segments.timeline(connection, video_id, lock=True)
    if tuple(ruling.id for ruling in await rulings.active(connection, [video_id])) != named.obeyed:
        raise LedgerMovedError
    was = await strangers.before(connection, video_id)
    await tracks.replace(connection, video_id, named.tracks, named.evidence)
    await track_vectors.put(connection, [track.id for track in named.tracks], vectors)
    await strangers.place(connection, video_id, was)
    if await track_vectors.lacks_index(connection, vectors.model_id):
        await jobs.index_tracks(connection, vectors.model_id)
    settled = await edits.settled_spans(connection, video_id)
    edit = await asyncio.to_thread(
        publish, timeline, opinion, actor=ACTOR, door="pipeline", settled=settled, tracks=named.tracks
    )
    if edit is None:
        return timeline.version
    await edits.append(connection, edit)
    if unworded(edit.after):
        await jobs.word_captions(connection, video_id, edit.version)
    return edit.version


async def index_segments(database: Database, service: EmbedService, video_id: UUID, version: int) -> int:
    """Make what edit `version` touched searchable as it is now; how many documents that wrote.

    Segments a later edit touched again are left to that edit's own job. Doing it twice changes nothing. When who is
    whom changes meanwhile it is done again: what was put may be older than what another has put since.
    """
    put_as: object = None
    written = 0
    while put_as != (put_as := await _who_is_whom(database)):
        written += await _put(database, service, video_id, version)
    return written


async def _who_is_whom(database: Database) -> tuple[Mapping[UUID, UUID], set[UUID]]:
    """Whom merged people turned out to be, and who is forgotten: what may change without an edit."""
    async with database.transaction() as connection:
        return await resolved(connection), await forgotten.all_ids(connection)


async def _put(database: Database, service: EmbedService, video_id: UUID, version: int) -> int:
    async with database.transaction() as connection:
        documents, removed = await _changes(connection, video_id, version)
    written = 0
    for first in range(0, max(1, len(documents)), DOCUMENTS_A_REQUEST):
        batch = documents[first : first + DOCUMENTS_A_REQUEST]
        gone = removed if first == 0 else []
        request = PutDocumentsRequest(documents=batch, removed=gone, version=version)
        written += (await service.put_documents(request)).written
    return written


async def _changes(connection: AsyncConnection, video_id: UUID, version: int) -> tuple[list[Document], list[UUID]]:
    edit = await edits.get(connection, video_id, version)
    if edit is None:
        return [], []
    video = await videos.get(connection, video_id)
    added = video.created_at.astimezone().date()
    changed = await segments.changed_at(connection, video_id, version)
    back_again = await segments.several(connection, edit.removed)
    removed = [segment_id for segment_id in edit.removed if segment_id not in back_again]
    who = await resolved(connection)
    return await asyncio.to_thread(
        lambda: [document_of(segment, video.title, who, added) for segment in changed]
    ), removed
