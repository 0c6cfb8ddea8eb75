"""Who belongs to which group, and when; what groups are called."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from kernel.settings import Settings
from tests.rooms import Rooms, open_front_door


@pytest.fixture
def rooms(settings: Settings) -> Rooms:
    return Rooms(settings)


@pytest.fixture
async def door(rooms: Rooms, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(rooms, database_url) as (client, _):
        yield client


async def person(door: httpx.AsyncClient, name: str, group: str | None = None) -> dict[str, Any]:
    answer = await door.post("/v1/people", json={"name": name, "group": group})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def group(door: httpx.AsyncClient, name: str, *aliases: str) -> str:
    answer = await door.post("/v1/groups", json={"name": name, "aliases": list(aliases)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def belong(door: httpx.AsyncClient, who: dict[str, Any], *wanted: dict[str, Any]) -> httpx.Response:
    return await door.put(f"/v1/people/{who['id']}/memberships", json=list(wanted))


async def test_a_person_belongs_to_several_groups_with_dates(door: httpx.AsyncClient, rooms: Rooms) -> None:
    who = await person(door, "하니", "NJZ")
    first, solo = who["groups"][0], await group(door, "솔로", "Solo")
    wanted = [
        {"group_id": first, "since": "2022-07-22", "until": "2026-01-31"},
        {"group_id": solo, "since": "2026-02-01", "until": None},
    ]
    answer = await belong(door, who, *wanted)
    listed = await door.get(f"/v1/people/{who['id']}/memberships", params={"limit": 1})
    rest = await door.get(f"/v1/people/{who['id']}/memberships", params={"cursor": listed.json()["next_cursor"]})
    assert answer.json()["items"] == wanted == [*listed.json()["items"], *rest.json()["items"]]
    assert rest.json()["next_cursor"] is None
    assert set((await door.get(f"/v1/people/{who['id']}")).json()["groups"]) == {first, solo}
    told = {name.name_ko: name.members for name in rooms.names if name.kind == "group"}
    assert [len(told["NJZ"]), len(told["솔로"])] == [1, 1]
    assert (await belong(door, who)).json()["items"] == []
    assert (await door.get(f"/v1/groups/{first}")).json()["members"] == []
    rows = (await door.get("/v1/audit", params={"person": who["id"]})).json()["items"]
    assert [row["action"] for row in rows] == ["memberships_changed", "memberships_changed", "person_added"]


async def test_a_membership_that_means_nothing_is_refused_and_changes_nothing(door: httpx.AsyncClient) -> None:
    who = await person(door, "하니", "NJZ")
    its = {"group_id": who["groups"][0]}
    for wanted, status in (
        ([its, its], 422),
        ([its | {"since": "2026-01-02", "until": "2026-01-01"}], 422),
        ([{"group_id": str(uuid4())}], 404),
        ([its | {"since": "someday"}], 422),
    ):
        assert (await belong(door, who, *wanted)).status_code == status, wanted
    assert (await door.put(f"/v1/people/{uuid4()}/memberships", json=[its])).status_code == 404
    assert (await door.get(f"/v1/people/{who['id']}")).json()["groups"] == who["groups"]
    assert (await belong(door, who, its | {"since": "2026-01-01", "until": "2026-01-01"})).status_code == 200


async def test_two_people_of_one_group_never_share_a_name(door: httpx.AsyncClient) -> None:
    one, other = await person(door, "하니", "NJZ"), await person(door, "하니", "Actors")
    njz, actors = {"group_id": one["groups"][0]}, {"group_id": other["groups"][0]}
    assert (await belong(door, other, actors, njz)).status_code == 409
    await door.put(f"/v1/people/{other['id']}", json={"name": "Hanni", "aliases": ["하 니"]})
    assert (await belong(door, other, actors, njz)).status_code == 409
    await door.put(f"/v1/people/{other['id']}", json={"name": "Hanni", "aliases": []})
    assert (await belong(door, other, actors, njz)).status_code == 200
    alone = await person(door, "해린")
    await belong(door, await person(door, "해린", "NJZ"), njz)
    assert (await belong(door, alone, njz)).status_code == 409


async def test_a_group_is_renamed_and_keeps_its_members(door: httpx.AsyncClient, rooms: Rooms) -> None:
    who = await person(door, "하니", "NewJeans")
    await group(door, "IVE", "아이브")
    place = f"/v1/groups/{who['groups'][0]}"
    answer = await door.put(place, json={"name": "NJZ", "aliases": ["뉴진스", "NewJeans"]})
    assert (answer.json()["name_ko"], answer.json()["members"]) == ("뉴진스", [who["id"]])
    assert {name.name_en for name in rooms.names if name.kind == "group"} == {"NJZ", "IVE"}
    assert (await person(door, "민지", "newjeans"))["groups"] == who["groups"]
    for taken in ({"name": "아 이브"}, {"name": "NJZ", "aliases": ["Ive"]}):
        assert (await door.put(place, json=taken)).status_code == 409
    assert (await door.put(f"/v1/groups/{uuid4()}", json={"name": "X"})).status_code == 404


async def test_only_a_group_without_members_is_removed(door: httpx.AsyncClient, rooms: Rooms) -> None:
    who = await person(door, "하니", "NJZ")
    place = f"/v1/groups/{who['groups'][0]}"
    assert (await door.delete(place)).status_code == 409
    await belong(door, who)
    assert (await door.delete(place)).status_code == 204
    assert (await door.delete(place)).status_code == 404
    assert [name.kind for name in rooms.names] == ["person"]


@pytest.mark.parametrize("name", ["\u200b", "\ufeff \u2060", "\u3164", "\u115f\u1160", "\u00ad", "\u2800"])
async def test_a_name_that_cannot_be_seen_is_no_name(door: httpx.AsyncClient, name: str) -> None:
    who = await person(door, "하니")
    assert (await door.post("/v1/people", json={"name": name})).status_code == 422
    assert (await door.post("/v1/groups", json={"name": name})).status_code == 422
    changed = await door.put(f"/v1/people/{who['id']}", json={"name": f"하{name}니", "aliases": [name]})
    assert changed.json()["aliases"] == []
    assert (await door.post("/v1/people", json={"name": "하니"})).status_code == 409
    assert (await door.post("/v1/people", json={"name": "민지", "group": name})).json()["groups"] == []


async def test_names_of_other_scripts_stay_as_they_are(door: httpx.AsyncClient) -> None:
    for name in ("ハンニ", "Ханни", "ฮันนี่", "汉妮", "हन्नी", "👨‍👩‍👧"):
        assert (await person(door, name, "NJZ"))["name"] == name
        assert (await door.post("/v1/people", json={"name": name, "group": "NJZ"})).status_code == 409
