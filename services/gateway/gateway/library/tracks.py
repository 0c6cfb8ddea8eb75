"""SQL of face tracks, as the newest published run followed them and people ruled."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, delete, insert, literal_column, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import cursors
from gateway.library.faces import faces_of, rows_of
from gateway.pipeline.identify import Evidence, SeenTrack, evidence_in
from gateway.tables import tracks
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page, Track
from kernel.contracts.time import Span

# ---- reading


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


async def get(connection: AsyncConnection, track_id: UUID) -> Track:
    row = (await connection.execute(select(tracks).where(tracks.c.id == track_id))).one_or_none()
    if row is None:
        raise NotFoundError(what="track")
    return _track(row)


async def several(connection: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, Track]:
    """Tracks by id; ids no track has are left out."""
    rows = await connection.execute(select(tracks).where(tracks.c.id.in_(ids)))
    return {row.id: _track(row) for row in rows}


async def videos_of(connection: AsyncConnection, ids: Collection[UUID]) -> list[UUID]:
    """The videos of these tracks, in one order for everybody. Raises NotFoundError when a track is not there."""
    wanted = set(ids)
    rows = (await connection.execute(select(tracks.c.id, tracks.c.video_id).where(tracks.c.id.in_(wanted)))).all()
    if len(rows) < len(wanted):
        raise NotFoundError(what="track")
    return sorted({row.video_id for row in rows})


async def outlines(connection: AsyncConnection, video_ids: Collection[UUID]) -> dict[UUID, list[Track]]:
    """All tracks of these videos without their faces, cheap for thousands; in order of (start, id)."""
    found: dict[UUID, list[Track]] = {video_id: [] for video_id in video_ids}
    for row in await connection.execute(_outline().where(tracks.c.video_id.in_(video_ids))):
        found[row.video_id].append(_track(row))
    return found


async def outlines_of(connection: AsyncConnection, ids: Collection[UUID]) -> list[Track]:
    """These tracks without their faces; ids no track has are left out."""
    return [_track(row) for row in await connection.execute(_outline().where(tracks.c.id.in_(ids)))]


async def on_screen(connection: AsyncConnection, video_id: UUID, span: Span) -> list[Track]:
    """The video's tracks in `span`, without their faces, in order of (start, id)."""
    here = (tracks.c.video_id == video_id, tracks.c.start_ms < span.end_ms, tracks.c.end_ms > span.start_ms)
    return [_track(row) for row in await connection.execute(_outline().where(*here))]


async def seen(connection: AsyncConnection, ids: Collection[UUID]) -> list[SeenTrack]:
    """Tracks with their evidence, in order of (video, start, id)."""
    order = (tracks.c.video_id, tracks.c.start_ms, tracks.c.id)
    rows = (await connection.execute(select(tracks).where(tracks.c.id.in_(ids)).order_by(*order))).all()
    return await asyncio.to_thread(lambda: [_seen(row) for row in rows])


async def spans(connection: AsyncConnection, video_id: UUID) -> list[tuple[UUID | None, Span]]:
    """Who (None: unknown) is on screen when, by the tracks."""
    query = (
        select(tracks.c.person_id, tracks.c.start_ms, tracks.c.end_ms)
        .where(tracks.c.video_id == video_id, tracks.c.end_ms > tracks.c.start_ms)
        .order_by(tracks.c.start_ms, tracks.c.id)
    )
    return [(row[0], Span(start_ms=row[1], end_ms=row[2])) for row in await connection.execute(query)]


def _outline() -> Select[Any]:
    without = [column for column in tracks.c if column.name not in ("faces", "evidence")]
    return select(*without, literal_column("'[]'::jsonb", tracks.c.faces.type).label("faces")).order_by(
        tracks.c.start_ms, tracks.c.id
    )


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
        stranger_id=row.stranger_id if row.person_id is None else None,
        best=row.best,
        faces=faces_of(row.faces),
        model_id=row.model_id,
    )


def _seen(row: Row[Any]) -> SeenTrack:
    track = _track(row)
    evidence = Evidence.model_validate(row.evidence) if row.evidence else evidence_in(track)
    return SeenTrack(track, evidence, row.stranger_id)


# ---- writing


async def replace(
    connection: AsyncConnection, video_id: UUID, found: Sequence[Track], evidence: Sequence[Evidence] | None = None
) -> None:
    """`evidence` of each track in order; without it, what the tracks' own decisions say."""
    await connection.execute(delete(tracks).where(tracks.c.video_id == video_id))
    if found:
        await connection.execute(insert(tracks), await asyncio.to_thread(_rows, found, evidence))


async def set_decisions(connection: AsyncConnection, changed: Collection[SeenTrack]) -> None:
    """Write who these tracks are, and their evidence; nothing else of them."""
    if not changed:
        return
    written = update(tracks).where(tracks.c.id == bindparam("track_id"))
    names = ("person_id", "probability", "similarity", "nearest_person_id", "ruled", "copy_of")
    rows = [
        {
            "track_id": one.track.id,
            **one.track.model_dump(include=set(names)),
            "stranger_id": one.stranger_id,
            "evidence": one.evidence.model_dump(mode="json"),
        }
        for one in changed
    ]
    await connection.execute(
        written.values({name: bindparam(name) for name in (*names, "stranger_id", "evidence")}), rows
    )


def _rows(found: Sequence[Track], evidence: Sequence[Evidence] | None) -> list[dict[str, object]]:
    known = evidence if evidence is not None else [evidence_in(track) for track in found]
    return [_columns(track, its) for track, its in zip(found, known, strict=True)]


def _columns(track: Track, evidence: Evidence) -> dict[str, object]:
    plain = track.model_dump(exclude={"span", "faces"})
    return {
        **plain,
        "start_ms": track.span.start_ms,
        "end_ms": track.span.end_ms,
        "faces": rows_of(track.faces),
        "evidence": evidence.model_dump(mode="json"),
    }
