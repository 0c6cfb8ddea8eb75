"""Every page in a real browser, on a gateway that is really served: what a person sees, clicks and types."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import FilePayload, expect

from kernel.contracts.search import Evidence, Hit
from tests.e2e.browser import MARKS, Desk, Furnished
from tests.rooms import ONE, photo

pytestmark = MARKS


async def found(desk: Desk, video: UUID, place: int) -> Hit:
    segment = (await desk.client.get(f"/v1/videos/{video}/segments")).json()["items"][place]
    return Hit(
        segment_id=segment["id"],
        video_id=video,
        title="여름 캠프 2일차",
        span=segment["span"],
        text_ko=None,
        text_en=None,
        origin="machine",
        observed=True,
        caption_model=None,
        people=[],
        unknown_faces=0,
        score=0.8,
        evidence=[Evidence(kind="words", text="자고", score=0.5, language="ko")],
    )


async def test_first_start_says_what_to_do(desk: Desk) -> None:
    async with desk.page("/") as page:
        await expect(page.get_by_role("heading", name="아직 영상이 없습니다")).to_be_visible()
        await page.keyboard.press("a")
        await expect(page.get_by_role("dialog")).to_be_visible()
    async with desk.page("/search") as page:
        await expect(page.get_by_role("combobox")).to_be_focused()
    async with desk.page("/people") as page:
        await expect(page.get_by_text("아직 아는 인물이 없습니다")).to_be_visible()
    async with desk.page("/runs") as page:
        await expect(page.get_by_text("할 일이 없습니다")).to_be_visible()


async def test_an_upload_appears_and_follows_its_run(desk: Desk, clip: bytes) -> None:
    async with desk.page("/") as page:
        await page.click("[data-open=add] >> nth=0")
        file: FilePayload = {"name": "day2.mp4", "mimeType": "video/mp4", "buffer": clip}
        await page.set_input_files("#add [data-files]", [file])
        card = page.locator(".card[data-video]")
        await expect(card.locator("[data-step]")).to_have_text("대기 중")
        run = (await desk.client.get("/v1/runs")).json()["items"][0]
        await desk.client.post(f"/v1/runs/{run['id']}/cancel")
        await expect(card.get_by_text("색인이 취소되었습니다.")).to_be_visible()
        await card.get_by_role("button", name="다시 시도").click()
        await expect(card.locator("[data-step]")).to_have_text("대기 중")


async def test_a_refused_upload_says_why(desk: Desk) -> None:
    async with desk.page("/") as page:
        await page.keyboard.press("a")
        file: FilePayload = {"name": "notes.mp4", "mimeType": "video/mp4", "buffer": b"no video at all" * 50}
        await page.set_input_files("#add [data-files]", [file])
        await expect(page.locator("[data-sending] .bad")).to_contain_text("이 파일은 동영상이 아닙니다")
    desk.forgive("422")  # the browser notes the refusal


async def test_the_player_and_the_scenes_keep_in_step(furnished: Furnished) -> None:
    video = furnished.video
    async with furnished.page(f"/videos/{video}?t=2000") as page:
        on = page.locator(".seg[aria-current]")
        await expect(on).to_contain_text("하니가 민지를 부른다.")
        await expect(page.locator("[data-said]")).to_contain_text("기계 · 관찰")
        film, now = page.locator("video"), page.locator("[data-now]")
        await expect(film).to_have_js_property("currentTime", 2)
        await page.keyboard.press("Space")
        await expect(film).to_have_js_property("paused", value=False)
        await expect(now).to_have_text(re.compile(r"00:00:02\.[1-9]"))
        await page.keyboard.press("k")
        await expect(film).to_have_js_property("paused", value=True)
        assert await film.evaluate("film => film.currentTime") > 2

        await page.keyboard.press("f")
        await expect(page.locator(".boxes div")).to_have_count(2)
        await expect(page.locator(".boxes")).to_contain_text("누구인가요?")
        await page.locator(".seg").nth(2).click()
        await expect(now).to_have_text(re.compile(r"00:00:0[45]"))
        await expect(on).to_contain_text("텐트로 걸어간다")
        await expect(page.locator(".boxes div")).to_have_count(0)

        await page.get_by_role("button", name="모르는 사람").click()
        await expect(page.locator(".seg:visible")).to_have_count(1)
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_contain_text("단축키")


async def test_a_hit_plays_and_opens_at_its_in_point(furnished: Furnished) -> None:
    video = furnished.video
    furnished.rooms.answers = [await found(furnished, video, 1), await found(furnished, video, 2)]
    async with furnished.page("/") as page:
        await page.keyboard.press("/")
        await page.keyboard.type("민지를 부르는 장면")
        await page.keyboard.press("Enter")
        await expect(page.locator(".hit")).to_have_count(2)
        assert furnished.rooms.questions[-1].query == "민지를 부르는 장면"
        await expect(page.locator(".hit").first).to_contain_text("설명 “자고”")
        await page.hover(".hit .pic >> nth=0")
        clip_of_hit = page.locator(".hit video")
        await expect(clip_of_hit).to_be_visible()  # it is shown once it plays
        assert await clip_of_hit.evaluate("clip => clip.muted && !clip.paused")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/videos/{video}?t=2000")


async def test_nothing_found_is_said(desk: Desk) -> None:
    async with desk.page("/search?q=코끼리", "en-US") as page:
        await expect(page.get_by_role("heading", name="No scene comes close")).to_be_visible()


async def test_the_language_is_chosen_and_kept(desk: Desk) -> None:
    async with desk.page("/people", "ko-KR") as page:
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
        await page.goto(desk.address + "/runs")
        await expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
        assert await page.evaluate("document.documentElement.lang") == "en"


async def test_a_person_is_added_with_a_photo_and_renamed(desk: Desk, tmp_path: Path) -> None:
    async with desk.page("/people") as page:
        await page.click("[data-open=add] >> nth=0")
        await page.fill("#add [name=name]", "김민지")
        await page.fill("#add [name=group]", "NJZ")
        await page.set_input_files("#add [data-files]", photo(ONE, tmp_path / "minji.jpg"))
        await page.click("#add footer button")
        await expect(page.locator(".person")).to_contain_text("사진 1장")
        await page.click(".person a")
        await page.wait_for_load_state()
        await page.fill("[data-rename] [name=aliases]", "Kim Minji, MJ")
        await page.click("[data-rename] button")
        await expect(page.locator("[data-rename] [data-saved]")).to_have_text("저장됨")
    assert {name.name_en for name in desk.rooms.names if name.kind == "person"} == {"Kim Minji"}


async def test_no_page_is_wider_than_the_window(furnished: Furnished) -> None:
    person, video = furnished.person, furnished.video
    furnished.rooms.answers = [await found(furnished, video, 0)]
    async with furnished.page("/") as page:
        for path in ("/", f"/videos/{video}", "/search?q=민지", "/people", f"/people/{person}", "/runs"):
            await page.goto(furnished.address + path)
            for width in (820, 1280, 1920):
                await page.set_viewport_size({"width": width, "height": 900})
                assert await page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
                if path.startswith("/videos/"):  # the editor's desk is the whole window, whatever its room
                    box = await page.locator("main").bounding_box()
                    assert box
                    assert box["width"] == width


async def test_an_address_that_leads_nowhere_is_a_page(desk: Desk) -> None:
    async with desk.page("/nowhere") as page:
        await expect(page.get_by_role("alert").first).to_contain_text("해당 항목이 없습니다")
    desk.forgive("404")  # the browser notes it


async def test_pages_allow_nothing_from_elsewhere(desk: Desk) -> None:
    answer = await desk.client.get("/", headers={"Accept": "text/html"})
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    async with desk.page("/") as page:
        with pytest.raises(Exception, match=r"Content Security Policy|Refused|violates"):
            await page.add_script_tag(content="document.title = 'owned'")
    desk.forgive("Content Security Policy")
