"""Which text models the index knows: rows of `models`, and the loaded models behind them.

One model is active and answers questions. When settings name another one, it is registered as `filling`,
the documents are embedded with it in the background, and it becomes active in one transaction.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from embed_service.embedding import Embedder
from embed_service.nearness import drop_index
from embed_service.tables import documents, models, vectors
from kernel.contracts.embeddings import IndexModel
from kernel.contracts.errors import NotFoundError
from kernel.contracts.models import ModelCard
from kernel.inference.backend import BackendUnavailableError, load_backend
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.telemetry import logger

PACKAGE = "embed_service"
# halfvec columns can be indexed up to here.
LARGEST_DIMENSION = 4_000

log = logger("models")


def options_of(settings: Settings) -> dict[str, Any]:
    """What the configured backend is loaded with."""
    if settings.embedding.backend == "sbert":
        chosen = {"model": settings.embedding.model} if settings.embedding.model else {}
        return {**chosen, "offline": settings.offline}
    return {}


class Models:
    """Loaded models by id. A model that is asked for and not loaded is loaded as its row says."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._embedders: dict[str, Embedder] = {}
        self._loading = asyncio.Lock()
        self._missing: BackendUnavailableError | None = None

    async def open(self) -> None:
        """Load the configured model and register it; load the active one too while that is another.

        Raises BackendUnavailableError when the configured one can't be loaded.
        """
        backend, options = self._settings.embedding.backend, options_of(self._settings)
        try:
            embedder = await self._load(backend, options)
        except BackendUnavailableError as error:
            self._missing = error
            raise
        async with self._database.transaction() as connection:
            await register(connection, embedder.card, backend, options)
        try:
            await self.embedder()
        except (BackendUnavailableError, NotFoundError) as error:
            log.warning("active text model unavailable until the configured one has taken over", problem=str(error))

    async def check(self) -> None:
        """Raises what stands in the way of the configured model."""
        if self._missing is not None:
            raise self._missing

    async def embedder(self, model_id: str | None = None) -> Embedder:
        """The model of that id, or the active one. Raises NotFoundError, BackendUnavailableError."""
        if model_id is not None and (loaded := self._embedders.get(model_id)):
            return loaded
        async with self._database.transaction() as connection:
            wanted = models.c.state == "active" if model_id is None else models.c.model_id == model_id
            row = (await connection.execute(select(models).where(wanted))).mappings().one_or_none()
        if row is None:
            raise self._missing or NotFoundError(what="text model")
        return self._embedders.get(row["model_id"]) or await self._load(row["backend"], row["options"], row["model_id"])

    async def in_use(self, connection: AsyncConnection) -> list[Embedder]:
        """Loaded models whose vectors a document must have now: the active one and those being filled.

        A model that this process has not loaded is left to the filling.
        """
        states = select(models.c.model_id).where(models.c.state.in_(("active", "filling")))
        known = (await connection.execute(states)).scalars()
        return [self._embedders[model_id] for model_id in known if model_id in self._embedders]

    async def _load(self, backend: str, options: Mapping[str, Any], model_id: str | None = None) -> Embedder:
        async with self._loading:
            if model_id is not None and (loaded := self._embedders.get(model_id)):
                return loaded
            embedder = Embedder(await asyncio.to_thread(load_backend, PACKAGE, backend, **options))
            if model_id not in {None, embedder.card.model_id}:
                # The weights at that name have changed: vectors made with the old ones can't be compared.
                embedder.close()
                raise NotFoundError(what=f"text model {model_id}")
            self._embedders[embedder.card.model_id] = embedder
            return embedder

    def close(self) -> None:
        for embedder in self._embedders.values():
            embedder.close()


async def register(connection: AsyncConnection, card: ModelCard, backend: str, options: Mapping[str, Any]) -> None:
    """Make `card`'s model the active one, or the one that is being filled when another is active."""
    if card.dimension is None or card.dimension > LARGEST_DIMENSION:
        raise ValueError(f"{card.model_id}: {card.dimension} dimensions can't be indexed")
    await lock_index(connection)
    active = (await connection.execute(select(models.c.model_id).where(models.c.state == "active"))).scalar()
    state = "active" if active in {None, card.model_id} else "filling"
    await connection.execute(
        update(models).values(state="retired").where(models.c.state == "filling", models.c.model_id != card.model_id)
    )
    row = {"state": state, "backend": backend, "options": dict(options), "card": card.model_dump(mode="json")}
    await connection.execute(
        insert(models)
        .values(model_id=card.model_id, dimension=card.dimension, **row)
        .on_conflict_do_update(index_elements=[models.c.model_id], set_=row)
    )
    log.info("text model registered", model=card.model_id, state=state)


async def switch(connection: AsyncConnection, model_id: str) -> bool:
    """Make a filled model the active one, unless a document still lacks its vectors or it is no longer wanted."""
    await lock_index(connection)
    state = (await connection.execute(select(models.c.state).where(models.c.model_id == model_id))).scalar()
    if state != "filling":
        return True
    lacking = await connection.execute(select(documents.c.segment_id).where(lacks(model_id)).limit(1))
    if lacking.first() is not None:
        return False
    await connection.execute(update(models).values(state="retired").where(models.c.state == "active"))
    await connection.execute(update(models).values(state="active").where(models.c.model_id == model_id))
    log.info("text model switched", model=model_id)
    return True


async def drop_retired_vectors(connection: AsyncConnection) -> None:
    """Forget vectors of models that are out of use.

    Done at the next start rather than at the switch: a question under way may still be reading them.
    """
    retired = (await connection.execute(select(models.c.model_id).where(models.c.state == "retired"))).scalars().all()
    for model_id in retired:
        await drop_index(connection, model_id)
        await connection.execute(delete(vectors).where(vectors.c.model_id == model_id))
        await connection.execute(delete(models).where(models.c.model_id == model_id))


async def report(connection: AsyncConnection) -> list[IndexModel]:
    """Every model with how many of the documents that have a caption it has vectors for."""
    with_text = func.count(case((or_(documents.c.text_ko.is_not(None), documents.c.text_en.is_not(None)), 1)))
    of_documents = (await connection.execute(select(with_text))).scalar_one()
    counts = select(vectors.c.model_id, func.count(vectors.c.segment_id.distinct()).label("filled")).group_by(
        vectors.c.model_id
    )
    filled = {row.model_id: row.filled for row in await connection.execute(counts)}
    rows = (await connection.execute(select(models).order_by(models.c.created_at))).mappings()
    return [
        IndexModel(
            model=ModelCard.model_validate(row["card"]),
            state=row["state"],
            documents=filled.get(row["model_id"], 0),
            of_documents=of_documents,
        )
        for row in rows
    ]


def lacks(model_id: str) -> Any:
    """Documents that have a caption without a vector of that model."""
    made = select(vectors.c.part).where(vectors.c.segment_id == documents.c.segment_id, vectors.c.model_id == model_id)
    return or_(
        documents.c.text_ko.is_not(None) & ~made.where(vectors.c.part == "ko").exists(),
        documents.c.text_en.is_not(None) & ~made.where(vectors.c.part == "en").exists(),
    )


# Any fixed number: whoever writes documents, vectors or states of models holds this lock to the end of its transaction.
INDEX_LOCK = 7_046_114_906


async def lock_index(connection: AsyncConnection) -> None:
    """One writer at a time. Nothing slow happens under it: texts are embedded before."""
    await connection.execute(select(func.pg_advisory_xact_lock(INDEX_LOCK)))
