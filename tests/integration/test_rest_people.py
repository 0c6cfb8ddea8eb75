"""People over REST: names, groups, photos with one face each, and search that hears of every change."""

import asyncio
import io
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from PIL import Image

from gateway.identity import gallery
from gateway.library import people as sql
from kernel.clients import FaceService
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.wire import open_wire
from tests.rooms import NONE, ONE, ONE_SMALL, ONE_STANDS_OUT, TWO_ALIKE, Rooms, open_front_door, photo


@pytest.fixture
def rooms(settings: Settings) -> Rooms:
    return Rooms(settings)


@pytest.fixture
async def door(rooms: Rooms, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(rooms, database_url) as (client, _):
        yield client


async def add(door: httpx.AsyncClient, name: str = "김민지", group: str | None = "NJZ", *aliases: str) -> str:
    answer = await door.post("/v1/people", json={"name": name, "group": group, "aliases": list(aliases)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def send(door: httpx.AsyncClient, person: str, picture: Path) -> httpx.Response:
    content = await asyncio.to_thread(picture.read_bytes)
    return await door.post(f"/v1/people/{person}/references", files={"photo": (picture.name, content)})


async def test_names_in_both_languages_reach_search(door: httpx.AsyncClient, rooms: Rooms) -> None:
    person = await add(door, "Kim Minji", "NJZ", "김민지", "민지", " 김민지 ")
    shown = (await door.get(f"/v1/people/{person}")).json()
    assert (shown["name_ko"], shown["name_en"], shown["aliases"]) == ("김민지", "Kim Minji", ["김민지", "민지"])
    told = {name.kind: name for name in rooms.names}
    assert told["person"].aliases == ["Kim Minji", "김민지", "민지"]
    assert told["group"].members == [UUID(person)]
    await door.put(f"/v1/people/{person}", json={"name": "민지", "aliases": ["Minji"]})
    assert {name.name_en for name in rooms.names if name.kind == "person"} == {"Minji"}


async def test_names_nobody_heard_are_told_before_the_next_question(door: httpx.AsyncClient, rooms: Rooms) -> None:
    rooms.deaf = True
    await add(door)
    rooms.deaf = False
    assert rooms.names == []
    await door.get("/v1/search", params={"q": "민지"})
    assert [name.name_ko for name in rooms.names] == ["김민지", "NJZ"]


async def test_one_name_in_one_group_is_one_person(door: httpx.AsyncClient) -> None:
    await add(door, "김민지", "NJZ", "Minji")
    for name, aliases in (("김 민지", []), ("minji", []), ("ＭＩＮＪＩ", []), ("민지", ["MINJI"])):
        answer = await door.post("/v1/people", json={"name": name, "group": "njz", "aliases": aliases})
        assert answer.status_code == 409, name
    await add(door, "김민지", "Actors")
    await add(door, "김민지", None)
    assert len((await door.get("/v1/people")).json()["items"]) == 3
    assert (await door.post("/v1/groups", json={"name": " NJZ "})).status_code == 409


async def test_nobody_is_renamed_into_somebody_else(door: httpx.AsyncClient) -> None:
    one, other, elsewhere = await add(door), await add(door, "하니"), await add(door, "하니", "Actors")
    taken = {"name": "하니", "aliases": []}
    assert (await door.put(f"/v1/people/{one}", json=taken)).status_code == 409
    for person in (other, elsewhere):
        assert (await door.put(f"/v1/people/{person}", json={"name": "Hanni", "aliases": ["하니"]})).status_code == 200


@pytest.mark.parametrize("name", [" ", "\x00", "\u2028", "\t\n"])
async def test_a_name_of_nothing_is_refused(door: httpx.AsyncClient, name: str) -> None:
    person = await add(door)
    assert (await door.post("/v1/people", json={"name": name})).status_code == 422
    assert (await door.post("/v1/groups", json={"name": name})).status_code == 422
    assert (await door.put(f"/v1/people/{person}", json={"name": name})).status_code == 422


async def test_people_of_a_group_differ_in_colour(door: httpx.AsyncClient) -> None:
    for name in "가나다라마":
        await add(door, name, "A")
    await add(door, "바", "B")
    colours = [person["colour"] for person in (await door.get("/v1/people")).json()["items"]]
    assert len(set(colours)) == 6


async def test_pages_of_people(door: httpx.AsyncClient) -> None:
    for name in ("다", "가", "라", "나"):
        await add(door, name)
    first = (await door.get("/v1/people", params={"limit": 3})).json()
    rest = (await door.get("/v1/people", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [p["name"] for p in (*first["items"], *rest["items"])] == ["가", "나", "다", "라"]
    assert [p["name"] for p in (await door.get("/v1/people", params={"q": "가"})).json()["items"]] == ["가"]
    group = (await door.get("/v1/groups")).json()["items"][0]
    assert len((await door.get("/v1/people", params={"group": group["id"]})).json()["items"]) == 4
    assert (await door.get(f"/v1/groups/{group['id']}")).json() == group


async def test_people_are_found_while_their_names_are_typed(door: httpx.AsyncClient) -> None:
    for name, alias in (("김민지", "Minji"), ("하니", "Hanni (NJZ)"), ("하루", "50%")):
        await door.post("/v1/people", json={"name": name, "aliases": [alias]})
    for typed, names in {
        "민ㅈ": ["김민지"],
        "ㅁㅈ": ["김민지"],
        "한": ["하니"],
        "하": ["하니", "하루"],
        "MINJ": ["김민지"],
        "(nj": ["하니"],
        "0%": ["하루"],
        ".*": [],
        "[": [],
        "\\": [],
        "?🎬\u200d": [],
    }.items():
        found = await door.get("/v1/people", params={"q": typed})
        assert [p["name"] for p in found.json()["items"]] == names, typed


# ---- photos


async def test_a_photo_teaches_one_face(door: httpx.AsyncClient, tmp_path: Path, settings: Settings) -> None:
    person = await add(door)
    for width in (ONE, ONE_STANDS_OUT):
        answer = await send(door, person, photo(width, tmp_path / f"{width}.jpg"))
        assert (answer.status_code, answer.json()["usable"]) == (201, True)
    listed = (await door.get(f"/v1/people/{person}/references")).json()["items"]
    assert {reference["source"] for reference in listed} == {"200.jpg", "230.jpg"}
    picture = await door.get(f"/v1/references/{listed[0]['id']}/picture")
    assert picture.headers["content-type"] == "image/jpeg"
    portrait = Image.open(io.BytesIO((await door.get(f"/v1/people/{person}/portrait")).content))
    assert portrait.size == (192, 192)
    assert len(list((settings.store_dir / "references").iterdir())) == 2


@pytest.mark.parametrize(("width", "code"), [(NONE, "no_face"), (TWO_ALIKE, "several_faces")])
async def test_a_photo_of_nobody_or_of_several_is_refused(
    door: httpx.AsyncClient, tmp_path: Path, settings: Settings, width: int, code: str
) -> None:
    person = await add(door)
    answer = await send(door, person, photo(width, tmp_path / "a.jpg"))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert "a.jpg" in answer.json()["detail"]
    assert list((settings.store_dir / "references").iterdir()) == []
    assert (await door.get(f"/v1/people/{person}/portrait")).status_code == 404


async def test_a_face_too_small_is_kept_and_not_used(
    door: httpx.AsyncClient, tmp_path: Path, rooms: Rooms, database: Database
) -> None:
    person = await add(door)
    answer = (await send(door, person, photo(ONE_SMALL, tmp_path / "a.jpg"))).json()
    assert (answer["usable"], answer["reason"]) == (False, "small")
    async with open_wire(rooms.apps()) as wire:
        assert await gallery.vectors_by_person(database, FaceService(wire), rooms.face_model) == {}


async def test_the_same_picture_is_the_same_reference(door: httpx.AsyncClient, tmp_path: Path) -> None:
    person = await add(door)
    first = await send(door, person, photo(ONE, tmp_path / "a.png", kind="PNG"))
    exif = Image.open(tmp_path / "a.png")
    exif.save(tmp_path / "b.png", pnginfo=None, compress_level=1)
    again = await send(door, person, tmp_path / "b.png")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def bomb() -> bytes:
    """A few hundred bytes that claim 40,000 x 40,000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


BAD_PHOTOS = {
    "empty": (b"", 422, "not_a_photo"),
    "text": (b"hello", 422, "not_a_photo"),
    "cut off": (b"\xff\xd8\xff\xe0" + bytes(100), 422, "not_a_photo"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422, "not_a_photo"),
    "bomb": (bomb(), 413, "photo_too_large"),
    "huge": (b"\xff\xd8" + bytes(20_000_001), 413, "photo_too_large"),
}


@pytest.mark.parametrize("case", BAD_PHOTOS)
async def test_what_is_no_photo_is_refused(door: httpx.AsyncClient, tmp_path: Path, case: str) -> None:
    content, status, code = BAD_PHOTOS[case]
    (tmp_path / "a.jpg").write_bytes(content)
    answer = await send(door, await add(door), tmp_path / "a.jpg")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_tiny_photo_is_refused(door: httpx.AsyncClient, tmp_path: Path) -> None:
    Image.new("RGB", (47, 300)).save(tmp_path / "a.jpg")
    answer = await send(door, await add(door), tmp_path / "a.jpg")
    assert answer.json()["code"] == "photo_too_small"


async def test_a_forgotten_photo_is_gone(door: httpx.AsyncClient, tmp_path: Path, settings: Settings) -> None:
    one, other = await add(door), await add(door, "하니")
    picture = photo(ONE, tmp_path / "a.jpg")
    mine, theirs = [(await send(door, person, picture)).json()["id"] for person in (one, other)]
    assert (await door.delete(f"/v1/references/{mine}")).status_code == 204
    assert (await door.get(f"/v1/references/{theirs}/picture")).status_code == 200
    await door.delete(f"/v1/references/{theirs}")
    assert list((settings.store_dir / "references").iterdir()) == []
    assert (await door.delete(f"/v1/references/{theirs}")).status_code == 404


# ---- the gallery as vectors


async def test_another_model_embeds_what_it_has_not_seen(
    door: httpx.AsyncClient, tmp_path: Path, rooms: Rooms, database: Database
) -> None:
    person = await add(door)
    for shade in (10, 200):
        await send(door, person, photo(ONE, tmp_path / f"{shade}.jpg", shade))
    async with open_wire(rooms.apps()) as wire:
        known = await gallery.vectors_by_person(database, FaceService(wire), "drawn@1")
        rooms.face_model = "drawn@2"
        renewed = await gallery.vectors_by_person(database, FaceService(wire), "drawn@2")
    assert known[UUID(person)].shape == renewed[UUID(person)].shape == (2, 8)
    assert abs((known[UUID(person)] * renewed[UUID(person)]).sum(axis=1)).max() < 0.99
    assert gallery.fingerprint(known) != gallery.fingerprint(renewed)
    async with open_wire() as nobody:  # nothing is missing now: no room is asked
        again = await gallery.vectors_by_person(database, FaceService(nobody), "drawn@1")
    assert gallery.fingerprint(again) == gallery.fingerprint(known)


async def test_importing_learns_aliases_and_adds_nobody_twice(database: Database) -> None:
    wanted = {("NJZ", "Kim Minji"): ("민지",), ("NJZ", "민지"): (), (None, "Kim Minji"): ()}
    async with database.transaction() as connection:
        first = await sql.ensure_people(connection, wanted)
        again = await sql.ensure_people(connection, wanted)
    assert (first.new_people, first.new_groups, again.new_people, again.new_groups) == (2, 1, 0, 0)
    assert first.ids == again.ids
    assert first.ids["NJZ", "Kim Minji"] == first.ids["NJZ", "민지"]
