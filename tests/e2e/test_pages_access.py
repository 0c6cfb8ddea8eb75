"""Coming in, in a real browser: the first admin's link, signing in and out, what a viewer may not, who sees a video."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import text

from gateway.access import passwords
from gateway.access.door import cookie_name
from kernel.contracts.accounts import Role
from tests.accounts import House
from tests.e2e.browser import MARKS, Furnished

pytestmark = MARKS

PASSWORD = "여름 캠프의 긴 비밀번호 42"
HANDS = "[data-inspector], [data-choose], [data-retry], [data-open=line-up], [data-open=shown-to]"
SPLIT = """async video => {
  const rows = await (await fetch(`/v1/videos/${video}/segments`)).json();
  const headers = {
    "Content-Type": "application/json", "If-Match": '"1"', "Idempotency-Key": "viewer",
    "Scenedesk-CSRF": document.body.dataset.csrf,
  };
  const command = {op: "split", segment_id: rows.items[0].id, at_ms: [1000]};
  return (await fetch(`/v1/videos/${video}/edits`, {method: "POST", headers, body: JSON.stringify({command})})).status;
}"""


@pytest.fixture
def access() -> str:
    return "accounts"


async def cookies_of(desk: Furnished, login: str, role: Role, **account: Any) -> dict[str, Any]:
    """What a browser begins with in which somebody, new here, has signed in."""
    house = House(desk.app, desk.client, desk.rooms.settings)
    await house.add(login, role, **account)
    cookie = {"name": cookie_name(house.settings), "value": await house.cookie_of(login), "url": desk.address}
    return {"cookies": [cookie]}


async def sign_in(page: Page, login: str, password: str) -> None:
    await page.fill("[name=login]", login)
    await page.fill("[name=password]", password)
    await page.get_by_role("button", name="로그인", exact=True).click()


async def test_the_first_admin_comes_in_by_the_link_and_later_by_the_password(furnished: Furnished) -> None:
    link = urlsplit(furnished.app.state.setup_link).path
    async with furnished.page(link) as page:
        await page.fill("[name=name]", "김하니")
        await page.fill("[name=login]", "hanni")
        await page.fill("[name=password]", PASSWORD)
        await page.get_by_role("button", name="시작하기").click()
        await expect(page.locator(".card[data-video]")).to_contain_text("여름 캠프 2일차")
        await page.locator(".me summary").click()
        await page.get_by_role("button", name="로그아웃").click()
        await expect(page.get_by_role("heading", name="로그인")).to_be_visible()
        await page.goto(f"{furnished.address}/videos/{furnished.video}")
        await sign_in(page, "hanni", "아닌 비밀번호 아닌 비밀번호")
        await expect(page.get_by_role("alert")).to_be_visible()
        await expect(page.locator("[name=login]")).to_have_value("hanni")
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        await page.get_by_role("button", name="한국어").click()
        await sign_in(page, "hanni", PASSWORD)
        await expect(page.locator("[data-inspector]")).to_be_visible()  # where they were going, and may edit
        await page.goto(furnished.address + link)
        await expect(page.get_by_role("alert")).to_contain_text("410")
    furnished.forgive("403", "410")  # the browser notes the refusals


async def test_a_viewer_watches_and_changes_nothing(furnished: Furnished) -> None:
    state = await cookies_of(furnished, "viewer", "viewer")
    async with furnished.page(f"/videos/{furnished.video}", storage_state=state) as page:
        await expect(page.locator(".seg")).to_have_count(3)
        for hands in (
            "[data-inspector]",
            "[data-choose]",
            "[data-retry]",
            "[data-open=line-up]",
            "[data-open=shown-to]",
        ):
            await expect(page.locator(hands)).to_have_count(0)
        await page.keyboard.press("ArrowDown")
        await expect(page.locator(".seg[aria-current]")).to_contain_text("하니가")
        for key in ("s", "m", "Delete", "z"):
            await page.keyboard.press(key)
        assert await page.evaluate(SPLIT, str(furnished.video)) == 403
        await page.keyboard.press("h")
        await expect(page.locator(".entry")).to_have_count(1)
        await expect(page.locator(".entry [data-way]")).to_have_count(0)
    furnished.forgive("403")


async def test_who_sees_a_video_is_said_in_a_dialog(furnished: Furnished) -> None:
    guest, other = await cookies_of(furnished, "guest", "viewer"), await cookies_of(furnished, "other", "viewer")
    admin = await cookies_of(furnished, "admin", "admin")
    async with furnished.page(f"/videos/{furnished.video}", storage_state=admin) as page:
        await page.locator("[data-open=shown-to]").click()
        dialog = page.locator("#shown-to")
        await expect(dialog.locator("[data-named]")).to_be_hidden()
        await dialog.locator("[name=audience][value=named]").check()
        await dialog.get_by_role("checkbox", name="guest").check()
        await dialog.locator("footer button").click()
        await expect(dialog).to_be_hidden()
        await expect(page.locator(".toast")).to_be_visible()
    async with furnished.page("/", storage_state=guest) as page:
        await expect(page.locator(".card[data-video]")).to_have_count(1)
    async with furnished.page(f"/videos/{furnished.video}", storage_state=other) as page:
        await expect(page.get_by_role("alert").first).to_contain_text("404")
    furnished.forgive("404")


async def test_a_session_that_ends_while_somebody_types_loses_nothing(furnished: Furnished) -> None:
    password = await passwords.hash_of(PASSWORD)
    state = await cookies_of(furnished, "minji", "editor", password=password)
    async with furnished.page(f"/videos/{furnished.video}", storage_state=state) as page:
        await page.locator(".seg").first.click(position={"x": 60, "y": 18})
        await page.locator("[data-caption=ko]").fill("끝까지 쓴 문장")
        async with furnished.database.transaction() as connection:
            await connection.execute(text("delete from library.sessions"))
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("[data-state]")).to_have_text("저장하지 못함")
        await expect(page.locator("[data-caption=ko]")).to_have_value("끝까지 쓴 문장")
        await page.locator(".toast").get_by_role("button", name="로그인").click()
        await sign_in(page, "minji", PASSWORD)
        await expect(page.locator(".seg[aria-current]")).to_be_visible()  # the page's scripts have begun
        await page.locator(".seg").first.click(position={"x": 60, "y": 18})
        field = page.locator("[data-caption=ko]")
        await expect(field).to_have_value("끝까지 쓴 문장")
        await field.press("Control+Enter")
        await expect(page.locator(".seg").first.locator(".ko")).to_have_text("끝까지 쓴 문장")
    furnished.forgive("401", "EventSource")
