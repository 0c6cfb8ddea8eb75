"""Bring a database's schema to a revision: `python -m kernel.storage.migrate [revision]`."""

import asyncio
import sys
from collections.abc import Callable
from importlib.util import find_spec

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from kernel.contracts.errors import UnavailableError
from kernel.settings import Settings
from kernel.storage.database import async_url

# Two processes starting at once: the second waits, then finds nothing to do. Any fixed number does.
LOCK = 7_046_114_905


async def migrate(url: str, target: str = "head") -> None:
    """Upgrade to `target` in one transaction: interrupted, it leaves the schema as it was.

    Raises UnavailableError for a database that cannot hold Korean.
    """
    await _run(url, lambda config: command.upgrade(config, target))


async def downgrade(url: str, target: str = "base") -> None:
    """Go back to `target`, dropping what later revisions made, data included."""
    await _run(url, lambda config: command.downgrade(config, target))


async def _run(url: str, work: Callable[[Config], None]) -> None:
    engine = create_async_engine(async_url(url), poolclass=NullPool)
    async with engine.begin() as connection:
        encoding = await connection.scalar(text("show server_encoding"))
        if encoding != "UTF8":
            remedy = "Create the database with encoding UTF8."
            raise UnavailableError(what="PostgreSQL", reason=f"this database's encoding is {encoding}.", remedy=remedy)
        await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        await connection.run_sync(_with, work)


def _with(connection: Connection, work: Callable[[Config], None]) -> None:
    spec = find_spec("migrations")
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError("the package `migrations` is not installed")
    config = Config()
    config.set_main_option("script_location", next(iter(spec.submodule_search_locations)).replace("%", "%%"))
    config.attributes["connection"] = connection
    work(config)


def main() -> None:
    settings = Settings.load()
    if settings.database_url is None:
        sys.exit("Set DATABASE_URL: the embedded database is brought up to date by `scenedesk up`.")
    asyncio.run(migrate(settings.database_url.get_secret_value(), *sys.argv[1:2]))


if __name__ == "__main__":
    main()
