"""SQL of looking back: tracks that may be somebody else by now, and what stands around them."""

import asyncio
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, func, literal, select, text, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from gateway.library.track_vectors import packed, unpacked
from gateway.tables import rulings, series, track_vectors, tracks, videos
from kernel.vectors import Matrix


class Outline(NamedTuple):
    """A machine-decided track without its faces."""

    id: UUID
    video_id: UUID
    person_id: UUID | None
    ms: int


class Outlines(NamedTuple):
    """Tracks and their vectors, `[tracks, dimension]`, in the same order."""

    tracks: list[Outline]
    vectors: Matrix


async def named(connection: AsyncConnection, model_id: str, people: Collection[UUID]) -> list[UUID]:
    """Tracks of a model that the machine takes for one of these people."""
    query = select(tracks.c.id).where(tracks.c.person_id.in_(people), ~tracks.c.ruled, tracks.c.model_id == model_id)
    return list((await connection.execute(query)).scalars())


async def outlines(connection: AsyncConnection, model_id: str, ids: Collection[UUID]) -> Outlines:
    """Those of these tracks that nobody has ruled on and that have a vector of the model."""
    length = tracks.c.end_ms - tracks.c.start_ms
    query = (
        select(tracks.c.id, tracks.c.video_id, tracks.c.person_id, length.label("ms"), packed())
        .join(track_vectors, track_vectors.c.track_id == tracks.c.id)
        .where(tracks.c.id == func.any(_ids(ids)), ~tracks.c.ruled, track_vectors.c.model_id == model_id)
        .order_by(tracks.c.id)
    )
    rows = (await connection.execute(query)).all()
    found = [Outline(row.id, row.video_id, row.person_id, row.ms) for row in rows]
    return Outlines(found, await asyncio.to_thread(unpacked, [row.vector for row in rows]))


async def beside(
    connection: AsyncConnection, ids: Collection[UUID], people: Collection[UUID]
) -> list[tuple[UUID, UUID]]:
    """Of these tracks, each with every other on screen at the same time that is one of them or one of the people."""
    columns = tracks.c.id, tracks.c.video_id, tracks.c.start_ms, tracks.c.end_ms
    own = select(*columns).where(tracks.c.id == func.any(_ids(ids))).cte("own")
    each = own.alias("each")
    # Two questions, since neither of one with an "or" in it could be asked of an index alone.
    query = union_all(
        select(own.c.id, each.c.id).join(each, _at_once(own, each)),
        select(own.c.id, tracks.c.id)
        .join(tracks, _at_once(own, tracks))
        .where(tracks.c.person_id == func.any(_ids(people))),
    )
    return list({(row[0], row[1]) for row in await connection.execute(query)})


def _at_once(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Two tracks of one video that are on screen at the same time."""
    return and_(
        other.c.video_id == one.c.video_id,
        other.c.id != one.c.id,
        other.c.start_ms < one.c.end_ms,
        other.c.end_ms > one.c.start_ms,
    )


async def planned_anew(connection: AsyncConnection) -> None:
    """Plan statements of this transaction by what they ask for: a plan for any ids at all is right for none of them."""
    await connection.execute(text("set local plan_cache_mode = force_custom_plan"))


async def videos_by_track(connection: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, UUID]:
    query = select(tracks.c.id, tracks.c.video_id).where(tracks.c.id == func.any(_ids(ids)))
    return {row.id: row.video_id for row in await connection.execute(query)}


async def refused_in(connection: AsyncConnection, video_ids: Collection[UUID]) -> set[UUID]:
    """Those of these videos of which somebody said that a face is not a person."""
    query = (
        select(rulings.c.video_id)
        .distinct()
        .where(
            rulings.c.video_id == func.any(_ids(video_ids)),
            rulings.c.verdict == "is_not",
            rulings.c.person_id.isnot(None),
            rulings.c.revoked_at.is_(None),
        )
    )
    return set((await connection.execute(query)).scalars())


async def with_line_up(connection: AsyncConnection, video_ids: Collection[UUID]) -> list[UUID]:
    """Those of these videos for which somebody declared who may be in them."""
    query = (
        select(videos.c.id)
        .outerjoin(series, series.c.id == videos.c.series_id)
        .where(videos.c.id == func.any(_ids(video_ids)), func.coalesce(videos.c.line_up, series.c.line_up).isnot(None))
    )
    return list((await connection.execute(query)).scalars())


def _ids(ids: Collection[UUID]) -> object:
    return literal(list(ids), ARRAY(Uuid))
