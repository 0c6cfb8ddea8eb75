"""Fixtures everybody shares: a real PostgreSQL for the session, a fresh migrated database for each test."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from pydantic import SecretStr

from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.storage.embedded import temporary_server
from kernel.storage.migrate import migrate
from tests import databases

SHARED = Path(__file__).parents[2] / "shared" / "data"
# Tests end their servers for good: nothing has to survive the machine's power.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# A process per core runs the tests: more threads for a matrix than that only wait for each other, for minutes. The
# libraries read this when they are loaded, here and in the products that tests start.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
# A busy machine is no failure.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Footage and models beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared/data beside this checkout: footage and models for this test are there")
    return SHARED


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the embedded server's own user may pass through: as root it may not through pytest's."""
    with tempfile.TemporaryDirectory(prefix="scenedesk-tests-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of one embedded server for the session (for each xdist worker)."""
    with asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()
        try:
            yield runner.run(stack.enter_async_context(temporary_server(options=QUICK)))
        finally:
            runner.run(stack.aclose())


@pytest.fixture(scope="session")
def migrated(postgres: str) -> str:
    """Name of a database at the newest revision, to be cloned."""
    asyncio.run(migrate(asyncio.run(databases.create(postgres, "migrated", "template0"))))
    return "migrated"


@pytest.fixture(scope="session")
def cloned(postgres: str, migrated: str) -> Callable[[str], str]:
    """Makes a fresh database of that name at the newest revision, for what outlives one test; gives its address."""

    def clone(name: str) -> str:
        return asyncio.run(databases.create(postgres, name, migrated))

    return clone


@pytest.fixture
async def database_url(postgres: str, migrated: str) -> AsyncIterator[str]:
    """A fresh database at the newest revision."""
    name = f"test_{uuid4().hex}"
    yield await databases.create(postgres, name, migrated)
    await databases.drop(postgres, name)


@pytest.fixture
async def empty_database_url(postgres: str) -> AsyncIterator[str]:
    """A fresh database without any schema of ours."""
    name = f"empty_{uuid4().hex}"
    yield await databases.create(postgres, name, "template0")
    await databases.drop(postgres, name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Settings for one test: its own data folder and database, nothing asked of a network."""
    return Settings(_env_file=None, data_dir=tmp_path / "data", DATABASE_URL=SecretStr(database_url), offline=True)
