"""SQL of trained heads, and of what one is trained by."""

from collections import defaultdict
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library.references import usable
from gateway.tables import memberships, reference_vectors, references, strangers, tracks, trainings


class Kept(NamedTuple):
    """A training as it is kept."""

    id: UUID
    model_id: str
    fingerprint: str
    live: bool
    report: dict[str, Any]
    weights: bytes | None
    created_at: Any


async def put(connection: AsyncConnection, values: dict[str, Any]) -> None:
    await connection.execute(insert(trainings).values(values))


async def newest(connection: AsyncConnection, model_id: str) -> Kept | None:
    query = (
        select(trainings)
        .where(trainings.c.model_id == model_id)
        .order_by(trainings.c.created_at.desc(), trainings.c.id)
        .limit(1)
    )
    row: Row[Any] | None = (await connection.execute(query)).one_or_none()
    return Kept(**row._asdict()) if row else None


class Origin(NamedTuple):
    """Where a reference is from."""

    video_id: UUID | None
    address: str | None
    source: str


async def origins(connection: AsyncConnection, model_id: str) -> dict[UUID, list[Origin]]:
    """Person to the origins of the references that match, in the order of `references.vectors_of`."""
    query = (
        select(references.c.person_id, references.c.video_id, references.c.address, references.c.source)
        .join(reference_vectors, reference_vectors.c.reference_id == references.c.id)
        .where(reference_vectors.c.model_id == model_id, usable())
        .order_by(references.c.person_id, references.c.id)
    )
    found: dict[UUID, list[Origin]] = defaultdict(list)
    for row in await connection.execute(query):
        found[row.person_id].append(Origin(row.video_id, row.address, row.source))
    return dict(found)


async def groups(connection: AsyncConnection) -> dict[UUID, UUID]:
    """Person to a group; who is in several counts for the first by id."""
    query = select(memberships.c.person_id, memberships.c.group_id).order_by(
        memberships.c.person_id, memberships.c.group_id.desc()
    )
    return {row.person_id: row.group_id for row in await connection.execute(query)}


async def hidden(connection: AsyncConnection, limit: int) -> list[UUID]:
    """Tracks of strangers that were put away, at most so many."""
    query = (
        select(tracks.c.id)
        .join(strangers, strangers.c.id == tracks.c.stranger_id)
        .where(strangers.c.state == "hidden", tracks.c.person_id.is_(None))
        .order_by(tracks.c.id)
        .limit(limit)
    )
    return list((await connection.execute(query)).scalars())
