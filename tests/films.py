"""The whole product in one process, on films made of real photographs, looked at in whatever way a test wants."""

import asyncio
import csv
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import av
import httpx
import numpy as np
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import text

import caption_service.app
import embed_service.app
import face_service.app
import gateway.app
import search_service.app
from gateway.identity.deciding import Verdict, decide
from gateway.worker import run_worker
from kernel.contracts.library import ListedSegment, Page, Segment, Track
from kernel.contracts.people import Decision, Ruling
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.wire import open_wire

Request = tuple[str, str, Mapping[str, Any]]
"""Method, path, and what httpx is given beside."""

COLUMNS, ROWS, TILE = 3, 2, 320
A_SCENE = COLUMNS * ROWS
SECONDS, RATE = 1, 25
DISTRIBUTED = "http://gateway:8000"


@dataclass(frozen=True)
class Somebody:
    """A person with a photo they are known by, and another that is in a video."""

    name: str
    known_by: Path
    shown: Path


def everybody(shared: Path, count: int) -> list[Somebody]:
    """The first `count` people of the London set."""
    with (shared / "faces/people.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["role"] == "enrolled" and row["person_id"][:6] == "london"]
    return [
        Somebody(row["person_id"], shared / "faces" / row["gallery"], shared / "faces" / row["probe"])
        for row in rows[:count]
    ]


def compose(path: Path, people: Sequence[Somebody]) -> None:
    """Scenes of six faces side by side, a second each."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "g": str(RATE)})
        stream.width, stream.height, stream.pix_fmt = COLUMNS * TILE, ROWS * TILE, "yuv420p"
        for first in range(0, len(people), A_SCENE):
            here = people[first : first + A_SCENE]
            picture = Image.new("RGB", (stream.width, stream.height), (40 + 12 * first, 90, 230 - 12 * first))
            for place, one in enumerate(here):
                face = Image.open(one.shown).convert("RGB").resize((TILE - 20, TILE - 20))
                picture.paste(face, (place % COLUMNS * TILE + 10, place // COLUMNS * TILE + 10))
            for _ in range(RATE * SECONDS):
                film.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")))
        film.mux(stream.encode(None))


@dataclass
class Product:
    """The whole product in one process; every way of looking at videos is a worker of its own."""

    settings: Settings
    url: str
    database: Database
    rooms: dict[str, FastAPI] = field(default_factory=dict)
    """Services a test puts in place of the real ones."""

    async def doing(self, work: Sequence[Request], **looks: object) -> None:
        """Send requests and wait until every video is indexed, looking at faces as `looks` says."""
        settings = self.settings.model_copy(update=looks)
        stop = asyncio.Event()
        async with AsyncExitStack() as stack:
            wire: list[httpx.AsyncClient] = []
            apps = {
                "face-service": face_service.app.create_app(settings),
                "caption-service": caption_service.app.create_app(settings),
                "embed-service": embed_service.app.create_app(settings, self.url),
                "search-service": search_service.app.create_app(settings, self.url, lambda: wire[0]),
                "gateway": gateway.app.create_app(settings, self.url, lambda: wire[0]),
                **self.rooms,
            }
            wire.append(await stack.enter_async_context(open_wire(apps)))
            for method, place, body in work:
                answer = await wire[0].request(method, f"{DISTRIBUTED}{place}", **body)
                assert answer.status_code < 300, answer.text
            idle = asyncio.create_task(self._until_idle(stop))
            await run_worker(settings, self.url, lambda: wire[0], stop)
            await idle

    async def _until_idle(self, stop: asyncio.Event) -> None:
        waiting = text("select exists (select from jobs.queue where status <> 'failed')")
        while True:
            async with self.database.transaction() as connection:
                if not (await connection.execute(waiting)).scalar_one():
                    break
            await asyncio.sleep(0.2)
        stop.set()

    async def read(self, place: str) -> bytes:
        async with AsyncExitStack() as stack:
            wire: list[httpx.AsyncClient] = []
            app = gateway.app.create_app(self.settings, self.url, lambda: wire[0])
            wire.append(await stack.enter_async_context(open_wire({"gateway": app})))
            answer = await wire[0].get(f"{DISTRIBUTED}{place}")
            assert answer.status_code == 200, answer.text
            return answer.content

    async def tracks(self, video: UUID) -> list[Track]:
        return list(Page[Track].model_validate_json(await self.read(f"/v1/videos/{video}/tracks")).items)

    async def segments(self, video: UUID) -> list[Segment]:
        return list(Page[ListedSegment].model_validate_json(await self.read(f"/v1/videos/{video}/segments")).items)

    async def rulings(self, video: UUID) -> list[Ruling]:
        return list(Page[Ruling].model_validate_json(await self.read(f"/v1/videos/{video}/rulings")).items)

    async def rule(self, verdicts: Sequence[Verdict]) -> Decision:
        return await decide(self.database, verdicts, kind="rule", actor="person", door="page")
