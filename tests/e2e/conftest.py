"""The whole product at a real address, as `scenedesk up` runs it, for the tests of one file."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from pydantic import SecretStr

from kernel.settings import Settings
from kernel.storage.database import Database
from standalone.product import Standalone, open_standalone
from standalone.rest import Library, open_library
from tests.e2e import browser
from tests.media_samples import encode

Result = TypeVar("Result")


class Running:
    """A product that answers in a thread of its own, so that a test may be a command line."""

    def __init__(self, product: Standalone) -> None:
        self.address, self.settings = product.address, product.settings

    def ask(self, work: Callable[[Library], Coroutine[Any, Any, Result]]) -> Result:
        """What `work` makes of the REST, as any other program would."""

        async def asked() -> Result:
            async with open_library(self.settings, "en", self.address) as library:
                return await work(library)

        return asyncio.run(asked())


@contextmanager
def running(settings: Settings) -> Iterator[Running]:
    opened: list[Standalone] = []
    failed: list[BaseException] = []
    ready, stop = threading.Event(), threading.Event()

    async def live() -> None:
        async with open_standalone(settings, any_port=True) as product:
            opened.append(product)
            ready.set()
            await asyncio.to_thread(stop.wait)

    def run() -> None:
        try:
            asyncio.run(live())
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread that waits
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait()
    try:
        if opened:
            yield Running(opened[0])
    finally:
        stop.set()
        thread.join()
    if failed:
        raise failed[0]


@pytest.fixture(scope="module")
def product(cloned: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An empty library, with the models this machine has."""
    folder = tmp_path_factory.mktemp("product")
    url = SecretStr(cloned(f"e2e_{uuid4().hex}"))
    with running(Settings(_env_file=None, data_dir=folder / "data", DATABASE_URL=url, offline=True)) as opened:
        yield opened


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The video that `browser.add_video` takes in."""
    path = tmp_path_factory.mktemp("clip") / "day2.mp4"
    encode(path, "-movflags", "+faststart", seconds=browser.SECONDS, size="320x180", sound=True)
    return path.read_bytes()


@pytest.fixture
async def desk(settings: Settings, database_url: str, database: Database) -> AsyncIterator[browser.Desk]:
    """A browser on an empty gateway."""
    async with browser.opened(settings, database_url, database) as opened:
        yield opened
