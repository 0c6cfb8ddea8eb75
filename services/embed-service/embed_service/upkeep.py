"""What happens to the index in the background: filling a new model, building the approximate index when it pays."""

import asyncio
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from embed_service.embedding import BATCH
from embed_service.models import Models, lacks, lock_index, switch
from embed_service.nearness import build_index
from embed_service.rewording import reword
from embed_service.tables import documents, models, vectors
from embed_service.texts import parts_of
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.telemetry import logger

RETRY_S = 5.0
log = logger("upkeep")


class Upkeep:
    """One background task; `wake` it when something was written."""

    def __init__(self, database: Database, loaded: Models, settings: Settings) -> None:
        self._database, self._models, self._exact_below = database, loaded, settings.search.exact_below
        self._woken = asyncio.Event()
        self._woken.set()
        self._started = False

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled. What fails is logged and tried again: an index that lags still answers."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.once()
            except Exception as error:  # the database restarting, a model that answers nonsense
                log.warning("upkeep failed", exc_info=error)
                asyncio.get_running_loop().call_later(RETRY_S, self.wake)

    async def once(self) -> None:
        """Fill every model that is filling and switch to it, then see to words and the active model's index."""
        # Documents that came while the active model could not be loaded lack its vectors: seen to at each start.
        states = ("filling",) if self._started else ("active", "filling")
        async with self._database.transaction() as connection:
            unfinished = select(models.c.model_id).where(models.c.state.in_(states)).order_by(models.c.state)
            model_ids = (await connection.execute(unfinished)).scalars().all()
        for model_id in model_ids:
            await self._fill(model_id)
        if not self._started and (number := await reword(self._database)):
            log.info("words read again", documents=number)
        await self._index_active()
        self._started = True

    async def _fill(self, model_id: str) -> None:
        switched = False
        while not switched:
            after: UUID | None = UUID(int=0)
            while after is not None:
                after = await self._fill_some(model_id, after)
            async with self._database.transaction() as connection:
                switched = await switch(connection, model_id)

    async def _fill_some(self, model_id: str, after: UUID) -> UUID | None:
        """Embed the next documents that lack vectors; where to go on, or None at the end."""
        async with self._database.transaction() as connection:
            rows = await connection.execute(
                select(documents.c.segment_id, documents.c.text_ko, documents.c.text_en)
                .where(documents.c.segment_id > after, lacks(model_id))
                .order_by(documents.c.segment_id)
                .limit(BATCH // 2)
            )
            lacking = [
                (row.segment_id, part, value)
                for row in rows
                for part, value in parts_of(row.text_ko, row.text_en).items()
            ]
        if not lacking:
            return None
        embedder = await self._models.embedder(model_id)
        made = await embedder.embed([value for _, _, value in lacking])
        async with self._database.transaction() as connection:
            await lock_index(connection)
            same = await _unchanged(connection, lacking)
            found = [
                {"model_id": model_id, "segment_id": segment, "part": part, "vector": vector}
                for (segment, part, value), vector in zip(lacking, made, strict=True)
                if same.get((segment, part)) == value
            ]
            if found:
                await connection.execute(insert(vectors).on_conflict_do_nothing(), found)
        return cast("UUID", lacking[-1][0])

    async def _index_active(self) -> None:
        async with self._database.transaction() as connection:
            some = select(documents.c.segment_id).limit(self._exact_below + 1).subquery()
            many = (await connection.execute(select(func.count()).select_from(some))).scalar_one()
            active = (
                await connection.execute(
                    select(models.c.model_id, models.c.dimension).where(models.c.state == "active")
                )
            ).one_or_none()
        if active is not None and many > self._exact_below:
            await build_index(self._database, active.model_id, active.dimension)


async def _unchanged(connection: AsyncConnection, lacking: list[tuple[Any, str, str]]) -> dict[tuple[UUID, str], str]:
    rows = await connection.execute(
        select(documents.c.segment_id, documents.c.text_ko, documents.c.text_en).where(
            documents.c.segment_id.in_({segment for segment, _, _ in lacking})
        )
    )
    return {(row.segment_id, part): value for row in rows for part, value in parts_of(row.text_ko, row.text_en).items()}
