"""Faces nobody has named, over all videos: who is whose, by real vectors; what people say of them, and its undoing."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from kernel.settings import Settings
from kernel.storage.database import Database
from tests.cast import Cast, Seen, alone, photographed
from tests.rooms import Rooms, open_front_door


@pytest.fixture
def cast(database: Database, shared: Path) -> Cast:
    return Cast(database, photographed(shared))


@pytest.fixture
async def door(settings: Settings, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(Rooms(settings), database_url) as (client, _):
        yield client


def one_each(strangers: dict[UUID | None, list[str]]) -> bool:
    """Whether every stranger is one person and every person one stranger."""
    people = [set(its) for its in strangers.values()]
    return None not in strangers and all(len(its) == 1 for its in people) and len(set.union(*people)) == len(people)


async def listed(door: httpx.AsyncClient, state: str = "open") -> list[dict]:
    answer = await door.get("/v1/strangers", params={"state": state})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def said(door: httpx.AsyncClient, path: str, body: dict | None = None) -> dict:
    answer = await door.post(path, json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def test_unknown_faces_are_one_stranger_a_person_in_all_videos(cast: Cast) -> None:
    everybody = sorted(cast.vectors)
    await cast.video(*alone(everybody, photo=0))
    await cast.video(*alone(reversed(everybody), photo=1))
    strangers = await cast.strangers()
    assert one_each(strangers)
    assert len(strangers) == 110
    await cast.video(*alone([who for who in everybody if who.startswith("T")], photo=2))
    assert set(await cast.strangers()) == set(strangers)


async def test_indexed_again_the_same_faces_are_the_same_strangers(cast: Cast) -> None:
    video = await cast.video(Seen("T01", 0, 4000, 0), Seen("T02", 0, 4000, 1), Seen("T03", 4000, 8000, 0))
    other = await cast.video(Seen("T01", 0, 3000, 2, 1))
    before = await cast.strangers()
    assert one_each(before)
    await cast.index(video, step_ms=330, order=[2, 1, 0])
    await cast.index(other, step_ms=500)
    assert await cast.strangers() == before


async def test_two_faces_of_one_picture_are_two_strangers(cast: Cast) -> None:
    await cast.video(Seen("T01", 0, 4000, 0), Seen("T01", 0, 4000, 1, 1))
    assert sorted((await cast.strangers()).values()) == [["T01"], ["T01"]]
    await cast.video(Seen("T01", 0, 4000, 0, 2), Seen("T01", 0, 4000, 1, 1))
    assert sorted((await cast.strangers()).values()) == [["T01", "T01"], ["T01", "T01"]]


async def test_the_inbox_lists_most_screen_time_first_with_the_nearest_people(
    cast: Cast, door: httpx.AsyncClient
) -> None:
    hanni = await cast.enrol("T05", 0)
    like = cast.unclear("T05", 0.36)
    await cast.video(Seen("T01", 0, 2000, 0), Seen(like, 2000, 9000, 0), Seen("T05", 0, 2000, 1, 1))
    await cast.video(Seen("T01", 0, 1000, 0, 1))
    items = await listed(door)
    assert [(one["seconds"], one["tracks"], one["videos"]) for one in items] == [(7.0, 1, 1), (3.0, 2, 2)]
    (nearest,) = items[0]["nearest"]
    assert nearest["person_id"] == str(hanni)
    assert 0.1 <= nearest["probability"] < 0.5
    assert items[1]["nearest"] == [], "nobody is suggested who is no more like them than anybody"
    first = (await door.get("/v1/strangers", params={"limit": 1})).json()
    rest = (await door.get("/v1/strangers", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [one["id"] for one in items]
    assert rest["next_cursor"] is None
    pages = (await door.get(f"/v1/strangers/{items[1]['id']}/tracks")).json()
    assert len(pages["items"]) == 2
    assert (await door.get(f"/v1/strangers/{hanni}")).status_code == 404


async def test_a_name_is_on_all_tracks_and_taken_back_exactly(cast: Cast, door: httpx.AsyncClient) -> None:
    await cast.video(Seen("T01", 0, 2000, 0), Seen("T02", 2000, 3000, 0))
    video = await cast.video(Seen("T01", 0, 1000, 0, 1))
    before = await cast.tracks()
    stranger = (await listed(door))[0]["id"]
    named = await said(door, f"/v1/strangers/{stranger}/name", {"name": "하니", "group": "NJZ", "enrol": False})
    assert (named["kind"], named["rulings"], len(named["edits"])) == ("name_stranger", 2, 2)
    (person,) = (await door.get("/v1/people", params={"q": "하니"})).json()["items"]
    assert {cast.truth(t) for t in await cast.tracks() if str(t.person_id) == person["id"]} == {"T01"}
    assert [one["seconds"] for one in await listed(door)] == [1.0]
    await cast.index(video, step_ms=500)
    await said(door, f"/v1/decisions/{named['id']}/undo")
    await cast.index(video)
    assert await cast.tracks() == before


async def test_merging_and_splitting_stand_when_indexed_again_and_are_undone_exactly(
    cast: Cast, door: httpx.AsyncClient
) -> None:
    one = await cast.video(Seen("T01", 0, 4000, 0), Seen("T02", 4000, 6000, 0))
    other = await cast.video(Seen("T01", 0, 1000, 0, 1), Seen("T02", 1000, 2000, 0, 1))
    before = await cast.strangers()
    ids = [item["id"] for item in await listed(door)]
    merged = await said(door, "/v1/strangers/merge", {"ids": ids})
    assert await cast.strangers() == {UUID(ids[0]): ["T01", "T01", "T02", "T02"]}
    for video in (one, other):
        await cast.index(video, step_ms=500)
    assert await cast.strangers() == {UUID(ids[0]): ["T01", "T01", "T02", "T02"]}
    chosen = [str(track.id) for track in await cast.tracks() if cast.truth(track) == "T02"]
    split = await said(door, f"/v1/strangers/{ids[0]}/split", {"track_ids": chosen})
    assert sorted((await cast.strangers()).values()) == sorted(before.values())
    await cast.index(one)
    assert sorted((await cast.strangers()).values()) == sorted(before.values())
    for decision in (split, merged):
        await said(door, f"/v1/decisions/{decision['id']}/undo")
    assert await cast.strangers() == before
    refused = await door.post(f"/v1/strangers/{ids[0]}/split", json={"track_ids": chosen})
    assert refused.status_code == 404


async def test_a_face_split_off_never_comes_back(cast: Cast, door: httpx.AsyncClient) -> None:
    video = await cast.video(Seen("T01", 0, 4000, 0), Seen("T01", 4000, 5000, 0, 1), Seen("T01", 5000, 6000, 0, 2))
    (stranger,) = await listed(door)
    off = [str(track.id) for track in await cast.tracks() if track.span.start_ms == 4000]
    assert (await door.post(f"/v1/strangers/{stranger['id']}/split", json={"track_ids": []})).status_code == 422
    await said(door, f"/v1/strangers/{stranger['id']}/split", {"track_ids": off})
    for step_ms in (500, 330):
        await cast.index(video, step_ms=step_ms, order=[1, 0, 2])
        assert sorted(map(len, (await cast.strangers()).values())) == [1, 2]


async def test_a_passer_by_stays_away_wherever_they_appear(cast: Cast, door: httpx.AsyncClient) -> None:
    video = await cast.video(Seen("T01", 0, 4000, 0), Seen("T02", 4000, 6000, 0))
    passer_by = (await listed(door))[0]["id"]
    assert (await said(door, f"/v1/strangers/{passer_by}/hide"))["state"] == "hidden"
    await cast.index(video, step_ms=500)
    await cast.video(Seen("T01", 0, 9000, 0, 1), title="Day 3")
    assert [one["seconds"] for one in await listed(door)] == [2.0]
    assert [(one["id"], one["seconds"]) for one in await listed(door, "hidden")] == [(passer_by, 13.0)]
    assert (await said(door, f"/v1/strangers/{passer_by}/show"))["state"] == "open"
    assert len(await listed(door)) == 2


async def test_who_it_is_not_is_not_suggested_again(cast: Cast, door: httpx.AsyncClient) -> None:
    person = await cast.enrol("T05", 0)
    await cast.video(Seen(cast.unclear("T05", 0.36), 0, 4000, 0))
    (stranger,) = await listed(door)
    assert stranger["nearest"]
    decision = await said(door, f"/v1/strangers/{stranger['id']}/is-not", {"person_id": str(person)})
    assert (await listed(door))[0]["nearest"] == []
    await said(door, f"/v1/decisions/{decision['id']}/undo")
    assert (await listed(door))[0]["nearest"] == stranger["nearest"]


async def test_nobody_outside_a_line_up_is_suggested(cast: Cast, door: httpx.AsyncClient) -> None:
    await cast.enrol("T05", 0)
    other = await cast.enrol("T02", 0)
    video = await cast.video(Seen(cast.unclear("T05", 0.36), 0, 4000, 0))
    assert (await listed(door))[0]["nearest"]
    line_up = f"/v1/videos/{video}/line-up"
    assert (await door.put(line_up, json={"people": [str(other)], "groups": []})).status_code == 200
    assert (await listed(door))[0]["nearest"] == []
    await door.delete(line_up)
    assert (await listed(door))[0]["nearest"]


async def test_questions_begin_where_an_answer_settles_most(cast: Cast, door: httpx.AsyncClient) -> None:
    assert (await door.get("/v1/questions")).json()["items"] == []
    await cast.video(Seen("T01", 0, 3000, 0), Seen("T02", 3000, 4000, 0))
    await cast.video(Seen("T01", 0, 3000, 0, 1), Seen("T03", 3000, 8000, 0))
    questions = (await door.get("/v1/questions")).json()["items"]
    assert [round(one["seconds"]) for one in questions] == [6, 5, 1]
    assert [one["suggestion"] for one in questions] == [None] * 3
