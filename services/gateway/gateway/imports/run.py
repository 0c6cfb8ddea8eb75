"""Importing: rows become people, videos and segments, in one transaction, searchable at once."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import jobs
from gateway.captions.entry import Gallery
from gateway.editor.publish import publish
from gateway.imports.rows import ImportedRows, Row, Who, read, segments_of, video_uuid
from gateway.library import edits, people, segments, videos
from gateway.library.belonging import hidden
from gateway.library.sight import EVERYTHING, Sight
from gateway.people import names
from gateway.people.callings import callings
from gateway.pipeline.publish import index_segments
from gateway.pipeline.wording import unworded
from kernel.clients import EmbedService
from kernel.contracts.errors import Language, NotFoundError
from kernel.contracts.library import ImportReport, Segment
from kernel.storage.database import Database


class Importing(NamedTuple):
    """Who brings it, what they see, and whose new videos are."""

    actor: str = "import"
    sight: Sight = EVERYTHING
    owner_id: UUID | None = None


NOBODY = Importing()


class Touched(NamedTuple):
    """What an import did to one video."""

    video_id: UUID
    new: bool
    version: int | None  # of the edit, when there was something to change
    segments: int


async def import_rows(
    database: Database, service: EmbedService, payload: Any, language: Language = "en", importing: Importing = NOBODY
) -> ImportReport:
    """Bring in a file's JSON; again with the same file it changes nothing.

    A row for a moment that is there already replaces what was imported of it, never what a human said.
    Rows of other moments are added: a file may hold a part of a video. Raises InvalidError for another form.
    """
    started = time.perf_counter()
    rows = await asyncio.to_thread(read, payload, language)
    async with database.transaction() as connection:
        ensured = await people.ensure_people(connection, rows.people)
        await people.learn_sexes(connection, {ensured.ids[who]: sex for who, sex in rows.sexes.items()})
        known = await callings(connection)
        touched = [
            await _video(connection, name, its, ensured.ids, known, importing) for name, its in rows.videos.items()
        ]
    await names.publish(database, service)
    for video in touched:
        if video.version is not None:
            await index_segments(database, service, video.video_id, video.version)
    return _report(rows, touched, (ensured.new_people, ensured.new_groups), started)


async def _video(
    connection: AsyncConnection,
    external_id: str,
    rows: Sequence[Row],
    ids: Mapping[Who, UUID],
    known: Gallery,
    importing: Importing,
) -> Touched:
    new = videos.NewVideo(
        id=video_uuid(external_id),
        title=external_id,
        source="import",
        origin=external_id,
        external_id=external_id,
        owner_id=importing.owner_id,
    )
    video, is_new = await videos.add(connection, new)
    if not is_new and not importing.sight.whole and await hidden(connection, "video_id", video.id, importing.sight):
        raise NotFoundError(what=f"video: {external_id}")
    timeline = await segments.timeline(connection, video.id, lock=True)
    imported = await asyncio.to_thread(segments_of, video.id, rows, ids.__getitem__, known)
    opinion = _with_rows(timeline.segments, imported)
    settled = await edits.settled_spans(connection, video.id)
    edit = publish(timeline, opinion, actor=importing.actor, door="import", kind="import", settled=settled)
    if edit is None:
        return Touched(video.id, is_new, None, 0)
    await edits.append(connection, edit)
    if unworded(edit.after):
        await jobs.word_captions(connection, video.id, edit.version)
    await videos.set_length(connection, video.id, max(segment.span.end_ms for segment in opinion))
    await videos.set_state(connection, video.id, "ready")
    return Touched(video.id, is_new, edit.version, len(edit.after))


def _with_rows(there: Sequence[Segment], imported: Sequence[Segment]) -> list[Segment]:
    """Segments of the moments the file speaks of as it says them, of all others as they are."""
    moments = {segment.span for segment in there} - {segment.span for segment in imported}
    return [*(segment for segment in there if segment.span in moments), *imported]


def _report(rows: ImportedRows, touched: Sequence[Touched], made: tuple[int, int], started: float) -> ImportReport:
    new_people, new_groups = made
    changed = sum(video.segments for video in touched)
    return ImportReport(
        rows=rows.rows,
        videos=sum(video.new for video in touched),
        people=new_people,
        groups=new_groups,
        segments=changed,
        unchanged=rows.rows - sum(row.part == "rows" for row in rows.refused) - changed,
        refused=rows.refused,
        took_ms=round((time.perf_counter() - started) * 1000),
    )
