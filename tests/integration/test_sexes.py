"""Whether somebody is a woman or a man, once said: captions of what they are on stop saying otherwise."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from kernel.settings import Settings
from tests.rooms import Rooms, open_front_door

FACE = {"group": "NJZ", "confidence": 0.9, "bbox": [10, 20, 110, 140]}
BOTH = [{**FACE, "member": "Minji"}, {**FACE, "member": "Hanni"}]
SAID = ["a man and a woman are walking", "a man sings", "two women are dancing"]
ROWS = [
    {"timestamp": second, "video_id": "camp", "caption": text, "faces": BOTH if second != 1 else BOTH[:1]}
    for second, text in enumerate(SAID)
]


@pytest.fixture
async def door(settings: Settings, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(Rooms(settings), database_url) as (client, _):
        yield client


async def imported(door: httpx.AsyncClient, people: list[dict[str, Any]]) -> str:
    answer = await door.post("/v1/import", json={"rows": ROWS, "people": people})
    assert answer.status_code == 200, answer.text
    (video,) = (await door.get("/v1/videos")).json()["items"]
    return str(video["id"])


async def captions(door: httpx.AsyncClient, video: str) -> list[tuple[str, list[str], str | None]]:
    segments = (await door.get(f"/v1/videos/{video}/segments")).json()["items"]
    return [(said["text"], said["faults"], said["original"]) for segment in segments for said in segment["captions"]]


async def put(door: httpx.AsyncClient, name: str, **said: Any) -> dict[str, Any]:
    person = next(one for one in (await door.get("/v1/people")).json()["items"] if one["name"] == name)
    answer = await door.put(f"/v1/people/{person['id']}", json={"name": name, **said})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_captions_follow_what_is_said_of_the_people_in_them_and_back(door: httpx.AsyncClient) -> None:
    video = await imported(door, [])
    assert [text for text, *_ in await captions(door, video)] == SAID
    assert (await put(door, "Minji", sex="female"))["sex"] == "female"
    assert [text for text, *_ in await captions(door, video)] == [SAID[0], "a person sings", SAID[2]]
    assert (await put(door, "Hanni", sex="female"))["sex"] == "female"
    assert await captions(door, video) == [
        ("a person and a woman are walking", ["contradicts_people"], SAID[0]),
        ("a person sings", ["contradicts_people"], SAID[1]),
        (SAID[2], [], None),
    ]
    assert (await put(door, "Hanni", aliases=["하니"]))["sex"] == "female"  # not sent: left as it is
    assert (await put(door, "Hanni", sex=None))["sex"] is None
    assert [text for text, *_ in await captions(door, video)] == [SAID[0], "a person sings", SAID[2]]


async def test_a_file_may_say_it_and_what_an_editor_said_stays(door: httpx.AsyncClient) -> None:
    told = [{"group": "NJZ", "member": name, "sex": "female"} for name in ("Minji", "Hanni")]
    video = await imported(door, told)
    assert [text for text, *_ in await captions(door, video)][:2] == [
        "a person and a woman are walking",
        "a person sings",
    ]
    await put(door, "Minji", sex="male")
    await imported(door, told)
    people = {one["name"]: one["sex"] for one in (await door.get("/v1/people")).json()["items"]}
    assert people == {"Minji": "male", "Hanni": "female"}
