"""SQL of track vectors: what face tracks look like to the model that followed them, for comparing across videos."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from pgvector import HalfVector
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.tables import track_vectors
from kernel.contracts.vectors import PackedVectors
from kernel.vectors import unpack


async def put(connection: AsyncConnection, track_ids: Sequence[UUID], vectors: PackedVectors) -> None:
    """Keep one unit vector a track, in order, half precision; rows of zeros are left out."""
    rows = await asyncio.to_thread(_rows, track_ids, vectors)
    if rows:
        await connection.execute(insert(track_vectors), rows)


def _rows(track_ids: Sequence[UUID], vectors: PackedVectors) -> list[dict[str, Any]]:
    return [
        {"track_id": track_id, "model_id": vectors.model_id, "vector": HalfVector(np.asarray(row, np.float16))}
        for track_id, row in zip(track_ids, unpack(vectors), strict=True)
        if row.any()
    ]
