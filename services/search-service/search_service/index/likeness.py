"""Where a document's caption lies among meanings, and which document is where."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.index.statement import fetch

VECTOR = """
select l2_normalize(avg(vector))::text as vector from "index".vectors where segment_id = $1 and model_id = $2
"""
AT = """
select segment_id from "index".documents where video_id = $1 and start_ms <= $2 and end_ms > $2
order by end_ms - start_ms, segment_id limit 1
"""


async def vector_of(connection: AsyncConnection, segment_id: UUID, model_id: str) -> str | None:
    """The middle of a document's vectors as PostgreSQL reads it; None without a caption."""
    found: str | None = (await fetch(connection, VECTOR, [segment_id, model_id]))[0]["vector"]
    return found


async def at(connection: AsyncConnection, video_id: UUID, at_ms: int) -> UUID | None:
    """The shortest document that is on screen then."""
    rows = await fetch(connection, AT, [video_id, at_ms])
    return rows[0]["segment_id"] if rows else None
