"""The editor in a real browser, on a video that plays: every operation by keyboard and by mouse, nothing lost."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Route, expect

from kernel.contracts.search import Hit
from kernel.contracts.time import Span
from tests.e2e.browser import MARKS, Desk, Furnished
from tests.e2e.hands import choose, conflicted, editor, kinds, saved, seek, segments, spans

pytestmark = MARKS


@pytest.fixture
def desk(furnished: Furnished) -> Furnished:
    return furnished


@pytest.fixture
def minji(furnished: Furnished) -> UUID:
    return furnished.person


@pytest.fixture
def video(furnished: Furnished) -> UUID:
    return furnished.video


async def test_split_undo_and_redo_by_keyboard(desk: Desk, video: UUID) -> None:
    async with editor(desk, video) as page:
        await seek(page, 1)
        await page.keyboard.press("s")
        await expect(page.locator(".seg:not([aria-busy])")).to_have_count(4)
        assert await spans(desk, video) == [(0, 1000), (1000, 2000), (2000, 4000), (4000, 6000)]
        await expect(page.locator("[data-bar]")).to_have_count(4)
        await page.keyboard.press("z")
        await expect(page.locator(".seg:not([aria-busy])")).to_have_count(3)
        await page.keyboard.press("Shift+Z")
        await expect(page.locator(".seg:not([aria-busy])")).to_have_count(4)
        assert await kinds(desk, video) == ["redo", "undo", "split", "publish"]


async def test_what_is_done_is_seen_before_the_server_answers_and_taken_away_when_it_refuses(
    desk: Desk, video: UUID
) -> None:
    async with editor(desk, video) as page:
        answer = asyncio.Event()

        async def slowly(route: Route) -> None:
            await answer.wait()
            await route.fulfill(status=409, json={"detail": "지금은 안 됩니다"})

        await page.route("**/edits", slowly)
        rows, bars = page.locator(".seg"), page.locator("[data-bar]")
        await choose(page, 1)
        for key, shown in (("Delete", 2), ("s", 4), ("m", 2)):
            answer.clear()
            await seek(page, 3)
            await page.keyboard.press(key)
            await expect(rows).to_have_count(shown)
            await expect(bars).to_have_count(shown)
            answer.set()
            await expect(rows).to_have_count(3)
            await expect(bars).to_have_count(3)
            await expect(page.locator(".seg[aria-busy]")).to_have_count(0)
        answer.clear()
        await page.locator("[data-caption=ko]").fill("곧 저장될 문장")
        await page.locator("[data-caption=ko]").press("Control+Enter")
        await expect(rows.nth(1).locator(".ko")).to_have_text("곧 저장될 문장")
        answer.set()
        await expect(rows.nth(1).locator(".ko")).to_have_text("하니가 민지를 부른다.")
        await expect(page.locator("[data-caption=ko]")).to_have_value("곧 저장될 문장")
    assert await kinds(desk, video) == ["publish"]
    desk.forgive("409")


async def test_a_key_pressed_before_the_answer_means_what_is_seen(desk: Desk, video: UUID) -> None:
    async with editor(desk, video) as page:
        await choose(page, 1)
        await seek(page, 3)
        for key in ("Delete", "z", "Shift+Z", "z"):
            await page.keyboard.press(key)
        await saved(page, 5)
        await expect(page.locator(".seg:not([aria-busy])")).to_have_count(3)
    assert await kinds(desk, video) == ["undo", "redo", "undo", "delete", "publish"]


async def test_merge_with_the_next_keeps_everybody(desk: Desk, video: UUID, minji: UUID) -> None:
    async with editor(desk, video) as page:
        await choose(page, 1)
        await page.keyboard.press("m")
        await expect(page.locator(".seg:not([aria-busy])")).to_have_count(2)
    merged = (await segments(desk, video))[1]
    assert (merged["span"]["start_ms"], merged["span"]["end_ms"]) == (2000, 6000)
    assert str(minji) in [person["person_id"] for person in merged["people"]]
    assert {caption["text"] for caption in merged["captions"]} >= {"하니가 민지를 부른다.", "누군가 텐트로 걸어간다."}


async def test_a_range_is_merged_by_mouse(desk: Desk, video: UUID) -> None:
    async with editor(desk, video) as page:
        await choose(page, 0)
        await choose(page, 2, modifiers=["Shift"])
        await expect(page.locator("[data-count]")).to_have_text("고른 장면: 3")
        await page.keyboard.press("e")  # of several, the one on the screen is written
        await expect(page.locator("[data-caption=ko]")).to_be_focused()
        await page.keyboard.press("Escape")
        await choose(page, 0)
        await choose(page, 2, modifiers=["Shift"])
        await page.locator("[data-inspector] [data-do=merge]").click()
        await expect(page.locator(".seg:not([aria-busy])")).to_have_count(1)
    assert await spans(desk, video) == [(0, 6000)]


async def test_a_caption_is_written_in_korean_as_it_is_composed(desk: Desk, video: UUID) -> None:
    async with editor(desk, video) as page:
        await choose(page, 0)
        field = page.locator("[data-caption=ko]")
        await expect(field).to_have_value("민지가 잔디밭에서 자고 있다.")
        await page.keyboard.press("e")
        await field.fill("")
        typing = await page.context.new_cdp_session(page)
        for composed in ("ㅁ", "미", "민", "민ㅈ", "민지"):
            await typing.send(
                "Input.imeSetComposition",
                {"text": composed, "selectionStart": len(composed), "selectionEnd": len(composed)},
            )
        await typing.send("Input.insertText", {"text": "민지"})
        await typing.send("Input.insertText", {"text": "가 웃는다 <b>&"})
        await page.keyboard.press("Control+Enter")
        await saved(page, 2)
        await expect(page.locator(".seg").nth(0).locator(".ko")).to_have_text("민지가 웃는다 <b>&")
        await expect(page.locator(".seg").nth(0).locator(".tag.human")).to_be_visible()
        await expect(page.locator(".beneath")).to_contain_text("민지가 잔디밭에서 자고 있다.")
        await page.locator("[data-act=uncaption]").click()
        await expect(page.locator(".seg").nth(0).locator(".ko")).to_have_text("민지가 잔디밭에서 자고 있다.")


async def test_what_is_being_typed_outlives_a_reload(desk: Desk, video: UUID) -> None:
    async with editor(desk, video) as page:
        await choose(page, 0)
        await page.locator("[data-caption=ko]").press("Control+End")
        await page.keyboard.type("아직")
        await page.reload()
        await choose(page, 0)
        field = page.locator("[data-caption=ko]")
        await expect(field).to_have_value("민지가 잔디밭에서 자고 있다.아직")
        await expect(page.locator("[data-piece=ko] [data-draft]")).to_have_text("아직 저장하지 않음")
        await field.press("Escape")
        await expect(field).to_have_value("민지가 잔디밭에서 자고 있다.")
    assert await kinds(desk, video) == ["publish"]


async def test_a_tag_a_note_and_a_time_that_were_not_sent_outlive_a_reload(desk: Desk, video: UUID) -> None:
    typed = {"[data-new-tag]": "하이라", "[data-new-note]": "다시 볼", "[data-time=end]": "00:00:01.5"}
    async with editor(desk, video) as page:
        await choose(page, 0)
        for field, text in typed.items():
            # As it is while somebody types: the field is not left, so nothing is sent.
            await page.locator(field).evaluate(
                """(field, text) => {
                  field.value = text;
                  field.dispatchEvent(new InputEvent('input', {bubbles: true}));
                }""",
                text,
            )
        await page.reload()
        await choose(page, 0)
        for field, text in typed.items():
            await expect(page.locator(field)).to_have_value(text)
        await expect(page.locator("[data-piece=tags] [data-draft]")).to_have_text("아직 저장하지 않음")
        assert await kinds(desk, video) == ["publish"]
        await page.locator("[data-new-note]").press("Enter")
        await expect(page.locator(".noted")).to_contain_text("다시 볼")
        await expect(page.locator("[data-new-tag]")).to_have_value("하이라")
        await page.locator("[data-time=end]").press("Enter")
        await saved(page, 3)
        await page.locator("[data-new-tag]").press("Escape")
        await page.reload()
        await choose(page, 0)
        await expect(page.locator(".noted")).to_be_visible()
        await expect(page.locator("[data-new-tag]")).to_have_value("")
        await expect(page.locator("[data-new-note]")).to_have_value("")
    assert (await spans(desk, video))[0] == (0, 1500)


async def test_what_could_not_be_sent_is_in_its_field_again(desk: Desk, video: UUID) -> None:
    async with editor(desk, video) as page:
        await choose(page, 0)
        field = page.locator("[data-new-note]")
        await field.fill("잃지 않을 것")
        await page.route("**/edits", lambda route: route.fulfill(status=409, json={"detail": "지금은 안 됩니다"}))
        await field.press("Enter")
        await expect(page.locator("[data-toasts]")).to_contain_text("지금은 안 됩니다")
        await expect(field).to_have_value("잃지 않을 것")
    desk.forgive("409")


async def test_what_answers_a_question_is_listed_chosen_and_tagged(desk: Desk, video: UUID) -> None:
    listed = await segments(desk, video)
    desk.rooms.answers = [a_hit(video, listed[place]) for place in (2, 0)]
    async with editor(desk, video) as page:
        within = page.locator("[data-within]")
        await within.fill("텐트")
        await expect(page.locator(".seg:visible:not([aria-busy])")).to_have_count(
            1
        )  # what holds the words, while they are typed
        await within.fill("민지")
        await within.press("Enter")
        await expect(page.locator("[data-toasts]")).to_contain_text("찾은 장면: 2")
        await expect(page.locator(".seg:visible:not([aria-busy])")).to_have_count(2)
        assert desk.rooms.questions[-1].videos == [video]
        await within.blur()
        await page.keyboard.press("a")
        await expect(page.locator("[data-count]")).to_have_text("고른 장면: 2")
        await page.locator("[data-new-tag]").fill("찾음")
        await page.locator("[data-new-tag]").press("Enter")
        await saved(page, 2)
        await within.fill("")
        await expect(page.locator(".seg:visible:not([aria-busy])")).to_have_count(3)
    assert [one["tags"] for one in await segments(desk, video)] == [["찾음"], [], ["찾음"]]


def a_hit(video: UUID, segment: dict[str, Any]) -> Hit:
    return Hit(
        segment_id=segment["id"],
        video_id=video,
        title="",
        span=Span.model_validate(segment["span"]),
        text_ko=None,
        text_en=None,
        origin="machine",
        observed=True,
        caption_model=None,
        people=[],
        unknown_faces=0,
        score=1,
        evidence=[],
    )


async def test_in_and_out_make_a_scene(desk: Desk, video: UUID) -> None:
    async with editor(desk, video) as page:
        await seek(page, 0.6)
        await page.keyboard.press("i")
        await seek(page, 3.4)
        await page.keyboard.press("o")
        await expect(page.locator("[data-marked]")).to_be_visible()
        await page.keyboard.press("n")
        await expect(page.locator(".seg:not([aria-busy])")).to_have_count(4)
        await expect(page.locator("[data-caption=ko]")).to_be_focused()
    assert (600, 3400) in await spans(desk, video)


async def test_edges_follow_keys_fields_and_the_mouse(desk: Desk, video: UUID) -> None:
    async with editor(desk, video) as page:
        await choose(page, 1)
        await seek(page, 2.4)
        await page.keyboard.press("[")
        await saved(page, 2)
        field = page.locator("[data-time=end]")
        await field.fill("3.6")
        await field.press("Enter")
        await saved(page, 3)
        assert (2400, 3600) in await spans(desk, video)
        box = await page.locator(".chosen [data-edge=end]").bounding_box()
        assert box
        await page.mouse.move(box["x"] + 4, box["y"] + 12)
        await page.mouse.down()
        await page.mouse.move(box["x"] - 60, box["y"] + 12, steps=6)
        await page.mouse.up()
        await saved(page, 4)
    start, end = (await spans(desk, video))[1]
    assert start == 2400
    assert 2400 < end < 3600
    assert end % 40 == 0, "edges lie on pictures"


async def test_people_are_added_and_taken_away(desk: Desk, video: UUID, minji: UUID) -> None:
    async with editor(desk, video) as page:
        await choose(page, 2)
        await page.keyboard.press("p")
        await page.keyboard.type("민")
        await expect(page.locator("#picker [role=option]").first).to_contain_text("김민지")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-inspector] .chip", has_text="김민지")).to_be_visible()
        assert str(minji) in [p["person_id"] for p in (await segments(desk, video))[2]["people"]]
        await page.locator("[data-inspector] [data-act=unperson]").click()
        await expect(page.locator("[data-inspector] .chip", has_text="김민지")).to_have_count(0)
    assert str(minji) not in [p["person_id"] for p in (await segments(desk, video))[2]["people"]]


async def test_tags_notes_and_deleting_several(desk: Desk, video: UUID) -> None:
    async with editor(desk, video) as page:
        await choose(page, 0)
        await page.locator("[data-new-tag]").fill("하이라이트")
        await page.locator("[data-new-tag]").press("Enter")
        await expect(page.locator("[data-act=untag]")).to_have_count(1)
        await page.locator("[data-new-note]").fill("다시 볼 것")
        await page.locator("[data-new-note]").press("Enter")
        await expect(page.locator(".noted")).to_contain_text("다시 볼 것")
        await page.locator(".seg").nth(1).locator("[data-choose]").check()
        await page.locator("body").press("Delete")
        await expect(page.locator(".seg:not([aria-busy])")).to_have_count(1)
        await page.keyboard.press("z")
        await expect(page.locator(".seg:not([aria-busy])")).to_have_count(3)
    assert (await segments(desk, video))[0]["tags"] == ["하이라이트"]


async def test_two_browsers_see_each_other_and_nothing_is_overwritten(desk: Desk, video: UUID) -> None:
    async with editor(desk, video) as one, editor(desk, video) as other:
        await choose(one, 0)
        await choose(other, 0)
        typed = other.locator("[data-caption=ko]")
        await expect(typed).to_have_value("민지가 잔디밭에서 자고 있다.")
        await typed.fill("다른 사람의 문장")
        await one.locator("[data-caption=ko]").fill("먼저 저장한 문장")
        await one.locator("[data-caption=ko]").press("Control+Enter")
        await saved(one, 2)
        await saved(other, 2)
        await expect(other.locator(".seg").nth(0).locator(".ko")).to_have_text("먼저 저장한 문장")
        await expect(typed).to_have_value("다른 사람의 문장")


async def test_a_conflict_shows_both_sides(desk: Desk, video: UUID) -> None:
    async with editor(desk, video) as page:
        await conflicted(page, desk, video)
        dialog = page.locator("#conflict")
        await expect(dialog).to_contain_text("나중에 온 문장")
        await dialog.locator("[data-mine]").click()
        await saved(page, 3)
    desk.forgive("412", "ERR_FAILED")
    assert (await segments(desk, video))[0]["captions"][0]["text"] == "나중에 온 문장"


async def test_history_tells_the_difference_and_goes_back(desk: Desk, video: UUID) -> None:
    async with editor(desk, video) as page:
        await choose(page, 0)
        await page.locator("[data-caption=ko]").fill("새 문장")
        await page.locator("[data-caption=ko]").press("Control+Enter")
        await saved(page, 2)
        await page.keyboard.press("h")
        newest = page.locator(".entry").first
        await expect(newest).to_contain_text("설명 고침")
        await newest.locator("summary").click()
        await expect(newest.locator("ins")).to_have_text("새 문장")
        await page.locator(".entry").nth(1).locator("summary").click()
        await page.locator(".entry").nth(1).locator("[data-way=revert]").click()
        await expect(page.locator(".seg").nth(0).locator(".ko")).to_have_text("민지가 잔디밭에서 자고 있다.")
    assert (await kinds(desk, video))[0] == "revert"


async def test_an_old_link_opens_what_it_showed(desk: Desk, video: UUID) -> None:
    old = (await segments(desk, video))[0]["id"]
    async with editor(desk, video) as page:
        await seek(page, 1)
        await page.keyboard.press("s")
        await expect(page.locator(".seg:not([aria-busy])")).to_have_count(4)
        await page.goto(f"{desk.address}/videos/{video}?segment={old}")
        await expect(page.locator("[data-toasts]")).to_contain_text("나누거나 합친")
        await expect(page.locator(".seg.chosen").first).to_be_visible()


async def test_a_link_opens_a_scene_far_down_the_list_with_what_was_held_back_of_it(desk: Desk) -> None:
    said = {110: " ".join(["a girl"] * 6)}
    rows = [
        {
            "timestamp": second,
            "video_id": "long",
            "caption": said.get(second, f"a woman walks, take {second}"),
            "faces": [],
        }
        for second in range(130)
    ]
    assert (await desk.client.post("/v1/import", json=rows)).status_code == 200
    (video,) = (v for v in (await desk.client.get("/v1/videos")).json()["items"] if v["title"] == "long")
    listed = (await desk.client.get(f"/v1/videos/{video['id']}/segments", params={"limit": 200})).json()["items"]
    async with desk.page(f"/videos/{video['id']}?segment={listed[110]['id']}", "ko-KR", 1280) as page:
        await expect(page.locator(".seg.chosen")).to_contain_text("00:01:50.000")
        await expect(page.locator("[data-inspect]")).to_contain_text("보류한 설명(같은 말을 되풀이함)")
        await expect(page.locator("[data-toasts]")).not_to_contain_text("나누거나")
