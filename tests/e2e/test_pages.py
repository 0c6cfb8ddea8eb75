"""Every page in a real browser, on a gateway that is really served: what a person sees, clicks and types."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from gateway.editor.publish import publish
from gateway.library import edits, runs, segments, tracks, videos
from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt, PersonInSegment, Segment, SegmentCaption, Track
from kernel.contracts.search import Evidence, Hit
from kernel.contracts.time import Span
from kernel.settings import Settings
from kernel.storage.database import Database
from tests.media_samples import encode
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
SECONDS = 6
CAPTIONS = [
    ("민지가 잔디밭에서 자고 있다.", "Minji is sleeping on the lawn."),
    ("하니가 민지를 부른다.", "Hanni calls Minji."),
    ("누군가 텐트로 걸어간다.", "Somebody walks to the tent."),
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH: pages can't be looked at (apt install chromium)"),
]


@dataclass
class Desk:
    """A browser on a served gateway, the gateway's database, and everything the pages complained about."""

    address: str
    browser: Browser
    rooms: Rooms
    database: Database
    client: httpx.AsyncClient
    complaints: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def page(self, path: str, language: str = "ko-KR", width: int = 1280) -> AsyncIterator[Page]:
        context = await self.browser.new_context(locale=language, viewport={"width": width, "height": 800})
        context.set_default_timeout(15_000)
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


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("clip") / "day2.mp4"
    encode(path, "-movflags", "+faststart", seconds=SECONDS, size="320x180", sound=True)
    return path.read_bytes()


@pytest.fixture
async def desk(settings: Settings, database_url: str, database: Database) -> AsyncIterator[Desk]:
    rooms = Rooms(settings)
    async with (
        open_front_door(rooms, database_url) as (client, app),
        served(app, settings) as address,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = Desk(address, browser, rooms, database, client)
        yield opened
        await browser.close()
        assert opened.complaints == []


async def add_person(desk: Desk, tmp_path: Path) -> UUID:
    new = {"name": "김민지", "group": "NJZ", "aliases": ["Kim Minji"]}
    person = (await desk.client.post("/v1/people", json=new)).json()["id"]
    picture = photo(ONE, tmp_path / "minji.jpg")
    with picture.open("rb") as file:
        await desk.client.post(f"/v1/people/{person}/references", files={"photo": ("minji.jpg", file)})
    return UUID(person)


async def add_video(desk: Desk, clip: bytes, person: UUID) -> UUID:
    """An indexed video of three scenes: the person, then the person and somebody unknown, then nobody."""
    files = {"file": ("day2.mp4", clip)}
    accepted = (await desk.client.post("/v1/videos", data={"title": "여름 캠프 2일차"}, files=files)).json()
    video, run = UUID(accepted["video"]["id"]), UUID(accepted["run"]["id"])
    async with desk.database.transaction() as connection:
        taken = await runs.take(connection, run)
        assert taken
        measured = videos.Measured(duration_ms=SECONDS * 1000, width=320, height=180, frame_rate=25, probe={})
        await videos.set_measured(connection, video, measured)
        await tracks.replace(connection, video, [track(video, person, 0, 4000), track(video, None, 2000, 4000)])
        timeline = await segments.timeline(connection, video, lock=True)
        edit = publish(timeline, [scene(video, place, person) for place in range(3)], actor="test", door="pipeline")
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


def scene(video: UUID, place: int, person: UUID) -> Segment:
    people = [PersonInSegment(person_id=person, probability=0.91, origin="machine")] if place < 2 else []
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
        await expect(page.get_by_role("searchbox")).to_be_focused()
    async with desk.page("/people") as page:
        await expect(page.get_by_text("아직 아는 인물이 없습니다")).to_be_visible()
    async with desk.page("/runs") as page:
        await expect(page.get_by_text("할 일이 없습니다")).to_be_visible()


async def test_an_upload_appears_and_follows_its_run(desk: Desk, clip: bytes) -> None:
    async with desk.page("/") as page:
        await page.click("[data-open=add] >> nth=0")
        file = {"name": "day2.mp4", "mimeType": "video/mp4", "buffer": clip}
        await page.set_input_files("#add [data-files]", [file])  # type: ignore[list-item]
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
        file = {"name": "notes.mp4", "mimeType": "video/mp4", "buffer": b"no video at all" * 50}
        await page.set_input_files("#add [data-files]", [file])  # type: ignore[list-item]
        await expect(page.locator("[data-sending] .bad")).to_contain_text("이 파일은 동영상이 아닙니다")
    desk.complaints[:] = [said for said in desk.complaints if "422" not in said]  # the browser notes the refusal


async def test_the_player_and_the_scenes_keep_in_step(desk: Desk, clip: bytes, tmp_path: Path) -> None:
    person = await add_person(desk, tmp_path)
    video = await add_video(desk, clip, person)
    async with desk.page(f"/videos/{video}?t=2000") as page:
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


async def test_a_hit_plays_and_opens_at_its_in_point(desk: Desk, clip: bytes, tmp_path: Path) -> None:
    video = await add_video(desk, clip, await add_person(desk, tmp_path))
    desk.rooms.answers = [await found(desk, video, 1), await found(desk, video, 2)]
    async with desk.page("/") as page:
        await page.keyboard.press("/")
        await page.keyboard.type("민지를 부르는 장면")
        await page.keyboard.press("Enter")
        await expect(page.locator(".hit")).to_have_count(2)
        assert desk.rooms.questions[-1].query == "민지를 부르는 장면"
        await expect(page.locator(".hit").first).to_contain_text("자막 “자고”")
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
        await page.fill("[data-rename] [name=aliases]", "Kim Minji, MJ")
        await page.click("[data-rename] button")
        await expect(page.locator("[data-rename] [data-saved]")).to_have_text("저장됨")
    assert {name.name_en for name in desk.rooms.names if name.kind == "person"} == {"Kim Minji"}


async def test_no_page_is_wider_than_the_window(desk: Desk, clip: bytes, tmp_path: Path) -> None:
    person = await add_person(desk, tmp_path)
    video = await add_video(desk, clip, person)
    desk.rooms.answers = [await found(desk, video, 0)]
    async with desk.page("/") as page:
        for path in ("/", f"/videos/{video}", "/search?q=민지", "/people", f"/people/{person}", "/runs"):
            await page.goto(desk.address + path)
            for width in (820, 1280, 1920):
                await page.set_viewport_size({"width": width, "height": 900})
                assert await page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


async def test_an_address_that_leads_nowhere_is_a_page(desk: Desk) -> None:
    async with desk.page("/nowhere") as page:
        await expect(page.get_by_role("alert").first).to_contain_text("해당 항목이 없습니다")
    desk.complaints[:] = [said for said in desk.complaints if "404" not in said]  # the browser notes it


async def test_pages_allow_nothing_from_elsewhere(desk: Desk) -> None:
    answer = await desk.client.get("/", headers={"Accept": "text/html"})
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    async with desk.page("/") as page:
        with pytest.raises(Exception, match=r"Content Security Policy|Refused|violates"):
            await page.add_script_tag(content="document.title = 'owned'")
    desk.complaints[:] = [said for said in desk.complaints if "Content Security Policy" not in said]
