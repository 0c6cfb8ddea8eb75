"""SQL of videos."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import cursors
from gateway.library import people as gallery
from gateway.library.sight import EVERYTHING, Sight
from gateway.tables import runs, segments, videos
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page, Video
from kernel.contracts.model import Value
from kernel.contracts.time import Milliseconds


class NewVideo(Value):
    """A video as it comes in. `content_hash` (SHA-256 of the file) or `external_id` say when it is there already."""

    id: UUID
    title: str
    source: Literal["upload", "path", "url", "import"]
    origin: str
    content_hash: str | None = None
    external_id: str | None = None
    media: str | None = None
    owner_id: UUID | None = None  # whose account brought it


class Measured(Value):
    """What probing found out; `probe` is the whole of it."""

    duration_ms: Milliseconds
    width: int
    height: int
    frame_rate: float | None
    probe: dict[str, Any]


async def add(connection: AsyncConnection, new: NewVideo) -> tuple[Video, bool]:
    """The video, and whether it is new: the same content or external id gives the one that is there."""
    row = insert(videos).values(**new.model_dump()).on_conflict_do_nothing().returning(videos.c.id)
    made = (await connection.execute(row)).scalar()
    if made is not None:
        return await get(connection, made), True
    same: list[ColumnElement[bool]] = [videos.c.id == new.id]
    if new.content_hash is not None:
        same.append(videos.c.content_hash == new.content_hash)
    if new.external_id is not None:
        same.append(videos.c.external_id == new.external_id)
    for condition in reversed(same):
        if found := (await connection.execute(select(videos.c.id).where(condition))).scalar():
            return await get(connection, found), False
    raise NotFoundError(what="video")


async def get(connection: AsyncConnection, video_id: UUID) -> Video:
    row = (await connection.execute(_shown().where(videos.c.id == video_id))).one_or_none()
    if row is None:
        raise NotFoundError(what="video")
    return _video(row)


async def several(connection: AsyncConnection, ids: Collection[UUID]) -> list[Video]:
    """The videos of these ids, in no order; ids no video has are left out."""
    return [_video(row) for row in await connection.execute(_shown().where(videos.c.id.in_(ids)))]


async def by_content(connection: AsyncConnection, content_hash: str) -> Video | None:
    row = (await connection.execute(_shown().where(videos.c.content_hash == content_hash))).one_or_none()
    return _video(row) if row else None


async def listing(
    connection: AsyncConnection,
    cursor: str | None = None,
    limit: int = 50,
    *,
    state: str | None = None,
    title: str = "",
    sight: Sight = EVERYTHING,
) -> Page[Video]:
    """Newest first; only those in a state, or with these letters in their title, when asked."""
    newest = (videos.c.created_at.desc(), videos.c.id.desc())
    query = _shown().where(sight.of(videos.c.id)).order_by(*newest).limit(limit + 1)
    if state is not None:
        query = query.where(videos.c.state == state)
    if title := title.replace("\x00", "").strip():
        query = query.where(videos.c.title.icontains(title, autoescape=True))
    if cursor is not None:
        query = query.where(tuple_(videos.c.created_at, videos.c.id) < cursors.decode(cursor, datetime, UUID))
    found = [_video(row) for row in await connection.execute(query)]
    return cursors.page(found, limit, lambda video: (video.created_at, video.id))


async def media(connection: AsyncConnection, video_id: UUID) -> str | None:
    """Where its file is: a store name, or an absolute path under an allowed root; None without one."""
    row = (await connection.execute(select(videos.c.media).where(videos.c.id == video_id))).one_or_none()
    if row is None:
        raise NotFoundError(what="video")
    return str(row.media) if row.media is not None else None


async def with_media(connection: AsyncConnection, ids: Collection[UUID]) -> set[UUID]:
    """Those that can be played."""
    query = select(videos.c.id).where(videos.c.id.in_(ids), videos.c.media.isnot(None))
    return {row.id for row in await connection.execute(query)}


async def lock(connection: AsyncConnection, ids: Collection[UUID] | None = None) -> None:
    """Nobody else changes the timelines of these (of all) until the transaction ends.

    Taken in one order by everybody: the gallery (`people.lock`), runs, videos, strangers.
    """
    wanted = select(videos.c.id) if ids is None else select(videos.c.id).where(videos.c.id.in_(ids))
    await connection.execute(wanted.order_by(videos.c.id).with_for_update())


async def version(connection: AsyncConnection, video_id: UUID) -> int:
    """Of its timeline. Raises NotFoundError."""
    found = (await connection.execute(select(videos.c.version).where(videos.c.id == video_id))).scalar()
    if found is None:
        raise NotFoundError(what="video")
    return int(found)


async def lock_timeline(connection: AsyncConnection, video_id: UUID) -> tuple[int, int | None]:
    """Its version, which nobody else raises until the transaction ends, and its length in ms. Raises NotFoundError."""
    query = select(videos.c.version, videos.c.duration_ms).where(videos.c.id == video_id).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFoundError(what="video")
    return row.version, row.duration_ms


async def content_hash(connection: AsyncConnection, video_id: UUID) -> str | None:
    """SHA-256 of its file; None while it is not here."""
    found = (await connection.execute(select(videos.c.content_hash).where(videos.c.id == video_id))).scalar()
    return str(found) if found is not None else None


async def set_media(connection: AsyncConnection, video_id: UUID, name: str, content_hash: str) -> None:
    await _set(connection, video_id, media=name, content_hash=content_hash)


async def set_title(connection: AsyncConnection, video_id: UUID, title: str) -> None:
    await _set(connection, video_id, title=title)


async def set_measured(connection: AsyncConnection, video_id: UUID, measured: Measured) -> None:
    await _set(connection, video_id, **measured.model_dump())


async def set_length(connection: AsyncConnection, video_id: UUID, duration_ms: int) -> None:
    """Of a video known by its metadata only."""
    await _set(connection, video_id, duration_ms=duration_ms)


async def set_state(connection: AsyncConnection, video_id: UUID, state: str) -> None:
    await _set(connection, video_id, state=state)


async def _set(connection: AsyncConnection, video_id: UUID, **values: Any) -> None:
    await connection.execute(update(videos).where(videos.c.id == video_id).values(**values))


def _shown() -> Select[Any]:
    """Every column of a `Video`, the ones that are counted included."""
    of_video, ends = segments.c.video_id == videos.c.id, gallery.ends()
    counted = select(func.count()).select_from(segments).where(of_video).scalar_subquery()
    on_it = select(func.unnest(segments.c.people).label("person")).where(of_video).distinct()
    in_it = on_it.correlate(videos).lateral()
    who = func.coalesce(ends.c.whole, in_it.c.person)
    named = select(who).select_from(in_it.outerjoin(ends, in_it.c.person == ends.c.id)).distinct().order_by(who)
    people = func.array(named.scalar_subquery(), type_=ARRAY(Uuid))
    newest = (
        select(runs.c.id)
        .where(runs.c.video_id == videos.c.id)
        .order_by(runs.c.created_at.desc(), runs.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(videos, counted.label("segments"), people.label("people"), newest.label("run_id"))


def _video(row: Any) -> Video:
    shown = {name: getattr(row, name) for name in Video.model_fields if name not in ("has_media", "people")}
    return Video(**shown, has_media=row.media is not None, people=row.people)
