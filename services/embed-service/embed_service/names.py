"""The gallery's names as the index knows them."""

from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from embed_service.tables import names
from kernel.contracts.embeddings import IndexedName, PutDocumentsResponse
from kernel.language import Lexicon
from kernel.spelling import normal


async def read_names(connection: AsyncConnection) -> list[IndexedName]:
    rows = (await connection.execute(select(names).order_by(names.c.id))).mappings()
    return [IndexedName(**{key: value for key, value in row.items() if key != "revision"}) for row in rows]


async def put_names(connection: AsyncConnection, asked: list[IndexedName]) -> PutDocumentsResponse:
    """Make the names in the index those asked for. The same names again write nothing."""
    wanted = {name.id: _normal(name) for name in asked}
    known = {name.id: name for name in await read_names(connection)}
    changed = [name for name in wanted.values() if known.get(name.id) != name]
    removed = known.keys() - wanted.keys()
    if changed or removed:
        revision = uuid4()
        await connection.execute(delete(names))
        rows = [{**name.model_dump(), "revision": revision} for name in wanted.values()]
        if rows:
            await connection.execute(insert(names), rows)
    return PutDocumentsResponse(written=len(changed), unchanged=len(wanted) - len(changed), removed=len(removed))


def _normal(name: IndexedName) -> IndexedName:
    return name.model_copy(
        update={
            "name_ko": normal(name.name_ko),
            "name_en": normal(name.name_en),
            "aliases": [alias for alias in map(normal, name.aliases) if alias],
        }
    )


class Lexicons:
    """The lexicon of the names in the index, read again when they have changed."""

    def __init__(self) -> None:
        self._revision: UUID | None = None
        self._lexicon = Lexicon()

    async def current(self, connection: AsyncConnection) -> Lexicon:
        revision = (await connection.execute(select(names.c.revision).limit(1))).scalar()
        if revision != self._revision:
            known = await read_names(connection)
            self._lexicon = Lexicon(w for name in known for w in (name.name_ko, name.name_en, *name.aliases))
            self._revision = revision
        return self._lexicon
