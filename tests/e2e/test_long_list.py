"""A list of hundreds of scenes: only those near its window are in the document, and nobody notices."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, expect

from tests.e2e.browser import MARKS, Desk

pytestmark = MARKS

SCENES = 400
# At rest after the next pictures of the screen: rows that came near are measured and where they belong.
RESTED = "async () => { for (let at = 0; at < 3; at += 1) await new Promise(requestAnimationFrame); }"
ORDER = """() => {
  const rows = [...document.querySelectorAll('.seg')], tops = rows.map((row) => row.getBoundingClientRect());
  return rows.every((row, at) => !at
    || (Number(row.ariaPosInSet) === Number(rows[at - 1].ariaPosInSet) + 1
        && Math.abs(tops[at].top - tops[at - 1].bottom) < 1));
}"""


async def a_long_one(desk: Desk) -> str:
    """A video of so many scenes, whose captions are of one line or of several."""
    rows = [
        {
            "timestamp": second,
            "video_id": "long",
            "caption": f"a woman walks, take {second}" + " and sings on a wide stage" * (second % 7),
            "faces": [],
        }
        for second in range(SCENES)
    ]
    assert (await desk.client.post("/v1/import", json=rows)).status_code == 200
    (video,) = (v for v in (await desk.client.get("/v1/videos")).json()["items"] if v["title"] == "long")
    return str(video["id"])


@asynccontextmanager
async def whole(desk: Desk) -> AsyncIterator[Page]:
    """The page once all of its scenes are listed."""
    async with desk.page(f"/videos/{await a_long_one(desk)}", "ko-KR", 1280) as page:
        await page.locator(f".seg[aria-setsize='{SCENES}']").first.wait_for()
        yield page


async def scroll(page: Page, to: float) -> None:
    await page.locator("[data-list]").evaluate("(list, to) => { list.scrollTop = to * list.scrollHeight; }", to)
    await page.evaluate(RESTED)


async def test_only_what_is_near_is_there_and_says_which_of_how_many_it_is(desk: Desk) -> None:
    async with whole(desk) as page:
        rows = page.locator(".seg")
        for to in (0, 0.5, 0.9, 1, 0.3, 0):
            await scroll(page, to)
            assert 5 < await rows.count() < 40
            assert await page.evaluate(ORDER)
        await expect(rows.first).to_have_attribute("aria-posinset", "1")
        await scroll(page, 1)
        await expect(rows.last).to_have_attribute("aria-posinset", str(SCENES))
        await expect(rows.last).to_be_in_viewport()


async def test_what_is_looked_at_stays_where_it_is_while_rows_above_are_measured(desk: Desk) -> None:
    async with whole(desk) as page:
        await scroll(page, 0.6)
        for _ in range(12):
            moved = await page.locator("[data-list]").evaluate(
                """async (list) => {
                  const top = (one) => one.getBoundingClientRect().top;
                  const row = [...list.querySelectorAll('.seg')].find((one) => top(one) > top(list)), before = top(row);
                  list.scrollBy(0, -180);
                  for (let at = 0; at < 4; at += 1) await new Promise(requestAnimationFrame);
                  return top(row) - before;
                }"""
            )
            assert abs(moved - 180) <= 2


async def test_everything_and_a_range_are_chosen_though_few_are_there(desk: Desk) -> None:
    async with whole(desk) as page:
        await page.locator("[data-list]").press("a")
        await expect(page.locator("[data-count]")).to_have_text(f"고른 장면: {SCENES}")
        await page.keyboard.press("Escape")
        await page.locator(".seg[aria-posinset='2']").click(position={"x": 60, "y": 18})
        await scroll(page, 1)
        await page.locator(f".seg[aria-posinset='{SCENES - 1}']").click(
            position={"x": 60, "y": 18}, modifiers=["Shift"]
        )
        await expect(page.locator("[data-count]")).to_have_text(f"고른 장면: {SCENES - 2}")
        await scroll(page, 0.5)
        boxes = page.locator(".seg [data-choose]")
        assert all([await boxes.nth(place).is_checked() for place in range(await boxes.count())])


async def test_keys_go_on_from_where_they_were_however_far_the_list_is_scrolled(desk: Desk) -> None:
    async with whole(desk) as page:
        await page.locator(".seg[aria-posinset='3'] > a").focus()
        await scroll(page, 0.8)
        assert await page.evaluate("document.activeElement.closest('.seg').ariaPosInSet") == "3"
        await scroll(page, 0)
        assert await page.evaluate(ORDER)
        for place in range(4, 16):  # past the end of the window
            await page.keyboard.press("Tab")
            assert await page.evaluate("document.activeElement.closest('.seg').ariaPosInSet") == str(place)
        await expect(page.locator(".seg[aria-posinset='15']")).to_be_in_viewport()


async def test_words_that_are_typed_are_found_in_rows_that_are_not_there(desk: Desk) -> None:
    async with whole(desk) as page:
        await page.locator("[data-within]").fill("take 377")
        await expect(page.locator(".seg")).to_have_count(1)
        await expect(page.locator(".seg")).to_contain_text("take 377")
        await expect(page.locator(".seg")).to_have_attribute("aria-setsize", "1")
        await page.locator("[data-within]").fill("")
        await expect(page.locator(".seg").first).to_have_attribute("aria-setsize", str(SCENES))


async def test_without_scripts_the_first_scenes_are_listed_and_the_others_a_link_away(desk: Desk) -> None:
    address = f"/videos/{await a_long_one(desk)}"
    async with desk.page(address, "ko-KR", 1280, java_script_enabled=False) as page:
        assert await page.locator(".seg").count() == 40
        await page.locator(".seg").nth(39).scroll_into_view_if_needed()
        await page.locator("a[data-rest]").click()
        assert await page.locator(".seg").count() == 300
        await expect(page.locator(".seg").first).to_contain_text("take 40")
    desk.forgive("favicon")
