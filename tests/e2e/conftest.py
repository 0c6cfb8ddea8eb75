"""The whole product at a real address, as `scenedesk up` runs it, for the tests of one file."""

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from pydantic import SecretStr

from kernel.settings import Settings
from standalone.product import Standalone, open_standalone
from standalone.rest import Library, open_library
from tests import databases
from tests.e2e import browser
from tests.e2e.browser import Desk, Furnished, Furniture
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all; each test has contexts of its own."""
    async with browser.chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def desk(chromium: Browser, postgres: str, migrated: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """A browser on an empty gateway."""
    async with (
        browser.clone_of(postgres, migrated) as url,
        browser.gateway_at(browser.settings_of(tmp_path / "data", url), url) as gateway,
    ):
        with browser.heard(Desk(browser=chromium, **gateway)) as opened:
            yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def furniture(postgres: str, migrated: str, clip: bytes, tmp_path_factory: pytest.TempPathFactory) -> Furniture:
    """Made once: each furnished desk has a copy of it."""
    folder = tmp_path_factory.mktemp("furniture")
    url = await databases.create(postgres, "furniture", migrated)
    async with browser.gateway_at(browser.settings_of(folder / "data", url), url) as gateway:
        person = await browser.add_person(gateway["client"], folder)
        video = await browser.add_video(gateway["client"], gateway["database"], clip, person)
    return Furniture("furniture", folder / "data", person, video)


@pytest.fixture
def access() -> str:
    """How a furnished desk is to be let in; a file of tests may say it otherwise."""
    return "auto"


@pytest_asyncio.fixture(loop_scope="session")
async def furnished(
    chromium: Browser, postgres: str, furniture: Furniture, access: str, tmp_path: Path
) -> AsyncIterator[Furnished]:
    """A browser on a gateway where somebody is known, and a video is indexed."""
    await asyncio.to_thread(shutil.copytree, furniture.folder, tmp_path / "data")
    async with (
        browser.clone_of(postgres, furniture.template) as url,
        browser.gateway_at(browser.settings_of(tmp_path / "data", url, access=access), url) as gateway,
    ):
        desk = Furnished(browser=chromium, person=furniture.person, video=furniture.video, **gateway)
        with browser.heard(desk) as opened:
            yield opened
