"""Where anything of somebody is still to be found: every row of every table, every file."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterable
from typing import Protocol

from sqlalchemy import text

from kernel.settings import Settings
from kernel.storage.database import Database


class Kept(Protocol):
    """Whatever has a database and a data folder."""

    database: Database
    settings: Settings


async def rows(database: Database) -> AsyncIterator[tuple[str, bytes]]:
    """Every row of every table, as text and as what compressed results say; with the table's name."""
    async with database.transaction() as connection:
        query = "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'"
        names = list(
            await connection.execute(
                text(f"{query} and table_schema in ('library', 'index', 'jobs', 'answers', 'public')")
            )
        )
        for schema, name in names:
            every = f'select t::text from "{schema}"."{name}" t'  # noqa: S608 - names of tables, from the catalogue
            for row in await connection.execute(text(every)):
                yield f"{schema}.{name}", row[0].encode()
        for row in await connection.execute(text("select result from library.steps")):
            yield "library.steps", zlib.decompress(row[0])


async def found_in(door: Kept, marks: Iterable[str | bytes]) -> list[str]:
    """Where any of these is still to be found."""
    raw = [mark.encode() if isinstance(mark, str) else mark for mark in marks]
    wanted = [*raw, *(mark.hex().encode() for mark in raw if len(mark) < 100)]
    found = [name async for name, row in rows(door.database) if any(mark in row for mark in wanted)]
    files = await asyncio.to_thread(lambda: [p for p in door.settings.data_dir.rglob("*") if p.is_file()])
    return [*found, *(path.name for path in files if any(mark in path.read_bytes() for mark in raw))]
