"""The editor for everybody: by touch, and as axe reads it, with every dialog, light and dark."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import Page, expect

from tests.e2e.browser import MARKS, Desk, Furnished
from tests.e2e.hands import choose, conflicted, editor, saved, seek, spans

pytestmark = MARKS

AXE = Path(AXE_FILE_PATH).read_text(encoding="utf-8")


@pytest.fixture
def desk(furnished: Furnished) -> Furnished:
    return furnished


@pytest.fixture
def video(furnished: Furnished) -> UUID:
    return furnished.video


async def test_a_scene_is_chosen_and_its_edge_drawn_by_touch(desk: Desk, video: UUID) -> None:
    async with editor(desk, video, 820, has_touch=True, is_mobile=True) as page:
        band = page.locator("[data-bar]").nth(1)
        await band.scroll_into_view_if_needed()
        box = await band.bounding_box()
        assert box
        await page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await expect(page.locator(".seg.chosen")).to_have_count(1)
        await expect(page.locator("[data-caption=ko]")).to_be_visible()
        edge = await page.locator(".chosen [data-edge=end]").bounding_box()
        assert edge
        assert edge["width"] >= 20, "wide enough for a finger"
        finger = await page.context.new_cdp_session(page)
        start, y = edge["x"] + edge["width"] / 2, edge["y"] + edge["height"] / 2
        for name, x in (("touchStart", start), *(("touchMove", start - step * 8) for step in range(1, 9))):
            await finger.send("Input.dispatchTouchEvent", {"type": name, "touchPoints": [{"x": x, "y": y}]})
        await finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        await saved(page, 2)
    start_ms, end_ms = (await spans(desk, video))[1]
    assert start_ms == 2000
    assert 2000 < end_ms < 4000


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_editor_is_accessible(desk: Desk, video: UUID, scheme: str) -> None:
    """WCAG 2.2 AA, as far as axe can tell: the page, one scene, several, every dialog; wide and narrow."""
    async with editor(desk, video, color_scheme=scheme, reduced_motion="reduce") as page:
        await page.evaluate(AXE)
        await choose(page, 1)
        await expect(page.locator("[data-caption=ko]")).to_be_visible()
        assert await violations(page) == []
        await page.set_viewport_size({"width": 820, "height": 800})
        assert await violations(page) == []
        await page.set_viewport_size({"width": 1280, "height": 800})
        wrong = {}
        for opened in (keys_told, picker_opened, history_opened, marked, face_shown, several_chosen):
            await opened(page)
            if found := await violations(page):
                wrong[opened.__name__] = found
            await page.keyboard.press("Escape")
        assert wrong == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_conflict_is_accessible(desk: Desk, video: UUID, scheme: str) -> None:
    async with editor(desk, video, color_scheme=scheme) as page:
        await conflicted(page, desk, video)
        await page.evaluate(AXE)
        assert await violations(page) == []
    desk.forgive("412", "ERR_FAILED")


async def keys_told(page: Page) -> None:
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_visible()


async def picker_opened(page: Page) -> None:
    await page.keyboard.press("p")
    await page.keyboard.type("민")
    await expect(page.locator("#picker [role=option]").first).to_be_visible()


async def history_opened(page: Page) -> None:
    await page.keyboard.press("h")
    await page.locator(".entry summary").first.click()
    await expect(page.locator(".difference").first).to_be_visible()


async def marked(page: Page) -> None:
    await page.keyboard.press("i")
    await seek(page, 3.4)
    await page.keyboard.press("o")
    await expect(page.locator("[data-marked]")).to_be_visible()


async def face_shown(page: Page) -> None:
    await page.locator(".seg [data-tracks]").first.click()
    await expect(page.locator("dialog:modal")).to_be_visible()


async def several_chosen(page: Page) -> None:
    await choose(page, 0)
    await choose(page, 2, modifiers=["Shift"])
    await expect(page.locator("[data-count]")).to_be_visible()


async def violations(page: Page) -> list[tuple[str, list[Any]]]:
    run = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
    found = await page.evaluate("run => axe.run(run)", run)
    return [(each["id"], [node["target"] for node in each["nodes"]][:4]) for each in found["violations"]]
