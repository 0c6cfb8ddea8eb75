"""SQL of gallery versions: what decided, kept for as long as anybody may ask."""

from typing import Any
from uuid import uuid4

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.tables import gallery_versions
from kernel.contracts.people import GalleryVersion


async def find(connection: AsyncConnection, fingerprint: str, model_id: str, scorer: str) -> GalleryVersion | None:
    query = select(gallery_versions).where(
        gallery_versions.c.fingerprint == fingerprint,
        gallery_versions.c.model_id == model_id,
        gallery_versions.c.scorer == scorer,
    )
    row = (await connection.execute(query)).one_or_none()
    return _version(row) if row else None


async def put(connection: AsyncConnection, values: dict[str, Any]) -> GalleryVersion:
    """Keep a version; one that is there already stays as it was."""
    await connection.execute(upsert(gallery_versions).values({"id": uuid4(), **values}).on_conflict_do_nothing())
    found = await find(connection, values["fingerprint"], values["model_id"], values["scorer"])
    if found is None:
        raise LookupError(values["fingerprint"])
    return found


def _version(row: Row[Any]) -> GalleryVersion:
    return GalleryVersion(
        id=row.id,
        model_id=row.model_id,
        scorer=row.scorer,
        threshold=row.threshold,
        calibration=row.calibration,
        people=row.people,
        references=row.references,
        created_at=row.created_at,
    )
