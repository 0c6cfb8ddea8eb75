"""Whatever is said of strangers, undone in reverse order everything is as before, indexing again in between or not."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as drawn
from hypothesis import strategies as st

from kernel.settings import Settings
from kernel.storage.database import Database
from tests.cast import Cast, Seen, photographed
from tests.rooms import Rooms, open_front_door

WORDS = st.lists(st.tuples(st.sampled_from(["merge", "split", "hide", "index"]), st.integers(0, 5)), max_size=4)


@pytest.fixture
async def door(settings: Settings, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(Rooms(settings), database_url) as (client, _):
        yield client


async def say(door: httpx.AsyncClient, cast: Cast, word: str, number: int) -> str | None:
    """Do it where it can be done; the decision it was, if one."""
    if word == "index":
        await cast.index(list(cast.shown)[number % len(cast.shown)], step_ms=500)
        return None
    its = (await door.get("/v1/strangers")).json()["items"]
    if not its:
        return None
    one = its[number % len(its)]["id"]
    if word == "hide":
        await door.post(f"/v1/strangers/{one}/hide")
        await door.post(f"/v1/strangers/{one}/show")
        return None
    body: dict[str, list[str]] = {"ids": [one, its[(number + 1) % len(its)]["id"]]}
    path = "/v1/strangers/merge"
    if word == "split":
        tracks = (await door.get(f"/v1/strangers/{one}/tracks")).json()["items"]
        body, path = {"track_ids": [tracks[number % len(tracks)]["id"]]}, f"/v1/strangers/{one}/split"
    answer = await door.post(path, json=body)
    assert answer.status_code in {201, 422}
    return str(answer.json()["id"]) if answer.status_code == 201 else None


@drawn(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=WORDS)
async def test_undone_in_reverse_order_strangers_are_as_before(
    database: Database, shared: Path, door: httpx.AsyncClient, words: list[tuple[str, int]]
) -> None:
    cast = Cast(database, photographed(shared))
    await cast.video(Seen("T01", 0, 3000, 0), Seen("T02", 3000, 5000, 0), Seen("T03", 5000, 6000, 0))
    await cast.video(Seen("T01", 0, 1000, 0, 1), Seen("T02", 1000, 2000, 0, 1))
    before = await cast.strangers()
    said = [await say(door, cast, word, number) for word, number in words]
    for decision in reversed([one for one in said if one]):
        assert (await door.post(f"/v1/decisions/{decision}/undo")).status_code == 200
    assert await cast.strangers() == before
