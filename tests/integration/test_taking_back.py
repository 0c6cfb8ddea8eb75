"""Undo, redo, revert over REST; what is said of faces is a ruling and taken back as one."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt, Segment, Track
from kernel.contracts.time import Span
from kernel.settings import Settings
from kernel.storage.database import Database
from tests.rooms import Rooms, open_front_door
from tests.timelines import a_timeline, do


@pytest.fixture
async def door(settings: Settings, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(Rooms(settings), database_url) as (client, _):
        yield client


async def shown(door: httpx.AsyncClient, video: UUID) -> list[dict[str, object]]:
    items = (await door.get(f"/v1/videos/{video}/segments")).json()["items"]
    return [{name: value for name, value in one.items() if name not in ("version", "indexing")} for one in items]


async def a_person(door: httpx.AsyncClient, name: str) -> UUID:
    return UUID((await door.post("/v1/people", json={"name": name})).json()["id"])


async def told(door: httpx.AsyncClient, video: UUID, version: int, *commands: dict[str, object]) -> int:
    """Do one command after the other; the version afterwards."""
    for command in commands:
        done = await do(door, video, version, command)
        assert done.status_code == 201, done.text
        version = done.json()["version"]
    return version


def caption(segment: Segment, text: str | None, language: str = "ko") -> dict[str, object]:
    return {"op": "caption", "segment_ids": [str(segment.id)], "language": language, "text": text}


async def test_an_earlier_edit_is_undone_out_of_order_and_redone(door: httpx.AsyncClient, database: Database) -> None:
    video, [first, second, _] = await a_timeline(database)
    split = {"op": "split", "segment_id": str(first.id), "at_ms": [4_000]}
    version = await told(door, video, 1, split, caption(second, "둘째"))
    before = await shown(door, video)
    undone = (await do(door, video, version, {"op": "undo", "version": 2})).json()
    assert (undone["edits"][0]["kind"], undone["edits"][0]["of_version"]) == ("undo", 2)
    now = await shown(door, video)
    assert [one["id"] for one in now][:2] == [str(first.id), str(second.id)]
    assert now[1]["captions"][0]["text"] == "둘째"
    await told(door, video, undone["version"], {"op": "redo", "version": undone["version"]})
    assert await shown(door, video) == before


async def test_what_others_built_on_is_not_undone_and_they_are_named(
    door: httpx.AsyncClient, database: Database
) -> None:
    video, [first, *_] = await a_timeline(database)
    version = await told(door, video, 1, caption(first, "하나"), caption(first, "둘"), caption(first, "en", "en"))
    refused = await do(door, video, version, {"op": "undo", "version": 2})
    assert (refused.status_code, refused.json()["reason"], refused.json()["versions"]) == (409, "depends", [3])
    version = await told(door, video, version, {"op": "undo", "version": 3}, {"op": "undo", "version": 2})
    [kept] = [one for one in (await shown(door, video))[0]["captions"] if one["origin"] == "human"]
    assert kept["text"] == "en"


async def test_a_timeline_goes_back_to_any_version_and_forward_again(
    door: httpx.AsyncClient, database: Database
) -> None:
    video, [first, second, third] = await a_timeline(database)
    states = {1: await shown(door, video)}
    commands = [
        {"op": "split", "segment_id": str(first.id), "at_ms": [4_000]},
        caption(second, "둘째"),
        {"op": "merge", "segment_ids": [str(second.id), str(third.id)]},
        {"op": "create", "start_ms": 500, "end_ms": 900, "captions": [{"language": "en", "text": "mine"}]},
        {"op": "delete", "segment_ids": [str(first.id)]},
    ]
    commands[4] = {"op": "tag", "segment_ids": [states[1][0]["id"]], "add": ["x"]}
    version = 1
    for command in commands[:4]:
        version = await told(door, video, version, command)
        states[version] = await shown(door, video)
    for wanted in (2, 4, 1, 5, 3):
        version = await told(door, video, version, {"op": "revert", "version": wanted})
        assert await shown(door, video) == states[wanted]
    assert (await do(door, video, version, {"op": "revert", "version": version + 1})).json()["reason"] == (
        "no_such_version"
    )


async def test_what_machines_said_is_not_undone(door: httpx.AsyncClient, database: Database) -> None:
    video, _ = await a_timeline(database)
    assert (await do(door, video, 1, {"op": "undo", "version": 1})).json()["reason"] == "not_undoable"
    assert (await do(door, video, 1, {"op": "redo", "version": 1})).json()["reason"] == "not_an_undo"
    assert (await do(door, video, 1, {"op": "undo", "version": 9})).json()["reason"] == "no_such_version"


# ---- faces


def a_track(person: UUID | None, start_ms: int, end_ms: int) -> Track:
    box = Box(left=0.2, top=0.2, right=0.3, bottom=0.4)
    return Track(
        id=uuid4(),
        video_id=uuid4(),
        span=Span(start_ms=start_ms, end_ms=end_ms),
        person_id=person,
        probability=0.9,
        faces=[FaceAt(at_ms=at_ms, box=box) for at_ms in range(start_ms, end_ms, 500)],
        model_id="test@1",
    )


async def test_people_follow_where_they_are_seen_when_a_segment_is_split(
    door: httpx.AsyncClient, database: Database
) -> None:
    minji, hanni = await a_person(door, "민지"), await a_person(door, "하니")
    followed = [a_track(minji, 0, 3_000), a_track(hanni, 2_000, 9_000)]
    video, [first, *_] = await a_timeline(database, followed=followed)
    done = (await do(door, video, 1, {"op": "split", "segment_id": str(first.id), "at_ms": [4_000]})).json()
    left, right = ({one["person_id"] for one in part["people"]} for part in done["segments"])
    assert (left, right) == ({str(minji), str(hanni)}, {str(hanni)})


async def test_taking_somebody_off_a_segment_rules_on_their_face_and_undoing_takes_the_ruling_back(
    door: httpx.AsyncClient, database: Database
) -> None:
    minji, hanni = await a_person(door, "민지"), await a_person(door, "하니")
    video, [first, *_] = await a_timeline(database, followed=[a_track(minji, 0, 3_000)])
    before = await shown(door, video)
    remove = {"op": "people", "segment_ids": [str(first.id)], "remove": [str(minji)], "add": [str(hanni)]}
    removed = (await do(door, video, 1, remove)).json()
    assert [one["kind"] for one in removed["edits"]] == ["identify", "people"]
    assert [one["person_id"] for one in (await shown(door, video))[0]["people"]] == [str(hanni), None]
    [ruling] = (await door.get(f"/v1/videos/{video}/rulings")).json()["items"]
    assert (ruling["verdict"], ruling["person_id"]) == ("is_not", str(minji))
    version = await told(door, video, removed["version"], {"op": "revert", "version": 1})
    assert await shown(door, video) == before
    assert (await door.get(f"/v1/videos/{video}/rulings")).json()["items"] == []
    version = await told(door, video, version, {"op": "revert", "version": 3})
    assert [one["person_id"] for one in (await shown(door, video))[0]["people"]] == [str(hanni), None]
    assert len((await door.get(f"/v1/videos/{video}/rulings")).json()["items"]) == 1


async def test_a_ruling_is_undone_and_redone_from_history(door: httpx.AsyncClient, database: Database) -> None:
    minji, hanni = await a_person(door, "민지"), await a_person(door, "하니")
    track = a_track(minji, 0, 3_000)
    video, _ = await a_timeline(database, followed=[track])
    rule = {"op": "face", "track_id": str(track.id), "verdict": "is", "person_id": str(hanni)}
    version = await told(door, video, 1, rule)
    ruled = await shown(door, video)
    assert [one["person_id"] for one in ruled[0]["people"]] == [str(hanni)]
    version = await told(door, video, version, {"op": "undo", "version": version})
    assert [one["person_id"] for one in (await shown(door, video))[0]["people"]] == [str(minji)]
    await told(door, video, version, {"op": "redo", "version": version})
    assert await shown(door, video) == ruled


async def test_replacing_somebody_says_so_of_the_face(door: httpx.AsyncClient, database: Database) -> None:
    minji, hanni = await a_person(door, "민지"), await a_person(door, "하니")
    track = a_track(minji, 0, 3_000)
    video, [first, *_] = await a_timeline(database, followed=[track])
    swap = {"op": "people", "segment_ids": [str(first.id)], "replace": {"gone": str(minji), "by": str(hanni)}}
    await told(door, video, 1, swap)
    assert (await door.get(f"/v1/tracks/{track.id}")).json()["person_id"] == str(hanni)


async def test_saying_that_somebody_is_there_whom_the_machine_saw_confirms_the_face(
    door: httpx.AsyncClient, database: Database
) -> None:
    minji = await a_person(door, "민지")
    track = a_track(minji, 0, 3_000)
    video, [first, *_] = await a_timeline(database, followed=[track])
    add = {"op": "people", "segment_ids": [str(first.id)], "add": [str(minji)]}
    version = await told(door, video, 1, add)
    [person] = (await shown(door, video))[0]["people"]
    assert (person["person_id"], person["ruled"], person["track_ids"]) == (str(minji), True, [str(track.id)])
    assert (await do(door, video, version, add)).json()["reason"] == "unchanged"
