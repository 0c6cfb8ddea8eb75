"""Videos over REST: taking them in once, whole or not at all; listing them; indexing them again."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.rest.uploads import sweep
from kernel.settings import Media, Settings
from kernel.store import Store
from tests.media_samples import encode
from tests.rooms import Rooms, open_front_door


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "day2.mp4"
    encode(path, seconds=2)
    return path


@pytest.fixture(scope="module")
def content(clip: Path) -> bytes:
    return clip.read_bytes()


@pytest.fixture
def settings(settings: Settings, clip: Path) -> Settings:
    return settings.model_copy(update={"media": Media(roots=(clip.parent,), max_bytes=1_000_000)})


@pytest.fixture
async def door(settings: Settings, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(Rooms(settings), database_url) as (client, _):
        yield client


async def upload(door: httpx.AsyncClient, content: bytes, name: str = "day2.mp4", **headers: str) -> httpx.Response:
    return await door.post("/v1/videos", files={"file": (name, content)}, headers=headers)


def files_in(settings: Settings) -> list[str]:
    return sorted(str(p.relative_to(settings.store_dir)) for p in settings.store_dir.rglob("*") if p.is_file())


async def test_an_upload_is_kept_by_its_content_and_indexed(
    door: httpx.AsyncClient, settings: Settings, content: bytes
) -> None:
    answer = await door.post("/v1/videos", data={"title": " 여름  캠프 "}, files={"file": ("C:\\x\\day2.mp4", content)})
    assert answer.status_code == 202, answer.text
    accepted = answer.json()
    assert (accepted["existing"], accepted["run"]["state"]) == (False, "queued")
    assert accepted["video"]["title"] == "여름 캠프"
    assert (accepted["video"]["origin"], accepted["video"]["has_media"]) == ("day2.mp4", True)
    assert files_in(settings) == [f"media/{hashlib.sha256(content).hexdigest()}.mp4"]
    assert (await door.get(f"/v1/videos/{accepted['video']['id']}")).json() == accepted["video"]


async def test_the_same_content_is_the_same_video(
    door: httpx.AsyncClient, settings: Settings, clip: Path, content: bytes
) -> None:
    first = (await upload(door, content)).json()
    second = await upload(door, content, "other.mov")
    by_path = await door.post("/v1/videos/by-path", json={"path": str(clip)})
    assert (second.status_code, by_path.status_code) == (200, 200)
    assert second.json() == {**first, "existing": True} == by_path.json()
    assert len(files_in(settings)) == 1


@pytest.mark.parametrize(("language", "sentence"), [("ko", "빈 파일입니다"), ("en", "The file is empty")])
async def test_a_bad_file_is_refused_in_the_readers_language(
    door: httpx.AsyncClient, settings: Settings, language: str, sentence: str
) -> None:
    answer = await upload(door, b"", **{"Accept-Language": language})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]
    assert files_in(settings) == []
    assert (await door.get("/v1/videos")).json()["items"] == []


async def test_text_named_mp4_is_refused(door: httpx.AsyncClient, settings: Settings) -> None:
    answer = await upload(door, b"not a video at all " * 100)
    assert (answer.status_code, answer.json()["code"]) == (422, "media_not_video")
    assert files_in(settings) == []


async def test_too_many_bytes_are_refused_before_they_all_came(door: httpx.AsyncClient, settings: Settings) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
        for _ in range(100):
            sent += 1
            yield bytes(100_000)

    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await door.post("/v1/videos", content=body(), headers=kind)
    assert answer.json()["code"] == "media_too_many_bytes"
    assert answer.status_code == 413
    assert sent < 30
    assert files_in(settings) == []


BROKEN: dict[str, tuple[bytes, str, int]] = {
    "no multipart": (b"{}", "application/json", 415),
    "no boundary": (b"", "multipart/form-data", 415),
    "cut off": (b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nxyz', "b", 422),
    "no file": (b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nxyz\r\n--b--\r\n', "b", 422),
    "a title without end": (b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\n' + b"x" * 9999, "b", 422),
    "noise": (b"\x00\xff" * 50, "b", 422),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_a_broken_body_leaves_nothing(door: httpx.AsyncClient, settings: Settings, case: str) -> None:
    content, kind, status = BROKEN[case]
    kind = f"multipart/form-data; boundary={kind}" if kind == "b" else kind
    answer = await door.post("/v1/videos", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    assert files_in(settings) == []


async def test_a_path_outside_the_roots_is_refused(door: httpx.AsyncClient) -> None:
    answer = await door.post("/v1/videos/by-path", json={"path": "/etc/passwd"})
    assert answer.json()["code"] == "media_outside_roots"


async def test_a_path_stays_where_it_is(door: httpx.AsyncClient, settings: Settings, clip: Path) -> None:
    answer = await door.post("/v1/videos/by-path", json={"path": str(clip), "title": "캠프"})
    assert answer.status_code == 202
    assert answer.json()["video"]["source"] == "path"
    assert files_in(settings) == []


# ---- idempotency


async def test_a_key_sent_twice_is_done_once(door: httpx.AsyncClient, content: bytes) -> None:
    key = {"Idempotency-Key": "k1"}
    first = await upload(door, content, **key)
    again = await upload(door, content, **key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


async def test_a_key_with_another_body_is_refused(door: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k1"}
    await door.post("/v1/videos/by-url", json={"url": "https://example.com/a.mp4"}, headers=key)
    other = await door.post("/v1/videos/by-url", json={"url": "https://example.com/b.mp4"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len((await door.get("/v1/videos")).json()["items"]) == 1


async def test_a_refusal_is_not_remembered(door: httpx.AsyncClient, content: bytes) -> None:
    key = {"Idempotency-Key": "k1"}
    assert (await upload(door, b"", **key)).status_code == 422
    assert (await upload(door, content, **key)).status_code == 202


@pytest.mark.parametrize("key", ["", "x" * 201, "한글".encode()])
async def test_a_bad_key_is_refused(door: httpx.AsyncClient, key: Any) -> None:
    answer = await door.post(
        "/v1/groups",
        json={"name": "NJZ"},
        headers=[(b"Idempotency-Key", key if isinstance(key, bytes) else key.encode())],
    )
    assert answer.status_code == 422


# ---- listings


async def add_by_url(door: httpx.AsyncClient, *names: str) -> None:
    for name in names:
        await door.post("/v1/videos/by-url", json={"url": f"https://example.com/{name}.mp4", "title": name})


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.1/a.mp4", "address_private"),
        ("http://[::ffff:10.0.0.1]/a.mp4", "address_private"),
        ("http://169.254.169.254/latest", "address_private"),
        ("http://user@example.com/a.mp4", "address_invalid"),
    ],
)
async def test_an_address_that_can_be_refused_at_once_makes_no_video(
    door: httpx.AsyncClient, url: str, code: str
) -> None:
    answer = await door.post("/v1/videos/by-url", json={"url": url})
    assert answer.json()["code"] == code
    assert (await door.get("/v1/videos")).json()["items"] == []


async def test_pages_of_a_listing_stay_while_it_grows(door: httpx.AsyncClient) -> None:
    await add_by_url(door, "a", "b", "c", "d", "e")
    first = (await door.get("/v1/videos", params={"limit": 2})).json()
    await add_by_url(door, "f")
    second = (await door.get("/v1/videos", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    third = (await door.get("/v1/videos", params={"limit": 2, "cursor": second["next_cursor"]})).json()
    titles = [video["title"] for page in (first, second, third) for video in page["items"]]
    assert titles == ["e", "d", "c", "b", "a"]
    assert third["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIl0", "eyJhIjoxfQ", "WyIyMDI2IiwgIngiXQ"])
async def test_a_cursor_of_ones_own_making_is_refused(door: httpx.AsyncClient, cursor: str) -> None:
    for listing in ("/v1/videos", "/v1/runs", "/v1/people", "/v1/groups"):
        answer = await door.get(listing, params={"cursor": cursor})
        assert answer.status_code == 422, listing


async def test_videos_by_title_and_state(door: httpx.AsyncClient) -> None:
    await add_by_url(door, "여름 캠프", "100%", "겨울 캠프")

    async def titles(**asked: str) -> list[str]:
        return [video["title"] for video in (await door.get("/v1/videos", params=asked)).json()["items"]]

    assert await titles(q="캠프") == ["겨울 캠프", "여름 캠프"]
    assert await titles(q="%") == ["100%"]
    assert await titles(state="ready") == []
    assert len(await titles(state="indexing")) == 3
    assert (await door.get("/v1/videos", params={"state": "odd"})).status_code == 422


# ---- runs


async def test_a_video_at_work_is_not_indexed_twice(door: httpx.AsyncClient, content: bytes) -> None:
    accepted = (await upload(door, content)).json()
    address = f"/v1/videos/{accepted['video']['id']}/reindex"
    same = await door.post(address)
    assert (same.status_code, same.json()["id"]) == (200, accepted["run"]["id"])
    cancelled = (await door.post(f"/v1/runs/{accepted['run']['id']}/cancel")).json()
    assert cancelled["state"] == "cancelled"
    fresh = await door.post(address)
    assert fresh.status_code == 202
    assert fresh.json()["id"] != accepted["run"]["id"]
    listed = (await door.get("/v1/runs", params={"video": accepted["video"]["id"]})).json()["items"]
    assert [run["state"] for run in listed] == ["queued", "cancelled"]


async def test_imported_metadata_cannot_be_indexed(door: httpx.AsyncClient) -> None:
    report = await door.post("/v1/import", json=[{"timestamp": 1, "video_id": "camp", "caption": "민지가 잔다."}])
    assert report.json()["segments"] == 1, report.text
    video = (await door.get("/v1/videos")).json()["items"][0]
    assert (await door.post(f"/v1/videos/{video['id']}/reindex")).status_code == 409
    segments = (await door.get(f"/v1/videos/{video['id']}/segments")).json()["items"]
    found = (await door.get(f"/v1/segments/{segments[0]['id']}")).json()
    assert found == segments[0] | {"state": "live", "successors": [], "ended": None}
    assert (await door.get(f"/v1/videos/{video['id']}/tracks")).json()["items"] == []


@pytest.mark.parametrize("path", ["videos", "runs", "segments", "people", "groups"])
async def test_what_is_not_there_is_a_problem(door: httpx.AsyncClient, path: str) -> None:
    answer = await door.get(f"/v1/{path}/00000000-0000-0000-0000-000000000000", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("There is no such")
    assert (await door.get(f"/v1/{path}/not-an-id")).status_code == 422


def test_what_a_dead_process_left_is_swept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    fresh, old = (store.path(f"incoming/{name}") for name in ("fresh", "old"))
    fresh.parent.mkdir()
    for path, age_s in ((fresh, 3600), (old, 100_000)):
        path.touch()
        os.utime(path, (1_000_000 - age_s,) * 2)
    sweep(store, 1_000_000)
    assert (fresh.exists(), old.exists()) == (True, False)


async def test_one_content_sent_twice_at_once_is_one_video(
    door: httpx.AsyncClient, settings: Settings, content: bytes
) -> None:
    names = ("a.mp4", "b.mov", "c.m4v")
    answers = await asyncio.gather(*(upload(door, content, name) for name in names))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 202]
    assert len({answer.json()["video"]["id"] for answer in answers}) == 1
    assert len(files_in(settings)) == 1


async def test_another_sites_page_changes_nothing(door: httpx.AsyncClient, settings: Settings) -> None:
    for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        answer = await door.post("/v1/groups", json={"name": "NJZ"}, headers=header)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_site")
    public = await door.post("/v1/groups", json={"name": "A"}, headers={"Origin": settings.public_url})
    assert public.status_code == 201
    own = await door.post("/v1/groups", json={"name": "NJZ"}, headers={"Origin": "http://localhost"})
    assert own.status_code == 201
