"""Putting documents: what has to be embedded is embedded first, then all is written in one short transaction."""

import asyncio
from typing import Any
from uuid import UUID

from embed_service.documents import Plan, plan, read_stored, row_of, write
from embed_service.embedding import Embedder
from embed_service.models import Models, lock_index
from embed_service.names import Lexicons
from embed_service.removing import remove
from embed_service.texts import parts, refuse_long
from kernel.contracts.embeddings import Document, PutDocumentsRequest, PutDocumentsResponse
from kernel.language import Lexicon
from kernel.storage.database import Database
from kernel.vectors import Matrix


class Prepared:
    """Rows and vectors made so far for one request."""

    def __init__(self) -> None:
        self.rows: dict[UUID, dict[str, Any]] = {}
        self.vectors: dict[tuple[str, str], Matrix] = {}

    def suffice(self, work: Plan, embedders: list[Embedder]) -> bool:
        wanted = {(embedder.card.model_id, text) for embedder in embedders for text in work.texts}
        return wanted <= self.vectors.keys() and {doc.segment_id for doc in work.changed} <= self.rows.keys()

    async def make(self, work: Plan, embedders: list[Embedder], lexicon: Lexicon) -> None:
        rows = await asyncio.to_thread(_rows, work.changed, lexicon)
        self.rows.update(rows)
        for embedder in embedders:
            model_id = embedder.card.model_id
            missing = [text for text in work.texts if (model_id, text) not in self.vectors]
            made = await embedder.embed(missing)
            self.vectors.update({(model_id, text): vector for text, vector in zip(missing, made, strict=True)})


def _rows(changed: tuple[Document, ...], lexicon: Lexicon) -> dict[UUID, dict[str, Any]]:
    return {document.segment_id: row_of(document, lexicon) for document in changed}


class Indexing:
    """Puts and removes documents, for any number of callers at once."""

    def __init__(self, database: Database, models: Models) -> None:
        self._database, self._models, self._lexicons = database, models, Lexicons()

    async def put(self, request: PutDocumentsRequest) -> PutDocumentsResponse:
        """All of the request or none of it. Raises InvalidError, BusyError, BadVectorsError.

        Compared and written under one lock; when the comparison shows something to embed, the lock is
        let go, that is done, and it is compared again. The second round writes unless a model was added
        or somebody else changed the same segments meanwhile.
        """
        refuse_long(text for document in request.documents for text in parts(document).values())
        prepared = Prepared()
        while True:
            async with self._database.transaction() as connection:
                await lock_index(connection)
                stored = await read_stored(connection, (document.segment_id for document in request.documents))
                work, embedders = plan(request.documents, stored), await self._models.in_use(connection)
                lexicon = await self._lexicons.current(connection)
                if prepared.suffice(work, embedders):
                    rows = [prepared.rows[document.segment_id] for document in work.changed]
                    used = [embedder.card.model_id for embedder in embedders]
                    await write(connection, work, stored, rows, prepared.vectors, used)
                    removed = await remove(connection, request.removed, request.version)
                    return PutDocumentsResponse(written=len(work.changed), unchanged=work.unchanged, removed=removed)
            await prepared.make(work, embedders, lexicon)
