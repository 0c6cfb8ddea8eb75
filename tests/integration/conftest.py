"""A product that may search a local site. Files with rooms of their own say so under the same names."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from kernel.settings import Collecting, Media, Settings
from kernel.wire import Wire, open_wire
from tests.fake_site import Canary, Site, serving
from tests.media_samples import encode
from tests.rooms import Rooms, open_front_door


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("site") / "video.mp4"
    encode(path, seconds=1)
    return path


@pytest.fixture
def site(footage: Path) -> Iterator[Site]:
    server = Site(footage)
    with serving(server):
        yield server


@pytest.fixture
def canary() -> Iterator[Canary]:
    server = Canary()
    with serving(server):
        yield server


@pytest.fixture
def online(settings: Settings, site: Site) -> Settings:
    """May reach the site and nothing else that is private; does not pause between requests."""
    address = site.url("search?q={query}&first={first}")
    return settings.model_copy(
        update={
            "offline": False,
            "collecting": Collecting(address=address, pause_s=0),
            "media": Media(private_hosts=(site.address,)),
        }
    )


@pytest.fixture
def rooms(online: Settings) -> Rooms:
    return Rooms(online)


@pytest.fixture
async def door(rooms: Rooms, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(rooms, database_url) as (client, _):
        yield client


@pytest.fixture
async def wire(rooms: Rooms) -> AsyncIterator[Wire]:
    async with open_wire(rooms.apps()) as client:
        yield lambda: client
