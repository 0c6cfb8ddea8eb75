"""Media over REST: byte ranges, pictures and clips made once; runs that are watched."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from gateway.library import runs, videos
from gateway.renderings import Renderings
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.store import Store
from tests.media_samples import encode
from tests.rooms import Rooms, open_front_door
from tests.serving import served


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "day2.mp4"
    encode(path, seconds=2)
    return path


@pytest.fixture(scope="module")
def content(clip: Path) -> bytes:
    return clip.read_bytes()


@pytest.fixture
async def opened(settings: Settings, database_url: str) -> AsyncIterator[tuple[httpx.AsyncClient, FastAPI]]:
    async with open_front_door(Rooms(settings), database_url) as pair:
        yield pair


@pytest.fixture
def door(opened: tuple[httpx.AsyncClient, FastAPI]) -> httpx.AsyncClient:
    return opened[0]


@pytest.fixture
async def video(door: httpx.AsyncClient, content: bytes) -> str:
    answer = await door.post("/v1/videos", files={"file": ("day2.mp4", content)})
    return str(answer.json()["video"]["id"])


async def test_a_player_reads_ranges(door: httpx.AsyncClient, video: str, content: bytes) -> None:
    address = f"/v1/videos/{video}/media"
    whole = await door.get(address)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, content, "video/mp4")
    assert whole.headers["accept-ranges"] == "bytes"
    head = await door.head(address)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(content)), b"")
    part = await door.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(content)}"
    end = await door.get(address, headers={"Range": "bytes=-10"})
    assert (end.status_code, end.content) == (206, content[-10:])
    outside = await door.get(address, headers={"Range": f"bytes={len(content)}-"})
    assert (outside.status_code, outside.headers["content-range"]) == (416, f"bytes */{len(content)}")
    assert outside.headers["content-type"] == "application/problem+json"
    assert outside.json()["code"] == "range_outside"
    for unread in ("bytes=", "bytes=9-x", "pages=1-2", "bytes=abc"):
        left_aside = await door.get(address, headers={"Range": unread})
        assert (left_aside.status_code, len(left_aside.content)) == (200, len(content)), unread


async def test_a_changed_file_is_sent_whole(door: httpx.AsyncClient, video: str, content: bytes) -> None:
    address = f"/v1/videos/{video}/media"
    etag = (await door.head(address)).headers.get("etag") or (await door.get(address)).headers["etag"]
    same = await door.get(address, headers={"Range": "bytes=0-9", "If-Range": etag})
    other = await door.get(address, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (same.status_code, other.status_code) == (206, 200)
    assert other.content == content


async def test_a_thumbnail_is_a_picture_of_its_moment(door: httpx.AsyncClient, video: str) -> None:
    answers = [
        await door.get(f"/v1/videos/{video}/thumbnail", params={"at_ms": at, "width": 100}) for at in (0, 1800, 1800)
    ]
    pictures = [Image.open(io.BytesIO(answer.content)) for answer in answers]
    assert [(p.format, p.width) for p in pictures] == [("JPEG", 160)] * 3
    assert answers[0].content != answers[1].content == answers[2].content
    assert (await door.get(f"/v1/videos/{video}/thumbnail", params={"width": 4000})).status_code == 422


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_many_who_ask_at_once_wait_for_one_making(tmp_path: Path) -> None:
    made = 0

    def make(out: Path) -> None:
        nonlocal made
        made += 1
        out.write_bytes(b"picture")

    renderings = Renderings(Store(tmp_path))
    paths = await asyncio.gather(*(renderings.ensure("thumbnails/a.jpg", make) for _ in range(20)))
    assert (made, {path.read_bytes() for path in paths}) == (1, {b"picture"})


async def test_what_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    def fail(out: Path) -> None:
        out.write_bytes(b"half")
        raise OSError("no space")

    renderings = Renderings(Store(tmp_path))
    for _ in range(2):
        with pytest.raises(OSError, match="no space"):
            await renderings.ensure("thumbnails/a.jpg", fail)
    assert files_in(tmp_path) == []


async def test_a_preview_is_the_segments_span(door: httpx.AsyncClient, video: str, database: Database) -> None:
    await door.post("/v1/import", json=[{"timestamp": 0, "video_id": "camp", "caption": "민지가 잔다."}])
    imported = next(v for v in (await door.get("/v1/videos")).json()["items"] if v["source"] == "import")
    segment = (await door.get(f"/v1/videos/{imported['id']}/segments")).json()["items"][0]
    address = f"/v1/segments/{segment['id']}/preview.mp4"
    assert (await door.get(address)).status_code == 404
    async with database.transaction() as connection:
        stored = await videos.media(connection, UUID(video))
        assert stored
        await videos.set_media(connection, UUID(imported["id"]), stored, uuid4().hex)
    clip = await door.get(address)
    assert (clip.status_code, clip.headers["content-type"]) == (200, "video/mp4")
    assert clip.content[4:8] == b"ftyp"


async def test_a_file_that_is_gone_is_a_problem(door: httpx.AsyncClient, video: str, settings: Settings) -> None:
    next((settings.store_dir / "media").iterdir()).unlink()
    answer = await door.get(f"/v1/videos/{video}/media")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


# ---- runs, watched


async def events(response: httpx.Response) -> AsyncIterator[dict[str, object]]:
    async for line in response.aiter_lines():
        if line.startswith("data:"):
            yield json.loads(line.removeprefix("data:"))


@asynccontextmanager
async def watching(app: FastAPI, settings: Settings, address: str) -> AsyncIterator[httpx.Response]:
    async with (
        served(app, settings) as base,
        httpx.AsyncClient(base_url=base, timeout=20) as client,
        client.stream("GET", address) as stream,
    ):
        yield stream


async def test_a_run_is_watched_until_it_is_over(
    opened: tuple[httpx.AsyncClient, FastAPI], settings: Settings, video: str
) -> None:
    door, app = opened
    run = (await door.get("/v1/runs", params={"video": video})).json()["items"][0]
    async with watching(app, settings, f"/v1/runs/{run['id']}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        told = events(stream)
        assert await anext(told) == run
        await door.post(f"/v1/runs/{run['id']}/cancel")
        assert [event["state"] async for event in told] == ["cancelled"]


async def test_all_runs_are_watched(
    opened: tuple[httpx.AsyncClient, FastAPI], settings: Settings, video: str, database: Database
) -> None:
    door, app = opened
    run = (await door.get("/v1/runs")).json()["items"][0]
    async with watching(app, settings, "/v1/runs/events") as stream:
        told = events(stream)
        assert (await anext(told))["id"] == run["id"]
        async with database.transaction() as connection:
            taken = await runs.take(connection, UUID(run["id"]))
        assert taken
        assert (await anext(told))["state"] == "running"
        async with database.transaction() as connection:
            await runs.finish(connection, taken, "done")
        assert (await anext(told))["state"] == "done"


async def test_a_run_nobody_has_is_a_problem(door: httpx.AsyncClient) -> None:
    assert (await door.get(f"/v1/runs/{uuid4()}/events")).status_code == 404
