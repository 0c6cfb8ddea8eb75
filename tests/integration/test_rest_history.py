"""Reading history over REST: old addresses, differences, whose word is what, edits as they arrive."""

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from gateway.library import edits
from kernel.settings import Settings
from kernel.storage.database import Database
from tests.accounts import open_house
from tests.rooms import Rooms, open_front_door
from tests.serving import served
from tests.timelines import a_timeline, do, index_again, said_anew


@pytest.fixture
async def door(settings: Settings, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(Rooms(settings), database_url) as (client, _):
        yield client


async def told(door: httpx.AsyncClient, video: UUID, version: int, command: dict[str, object]) -> dict[str, object]:
    done = await do(door, video, version, command)
    assert done.status_code == 201, done.text
    return done.json()


async def test_an_old_address_opens_what_it_showed_through_splits_and_merges(
    door: httpx.AsyncClient, database: Database
) -> None:
    video, [first, second, third] = await a_timeline(database)
    split = await told(door, video, 1, {"op": "split", "segment_id": str(first.id), "at_ms": [4_000]})
    left, right = (one["id"] for one in split["segments"])
    merged = await told(door, video, 2, {"op": "merge", "segment_ids": [right, str(second.id)]})
    [whole] = (one["id"] for one in merged["segments"])
    old = (await door.get(f"/v1/segments/{first.id}")).json()
    assert (old["state"], [one["id"] for one in old["successors"]]) == ("replaced", [left, whole])
    assert (old["ended"]["kind"], old["ended"]["actor"]) == ("split", "local")
    assert old["span"] == {"start_ms": 0, "end_ms": 10_000}
    assert (await door.get(f"/v1/segments/{whole}")).json()["state"] == "live"
    its = (await door.get(f"/v1/segments/{whole}/edits")).json()["items"]
    assert [one["kind"] for one in its] == ["merge", "split", "publish"]
    await told(door, video, 3, {"op": "delete", "segment_ids": [str(third.id)]})
    gone = (await door.get(f"/v1/segments/{third.id}")).json()
    assert (gone["state"], gone["successors"], gone["ended"]["kind"]) == ("deleted", [], "delete")
    await told(door, video, 4, {"op": "revert", "version": 1})
    assert (await door.get(f"/v1/segments/{first.id}")).json()["state"] == "live"
    back = (await door.get(f"/v1/segments/{whole}")).json()
    assert [one["id"] for one in back["successors"]] == [str(first.id), str(second.id)]
    assert (await door.get(f"/v1/segments/{uuid4()}")).status_code == 404


async def test_a_version_is_read_back_and_held_against_another(door: httpx.AsyncClient, database: Database) -> None:
    video, [first, second, _] = await a_timeline(database)
    caption = {"op": "caption", "segment_ids": [str(first.id)], "language": "ko", "text": "컵"}
    await told(door, video, 1, caption)
    await told(door, video, 2, {"op": "tag", "segment_ids": [str(second.id)], "add": ["x"]})
    then = (await door.get(f"/v1/videos/{video}/versions/1")).json()
    assert [one["id"] for one in then["segments"]][:2] == [str(first.id), str(second.id)]
    assert [len(one["captions"]) for one in then["segments"]] == [1, 1, 1]
    apart = (await door.get(f"/v1/videos/{video}/difference", params={"from": 1, "to": 3})).json()
    assert [[field["field"] for field in one["fields"]] for one in apart["segments"]] == [["captions.ko"], ["tag:x"]]
    back = (await door.get(f"/v1/videos/{video}/difference", params={"from": 3, "to": 2})).json()
    [[field]] = [one["fields"] for one in back["segments"]]
    assert (field["field"], field["before"], field["after"]) == ("tag:x", True, None)
    assert (await door.get(f"/v1/videos/{video}/versions/4")).status_code == 404


async def test_recent_edits_of_every_video_come_newest_first_page_by_page(
    door: httpx.AsyncClient, database: Database
) -> None:
    for video, [first, _] in [await a_timeline(database, 2), await a_timeline(database, 2)]:
        await told(door, video, 1, {"op": "tag", "segment_ids": [str(first.id)], "add": ["look"]})
    listed, cursor = [], None
    while not listed or cursor:
        page = (await door.get("/v1/edits", params={"limit": 3} | ({"cursor": cursor} if cursor else {}))).json()
        listed, cursor = [*listed, *page["items"]], page["next_cursor"]
    assert [one["kind"] for one in listed] == ["tag", "tag", "publish", "publish"]
    assert [one["at"] for one in listed] == sorted((one["at"] for one in listed), reverse=True)
    assert listed[0]["title"] == (await door.get(f"/v1/videos/{listed[0]['video_id']}")).json()["title"]
    people = (await door.get("/v1/edits", params={"people": True})).json()["items"]
    assert people == listed[:2]
    assert (await door.get("/v1/edits", params={"cursor": "x"})).status_code == 422


async def test_indexing_again_shows_three_sides_and_keeps_the_human(
    door: httpx.AsyncClient, database: Database
) -> None:
    video, [first, second, third] = await a_timeline(database)
    await told(door, video, 1, {"op": "caption", "segment_ids": [str(first.id)], "language": "en", "text": "mine"})
    split = await told(door, video, 2, {"op": "split", "segment_id": str(second.id), "at_ms": [12_000, 15_000, 18_000]})
    await told(door, video, 3, {"op": "delete", "segment_ids": [str(third.id)]})
    version = await index_again(database, video, [said_anew(one, "a dog") for one in (first, second, third)])
    shown = (await door.get(f"/v1/videos/{video}/segments")).json()["items"]
    assert [one["id"] for one in shown] == [str(first.id), *(one["id"] for one in split["segments"])]
    assert [one["text"] for one in shown[0]["captions"]] == ["mine", "a dog"]
    assert all(one["captions"][0]["text"] == "a dog" for one in shown[1:])
    three = (await door.get(f"/v1/videos/{video}/three-way")).json()
    assert (three["version"], three["model_ids"]) == (version, ["other@2"])
    sides = {one["segment_id"]: one["fields"][0] for one in three["segments"]}
    assert sides[str(first.id)] == {
        "field": "captions.en", "machine_before": ["a cup at 0"], "machine_now": ["a dog"], "human": ["mine"]
    }  # fmt: skip
    assert sides[str(third.id)]["machine_now"] == {"start_ms": 20_000, "end_ms": 30_000}
    page = (await door.get(f"/parts/videos/{video}/edits/{version}", headers={"Accept-Language": "en"})).text
    for said in ("Machine before", "a cup at 0", "a dog", "<b>mine</b>", "00:00:20.000 – 00:00:30.000"):
        assert said in page
    earlier = await door.get(f"/parts/videos/{video}/edits/2", headers={"Accept-Language": "en"})
    assert "Machine before" not in earlier.text
    assert await index_again(database, video, [said_anew(one, "a dog") for one in (first, second, third)]) == version


async def test_every_value_says_whose_word_it_is(door: httpx.AsyncClient, database: Database) -> None:
    video, [first, *_] = await a_timeline(database)
    await told(door, video, 1, {"op": "caption", "segment_ids": [str(first.id)], "language": "en", "text": "mine"})
    split = await told(door, video, 2, {"op": "split", "segment_id": str(first.id), "at_ms": [4_000]})
    its = (await door.get(f"/v1/segments/{split['segments'][0]['id']}/provenance")).json()
    word = {one["field"]: (one["origin"], one["model_id"], one["actor"], one["version"]) for one in its}
    assert word == {
        "span": ("human", None, "local", 3),
        "captions.en": ("human", None, "local", 2),
        "machine_captions": ("machine", "drawn@1", "machine", 1),
    }


async def test_edits_arrive_at_whoever_has_the_video_open(
    settings: Settings, database_url: str, database: Database
) -> None:
    async with open_front_door(Rooms(settings), database_url) as (door, app), served(app, settings) as address:
        video, [first, second, _] = await a_timeline(database)
        await told(door, video, 1, {"op": "tag", "segment_ids": [str(first.id)], "add": ["before"]})
        events: asyncio.Queue[dict[str, object]] = asyncio.Queue()
        listening = asyncio.create_task(_listen(f"{address}/v1/videos/{video}/edits/events?since=1", events))
        async with asyncio.timeout(20):
            assert (await events.get())["version"] == 2
            await told(door, video, 2, {"op": "delete", "segment_ids": [str(second.id)]})
            arrived = await events.get()
        listening.cancel()
        assert (arrived["kind"], arrived["removed"], arrived["complete"]) == ("delete", [str(second.id)], True)


async def test_whoever_has_a_video_open_hears_when_its_edits_are_searchable(
    settings: Settings, database_url: str, database: Database
) -> None:
    async with open_front_door(Rooms(settings), database_url) as (door, app), served(app, settings) as address:
        video, [first, *_] = await a_timeline(database)
        events: asyncio.Queue[dict[str, object]] = asyncio.Queue()
        listening = asyncio.create_task(_listen(f"{address}/v1/videos/{video}/edits/events?since=1", events))
        async with asyncio.timeout(20):
            await told(door, video, 1, {"op": "tag", "segment_ids": [str(first.id)], "add": ["before"]})
            assert (await events.get())["version"] == 2
            for version in (2, 1):
                async with database.transaction() as connection:
                    await edits.note_indexed(connection, video, version)
                assert await events.get() == {"video_id": str(video), "versions": [version]}
        listening.cancel()


async def _listen(address: str, events: "asyncio.Queue[dict[str, object]]") -> None:
    async with httpx.AsyncClient(timeout=60) as client, client.stream("GET", address) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                await events.put(json.loads(line.removeprefix("data:")))


async def test_whoever_made_an_edit_is_called_by_name(
    settings: Settings, database_url: str, database: Database
) -> None:
    async with open_house(settings, database_url) as house:
        video, [first, *_] = await a_timeline(database)
        command = {"op": "caption", "segment_ids": [str(first.id)], "language": "ko", "text": "민지가 웃는다"}
        await told(house.clients["editor"], video, 1, command)
        late = await do(house.clients["admin"], video, 1, command | {"text": "민지가 운다"})
        made = (await house.clients["viewer"].get(f"/v1/videos/{video}/edits")).json()["items"]
    [conflict] = late.json()["conflicts"]
    assert [one["by"] for one in conflict["edits"]] == ["Editor"]
    assert [one["by"] for one in made] == ["Editor", None], "the machine has no account"
