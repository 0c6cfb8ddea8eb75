"""SQL of what a search hit needs from the library."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.tables import segments, videos
from kernel.contracts.library import Segment


async def segments_of(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Segment]:
    """Segments by id, as they are now; those an edit has taken away are left out."""
    rows = await connection.execute(select(segments.c.id, segments.c.content).where(segments.c.id.in_(ids)))
    return {row.id: Segment.model_validate(row.content) for row in rows}


async def with_media(connection: AsyncConnection, ids: Collection[UUID]) -> set[UUID]:
    """Those of the videos that can be played."""
    query = select(videos.c.id).where(videos.c.id.in_(ids), videos.c.media.isnot(None))
    return {row.id for row in await connection.execute(query)}
