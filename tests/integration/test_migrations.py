"""The schema: up, down, up; interrupted; held against the tables and the queue the code speaks of."""

import asyncio
import subprocess
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from sqlalchemy import Connection, MetaData

import embed_service.tables
import gateway.account_tables
import gateway.finding_tables
import gateway.tables
import gateway.timeline_tables
import search_service.tables
from gateway import jobs
from kernel.contracts.errors import UnavailableError
from kernel.storage.account import account, binaries
from kernel.storage.database import Database
from kernel.storage.migrate import downgrade, migrate

OURS = {
    "gateway": (gateway.tables.metadata, "library"),
    "embed-service": (embed_service.tables.metadata, "index"),
    "search-service": (search_service.tables.metadata, "answers"),
}


def dump(url: str) -> str:
    """The schema as pg_dump tells it, without the lines that differ every time."""
    words = [binaries(account()) / "pg_dump", "--schema-only", "--exclude-table=public.alembic_version", url]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return "\n".join(line for line in said.splitlines() if not line.startswith(("\\restrict", "\\unrestrict", "--")))


async def test_up_down_up_is_the_schema_made_from_scratch(empty_database_url: str) -> None:
    empty = dump(empty_database_url)
    await migrate(empty_database_url)
    once = dump(empty_database_url)
    await downgrade(empty_database_url)
    assert [line for line in dump(empty_database_url).splitlines() if "EXTENSION" not in line] == empty.splitlines()
    await migrate(empty_database_url)
    assert dump(empty_database_url) == once
    assert "CREATE TABLE library.videos" in once


async def test_each_revision_can_be_undone(empty_database_url: str) -> None:
    await migrate(empty_database_url)
    dumps = [dump(empty_database_url)]
    await downgrade(empty_database_url, "-1")
    assert dump(empty_database_url) != dumps[0]
    await migrate(empty_database_url, "+1")
    assert dump(empty_database_url) == dumps[0]


async def test_two_processes_that_start_at_once_migrate_once(empty_database_url: str) -> None:
    await asyncio.gather(*(migrate(empty_database_url) for _ in range(3)))
    assert "CREATE TABLE library.videos" in dump(empty_database_url)


async def test_an_upgrade_interrupted_half_way_leaves_nothing_and_can_be_run_again(empty_database_url: str) -> None:
    connection = await asyncpg.connect(empty_database_url)
    before = dump(empty_database_url)
    # The last table of the script is in the way: everything before it is made, then the upgrade fails.
    await connection.execute("create schema jobs; create type jobs.status as enum ('in the way')")
    blocked = dump(empty_database_url)
    with pytest.raises(Exception, match="status"):
        await migrate(empty_database_url)
    assert dump(empty_database_url) == blocked
    await connection.execute("drop schema jobs cascade")
    assert dump(empty_database_url) == before
    await migrate(empty_database_url)
    await connection.close()


async def test_a_migration_whose_connection_is_cut_leaves_nothing(empty_database_url: str) -> None:
    before = dump(empty_database_url)
    watcher = await asyncpg.connect(empty_database_url)
    # Holding the lock keeps the migration at its first statement; then its connection is cut.
    await watcher.execute("select pg_advisory_lock(7046114905)")
    migrating = asyncio.create_task(migrate(empty_database_url))
    waiting = "select pid from pg_locks where locktype = 'advisory' and not granted"
    while (pid := await watcher.fetchval(waiting)) is None:  # noqa: ASYNC110 - the server sends no event
        await asyncio.sleep(0.01)
    await watcher.execute("select pg_terminate_backend($1)", pid)
    with pytest.raises(Exception, match=r"terminat|closed"):
        await migrating
    await watcher.close()
    assert dump(empty_database_url) == before
    await migrate(empty_database_url)


@pytest.mark.parametrize("service", OURS)
async def test_migrations_make_the_tables_the_code_speaks_of(database: Database, service: str) -> None:
    metadata, schema = OURS[service]

    def differences(connection: Connection) -> list[object]:
        return compare_metadata(_context(connection, schema), metadata)

    async with database.transaction() as tx:
        assert await tx.run_sync(differences) == []


def _context(connection: Connection, schema: str) -> MigrationContext:
    def named(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "schema" or name == schema

    options = {"include_schemas": True, "include_name": named, "compare_server_default": True}
    return MigrationContext.configure(connection, opts=options)


async def test_the_queue_is_the_one_the_installed_pgqueuer_wants() -> None:
    """A newer pgqueuer with another schema needs a migration of its own."""
    written = Path(__file__).parents[2] / "migrations" / "versions" / "0001_jobs.sql"
    wanted = QueryBuilderEnvironment(jobs.SETTINGS).build_install_query()
    assert _statements(written.read_text()) == _statements(wanted)


def _statements(script: str) -> list[str]:
    return [line.strip() for line in script.splitlines() if line.strip() and not line.startswith("--")]


def test_no_table_is_declared_twice() -> None:
    names = [name for metadata, _ in OURS.values() for name in _names(metadata)]
    assert len(names) == len(set(names))


def _names(metadata: MetaData) -> list[str]:
    return list(metadata.tables)


async def test_a_database_that_cannot_hold_korean_is_refused(postgres: str) -> None:
    connection = await asyncpg.connect(postgres)
    try:
        await connection.execute("drop database if exists ascii")
        await connection.execute(
            "create database ascii template template0 encoding 'SQL_ASCII' locale_provider libc locale 'C'"
        )
        with pytest.raises(UnavailableError, match="encoding is SQL_ASCII"):
            await migrate(f"{postgres.rpartition('/')[0]}/ascii")
    finally:
        await connection.close()
