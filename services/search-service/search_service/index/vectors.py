"""Nearness in meaning: the active model's vectors, compared one by one or by its approximate index."""

from collections.abc import Collection
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import any_, cast, literal, select, text, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.errors import Language
from kernel.contracts.models import ModelCard
from kernel.vectors import Matrix
from search_service.index.parameters import halfvec, uuids
from search_service.index.scope import Scope
from search_service.index.tables import documents, models, vectors


async def active_model(connection: AsyncConnection) -> ModelCard | None:
    card = (await connection.execute(select(models.c.card).where(models.c.state == "active"))).scalar()
    return ModelCard.model_validate(card) if card is not None else None


async def nearest(connection: AsyncConnection, scope: Scope, model: ModelCard, vector: Matrix, limit: int) -> set[UUID]:
    """Segments nearest in meaning, every vector of the scope compared."""
    distance = vectors.c.vector.cosine_distance(halfvec(vector))
    found = (
        select(vectors.c.segment_id)
        .join(documents, documents.c.segment_id == vectors.c.segment_id)
        .where(vectors.c.model_id == model.model_id, *scope.conditions())
        .order_by(distance, vectors.c.segment_id)
        .limit(limit)
    )
    return set((await connection.execute(found)).scalars())


async def nearest_approximate(
    connection: AsyncConnection, scope: Scope, model: ModelCard, vector: Matrix, limit: int
) -> set[UUID]:
    """Segments nearest in meaning by the model's HNSW index; filtered while it is walked.

    Iterative scan keeps a filter from leaving a short list. The planner may still choose to compare all.
    """
    await connection.execute(text("set local hnsw.ef_search = 100"))
    await connection.execute(text("set local hnsw.iterative_scan = relaxed_order"))
    # The expression and the condition of the index, literally: with parameters the planner can't recognise it.
    indexed = cast(vectors.c.vector, HALFVEC(model.dimension))
    distance = type_coerce(indexed, HALFVEC(model.dimension)).cosine_distance(halfvec(vector))
    found = select(vectors.c.segment_id).where(vectors.c.model_id == literal(model.model_id, literal_execute=True))
    if conditions := scope.conditions():
        inside = select(documents.c.segment_id).where(documents.c.segment_id == vectors.c.segment_id, *conditions)
        found = found.where(inside.exists())
    return set((await connection.execute(found.order_by(distance).limit(limit))).scalars())


async def cosines(
    connection: AsyncConnection, segments: Collection[UUID], model: ModelCard, vector: Matrix
) -> dict[UUID, dict[Language, float]]:
    """Exact cosine of each language's caption, by segment."""
    similarity = 1 - vectors.c.vector.cosine_distance(halfvec(vector))
    rows = await connection.execute(
        select(vectors.c.segment_id, vectors.c.part, similarity).where(
            vectors.c.model_id == model.model_id, vectors.c.segment_id == any_(uuids(segments))
        )
    )
    found: dict[UUID, dict[Language, float]] = {}
    for segment, part, value in rows:
        found.setdefault(segment, {})[part] = float(value)
    return found
