"""The search page in a real browser: results while one types, chips, facets, hits that play, hands on the keyboard."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest_asyncio
from playwright.async_api import FilePayload, Page, expect

from kernel.contracts.errors import UnavailableError
from kernel.contracts.search import Chip, Choice, Evidence, Facet, Facets, Hit, SearchRequest
from kernel.contracts.time import Span
from tests.e2e.browser import MARKS, Furnished
from tests.rooms import NONE, ONE, photo

pytestmark = MARKS


@dataclass
class Archive:
    """A desk with one video, somebody known, and search-service's answers about them."""

    desk: Furnished
    person: UUID
    other: UUID
    video: UUID
    hits: list[Hit]


@pytest_asyncio.fixture(loop_scope="session")
async def archive(furnished: Furnished) -> Archive:
    desk, person, video = furnished, furnished.person, furnished.video
    other = UUID((await desk.client.post("/v1/people", json={"name": "하니", "aliases": ["Hanni"]})).json()["id"])
    segments = (await desk.client.get(f"/v1/videos/{video}/segments")).json()["items"]
    hits = [hit(video, segment, probability) for segment, probability in zip(segments, (0.93, 0.71, 0.2), strict=True)]
    desk.rooms.answers = hits
    desk.rooms.answer_to = lambda question: said(question, person, video)
    return Archive(desk, person, other, video, hits)


def hit(video: UUID, segment: dict[str, Any], probability: float) -> Hit:
    span = Span.model_validate(segment["span"])
    return Hit(
        segment_id=segment["id"],
        video_id=video,
        title="여름 캠프 2일차",
        span=span,
        moments=[Span(start_ms=span.start_ms + 500, end_ms=span.end_ms - 500)],
        text_ko=None,
        text_en=None,
        origin="machine",
        observed=True,
        caption_model=None,
        people=[],
        unknown_faces=0,
        score=probability,
        probability=probability,
        evidence=[
            Evidence(kind="person", text="김민지", score=0.91),
            Evidence(kind="words", text="자고", score=0.5, language="ko", probability=0.6),
        ],
        missing=["공원"] if probability < 0.5 else [],
    )


def said(question: SearchRequest, person: UUID, video: UUID) -> dict[str, Any]:
    """Reads names as search-service would, and finds nothing of an elephant."""
    facets = Facets(people=[Facet(id=person, count=2)], videos=[Facet(id=video, count=3)], days=[])
    chips = []
    if "민지" in question.query:
        chips = [
            Chip(key="person:민지", kind="person", written="민지가", label_ko="김민지", label_en="Kim Minji", id=person)
        ]
    if "민쥐" in question.query:
        chips = [chip.model_copy(update={"exact": False}) for chip in said_chips(person)]
    return {"facets": facets, "chips": [chip for chip in chips if chip.key not in question.ignored]}


def said_chips(person: UUID) -> list[Chip]:
    return [Chip(key="person:민쥐", kind="person", written="민쥐", label_ko="김민지", label_en="Kim Minji", id=person)]


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


async def test_results_come_while_one_types_and_the_address_follows(archive: Archive) -> None:
    async with archive.desk.page("/search") as page:
        await page.keyboard.type("민지가 자는", delay=20)
        await expect(page.locator(".hit")).to_have_count(3)
        await expect(page.locator("[data-read] .chip")).to_contain_text("김민지")
        assert asked(page) == {"q": ["민지가 자는"]}
        assert await page.evaluate("history.length") == 2  # the blank page, and this one: typing adds no step
        await page.keyboard.press("Enter")
        await page.locator(".fac", has_text="김민지").click()
        await expect(page.locator(".fac[aria-current]")).to_contain_text("김민지")
        assert asked(page) == {"q": ["민지가 자는"], "person": [str(archive.person)]}
        assert archive.desk.rooms.questions[-1].people == [archive.person]
        await page.go_back()
        await expect(page.locator(".fac[aria-current]")).to_have_count(0)
        await expect(page.get_by_role("combobox")).to_have_value("민지가 자는")
        assert asked(page) == {"q": ["민지가 자는"]}


