"""Hands on the editor's page: what tests of it do there, and what the REST says it did."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal
from uuid import UUID

from playwright.async_api import Page, expect

from tests.e2e.browser import Desk

Keys = Sequence[Literal["Alt", "Control", "ControlOrMeta", "Meta", "Shift"]]
# The file is known to the player.
KNOWN = "film => film.readyState > 0 || new Promise(done => film.addEventListener('loadedmetadata', () => done(true)))"


@asynccontextmanager
async def editor(desk: Desk, video: UUID, width: int = 1280, **options: Any) -> AsyncIterator[Page]:
    async with desk.page(f"/videos/{video}", "ko-KR", width, **options) as page:
        await page.locator("[data-player]").evaluate(KNOWN)
        yield page


async def segments(desk: Desk, video: UUID) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await desk.client.get(f"/v1/videos/{video}/segments")).json()["items"]
    return items


async def spans(desk: Desk, video: UUID) -> list[tuple[int, int]]:
    return [(each["span"]["start_ms"], each["span"]["end_ms"]) for each in await segments(desk, video)]


async def kinds(desk: Desk, video: UUID) -> list[str]:
    """What was done to it, newest first."""
    history = (await desk.client.get(f"/v1/videos/{video}/edits")).json()["items"]
    return [entry["kind"] for entry in history]


async def seek(page: Page, seconds: float) -> None:
    """As a hand on the timeline would: the player shows that moment before anything else is done."""
    await page.evaluate(
        """seconds => new Promise(done => {
             const film = document.querySelector('[data-player]');
             film.addEventListener('seeked', () => requestAnimationFrame(done), {once: true});
             film.currentTime = seconds;
           })""",
        seconds,
    )


async def choose(page: Page, place: int, *, modifiers: Keys | None = None) -> None:
    """By its times: a name in the row would open the card of a face."""
    await page.locator(".seg").nth(place).click(position={"x": 60, "y": 18}, modifiers=modifiers)


async def saved(page: Page, version: int) -> None:
    await expect(page.locator("[data-shown-version]")).to_have_text(f"버전 {version}")


async def conflicted(page: Page, desk: Desk, video: UUID) -> None:
    """Somebody else saved a caption of the scene that is being written, and this page did not hear of it."""
    await page.route("**/edits/events*", lambda route: route.abort())
    await page.reload()
    await choose(page, 0)
    await expect(page.locator("[data-caption=ko]")).to_be_visible()
    first = (await segments(desk, video))[0]["id"]
    meanwhile = {"op": "caption", "segment_ids": [first], "language": "ko", "text": "먼저 저장한 문장"}
    headers = {"If-Match": '"1"', "Idempotency-Key": "meanwhile"}
    await desk.client.post(f"/v1/videos/{video}/edits", json={"command": meanwhile}, headers=headers)
    await page.locator("[data-caption=ko]").fill("나중에 온 문장")
    await page.locator("[data-caption=ko]").press("Control+Enter")
    await expect(page.locator("#conflict")).to_contain_text("먼저 저장한 문장")
