"""A browser on a gateway that is really served, and a video of three scenes for it to show."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize, async_playwright, expect
from pydantic import SecretStr

from gateway.editor.publish import publish
from gateway.library import edits, runs, segments, tracks, videos
from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt, PersonInSegment, Segment, SegmentCaption, Track
from kernel.contracts.time import Span
from kernel.settings import Settings
from kernel.storage.database import Database
from tests import databases
from tests.rooms import ONE, Rooms, open_front_door, photo
from tests.serving import served

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# For a file of tests with pages: they share one browser, and so one event loop.
MARKS = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH: pages can't be looked at (apt install chromium)"),
]
SECONDS = 6
PATIENCE_MS = 60_000  # of a machine that does much else
expect.set_options(timeout=PATIENCE_MS / 2)
CAPTIONS = [
    ("민지가 잔디밭에서 자고 있다.", "Minji is sleeping on the lawn."),
    ("하니가 민지를 부른다.", "Hanni calls Minji."),
    ("누군가 텐트로 걸어간다.", "Somebody walks to the tent."),
]

AnyDesk = TypeVar("AnyDesk", bound="Desk")


@dataclass(kw_only=True)
class Desk:
    """A browser on a served gateway, the gateway's database, and everything the pages complained about."""

    address: str
    browser: Browser
    rooms: Rooms
    database: Database
    client: httpx.AsyncClient
    app: FastAPI
    complaints: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def page(self, path: str, language: str = "ko-KR", width: int = 1280, **options: Any) -> AsyncIterator[Page]:
        """`options` are those of a browser context, such as `reduced_motion` and `java_script_enabled`."""
        viewport: ViewportSize = {"width": width, "height": 800}
        context = await self.browser.new_context(locale=language, viewport=viewport, **options)
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(self.address + path)
        try:
            yield page
        finally:
            await context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.location.get('url')}: {message.text}")

    def forgive(self, *known: str) -> None:
        """What a test brings about, and the browser notes, is no complaint."""
        self.complaints[:] = [said for said in self.complaints if not any(one in said for one in known)]


@dataclass(kw_only=True)
class Furnished(Desk):
    """A desk with somebody known, and an indexed video of three scenes: her, then her and a stranger, then nobody."""

    person: UUID
    video: UUID


@dataclass(frozen=True)
class Furniture:
    """What a furnished desk begins with: a database to be cloned, a data folder to be copied."""

    template: str
    folder: Path
    person: UUID
    video: UUID


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def gateway_at(settings: Settings, url: str) -> AsyncIterator[dict[str, Any]]:
    """A gateway that is really served, as the fields of a Desk."""
    rooms, database = Rooms(settings), Database(url)
    try:
        async with open_front_door(rooms, url) as (client, app), served(app, settings) as address:
            # Where people sign in the test itself is whoever sits at the machine.
            client.headers["Authorization"] = f"Bearer {app.state.trust}"
            yield {"address": address, "rooms": rooms, "database": database, "client": client, "app": app}
    finally:
        await database.close()


@contextmanager
def heard(desk: AnyDesk) -> Iterator[AnyDesk]:
    """What the pages complain about meanwhile fails the test in the end."""
    yield desk
    assert desk.complaints == [], desk.complaints


def settings_of(folder: Path, url: str, **changed: Any) -> Settings:
    return Settings(_env_file=None, data_dir=folder, DATABASE_URL=SecretStr(url), offline=True, **changed)


@asynccontextmanager
async def clone_of(server: str, template: str) -> AsyncIterator[str]:
    """The address of a database of one test."""
    name = f"page_{uuid4().hex}"
    yield await databases.create(server, name, template)
    await databases.drop(server, name)


async def add_person(client: httpx.AsyncClient, folder: Path) -> UUID:
    new = {"name": "김민지", "group": "NJZ", "aliases": ["Kim Minji"]}
    person = (await client.post("/v1/people", json=new)).json()["id"]
    picture = photo(ONE, folder / "minji.jpg")
    with picture.open("rb") as file:
        await client.post(f"/v1/people/{person}/references", files={"photo": ("minji.jpg", file)})
    return UUID(person)


async def add_video(client: httpx.AsyncClient, database: Database, clip: bytes, person: UUID) -> UUID:
    """An indexed video of three scenes: the person, then the person and somebody unknown, then nobody."""
    files = {"file": ("day2.mp4", clip)}
    accepted = (await client.post("/v1/videos", data={"title": "여름 캠프 2일차"}, files=files)).json()
    video, run = UUID(accepted["video"]["id"]), UUID(accepted["run"]["id"])
    async with database.transaction() as connection:
        taken = await runs.take(connection, run)
        assert taken
        measured = videos.Measured(duration_ms=SECONDS * 1000, width=320, height=180, frame_rate=25, probe={})
        await videos.set_measured(connection, video, measured)
        hers = track(video, person, 0, 4000)
        await tracks.replace(connection, video, [hers, track(video, None, 2000, 4000)])
        timeline = await segments.timeline(connection, video, lock=True)
        edit = publish(timeline, [scene(video, place, hers) for place in range(3)], actor="test", door="pipeline")
        assert edit
        await edits.append(connection, edit)
        await runs.finish(connection, taken, "done")
    return video


def track(video: UUID, person: UUID | None, start: int, end: int) -> Track:
    left = 0.2 if person else 0.6
    box = Box(left=left, top=0.3, right=left + 0.2, bottom=0.7)
    span = Span(start_ms=start, end_ms=end)
    faces = [FaceAt(at_ms=at, box=box) for at in range(start, end, 500)]
    return Track(
        id=uuid4(), video_id=video, span=span, person_id=person, probability=0.9, faces=faces, model_id="drawn@1"
    )


def scene(video: UUID, place: int, hers: Track) -> Segment:
    mention = PersonInSegment(person_id=hers.person_id, probability=0.91, origin="machine", track_ids=[hers.id])
    people = [mention] if place < 2 else []
    unknown = [PersonInSegment(person_id=None, probability=0, origin="machine")] if place == 1 else []
    korean, english = CAPTIONS[place]
    return Segment(
        id=uuid4(),
        video_id=video,
        span=Span(start_ms=place * 2000, end_ms=place * 2000 + 2000),
        captions=[
            SegmentCaption(text=korean, language="ko", origin="machine", observed=True),
            SegmentCaption(text=english, language="en", origin="machine", observed=True),
        ],
        people=[*people, *unknown],
        version=0,
    )