async def test_what_is_asked_last_is_shown_whichever_answer_comes_first(archive: Archive) -> None:
    slow = asyncio.Event()

    async def hold(question: SearchRequest) -> None:
        if question.query == "느린":
            await slow.wait()

    archive.desk.rooms.before_answer = hold
    archive.desk.rooms.answer_to = lambda question: {
        "hits": archive.hits[:1] if question.query == "느린" else archive.hits[1:]
    }
    async with archive.desk.page("/search") as page:
        async with page.expect_request(re.compile("parts/search")):
            await page.fill("[data-find]", "느린")
        await page.fill("[data-find]", "느린 질문 다음")
        await expect(page.locator(".hit")).to_have_count(2)
        slow.set()
        await page.fill("[data-find]", "또 다음")
        await expect(page.locator(".hit")).to_have_count(2)


async def test_hits_that_stay_are_not_drawn_again(archive: Archive) -> None:
    async with archive.desk.page("/search?q=자는") as page:
        await page.locator(".hit").first.evaluate("hit => { hit.mine = true }")
        archive.desk.rooms.answers = list(reversed(archive.hits))
        await page.fill("[data-find]", "자는 장면")
        await expect(page.locator(".hit").last).to_contain_text("자고 있다")
        assert await page.locator(".hit").last.evaluate("hit => hit.mine")


async def test_chips_are_taken_away_and_put_back(archive: Archive) -> None:
    async with archive.desk.page("/search?q=민지가 자는") as page:
        await page.locator("[data-chip]").click()
        await expect(page.locator("[data-chip]")).to_have_count(0)
        assert archive.desk.rooms.questions[-1].ignored == ["person:민지"]
        await page.get_by_text("질문 다시 읽기").click()
        await expect(page.locator("[data-chip]")).to_have_count(1)
        assert archive.desk.rooms.questions[-1].ignored == []
        await page.goto(f"{archive.desk.address}/search?q=민쥐")
        await expect(page.locator("[data-read]")).to_contain_text("민쥐")
        await page.get_by_text("글자 그대로 찾기").click()
        await expect(page.locator("[data-read] .chip")).to_have_count(0)


async def test_of_people_who_share_a_name_one_is_chosen_by_face(archive: Archive) -> None:
    choices = [
        Choice(id=archive.person, name_ko="김민지", name_en="Kim Minji", groups_ko=["NJZ"]),
        Choice(id=archive.other, name_ko="하니", name_en="Hanni"),
    ]
    chip = Chip(key="person:민", kind="person", written="민", label_ko="민", label_en="Min", choices=choices)
    archive.desk.rooms.answer_to = lambda question: {"chips": [] if question.meant else [chip]}
    async with archive.desk.page("/search?q=민 자는") as page:
        await expect(page.locator(".which img.face")).to_have_count(1)
        await page.locator(".which .chip", has_text="NJZ").click()
        await expect(page.locator(".which")).to_have_count(0)
        assert archive.desk.rooms.questions[-1].meant == [archive.person]


async def test_names_are_suggested_and_taken_up(archive: Archive) -> None:
    async with archive.desk.page("/search") as page:
        await page.keyboard.type("ㅎㄴ")
        option = page.locator("[data-suggestions] li")
        await expect(option).to_contain_text("하니")
        await page.keyboard.press("ArrowDown")
        await expect(option).to_have_attribute("aria-selected", "true")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("combobox")).to_have_value("하니")
        await expect(option).to_be_hidden()
        await page.wait_for_url(re.compile("q="))
        assert asked(page) == {"q": ["하니"]}


