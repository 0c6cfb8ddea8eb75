"""Editing over REST: one route, every command; versions, conflicts, keys."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from gateway.library import edits, segments
from kernel.contracts.search import SearchRequest
from kernel.settings import Media, Settings
from kernel.storage.database import Database
from tests.media_samples import encode
from tests.rooms import Rooms, open_front_door
from tests.timelines import a_hit, a_timeline, do


@pytest.fixture
async def door(settings: Settings, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(Rooms(settings), database_url) as (client, _):
        yield client


async def shown(door: httpx.AsyncClient, video: UUID) -> list[dict[str, object]]:
    return (await door.get(f"/v1/videos/{video}/segments")).json()["items"]


def spans(segments: list[dict[str, object]]) -> list[tuple[int, int]]:
    return [(one["span"]["start_ms"], one["span"]["end_ms"]) for one in segments]


async def test_a_split_is_seen_at_once_and_history_tells_of_it(door: httpx.AsyncClient, database: Database) -> None:
    video, [first, *_] = await a_timeline(database)
    listing = await door.get(f"/v1/videos/{video}/segments")
    assert listing.headers["ETag"] == '"1"'
    command = {"op": "split", "segment_id": str(first.id), "at_ms": [2_000, 7_000]}
    done = await do(door, video, 1, command, note="세 장면")
    assert done.status_code == 201, done.text
    edited = done.json()
    assert (edited["version"], edited["rebased"], edited["removed"]) == (2, False, [str(first.id)])
    assert spans(edited["segments"]) == [(0, 2_000), (2_000, 7_000), (7_000, 10_000)]
    assert {step["child_id"] for step in edited["lineage"]} == {one["id"] for one in edited["segments"]}
    assert all(one["indexing"] and one["span_origin"] == "human" for one in edited["segments"])
    assert spans(await shown(door, video))[:3] == spans(edited["segments"])
    [newest, _] = (await door.get(f"/v1/videos/{video}/edits")).json()["items"]
    assert (newest["kind"], newest["actor"], newest["door"], newest["note"]) == ("split", "local", "rest", "세 장면")
    whole = (await door.get(f"/v1/videos/{video}/edits/2")).json()
    assert [one["change"] for one in whole["changes"]] == ["gone", "made", "made", "made"]
    assert len(whole["before"]), len(whole["after"]) == (1, 3)


async def test_without_a_version_nothing_is_written(door: httpx.AsyncClient, database: Database) -> None:
    video, [first, *_] = await a_timeline(database)
    command = {"op": "delete", "segment_ids": [str(first.id)]}
    bare = await door.post(f"/v1/videos/{video}/edits", json={"command": command})
    assert (bare.status_code, bare.json()["code"]) == (428, "version_required")
    assert len(await shown(door, video)) == 3


async def test_a_stale_edit_elsewhere_is_rebased_and_on_the_same_segment_shows_both_sides(
    door: httpx.AsyncClient, database: Database
) -> None:
    video, [first, second, _] = await a_timeline(database)
    mine = {"op": "caption", "segment_ids": [str(first.id)], "language": "ko", "text": "민지가 웃는다"}
    assert (await do(door, video, 1, mine)).status_code == 201
    elsewhere = {"op": "tag", "segment_ids": [str(second.id)], "add": ["하이라이트"]}
    rebased = (await do(door, video, 1, elsewhere)).json()
    assert (rebased["rebased"], rebased["version"]) == (True, 3)
    clash = {"op": "caption", "segment_ids": [str(first.id)], "language": "ko", "text": "하니가 웃는다"}
    refused = await do(door, video, 1, clash)
    assert (refused.status_code, refused.json()["code"], refused.json()["version"]) == (412, "edit_conflict", 3)
    [conflict] = refused.json()["conflicts"]
    [field] = conflict["fields"]
    assert field["field"] == "captions.ko"
    assert field["base"] is None
    assert (field["theirs"][0]["text"], field["yours"][0]["text"]) == ("민지가 웃는다", "하니가 웃는다")
    assert [one["version"] for one in conflict["edits"]] == [2]
    assert (await shown(door, video))[0]["captions"][0]["text"] == "민지가 웃는다"


async def test_the_same_command_sent_twice_is_done_once(door: httpx.AsyncClient, database: Database) -> None:
    video, [first, *_] = await a_timeline(database)
    command = {"op": "split", "segment_id": str(first.id), "at_ms": [5_000]}
    one, other = [await do(door, video, 1, command, key="k-1") for _ in "ab"]
    assert one.json() == other.json()
    assert other.headers["Idempotency-Replayed"] == "true"
    assert len(await shown(door, video)) == 4


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ({"op": "split", "at_ms": [10_000]}, "cut_outside"),
        ({"op": "move", "end_ms": 40_000}, "outside_video"),
        ({"op": "move", "start_ms": 12_000}, "empty_span"),
        ({"op": "move", "start_ms": 0}, "unchanged"),
        ({"op": "tag", "segment_ids": [str(uuid4())], "add": ["x"]}, "no_such_segment"),
        ({"op": "note", "remove": [str(uuid4())]}, "no_such_note"),
    ],
)
async def test_what_cannot_be_done_says_why_and_leaves_nothing(
    door: httpx.AsyncClient, database: Database, command: dict[str, object], reason: str
) -> None:
    video, [first, *_] = await a_timeline(database)
    about = {"segment_id": str(first.id)} if command["op"] in ("split", "move") else {"segment_ids": [str(first.id)]}
    refused = await do(door, video, 1, {**about, **command})
    assert (refused.status_code, refused.json()["code"], refused.json()["reason"]) == (409, "edit_refused", reason)
    assert (await door.get(f"/v1/videos/{video}")).json()["version"] == 1


async def test_segments_apart_are_merged_only_when_gaps_are_meant(door: httpx.AsyncClient, database: Database) -> None:
    video, [first, _, third] = await a_timeline(database)
    ids = [str(third.id), str(first.id)]
    assert (await do(door, video, 1, {"op": "merge", "segment_ids": ids})).json()["reason"] == "apart"
    merged = (await do(door, video, 1, {"op": "merge", "segment_ids": ids, "gaps": True})).json()
    [whole] = merged["segments"]
    assert spans([whole]) == [(0, 30_000)]
    assert [one["text"] for one in whole["captions"]] == ["a cup at 0", "a cup at 20000"]


async def test_unknown_people_are_not_put_on_segments(door: httpx.AsyncClient, database: Database) -> None:
    video, [first, *_] = await a_timeline(database)
    refused = await do(door, video, 1, {"op": "people", "segment_ids": [str(first.id)], "add": [str(uuid4())]})
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


async def test_a_cut_is_put_between_two_pictures(
    settings: Settings, database_url: str, database: Database, tmp_path: Path
) -> None:
    film = tmp_path / "ntsc.mp4"
    encode(film, rate="30000/1001")
    rooted = settings.model_copy(update={"media": Media(roots=(tmp_path,))})
    async with open_front_door(Rooms(rooted), database_url) as (door, _):
        video, [first] = await a_timeline(database, shots=1, media=film)
        split = {"op": "split", "segment_id": str(first.id), "at_ms": [1_000], "snap": True}
        done = (await do(door, video, 1, split)).json()
        assert spans(done["segments"]) == [(0, 1_001), (1_001, 10_000)]
        bare, [first] = await a_timeline(database, shots=1)
        split = {"op": "split", "segment_id": str(first.id), "at_ms": [1_000], "snap": True}
        assert (await do(door, bare, 1, split)).json()["reason"] == "no_frames"


async def test_one_command_about_several_videos_is_done_everywhere_or_nowhere(
    door: httpx.AsyncClient, database: Database
) -> None:
    chosen = [await a_timeline(database) for _ in range(2)]
    select = [
        {"video_id": str(video), "version": 1, "segment_ids": [str(one.id) for one in its[:2]]} for video, its in chosen
    ]
    bulk = {"select": select, "command": {"op": "tag", "add": ["하이라이트"]}, "note": "예고편"}
    done = await door.post("/v1/edits", json=bulk)
    assert done.status_code == 201, done.text
    assert {one["video_id"] for one in done.json()["videos"]} == {str(video) for video, _ in chosen}
    assert [one["tags"] for one in await shown(door, chosen[0][0])] == [["하이라이트"], ["하이라이트"], []]
    again = await door.post("/v1/edits", json=bulk | {"command": {"op": "delete"}})
    assert (again.status_code, again.json()["code"]) == (412, "edit_conflict")
    assert len(await shown(door, chosen[0][0])) == len(await shown(door, chosen[1][0])) == 3
    both = bulk | {"question": {"query": "컵"}}
    assert (await door.post("/v1/edits", json=both)).status_code == 422


async def test_a_command_about_all_that_answers_a_question(
    settings: Settings, database_url: str, database: Database
) -> None:
    video, [first, second, _] = await a_timeline(database)
    rooms = Rooms(settings)
    rooms.answers = [a_hit(video, first), a_hit(video, second)]
    async with open_front_door(rooms, database_url) as (door, _):
        bulk = {"question": {"query": "컵"}, "command": {"op": "tag", "add": ["컵"]}}
        assert (await door.post("/v1/edits", json=bulk)).status_code == 201
        assert [one["tags"] for one in await shown(door, video)] == [["컵"], ["컵"], []]


async def test_what_was_edited_is_found_as_being_indexed_again_until_it_is(
    settings: Settings, database_url: str, database: Database
) -> None:
    video, [first, second, _] = await a_timeline(database)
    async with database.transaction() as connection:
        await edits.note_indexed(connection, video, 1)
    rooms = Rooms(settings, answers=[a_hit(video, first), a_hit(video, second)])

    async def waiting() -> list[bool]:
        page = (await door.get("/search", params={"q": "컵"}, headers={"Accept-Language": "ko"})).text
        found = (await door.post("/v1/search", json={"query": "컵"})).json()["hits"]
        assert page.count("다시 색인 중") == sum(hit["indexing"] for hit in found)
        return [hit["indexing"] for hit in found]

    async with open_front_door(rooms, database_url) as (door, _):
        assert await waiting() == [False, False]
        await do(door, video, 1, {"op": "tag", "segment_ids": [str(first.id)], "add": ["컵"]})
        assert await waiting() == [True, False]
        async with database.transaction() as connection:
            await edits.note_indexed(connection, video, 2)
        assert await waiting() == [False, False]
        await do(door, video, 2, {"op": "delete", "segment_ids": [str(second.id)]})
        assert await waiting() == [False, True]


async def test_all_that_answers_is_meant_however_many_pages_it_fills(
    settings: Settings, database_url: str, database: Database
) -> None:
    video, listed = await a_timeline(database, shots=250)
    rooms, hits = Rooms(settings), [a_hit(video, one) for one in listed]

    def page(asked: SearchRequest) -> dict[str, object]:
        first = int(asked.cursor or 0)
        last = first + asked.limit
        return {"hits": hits[first:last], "next_cursor": str(last) if last < len(hits) else None}

    rooms.answer_to = page
    tagging = {"question": {"query": "컵", "limit": 10}, "command": {"op": "tag", "add": ["컵"]}}
    async with open_front_door(rooms, database_url) as (door, _):
        otherwise = await door.post("/v1/edits", json=tagging | {"counted": 100})
        assert (otherwise.status_code, otherwise.json()["code"]) == (409, "found_otherwise")
        assert "250" in otherwise.json()["detail"]
        done = await door.post("/v1/edits", json=tagging | {"counted": 250})
        assert done.status_code == 201
        assert len(done.json()["videos"][0]["segments"]) == 250
        async with database.transaction() as connection:
            there = await segments.several(connection, [one.id for one in listed])
        assert all(one.tags == ["컵"] for one in there.values())


async def test_captions_follow_who_is_there(door: httpx.AsyncClient) -> None:
    faces = [[{"group": "G", "member": name, "confidence": 0.9}] for name in ("Minji", "Hanni")]
    rows = [
        {"timestamp": 0, "video_id": "roof", "caption": "Minji is dancing on a rooftop", "faces": faces[0]},
        {"timestamp": 5, "video_id": "roof", "caption": "a woman is singing", "faces": faces[1]},
    ]
    assert (await door.post("/v1/imports", json={"rows": rows})).status_code == 200
    video = UUID((await door.get("/v1/videos")).json()["items"][0]["id"])
    known = {one["name"]: one["id"] for one in (await door.get("/v1/people")).json()["items"]}
    first = (await shown(door, video))[0]["id"]

    async def said(seen: int, **command: object) -> str:
        done = await do(door, video, seen, command)
        assert done.is_success, done.text
        return str((await shown(door, video))[0]["captions"][0]["text"])

    people = {"op": "people", "segment_ids": [first]}
    swap = {"gone": known["Minji"], "by": known["Hanni"]}
    assert await said(1, **people, replace=swap) == "Hanni is dancing on a rooftop"
    assert await said(2, op="undo", version=2) == "Minji is dancing on a rooftop"
    assert await said(3, **people, remove=[known["Minji"]]) == "A person is dancing on a rooftop"
