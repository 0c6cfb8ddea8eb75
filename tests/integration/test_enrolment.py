"""Somebody is learnt from a video: the best faces of a track, from the exact pictures, with real faces."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import insert

import face_service.app
from gateway import tables
from gateway.people.enrolment import clock, spread
from gateway.pipeline.frames import picture_at
from kernel.clients import FaceService
from kernel.contracts.faces import Box, DetectRequest
from kernel.contracts.library import FaceAt, Track
from kernel.contracts.time import Span
from kernel.settings import Faces, Settings
from kernel.storage.database import Database
from kernel.wire import open_wire
from tests.rooms import Rooms, open_front_door
from tests.timelines import do

CLIP = "faces/grid/clips/lwbsza.mpg"
TIMES = (200, 800, 1400, 2000, 2600)


class RealFaces(Rooms):
    """The rooms with the real face-service among them."""

    def _faces(self) -> FastAPI:
        return face_service.app.create_app(self.settings.model_copy(update={"faces": Faces(backend="edge")}))


@pytest.fixture
def rooms(settings: Settings) -> RealFaces:
    return RealFaces(settings)


@pytest.fixture
async def door(rooms: Rooms, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(rooms, database_url) as (client, _):
        yield client


@pytest.fixture
async def track_id(rooms: Rooms, database: Database, shared: Path) -> UUID:
    """A talker followed through a clip."""
    store = rooms.settings.store_dir
    (store / "media").mkdir(parents=True)
    await asyncio.to_thread(shutil.copy, shared / CLIP, store / "media" / "clip.mpg")
    boxes = await seen(rooms, store / "media" / "clip.mpg")
    video, track = uuid4(), uuid4()
    faces = [[at, box.left, box.top, box.right, box.bottom] for at, box in zip(TIMES, boxes, strict=True)]
    async with database.transaction() as connection:
        row = {"id": video, "title": "인터뷰", "source": "upload", "origin": "clip.mpg", "media": "media/clip.mpg"}
        await connection.execute(insert(tables.videos).values(row))
        followed = {"id": track, "video_id": video, "start_ms": 0, "end_ms": 2800, "probability": 0.9, "best": 2}
        await connection.execute(insert(tables.tracks).values(**followed, model_id="edge", faces=faces))
    return track


async def seen(rooms: Rooms, clip: Path) -> list[Box]:
    """Where the face is at each of TIMES."""
    names = [f"frames/{at}.jpg" for at in TIMES]
    (rooms.settings.store_dir / "frames").mkdir()
    for at, name in zip(TIMES, names, strict=True):
        content = await asyncio.to_thread(picture_at, clip, at, 8192)
        await asyncio.to_thread((rooms.settings.store_dir / name).write_bytes, content)
    async with open_wire(rooms.apps()) as wire:
        found = (await FaceService(wire).detect(DetectRequest(pictures=names))).faces
    return [faces[0].box for faces in found]


async def somebody(door: httpx.AsyncClient, name: str) -> str:
    return str((await door.post("/v1/people", json={"name": name})).json()["id"])


@pytest.mark.slow
async def test_a_track_teaches_its_best_faces(
    door: httpx.AsyncClient, track_id: UUID, settings: Settings, database: Database
) -> None:
    person = await somebody(door, "하니")
    asked = {"person_id": person, "rights": {"rights": "own footage", "consent": "own_archive"}}
    answer = await door.post(f"/v1/tracks/{track_id}/enrol", json=asked)
    assert answer.status_code == 201, answer.text
    made = answer.json()["references"]
    assert made[0]["at_ms"] == 1400, "the best first"
    assert len(made) == 3
    assert {reference["source"] for reference in made} >= {"인터뷰 0:01.4"}
    assert all(reference["rights"]["consent"] == "own_archive" and reference["video_id"] for reference in made)
    assert made[0]["usable"]
    assert {reference["reason"] for reference in made} <= {None, "duplicate"}
    again = (await door.post(f"/v1/tracks/{track_id}/enrol", json=asked)).json()["references"]
    assert [reference["id"] for reference in again] == [reference["id"] for reference in made]
    portrait = await door.get(f"/v1/people/{person}/portrait")
    assert portrait.status_code == 200
    rows = (await door.get("/v1/audit", params={"person": person})).json()["items"]
    added = [row for row in rows if row["action"] == "reference_added"]
    assert [row["details"]["at_ms"] for row in added[::-1]] == [reference["at_ms"] for reference in made]


@pytest.mark.slow
async def test_what_naming_a_stranger_taught_goes_when_it_is_undone(
    door: httpx.AsyncClient, track_id: UUID, settings: Settings, database: Database
) -> None:
    person, stranger = await somebody(door, "하니"), uuid4()
    mine = await door.post(f"/v1/tracks/{track_id}/enrol", json={"person_id": person, "count": 1})
    kept = {reference["id"] for reference in mine.json()["references"]}
    async with database.transaction() as connection:
        await connection.execute(insert(tables.strangers).values(id=stranger))
        await connection.execute(tables.tracks.update().values(stranger_id=stranger))
    named = await door.post(f"/v1/strangers/{stranger}/name", json={"person_id": person, "enrol": True})
    assert named.status_code == 201, named.text
    learnt = {one["id"] for one in (await door.get(f"/v1/people/{person}/references")).json()["items"]}
    assert learnt > kept
    pictures = len(list((settings.store_dir / "references").iterdir()))
    undone = await door.post(f"/v1/decisions/{named.json()['id']}/undo", headers={"Scenedesk-Door": "cli"})
    assert undone.json()["undone"]
    assert {one["id"] for one in (await door.get(f"/v1/people/{person}/references")).json()["items"]} == kept
    assert len(list((settings.store_dir / "references").iterdir())) == pictures - len(learnt - kept)
    rows = (await door.get("/v1/audit", params={"person": person})).json()["items"]
    removed = [row for row in rows if row["action"] == "reference_removed"]
    assert {row["reference_id"] for row in removed} == learnt - kept
    assert {(row["door"], row["details"]["undone"]) for row in removed} == {("cli", named.json()["id"])}


@pytest.mark.slow
async def test_a_ruling_may_teach_who_it_is_and_undone_teaches_nobody(door: httpx.AsyncClient, track_id: UUID) -> None:
    person = await somebody(door, "하니")
    said = {"verdict": "is", "person_id": person}
    await door.post(f"/v1/tracks/{track_id}/rulings", json=said)
    assert (await door.get(f"/v1/people/{person}")).json()["references"] == 0
    ruled = await door.post(f"/v1/tracks/{track_id}/rulings", json=said | {"enrol": True})
    assert ruled.status_code == 201, ruled.text
    assert (await door.get(f"/v1/people/{person}")).json()["usable_references"] > 0
    await door.post(f"/v1/decisions/{ruled.json()['id']}/undo")
    assert (await door.get(f"/v1/people/{person}")).json()["references"] == 0


@pytest.mark.slow
async def test_a_ruling_that_stands_again_teaches_again(door: httpx.AsyncClient, track_id: UUID) -> None:
    person = await somebody(door, "하니")
    video = (await door.get(f"/v1/tracks/{track_id}")).json()["video_id"]
    await do(door, UUID(video), 0, {"op": "create", "start_ms": 0, "end_ms": 2000})
    ruled = await door.post(
        f"/v1/tracks/{track_id}/rulings", json={"verdict": "is", "person_id": person, "enrol": True}
    )
    [made] = ruled.json()["edits"]
    taught = (await door.get(f"/v1/people/{person}")).json()["references"]
    for op, references in (("undo", 0), ("redo", taught), ("undo", 0), ("redo", taught)):
        done = await do(door, UUID(video), made["version"], {"op": op, "version": made["version"]})
        assert done.status_code == 201, done.text
        [made] = done.json()["edits"]
        assert (await door.get(f"/v1/people/{person}")).json()["references"] == references


@pytest.mark.slow
async def test_a_revert_takes_what_was_taught_and_undoing_it_teaches_the_very_same_faces(
    door: httpx.AsyncClient, track_id: UUID
) -> None:
    person = await somebody(door, "하니")
    video = UUID((await door.get(f"/v1/tracks/{track_id}")).json()["video_id"])
    await do(door, video, 0, {"op": "create", "start_ms": 0, "end_ms": 2000})
    await door.post(f"/v1/tracks/{track_id}/rulings", json={"verdict": "is", "person_id": person, "enrol": True})
    taught = await taken_at(door, person)
    assert len(taught) == 2
    [removed, kept] = taught
    await door.delete(f"/v1/references/{taught[removed]}")
    back = await done(door, video, {"op": "revert", "version": 1})
    assert await taken_at(door, person) == {}
    assert await named(door, track_id) is None
    for op, there in (("undo", True), ("undo", False), ("redo", True)):
        back = await done(door, video, {"op": op, "version": back})
        assert list(await taken_at(door, person)) == ([kept] if there else [])
        assert await named(door, track_id) == (person if there else None)


async def done(door: httpx.AsyncClient, video: UUID, command: dict[str, object]) -> int:
    """The version it made."""
    version = (await door.get(f"/v1/videos/{video}")).json()["version"]
    answer = await do(door, video, version, command)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["version"])


async def named(door: httpx.AsyncClient, track_id: UUID) -> str | None:
    who: str | None = (await door.get(f"/v1/tracks/{track_id}")).json()["person_id"]
    return who


async def taken_at(door: httpx.AsyncClient, person: str) -> dict[int, str]:
    """When in the video each reference was seen, and its id."""
    items = (await door.get(f"/v1/people/{person}/references")).json()["items"]
    return {one["at_ms"]: one["id"] for one in sorted(items, key=lambda one: one["at_ms"])}


@pytest.mark.slow
async def test_what_cannot_be_learnt_is_refused(
    door: httpx.AsyncClient, track_id: UUID, settings: Settings, database: Database
) -> None:
    person = await somebody(door, "하니")
    for track, who in ((uuid4(), person), (track_id, uuid4())):
        answer = await door.post(f"/v1/tracks/{track}/enrol", json={"person_id": str(who)})
        assert answer.status_code == 404
    astray = [[at, 0.0, 0.9, 0.04, 0.99] for at in TIMES]
    async with database.transaction() as connection:
        await connection.execute(tables.tracks.update().values(faces=astray))
    answer = await door.post(f"/v1/tracks/{track_id}/enrol", json={"person_id": person})
    assert answer.status_code == 422
    assert answer.json()["code"] in {"no_face", "lost_face", "photo_too_small"}
    assert (await door.get(f"/v1/people/{person}")).json()["references"] == 0
    (settings.store_dir / "media" / "clip.mpg").unlink()
    gone = await door.post(f"/v1/tracks/{track_id}/enrol", json={"person_id": person})
    assert gone.status_code == 404


def drawn(count: int, best: int) -> Track:
    faces = [FaceAt(at_ms=n * 100, box=Box(left=0, top=0, right=0.1 + n % 3 / 100, bottom=0.1)) for n in range(count)]
    return Track(
        id=uuid4(), video_id=uuid4(), span=Span(start_ms=0, end_ms=count * 100), person_id=None, probability=1,
        best=best, faces=faces, model_id="edge",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("count", "best", "times"), [(1, 0, [0]), (2, 1, [100, 0]), (9, 4, [400, 200, 800]), (9, 8, [800, 200, 500])]
)
def test_faces_are_spread_over_the_track(count: int, best: int, times: list[int]) -> None:
    assert [face.at_ms for face in spread(drawn(count, best), 3)] == times


@pytest.mark.parametrize(("at_ms", "said"), [(0, "0:00.0"), (61_400, "1:01.4"), (3_723_400, "1:02:03.4")])
def test_times_are_said_as_people_read_them(at_ms: int, said: str) -> None:
    assert clock(at_ms) == said
