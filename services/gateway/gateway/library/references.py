"""SQL of reference pictures and their vectors."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Row, and_, delete, exists, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import cursors
from gateway.tables import reference_vectors, references
from kernel.contracts.errors import NotFoundError
from kernel.contracts.faces import Box, Face
from kernel.contracts.library import Page, Reference, Rights
from kernel.vectors import Matrix


@dataclass(frozen=True)
class NewReference:
    """A picture taken in: its store name, the hash of its pixels, its one face, and why it is not used, if so."""

    id: UUID
    person_id: UUID
    picture: str
    content_hash: str
    source: str
    face: Face
    reason: str | None = None


def _reference(row: Row[Any]) -> Reference:
    return Reference(
        id=row.id,
        person_id=row.person_id,
        source=row.source,
        address=row.address,
        rights=Rights(rights=row.rights, consent=row.consent, expires_at=row.expires_at),
        withdrawn_at=row.withdrawn_at,
        usable=row.reason is None,
        reason=row.reason,
        video_id=row.video_id,
        at_ms=row.at_ms,
        created_at=row.created_at,
    )


async def list_references(
    connection: AsyncConnection, person_id: UUID, *, limit: int, cursor: str | None = None
) -> Page[Reference]:
    """A page of a person's pictures, in an order that stays."""
    query = select(references).where(references.c.person_id == person_id).order_by(references.c.id).limit(limit + 1)
    if cursor:
        query = query.where(references.c.id > cursors.decode(cursor, UUID)[0])
    found = [_reference(row) for row in await connection.execute(query)]
    return cursors.page(found, limit, lambda reference: (reference.id,))


async def get_reference(connection: AsyncConnection, reference_id: UUID) -> Reference:
    return _reference(await _row(connection, reference_id))


async def picture_of(connection: AsyncConnection, reference_id: UUID) -> str:
    """The store name of a reference's picture."""
    return str((await _row(connection, reference_id)).picture)


async def _row(connection: AsyncConnection, reference_id: UUID) -> Row[Any]:
    row = (await connection.execute(select(references).where(references.c.id == reference_id))).one_or_none()
    if row is None:
        raise NotFoundError(what="reference")
    return row


async def by_content(connection: AsyncConnection, person_id: UUID, content_hash: str) -> Reference | None:
    """The person's reference with these very pixels, when there is one."""
    same = and_(references.c.person_id == person_id, references.c.content_hash == content_hash)
    row = (await connection.execute(select(references).where(same))).one_or_none()
    return _reference(row) if row else None


async def add_reference(connection: AsyncConnection, new: NewReference) -> Reference:
    row = {
        "id": new.id,
        "person_id": new.person_id,
        "picture": new.picture,
        "content_hash": new.content_hash,
        "source": new.source,
        "reason": new.reason,
        "face": new.face.model_dump(mode="json"),
    }
    await connection.execute(insert(references).values(row))
    return await get_reference(connection, new.id)


async def remove_reference(connection: AsyncConnection, reference_id: UUID) -> str | None:
    """Forget a reference and its vectors. Gives its picture's store name when nobody else needs it."""
    picture = await picture_of(connection, reference_id)
    await connection.execute(delete(references).where(references.c.id == reference_id))
    return None if await picture_is_used(connection, picture) else picture


async def picture_is_used(connection: AsyncConnection, picture: str) -> bool:
    return bool(await connection.scalar(select(exists().where(references.c.picture == picture))))


# ---- vectors


async def put_vectors(connection: AsyncConnection, model_id: str, vectors: Mapping[UUID, Matrix]) -> None:
    """Keep one unit vector a reference, `[dimension]` float32; one that is there already stays."""
    rows = [
        {"reference_id": reference, "model_id": model_id, "vector": np.ascontiguousarray(vector, dtype="<f4").tobytes()}
        for reference, vector in vectors.items()
    ]
    if rows:
        await connection.execute(upsert(reference_vectors).values(rows).on_conflict_do_nothing())


async def vectors_of(connection: AsyncConnection, model_id: str) -> dict[UUID, Matrix]:
    """Person to `[n, dimension]`: the vectors this model made of the references used for matching."""
    query = (
        select(references.c.person_id, reference_vectors.c.vector)
        .join(reference_vectors, reference_vectors.c.reference_id == references.c.id)
        .where(reference_vectors.c.model_id == model_id, references.c.reason.is_(None))
        .order_by(references.c.person_id, references.c.id)
    )
    found: dict[UUID, list[Matrix]] = defaultdict(list)
    for person_id, raw in await connection.execute(query):
        found[person_id].append(np.frombuffer(raw, dtype="<f4").astype(np.float32))
    return {person_id: np.stack(rows) for person_id, rows in found.items()}


async def without_vector(connection: AsyncConnection, model_id: str) -> list[tuple[UUID, str, Face]]:
    """Usable references this model has not embedded: id, picture, face."""
    embedded = exists().where(
        reference_vectors.c.reference_id == references.c.id, reference_vectors.c.model_id == model_id
    )
    query = select(references.c.id, references.c.picture, references.c.face).where(
        references.c.reason.is_(None), references.c.face.isnot(None), ~embedded
    )
    return [(row.id, row.picture, Face.model_validate(row.face)) for row in await connection.execute(query)]


# ---- portraits


@dataclass(frozen=True)
class Portrait:
    """Where a person's face can be cut from: a picture of the store and the face in it."""

    picture: str
    box: Box


async def portrait_of(connection: AsyncConnection, person_id: UUID) -> Portrait | None:
    """The person's sharpest frontal reference."""
    query = select(references.c.picture, references.c.face).where(
        references.c.person_id == person_id, references.c.face.isnot(None)
    )
    known = [(row.picture, Face.model_validate(row.face)) for row in await connection.execute(query)]
    if not known:
        return None
    picture, face = max(known, key=lambda pair: pair[1].quality)
    return Portrait(picture, face.box)


async def with_portrait(connection: AsyncConnection) -> set[UUID]:
    """People `portrait_of` finds something for."""
    query = select(references.c.person_id).where(references.c.face.isnot(None)).distinct()
    return {row.person_id for row in await connection.execute(query)}
