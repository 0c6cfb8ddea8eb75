"""What tests of collecting do over and over: show pictures on the local site, ask for them, look at what waits."""

import io
from typing import Any
from uuid import UUID

import httpx
import numpy as np
from PIL import Image

from gateway.collecting.work import collect
from kernel.clients import Services
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.wire import Wire
from tests.fake_site import Site
from tests.rooms import ONE

RIGHTS = "Press pictures, agreement of 2026-03-01"


def photo(seed: int, width: int = ONE, kind: str = "JPEG", quality: int = 95) -> bytes:
    """A picture whose coarse pattern, and so its perceptual hash, is its own."""
    coarse = np.random.default_rng(seed).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    made = io.BytesIO()
    Image.fromarray(coarse).resize((width, 240), Image.Resampling.BICUBIC).save(made, kind, quality=quality)
    return made.getvalue()


def show(site: Site, **pictures: bytes) -> None:
    site.pictures |= pictures
    site.results += [site.url(f"picture?name={name}") for name in pictures]


async def person(door: httpx.AsyncClient) -> str:
    return str((await door.post("/v1/people", json={"name": "김민지", "group": "NJZ"})).json()["id"])


async def ask(door: httpx.AsyncClient, who: str, **more: Any) -> str:
    answer = await door.post(f"/v1/people/{who}/collect", json={"rights": RIGHTS} | more)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def run(online: Settings, database: Database, wire: Wire, collection: str) -> None:
    await collect(online, database, Services(wire), UUID(collection))


async def candidates(door: httpx.AsyncClient, **asked: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await door.get("/v1/candidates", params=asked)).json()["items"]
    return found
