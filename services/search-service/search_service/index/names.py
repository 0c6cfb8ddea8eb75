"""The gallery's names as the index has them."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.embeddings import IndexedName
from search_service.index.state import names_revision
from search_service.index.tables import names
from search_service.understanding.gallery import Gallery


class Names:
    """The gallery's names, read again when they have changed."""

    def __init__(self) -> None:
        self.revision: UUID | None = None
        self.known = Gallery(())

    async def current(self, connection: AsyncConnection) -> Gallery:
        revision = await names_revision(connection)
        if revision != self.revision:
            rows = (await connection.execute(select(names))).mappings()
            self.known = Gallery(
                IndexedName(**{name: value for name, value in row.items() if name != "revision"}) for row in rows
            )
            self.revision = revision
        return self.known
