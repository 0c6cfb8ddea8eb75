"""Rulings, line-ups and faces over REST."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import av
import httpx
import numpy as np
import pytest
from PIL import Image

from gateway.library import runs, tracks, videos
from gateway.people.portraits import square
from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt, Track
from kernel.contracts.time import Span
from kernel.settings import Media, Settings
from kernel.storage.database import Database
from tests.rooms import Rooms, open_front_door


@pytest.fixture
def settings(settings: Settings, shared: Path) -> Settings:
    return settings.model_copy(update={"media": Media(roots=(shared,))})


@pytest.fixture
async def door(settings: Settings, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(Rooms(settings), database_url) as (client, _):
        yield client


@pytest.fixture
def timeline(shared: Path) -> Path:
    return shared / "faces/scenes/timeline.mp4"


async def a_video(database: Database, media: Path | None = None) -> UUID:
    async with database.transaction() as connection:
        new = videos.NewVideo(
            id=uuid4(), title="Day 2", source="path", origin="day2.mp4", media=str(media) if media else None
        )
        video, _ = await videos.add(connection, new)
    return video.id


async def a_track(database: Database, video_id: UUID, *faces: FaceAt, best: int = 0) -> Track:
    track = Track(
        id=uuid4(),
        video_id=video_id,
        span=Span(start_ms=faces[0].at_ms, end_ms=faces[-1].at_ms + 200),
        person_id=None,
        probability=0.9,
        best=best,
        faces=list(faces),
        model_id="test@1",
    )
    async with database.transaction() as connection:
        await tracks.replace(connection, video_id, [track])
    return track


def face(at_ms: int, left: float = 0.2) -> FaceAt:
    return FaceAt(at_ms=at_ms, box=Box(left=left, top=0.2, right=left + 0.1, bottom=0.4))


async def a_person(door: httpx.AsyncClient, name: str, group: str | None = None) -> str:
    return (await door.post("/v1/people", json={"name": name, "group": group})).json()["id"]


async def test_a_ruling_sent_twice_is_one_and_is_undone_once(door: httpx.AsyncClient, database: Database) -> None:
    video, minji = await a_video(database), await a_person(door, "민지")
    track = await a_track(database, video, face(0), face(200))
    said = {"verdict": "is", "person_id": minji}
    sent = [
        await door.post(f"/v1/tracks/{track.id}/rulings", json=said, headers={"Idempotency-Key": "k"}) for _ in "ab"
    ]
    assert [answer.status_code for answer in sent] == [201, 201]
    assert sent[0].json() == sent[1].json()
    decision = sent[0].json()
    [ruling] = (await door.get(f"/v1/videos/{video}/rulings")).json()["items"]
    assert (ruling["verdict"], ruling["person_id"], ruling["actor"]) == ("is", minji, "local")
    assert (ruling["track_id"], ruling["decision_id"]) == (str(track.id), decision["id"])
    shown = (await door.get(f"/v1/tracks/{track.id}")).json()
    assert (shown["person_id"], shown["ruled"], shown["probability"]) == (minji, True, 1.0)
    undone = await door.post(f"/v1/decisions/{decision['id']}/undo")
    assert (undone.status_code, undone.json()["undone"]) == (200, True)
    again = await door.post(f"/v1/decisions/{decision['id']}/undo", headers={"Accept-Language": "ko"})
    assert (again.status_code, again.json()["code"]) == (409, "undone_already")
    assert again.json()["detail"] == "이미 되돌린 결정입니다."
    assert (await door.get(f"/v1/tracks/{track.id}")).json()["person_id"] is None
    assert (await door.get(f"/v1/videos/{video}/rulings")).json()["items"] == []


async def test_recent_decisions_come_newest_first_page_by_page(door: httpx.AsyncClient, database: Database) -> None:
    video = await a_video(database)
    track = await a_track(database, video, face(0))
    made = []
    for name in ("민지", "하니", "해린"):
        said = {"verdict": "is_not", "person_id": await a_person(door, name)}
        made.append((await door.post(f"/v1/tracks/{track.id}/rulings", json=said)).json()["id"])
    first = (await door.get("/v1/decisions", params={"limit": 2})).json()
    second = (await door.get("/v1/decisions", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [one["id"] for one in first["items"] + second["items"]] == made[::-1]
    assert (await door.get(f"/v1/decisions/{made[0]}")).json()["kind"] == "rule"


@pytest.mark.parametrize("place", ["/v1/tracks/{}", "/v1/tracks/{}/face.jpg", "/v1/decisions/{}"])
async def test_what_is_not_there_is_said(door: httpx.AsyncClient, place: str) -> None:
    assert (await door.get(place.format(uuid4()))).json()["code"] == "not_found"


# ---- who may be there


async def test_a_line_up_is_the_video_s_own_or_its_series(door: httpx.AsyncClient, database: Database) -> None:
    video, minji = str(await a_video(database)), await a_person(door, "민지", "NJZ")
    [group] = (await door.get("/v1/groups")).json()["items"]
    assert (await door.get(f"/v1/videos/{video}/line-up")).json() is None
    of_series = {"people": [], "groups": [group["id"]]}
    series = (await door.post("/v1/series", json={"name": "주간 아이돌", "line_up": of_series})).json()
    assert (await door.post("/v1/series", json={"name": " 주간  아이돌"})).status_code == 409
    put = await door.put(f"/v1/videos/{video}/series", json={"series_id": series["id"]})
    assert put.status_code == 200, put.text
    assert (await door.get(f"/v1/videos/{video}/line-up")).json() == of_series
    own = {"people": [minji], "groups": []}
    assert (await door.put(f"/v1/videos/{video}/line-up", json=own)).json() == own
    assert (await door.get(f"/v1/videos/{video}/line-up")).json() == own
    assert (await door.delete(f"/v1/videos/{video}/line-up")).status_code == 204
    changed = await door.put(f"/v1/series/{series['id']}", json={"name": "음악 방송", "line_up": own})
    assert (changed.json()["name"], changed.json()["videos"]) == ("음악 방송", 1)
    assert (await door.get(f"/v1/videos/{video}/line-up")).json() == own
    assert [one["name"] for one in (await door.get("/v1/series")).json()["items"]] == ["음악 방송"]
    assert (await door.delete(f"/v1/series/{series['id']}")).status_code == 204
    assert (await door.get(f"/v1/videos/{video}/line-up")).json() is None


async def test_somebody_unknown_is_in_no_line_up(door: httpx.AsyncClient, database: Database) -> None:
    video = str(await a_video(database))
    for wrong in ({"people": [str(uuid4())]}, {"groups": [str(uuid4())]}):
        assert (await door.put(f"/v1/videos/{video}/line-up", json=wrong)).json()["code"] == "not_found"
    assert (await door.get(f"/v1/videos/{video}/line-up")).json() is None


async def test_an_indexed_video_is_decided_again_when_its_line_up_changes(
    door: httpx.AsyncClient, database: Database, timeline: Path
) -> None:
    video = await a_video(database, timeline)
    await door.put(f"/v1/videos/{video}/line-up", json={"people": []})
    async with database.transaction() as connection:
        assert (await runs.listing(connection, video_id=video)).items == [], "it was never indexed"
        await connection.exec_driver_sql("update library.videos set version = 1")
    await door.delete(f"/v1/videos/{video}/line-up")
    async with database.transaction() as connection:
        [run] = (await runs.listing(connection, video_id=video)).items
        assert run.state == "queued"
        taken = await runs.take(connection, run.id)
    assert taken
    await door.put(f"/v1/videos/{video}/line-up", json={"people": []})
    async with database.transaction() as connection:
        assert not (await runs.standing(connection, taken)).ours, "it had read the former line-up"
        assert [run.state for run in (await runs.listing(connection, video_id=video)).items] == ["queued"]


# ---- faces, right to the picture


def pictures(timeline: Path) -> dict[int, Image.Image]:
    with av.open(str(timeline)) as video:
        return {round(frame.time * 1000): frame.to_image() for frame in video.decode(video=0)}


async def test_a_face_is_cut_from_the_very_picture_it_was_seen_in(
    door: httpx.AsyncClient, database: Database, timeline: Path
) -> None:
    truth = json.loads(timeline.with_suffix(".json").read_text())
    shown = pictures(timeline)
    times = sorted(shown)
    for scene in (truth["scenes"][0], truth["scenes"][3]):
        x, y, w, h = scene["people"][0]["box"]
        width, height = truth["width"], truth["height"]
        box = Box(left=x / width, top=y / height, right=(x + w) / width, bottom=(y + h) / height)
        for number in (scene["first_frame"], scene["last_frame"]):  # a picture off would be another scene's
            at_ms = times[number]
            track = await a_track(database, await a_video(database, timeline), FaceAt(at_ms=at_ms, box=box))
            answer = await door.get(f"/v1/tracks/{track.id}/face.jpg", params={"width": 300})
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
            face_shown = Image.open(io.BytesIO(answer.content))
            assert face_shown.size == (320, 320)
            expected = shown[at_ms].crop(square(box, shown[at_ms].size)).resize((320, 320))
            assert _difference(face_shown, expected) < 6, at_ms
            beside = times[number - 1 if number == scene["first_frame"] else number + 1]
            if 0 < number < len(times) - 1:
                other = shown[beside].crop(square(box, shown[beside].size)).resize((320, 320))
                assert _difference(face_shown, other) > 12, "the picture beside it is another scene"


def _difference(one: Image.Image, other: Image.Image) -> float:
    apart = np.asarray(one.convert("L"), np.float32) - np.asarray(other.convert("L"), np.float32)
    return float(np.abs(apart).mean())


async def test_a_face_is_the_track_s_best_one(door: httpx.AsyncClient, database: Database, timeline: Path) -> None:
    video = await a_video(database, timeline)
    first = await a_track(database, video, face(0, 0.1), face(200, 0.5), best=1)
    second = await a_track(database, video, face(200, 0.5))
    found = [(await door.get(f"/v1/tracks/{track}/face.jpg")).content for track in (second.id,)]
    await a_track(database, video, *first.faces, best=1)
    [now] = (await door.get(f"/v1/videos/{video}/tracks")).json()["items"]
    assert (await door.get(f"/v1/tracks/{now['id']}/face.jpg")).content == found[0]


async def test_without_media_there_is_no_face(door: httpx.AsyncClient, database: Database) -> None:
    track = await a_track(database, await a_video(database), face(0))
    answer = await door.get(f"/v1/tracks/{track.id}/face.jpg")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
