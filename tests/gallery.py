"""Pictures of the pages for `docs/gallery.md`, of a product that holds the drawn sample.

`make demo`, and in another terminal `python -m tests.gallery http://127.0.0.1:8000 docs/images`.
"""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
from playwright.async_api import Browser, async_playwright

from tests.e2e.browser import CHROMIUM, FLAGS


@dataclass(frozen=True)
class Shot:
    """One page as it is looked at: `width` and `height` in pixels; `chosen` is clicked, `keys` are pressed."""

    name: str
    path: str
    width: int
    height: int
    language: Literal["ko", "en"] = "ko"
    scheme: Literal["dark", "light"] = "dark"
    chosen: str | None = None
    keys: tuple[str, ...] = ()


def shots(video: str) -> list[Shot]:
    scene, row = f"/videos/{video}?t=13000", ".seg >> nth=3"
    return [
        Shot("library", "/", 1280, 800),
        Shot("search", "/search?q=아일린 콜린스가 나오는 장면", 1280, 800),
        Shot("video", scene, 1280, 860, chosen=row),
        Shot("editor-wide", scene, 1920, 1080, "en", "light", chosen=row),
        Shot("editor-tablet", scene, 820, 1180, "en", chosen=row),
        Shot("editor-keys", f"/videos/{video}", 1280, 860, "en", "light", keys=("?",)),
        Shot("editor-history", f"/videos/{video}", 1280, 860, keys=("h",)),
        Shot("people", "/people", 1280, 800, "en", "light"),
        Shot("unknown", "/people/unknown", 1280, 800),
    ]


async def taken(browser: Browser, address: str, shot: Shot, folder: Path) -> None:
    page = await browser.new_page(
        viewport={"width": shot.width, "height": shot.height},
        locale="ko-KR" if shot.language == "ko" else "en-US",
        color_scheme=shot.scheme,
    )
    await page.goto(f"{address}{shot.path}", wait_until="networkidle" if "/videos/" not in shot.path else "load")
    await page.wait_for_timeout(2_500)  # pictures and the film's first frame come after the page
    if shot.chosen:
        await page.locator(shot.chosen).click()
        await page.wait_for_timeout(700)
    for key in shot.keys:
        await page.keyboard.press(key)
        await page.wait_for_timeout(700)
    await page.screenshot(path=folder / f"{shot.name}.png")
    await page.close()


async def main(address: str, folder: Path) -> None:
    async with httpx.AsyncClient() as client:
        video = (await client.get(f"{address}/v1/videos")).json()["items"][0]["id"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for shot in shots(video):
            await taken(browser, address, shot, folder)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
