"""SQL of face tracks, as the newest published run followed them."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import cursors
from gateway.tables import tracks
from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt, Page, Track
from kernel.contracts.time import Span


async def listing(
    connection: AsyncConnection, video_id: UUID, cursor: str | None = None, limit: int = 200
) -> Page[Track]:
    """In order of (start, id)."""
    query = (
        select(tracks).where(tracks.c.video_id == video_id).order_by(tracks.c.start_ms, tracks.c.id).limit(limit + 1)
    )
    if cursor:
        query = query.where(tuple_(tracks.c.start_ms, tracks.c.id) > cursors.decode(cursor, int, UUID))
    found = [_track(row) for row in await connection.execute(query)]
    return cursors.page(found, limit, lambda track: (track.span.start_ms, track.id))


async def replace(connection: AsyncConnection, video_id: UUID, found: Sequence[Track]) -> None:
    await connection.execute(delete(tracks).where(tracks.c.video_id == video_id))
    if found:
        await connection.execute(insert(tracks), await asyncio.to_thread(_rows, found))


def _rows(found: Sequence[Track]) -> list[dict[str, object]]:
    return [_columns(track) for track in found]


def _columns(track: Track) -> dict[str, object]:
    faces = [(f.at_ms, f.box.left, f.box.top, f.box.right, f.box.bottom) for f in track.faces]
    plain = track.model_dump(exclude={"span", "faces"})
    return {**plain, "start_ms": track.span.start_ms, "end_ms": track.span.end_ms, "faces": faces}


def _track(row: Row[Any]) -> Track:
    return Track(
        id=row.id,
        video_id=row.video_id,
        span=Span(start_ms=row.start_ms, end_ms=row.end_ms),
        person_id=row.person_id,
        probability=row.probability,
        similarity=row.similarity,
        nearest_person_id=row.nearest_person_id,
        ruled=row.ruled,
        copy_of=row.copy_of,
        stranger_id=row.stranger_id,
        best=row.best,
        faces=[
            FaceAt(at_ms=round(face[0]), box=Box(left=face[1], top=face[2], right=face[3], bottom=face[4]))
            for face in row.faces
        ],
        model_id=row.model_id,
    )


async def spans(connection: AsyncConnection, video_id: UUID) -> list[tuple[UUID | None, Span]]:
    """Who (None: unknown) is on screen when, by the tracks."""
    query = (
        select(tracks.c.person_id, tracks.c.start_ms, tracks.c.end_ms)
        .where(tracks.c.video_id == video_id, tracks.c.end_ms > tracks.c.start_ms)
        .order_by(tracks.c.start_ms, tracks.c.id)
    )
    return [(row[0], Span(start_ms=row[1], end_ms=row[2])) for row in await connection.execute(query)]
