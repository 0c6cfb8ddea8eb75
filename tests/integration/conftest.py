"""A product that may search a local site. Files with rooms of their own say so under the same names."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from kernel.settings import Collecting, Media, Settings
from kernel.wire import Wire, open_wire
from tests.fake_site import Canary, Site, serving
from tests.media_samples import encode
from tests.rooms import Rooms, open_front_door
from tests.slack_world import World, newsroom


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


# ---- a newsroom with Slack: one for the tests of a file, each with a film of its own


@pytest.fixture(scope="module")
def slack_settings(
    request: pytest.FixtureRequest, cloned: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    url = cloned(request.module.__name__.rpartition(".")[2])
    folder = tmp_path_factory.mktemp("slack")
    return Settings(_env_file=None, data_dir=folder, DATABASE_URL=SecretStr(url), offline=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def slack_newsroom(slack_settings: Settings) -> AsyncIterator[World]:
    async with newsroom(slack_settings, slack_settings.data_dir) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def world(slack_newsroom: World) -> AsyncIterator[World]:
    await slack_newsroom.afresh()
    yield slack_newsroom
    assert slack_newsroom.slack.refusals == []
