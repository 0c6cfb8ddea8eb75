"""SQL of series and line-ups: who may be in a video, when that was declared."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import cursors
from gateway.library.belonging import series_seen
from gateway.library.sight import EVERYTHING, Sight
from gateway.tables import groups, memberships, people, series, videos
from kernel.contracts.errors import ConflictError, InvalidError, NotFoundError
from kernel.contracts.library import Page
from kernel.contracts.people import LineUp, Series
from kernel.spelling import normal


async def listing(
    connection: AsyncConnection, cursor: str | None = None, limit: int = 50, *, sight: Sight = EVERYTHING
) -> Page[Series]:
    """In order of name."""
    query = _shown(sight).where(series_seen(sight)).order_by(series.c.name, series.c.id).limit(limit + 1)
    if cursor is not None:
        query = query.where(tuple_(series.c.name, series.c.id) > cursors.decode(cursor, str, UUID))
    found = [_series(row) for row in await connection.execute(query)]
    return cursors.page(found, limit, lambda one: (one.name, one.id))


async def get(connection: AsyncConnection, series_id: UUID, sight: Sight = EVERYTHING) -> Series:
    row = (await connection.execute(_shown(sight).where(series.c.id == series_id))).one_or_none()
    if row is None:
        raise NotFoundError(what="series")
    return _series(row)


async def add(connection: AsyncConnection, name: str, line_up: LineUp | None) -> Series:
    """Raises ConflictError when a series has that name, InvalidError for a name of nothing but space."""
    await check(connection, line_up)
    row = {"id": uuid4(), "name": _named(name), "line_up": _plain(line_up)}
    made = await connection.execute(upsert(series).values(row).on_conflict_do_nothing().returning(series.c.id))
    series_id = made.scalar()
    if series_id is None:
        raise ConflictError(reason=f"series {_named(name)}")
    return await get(connection, series_id)


async def change(connection: AsyncConnection, series_id: UUID, name: str, line_up: LineUp | None) -> Series:
    """Raises NotFoundError; ConflictError when another series has that name; InvalidError as `add`."""
    await get(connection, series_id)
    await check(connection, line_up)
    taken = select(series.c.id).where(series.c.name == _named(name), series.c.id != series_id)
    if (await connection.execute(taken)).scalar() is not None:
        raise ConflictError(reason=f"series {_named(name)}")
    values = {"name": _named(name), "line_up": _plain(line_up)}
    await connection.execute(update(series).where(series.c.id == series_id).values(values))
    return await get(connection, series_id)


async def remove(connection: AsyncConnection, series_id: UUID) -> None:
    """Its videos stay, without a series."""
    await get(connection, series_id)
    await connection.execute(delete(series).where(series.c.id == series_id))


async def put_video(connection: AsyncConnection, video_id: UUID, series_id: UUID | None) -> None:
    if series_id is not None:
        await get(connection, series_id)
    await connection.execute(update(videos).where(videos.c.id == video_id).values(series_id=series_id))


async def line_up_in(connection: AsyncConnection, video_id: UUID, series_id: UUID | None) -> LineUp | None:
    """As `declared`, were the video in that series."""
    own = select(videos.c.line_up).where(videos.c.id == video_id).scalar_subquery()
    of_series = select(series.c.line_up).where(series.c.id == series_id).scalar_subquery()
    plain = await connection.scalar(select(func.coalesce(own, of_series)))
    return LineUp.model_validate(plain) if plain is not None else None


async def of_video(connection: AsyncConnection, video_id: UUID) -> UUID | None:
    """The series a video belongs to."""
    found: UUID | None = await connection.scalar(select(videos.c.series_id).where(videos.c.id == video_id))
    return found


async def declare(connection: AsyncConnection, video_id: UUID, line_up: LineUp | None) -> None:
    """Say who may be in a video; None leaves it to its series."""
    await check(connection, line_up)
    await connection.execute(update(videos).where(videos.c.id == video_id).values(line_up=_plain(line_up)))


async def declared(connection: AsyncConnection, video_id: UUID) -> LineUp | None:
    """The video's own line-up, else its series'; None when everybody may be in it."""
    query = (
        select(func.coalesce(videos.c.line_up, series.c.line_up))
        .select_from(videos.outerjoin(series, series.c.id == videos.c.series_id))
        .where(videos.c.id == video_id)
    )
    plain = (await connection.execute(query)).scalar()
    return LineUp.model_validate(plain) if plain is not None else None


async def line_up_of(
    connection: AsyncConnection, video_id: UUID, resolved: Mapping[UUID, UUID]
) -> frozenset[UUID] | None:
    """Everybody who may be in a video, members of its groups included; None when that is not declared.

    Merged people, by `resolved`, let in whom they turned out to be.
    """
    declaration = await declared(connection, video_id)
    if declaration is None:
        return None
    members = select(memberships.c.person_id).where(memberships.c.group_id.in_(declaration.groups))
    found = {row.person_id for row in await connection.execute(members)} | set(declaration.people)
    return frozenset(found | {resolved[one] for one in found if one in resolved})


async def of_series(connection: AsyncConnection, series_id: UUID) -> list[UUID]:
    """Its videos that have no line-up of their own."""
    query = select(videos.c.id).where(videos.c.series_id == series_id, videos.c.line_up.is_(None))
    return [row.id for row in await connection.execute(query.order_by(videos.c.id))]


async def indexed_with_media(connection: AsyncConnection, ids: Iterable[UUID]) -> list[UUID]:
    """Those of these videos that have been indexed and can be again."""
    query = select(videos.c.id).where(videos.c.id.in_(list(ids)), videos.c.media.isnot(None), videos.c.version > 0)
    return [row.id for row in await connection.execute(query.order_by(videos.c.id))]


async def check(connection: AsyncConnection, line_up: LineUp | None) -> None:
    """Raises NotFoundError when somebody in it, or a group, is not there."""
    if line_up is None:
        return
    for table, ids, what in ((people, line_up.people, "person"), (groups, line_up.groups, "group")):
        known = select(func.count()).select_from(table).where(table.c.id.in_(ids))
        if int((await connection.execute(known)).scalar_one()) < len(set(ids)):
            raise NotFoundError(what=what)


def _named(name: str) -> str:
    if not (spelt := normal(name)):
        raise InvalidError(reason="name")
    return spelt


def _plain(line_up: LineUp | None) -> Any:
    return line_up.model_dump(mode="json") if line_up is not None else None


def _shown(sight: Sight) -> Select[Any]:
    counted = select(func.count()).where(videos.c.series_id == series.c.id, sight.of(videos.c.id)).scalar_subquery()
    return select(series, counted.label("videos"))


def _series(row: Any) -> Series:
    return Series(id=row.id, name=row.name, line_up=row.line_up, videos=row.videos)