async def test_a_hit_plays_exactly_its_span_under_the_pointer_and_by_key(archive: Archive) -> None:
    async with archive.desk.page("/search?q=자는") as page:
        await page.hover(".hit .pic >> nth=1")
        clip = page.locator(".hit video")
        await expect(clip).to_be_visible()  # it is shown once it plays
        assert await clip.evaluate("clip => clip.muted && !clip.paused && Math.round(clip.duration)") == 2
        await page.mouse.move(5, 5)
        await expect(clip).to_have_count(0)
        await page.focus("[data-find]")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowDown")
        await expect(page.locator(".hit").nth(1)).to_be_focused()
        await expect(clip).to_be_visible()
        await page.keyboard.press("p")
        await expect(clip).to_have_count(0)
        await page.keyboard.press("w")
        await expect(page.locator(".hit").nth(1).locator(".evidence")).to_be_visible()
        await page.keyboard.press("ArrowUp")
        await page.keyboard.press("ArrowUp")
        await expect(page.get_by_role("combobox")).to_be_focused()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/videos/{archive.video}?t=0")


async def test_nothing_moves_for_those_who_want_it_still(archive: Archive) -> None:
    async with archive.desk.page("/search?q=자는", reduced_motion="reduce") as page:
        await page.hover(".hit .pic >> nth=0")
        await page.focus("[data-find]")
        await page.keyboard.press("ArrowDown")
        await expect(page.locator(".hit.sel")).to_have_count(1)
        assert await page.locator(".hit video").count() == 0
        await page.keyboard.press("p")  # asked for, it plays
        await expect(page.locator(".hit video")).to_be_visible()


async def test_why_it_was_found_can_be_seen(archive: Archive) -> None:
    async with archive.desk.page("/search?q=자는") as page:
        first, last = page.locator(".hit").first, page.locator(".hit").last
        await expect(first.locator(".cap mark")).to_have_text("자고")
        await expect(first.locator("summary")).to_contain_text("93% 거의 확실")
        await first.locator("summary").click()
        face = first.locator(".evidence img")
        await expect(face).to_be_visible()
        assert re.fullmatch(r"/v1/tracks/.+/face\.jpg\?width=160", await face.get_attribute("src") or "")
        await expect(first.locator(".at a")).to_have_attribute("href", f"/videos/{archive.video}?t=500")
        await expect(last.locator("summary .bad")).to_have_text("“공원” 없음")


async def test_a_link_is_shared(archive: Archive) -> None:
    async with archive.desk.page("/search?q=자는", permissions=["clipboard-read", "clipboard-write"]) as page:
        await page.get_by_role("button", name="링크 공유").click()
        await expect(page.locator(".toast")).to_be_visible()
        link = await page.evaluate("navigator.clipboard.readText()")
        await page.goto(link)
        await expect(page.locator(".hit")).to_have_count(3)
        assert asked(page) == {"q": ["자는"]}


async def test_nothing_that_fits_is_said_with_what_lacks_and_what_is_nearest(archive: Archive) -> None:
    nearest = {"hits": [], "nothing": "nothing_close", "missing": ["코끼리"], "nearest": archive.hits[2:]}
    archive.desk.rooms.answer_to = lambda _question: nearest
    async with archive.desk.page("/search?q=코끼리가 자는 장면", "en-US") as page:
        await expect(page.get_by_role("heading", name="No scene comes close")).to_be_visible()
        await expect(page.locator(".lacking .lacks")).to_have_text("코끼리")
        await expect(page.get_by_role("heading", name="What comes nearest")).to_be_visible()
        await expect(page.locator(".nearest .hit")).to_have_count(1)


async def test_what_fails_is_said_and_can_be_tried_again(archive: Archive) -> None:
    archive.desk.rooms.refusal = UnavailableError(what="embed-service", reason="away", remedy="Start it.")
    async with archive.desk.page("/search?q=자는") as page:
        await expect(page.get_by_role("alert").first).to_contain_text("embed-service")
        archive.desk.rooms.refusal = None
        await page.get_by_role("link", name="다시 시도").click()
        await expect(page.locator(".hit")).to_have_count(3)


