"""Streams of events end when whoever listens may no longer."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from gateway.access.door import cookie_name
from gateway.access.listening import while_allowed
from gateway.access.who import Who
from gateway.library import sessions, videos
from gateway.library.videos import NewVideo
from kernel.contracts.accounts import NewToken
from kernel.settings import Settings
from tests.accounts import House, open_house
from tests.rooms import Rooms
from tests.serving import served
from tests.timelines import a_hit, a_timeline

ENDINGS = {
    "signed out": "delete from library.sessions",
    "expired": "update library.sessions set expires_at = now() - interval '1 second'",
    "shut out": "update library.accounts set disabled_at = now() where login = 'editor'",
    "a viewer by now": "update library.accounts set role = 'viewer' where login = 'editor'",
}
OTHERS_LEAVE = """
    delete from library.sessions where account_id <> (select id from library.accounts where login = 'admin')
"""


@pytest.fixture
def rooms(settings: Settings) -> Rooms:
    return Rooms(settings)


@pytest.fixture
async def house(settings: Settings, database_url: str, rooms: Rooms) -> AsyncIterator[House]:
    async with open_house(settings, database_url, rooms) as opened:
        yield opened


async def silence() -> AsyncGenerator[str, None]:
    await asyncio.Event().wait()
    yield "never"


async def does(house: House, statement: str) -> None:
    async with house.desk.database.transaction() as connection:
        await connection.execute(text(statement))


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_silent_stream_ends_soon_after_its_session(house: House, ending: str) -> None:
    async with house.desk.database.transaction() as connection:
        held = await sessions.begin(connection, house.people["editor"].id, b"hash", "tests")
    who = Who("editor", "session", house.people["editor"], held)
    await does(house, ENDINGS[ending])
    assert [event async for event in while_allowed(house.desk, who, silence(), every_s=0.01)] == []


async def test_a_silent_stream_ends_soon_after_its_token_is_revoked(house: House) -> None:
    async with house.desk.database.transaction() as connection:
        new = NewToken(name="tests", scopes=["read"], days=None)
        token = await sessions.issue(connection, house.people["editor"].id, new, b"hash")
    who = Who("viewer", "token", house.people["editor"], token.id)
    listening = asyncio.create_task(anext(while_allowed(house.desk, who, silence(), every_s=0.01), None))
    await asyncio.sleep(0.2)
    assert not listening.done()
    await does(house, "update library.tokens set revoked_at = now()")
    assert await listening is None


async def test_what_happens_after_somebody_left_is_not_told_to_them(house: House) -> None:
    video = await a_video(house)
    async with served(house.app, house.settings) as address, stream(house, address, video) as lines:
        await create(house, video, version=0)
        assert "id: 1" in [await anext(lines), await anext(lines), await anext(lines)]
        await does(
            house,
            "delete from library.sessions where account_id <> (select id from library.accounts where login = 'admin')",
        )
        await create(house, video, version=1)
        assert not [line async for line in lines if line.startswith(("id:", "data:"))]


async def test_who_no_longer_sees_a_video_hears_no_more_of_it(house: House) -> None:
    video = await a_video(house)
    async with served(house.app, house.settings) as address, stream(house, address, video) as lines:
        shown = {"audience": "named", "accounts": []}
        assert (await house.clients["admin"].put(f"/v1/videos/{video}/visibility", json=shown)).status_code == 200
        await create(house, video, version=0)
        assert not [line async for line in lines if line.startswith(("id:", "data:"))]


@pytest.mark.parametrize("ending", ENDINGS)
async def test_whoever_is_shut_out_while_an_answer_is_made_hears_no_more_of_it(
    house: House, rooms: Rooms, ending: str
) -> None:
    video, [first, *_] = await a_timeline(house.desk.database)
    rooms.answers = [a_hit(video, first)]
    rooms.between_events = lambda: does(house, ENDINGS[ending])
    heard = await house.clients["editor"].post("/v1/answers/stream", json={"query": "컵"})
    assert events_of(heard.text) == ["hits"]


async def test_whoever_stays_hears_the_whole_answer(house: House, rooms: Rooms) -> None:
    video, [first, *_] = await a_timeline(house.desk.database)
    rooms.answers = [a_hit(video, first)]
    rooms.between_events = lambda: does(house, OTHERS_LEAVE)
    heard = await house.clients["admin"].post("/v1/answers/stream", json={"query": "컵"})
    assert events_of(heard.text) == ["hits", "sentence", "done"]


def events_of(stream: str) -> list[str]:
    return [line.removeprefix("event: ") for line in stream.splitlines() if line.startswith("event: ")]


async def a_video(house: House) -> UUID:
    async with house.desk.database.transaction() as connection:
        made, _ = await videos.add(connection, NewVideo(id=uuid4(), title="camp", source="import", origin="test"))
        await videos.set_length(connection, made.id, 60_000)
    return made.id


@asynccontextmanager
async def stream(house: House, address: str, video: UUID) -> AsyncIterator[AsyncIterator[str]]:
    """The lines that an editor, signed in, hears of a video."""
    cookies = {cookie_name(house.settings): await house.cookie_of("editor")}
    async with (
        httpx.AsyncClient(base_url=address, cookies=cookies, trust_env=False, timeout=60) as client,
        client.stream("GET", f"/v1/videos/{video}/edits/events?since=0") as answer,
    ):
        assert answer.status_code == 200
        yield answer.aiter_lines()


async def create(house: House, video: UUID, version: int) -> None:
    command = {"op": "create", "start_ms": version * 1000, "end_ms": version * 1000 + 1000}
    headers = {"If-Match": f'"{version}"', "Idempotency-Key": str(uuid4())}
    admin = house.clients["admin"]
    answer = await admin.post(f"/v1/videos/{video}/edits", json={"command": command}, headers=headers)
    assert answer.status_code == 201, answer.text