async def test_without_a_connection_what_is_shown_stays(archive: Archive) -> None:
    async with archive.desk.page("/search?q=자는") as page:
        await expect(page.locator(".hit")).to_have_count(3)
        await page.context.set_offline(True)
        await page.fill("[data-find]", "자는 장면")
        await expect(page.locator("[data-found].stale")).to_be_visible()
        await expect(page.locator("[data-offline]")).to_be_visible()
        await page.context.set_offline(False)
        await expect(page.locator("[data-found].stale")).to_have_count(0)
    archive.desk.forgive("ERR_INTERNET_DISCONNECTED")


async def test_a_service_that_is_away_is_told_of_and_asked_again(archive: Archive) -> None:
    async with archive.desk.page("/search?q=자는") as page:
        await expect(page.locator(".hit")).to_have_count(3)
        await page.route("**/parts/search**", lambda route: route.abort())
        await page.fill("[data-find]", "자는 장면")
        await expect(page.locator("[data-offline]")).to_be_visible()
        await page.wait_for_timeout(1_000)  # nothing else takes it back
        await expect(page.locator("[data-offline]")).to_be_visible()
        await page.unroute("**/parts/search**")
        await expect(page.locator("[data-found].stale")).to_have_count(0)
        await expect(page.locator("[data-offline]")).to_be_hidden()
    archive.desk.forgive("ERR_FAILED")


async def test_conditions_narrow_the_question(archive: Archive) -> None:
    async with archive.desk.page("/search?q=자는") as page:
        await page.click(".conditions > summary")
        await page.get_by_label("클로즈업", exact=True).check()
        await expect(page.locator("[data-read]")).to_contain_text("클로즈업")  # asked: the next is asked after it
        await page.fill("[name=since]", "2026-07-01")
        await page.locator("[name=since]").blur()
        await expect(page.locator("[data-read]")).to_contain_text("2026-07-01부터")
        question = archive.desk.rooms.questions[-1]
        assert (question.scales, str(question.since)) == (["close_up"], "2026-07-01")
        await page.locator("[data-read] .chip", has_text="클로즈업").click()
        await expect(page.locator("[data-read] .chip")).to_have_count(1)
        await page.click(".conditions > summary")
        await expect(page.get_by_label("클로즈업", exact=True)).not_to_be_checked()


async def test_it_works_without_scripts(archive: Archive) -> None:
    async with archive.desk.page("/search", java_script_enabled=False) as page:
        await page.fill("[data-find]", "민지가 자는")
        await page.keyboard.press("Enter")
        await expect(page.locator(".hit")).to_have_count(3)
        await page.locator("[data-chip]").click()
        await expect(page.locator("[data-chip]")).to_have_count(0)
        await page.click(".conditions > summary")
        await page.get_by_label("클로즈업", exact=True).check()
        await page.click("[data-apply]")
        await expect(page.locator("[data-read]")).to_contain_text("클로즈업")
        question = archive.desk.rooms.questions[-1]
        assert (question.ignored, question.scales) == (["person:민지"], ["close_up"])


async def test_a_picture_is_a_question(archive: Archive, tmp_path: Path) -> None:
    async with archive.desk.page("/search") as page:
        face: FilePayload = {
            "name": "minji.jpg",
            "mimeType": "image/jpeg",
            "buffer": photo(ONE, tmp_path / "same.jpg").read_bytes(),
        }
        await page.set_input_files("[data-picture-file]", [face])
        await page.wait_for_url(re.compile("person="))
        assert asked(page) == {"person": [str(archive.person)]}
        await page.goto(f"{archive.desk.address}/search")
        await page.set_input_files("[data-picture-file]", photo(NONE, tmp_path / "nobody.jpg"))
        await expect(page.get_by_role("heading", name="이 사진에서 읽은 것이 없습니다")).to_be_visible()


async def test_it_fits_every_window(archive: Archive) -> None:
    async with archive.desk.page("/search") as page:
        for question in ("", "?q=민지가 자는", "?q=민지&scale=close_up&scale=wide"):
            await page.goto(f"{archive.desk.address}/search{question}")
            for width in (390, 820, 1280, 1920):
                await page.set_viewport_size({"width": width, "height": 800})
                assert await page.evaluate("document.documentElement.scrollWidth") <= width, (question, width)
