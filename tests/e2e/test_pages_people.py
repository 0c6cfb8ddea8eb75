"""Deciding who is who, in a real browser: what a person clicks and types, and what is true afterwards."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.async_api import FilePayload, Page, Route, expect
from sqlalchemy import update

from gateway.library import candidates, collections, references, strangers, track_vectors
from gateway.library.candidates import NewCandidate
from gateway.library.collections import Wanted
from gateway.tables import tracks
from kernel.store import Store
from kernel.vectors import pack
from tests.e2e.browser import MARKS, Desk, Furnished
from tests.rooms import ONE, ONE_SMALL, TWO_ALIKE, faces_in, photo

pytestmark = MARKS


async def said(desk: Desk, path: str) -> Any:
    answer = await desk.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def shown_people(desk: Desk, video: UUID, place: int) -> list[str | None]:
    segment = (await said(desk, f"/v1/videos/{video}/segments"))["items"][place]
    return [person["person_id"] for person in segment["people"]]


async def press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def test_a_match_is_rejected_on_the_video_and_taken_back(furnished: Furnished) -> None:
    person, video = furnished.person, furnished.video
    async with furnished.page(f"/videos/{video}?t=1000") as page:
        await press(page, "w")
        card = page.locator("#face-card")
        await expect(card.locator("[data-name]")).to_have_text("김민지")
        await expect(card.get_by_role("button", name="김민지 아님")).to_be_focused()
        await press(page, "n")
        await expect(card).to_be_hidden()
        await expect(page.locator(".toast")).to_contain_text("이 얼굴: 김민지 아님 · 되돌리기")
        await expect(page.locator(".seg").first).to_contain_text("누구인가요?")
        await expect(page.locator("[data-shown-version]")).to_have_text("버전 2")
        assert str(person) not in await shown_people(furnished, video, 0)

        await press(page, "u")
        await expect(page.locator(".toast")).to_contain_text("되돌렸습니다")
        await expect(page.locator(".seg").first).not_to_contain_text("누구인가요?")
        assert str(person) in await shown_people(furnished, video, 0)


async def test_somebody_is_named_from_a_scene_and_it_says_that_a_person_said_so(furnished: Furnished) -> None:
    video = furnished.video
    async with furnished.page(f"/videos/{video}?t=2500") as page:
        await press(page, "w")
        card = page.locator("#face-card")
        await expect(card.locator("[data-name]")).to_have_text("김민지")
        await press(page, "2")
        await expect(card.locator("[data-name]")).to_have_text("누구인가요?")
        await press(page, "w")
        await page.keyboard.type("팜하니")
        await expect(page.locator("#picker").get_by_role("option", name="새 인물: 팜하니")).to_be_visible()
        await press(page, "Enter")
        await page.keyboard.type("NJZ")
        await press(page, "Enter")
        await expect(page.locator(".toast")).to_contain_text("이 얼굴: 팜하니")
        await press(page, "f")
        await expect(page.locator(".boxes")).to_contain_text("팜하니 ✓ 사람")
    hanni = next(each for each in (await said(furnished, "/v1/people"))["items"] if each["name"] == "팜하니")
    tracks = (await said(furnished, f"/v1/videos/{video}/tracks"))["items"]
    assert [(track["ruled"], track["person_id"]) for track in tracks if track["ruled"]] == [(True, hanni["id"])]


async def test_a_picture_is_withdrawn_and_its_rights_are_said(furnished: Furnished) -> None:
    person = furnished.person
    async with furnished.page(f"/people/{person}") as page:
        await page.click("[data-edit-rights]")
        await page.fill("[data-rights-of] [name=rights]", "소속사 보도자료")
        await page.select_option("[data-rights-of] [name=consent]", "press_kit")
        await page.fill("[data-rights-of] [name=expires_at]", "2030-01-31")
        await page.click("[data-rights-of] footer button")
        await expect(page.locator("figure.photo")).to_contain_text("보도자료")
        page.on("dialog", lambda dialog: dialog.accept())
        await page.click("[data-withdraw]")
        await expect(page.locator("figure.photo")).to_contain_text("철회됨")
        await expect(page.locator("[data-withdraw]")).to_have_count(0)
    [reference] = (await said(furnished, f"/v1/people/{person}/references"))["items"]
    assert (reference["usable"], reference["reason"], reference["rights"]["consent"]) == (
        False,
        "withdrawn",
        "press_kit",
    )
    actions = [entry["action"] for entry in (await said(furnished, f"/v1/audit?person={person}"))["items"]]
    assert actions[:2] == ["reference_withdrawn", "reference_changed"]


async def test_a_small_face_is_seen_enlarged_and_said_to_be(furnished: Furnished, tmp_path: Path) -> None:
    pytest.importorskip("ncnn", reason="pip install scenedesk[upscale]")
    person = furnished.person
    files = {"photo": ("small.jpg", photo(ONE_SMALL, tmp_path / "small.jpg", shade=30).read_bytes())}
    assert (await furnished.client.post(f"/v1/people/{person}/references", files=files)).status_code == 201
    async with furnished.page(f"/people/{person}") as page:
        button = page.locator("[data-enlarge]")
        await expect(button).to_have_count(1)  # the other face is large
        small = page.locator("figure.photo").filter(has=button)
        for enlarged in (True, False):
            await button.click()
            await expect(button).to_have_attribute("aria-pressed", str(enlarged).lower())
            await expect(small.get_by_text("기계가 확대한 사진")).to_be_visible(visible=enlarged)
            assert ("enlarged=true" in (await small.locator("img").get_attribute("src") or "")) is enlarged


async def test_of_several_faces_in_a_photo_one_is_chosen(furnished: Furnished, tmp_path: Path) -> None:
    person = furnished.person
    crowd = photo(TWO_ALIKE, tmp_path / "stage.jpg", shade=30).read_bytes()
    file: FilePayload = {"name": "stage.jpg", "mimeType": "image/jpeg", "buffer": crowd}
    async with furnished.page(f"/people/{person}") as page:
        await page.set_input_files("[data-dropzone] [data-files]", [file])
        await expect(page.locator("#choose-face [data-choice]")).to_have_count(2)
        await page.get_by_role("button", name="얼굴 2").click()
        await expect(page.locator("figure.photo")).to_have_count(2)
    furnished.forgive("422")  # the browser notes the refusal


async def test_two_who_are_one_are_merged_and_taken_apart(furnished: Furnished) -> None:
    person = furnished.person
    other = (await furnished.client.post("/v1/people", json={"name": "MJ", "group": "NJZ"})).json()["id"]
    async with furnished.page(f"/people/{other}") as page:
        await press(page, "m")
        await page.keyboard.type("김민")
        await expect(page.locator("#picker").get_by_role("option")).to_have_count(1)
        await press(page, "Enter")
        await page.wait_for_url(f"**/people/{person}")
        await expect(page.get_by_text("같은 사람: MJ")).to_be_visible()
        await press(page, "u")
        await expect(page.get_by_text("같은 사람: MJ")).to_have_count(0)
    assert (await said(furnished, f"/v1/people/{other}"))["merged_into"] is None


async def test_the_gallery_filters_by_name_in_any_spelling(furnished: Furnished) -> None:
    await furnished.client.post("/v1/people", json={"name": "팜하니", "group": "NJZ", "aliases": ["Hanni"]})
    async with furnished.page("/people") as page:
        await expect(page.locator(".person:visible")).to_have_count(2)
        await press(page, "f")
        await page.keyboard.type("HAN")
        await expect(page.locator(".person:visible")).to_have_count(1)
        await page.fill("[data-filter]", "nobody")
        await expect(page.get_by_text("그런 이름의 인물이 없습니다.")).to_be_visible()


async def test_who_may_appear_is_declared(furnished: Furnished) -> None:
    video = furnished.video
    async with furnished.page(f"/videos/{video}") as page:
        await page.get_by_role("button", name="출연 가능 인물").click()
        await page.select_option("[data-add-group]", label="NJZ")
        await page.select_option("select[data-series]", "new")
        await page.fill("[data-series-name] input", "주간 아이돌")
        await page.click("#line-up footer button")
        await expect(page.locator(".toast").first).to_contain_text("출연 가능 인물을 저장했습니다")
    group = (await said(furnished, "/v1/groups"))["items"][0]["id"]
    assert (await said(furnished, f"/v1/videos/{video}/line-up")) == {"people": [], "groups": [group]}
    assert [each["videos"] for each in (await said(furnished, "/v1/series"))["items"]] == [1]


async def test_pages_of_people_fit_the_window(furnished: Furnished) -> None:
    person, video = furnished.person, furnished.video
    stranger = await add_stranger(furnished, video, 1)
    await add_candidates(furnished, person, 2)
    async with furnished.page("/people") as page:
        everywhere = ("/people", "/people/unknown", "/people/questions", "/people/review", f"/videos/{video}")
        for path in (*everywhere, f"/people/{person}", f"/people/{person}/look-back", f"/people/unknown/{stranger}"):
            await page.goto(furnished.address + path)
            for width in (390, 1280):
                await page.set_viewport_size({"width": width, "height": 800})
                assert await page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


async def add_stranger(desk: Desk, video: UUID, track: int) -> UUID:
    """A stranger of one of the video's unknown tracks, as indexing would have found it."""
    its = (await said(desk, f"/v1/videos/{video}/tracks"))["items"][track]["id"]
    stranger = uuid4()
    async with desk.database.transaction() as connection:
        await strangers.found(connection, [stranger])
        await connection.execute(update(tracks).where(tracks.c.id == UUID(its)).values(stranger_id=stranger))
    return stranger


async def test_a_stranger_is_named_by_the_keyboard_and_taken_back(furnished: Furnished) -> None:
    video = furnished.video
    stranger = await add_stranger(furnished, video, 1)
    async with furnished.page("/people/unknown") as page:
        card = page.locator("[data-stranger]")
        await expect(card).to_contain_text("2.0초")
        await press(page, "n")
        await page.keyboard.type("팜하니")
        await expect(page.locator("#picker").get_by_role("option", name="새 인물: 팜하니")).to_be_visible()
        await press(page, "Enter")
        await page.keyboard.type("NJZ")
        await press(page, "Enter")
        await expect(page.locator(".toast").first).to_contain_text("이름을 붙였습니다: 팜하니")
        await expect(page.get_by_role("heading", name="모두 이름이 있습니다")).to_be_visible()
        hanni = next(each["id"] for each in (await said(furnished, "/v1/people"))["items"] if each["name"] == "팜하니")
        assert hanni in await shown_people(furnished, video, 1)
        await press(page, "u")
        await expect(card).to_have_attribute("data-stranger", str(stranger))
    assert hanni not in await shown_people(furnished, video, 1)


async def test_a_passer_by_is_hidden_and_shown_again(furnished: Furnished) -> None:
    video = furnished.video
    stranger = await add_stranger(furnished, video, 1)
    async with furnished.page("/people/unknown") as page:
        await press(page, "h")
        await expect(page.get_by_role("heading", name="모두 이름이 있습니다")).to_be_visible()
        assert (await said(furnished, f"/v1/strangers/{stranger}"))["state"] == "hidden"
        await press(page, "u")
        await expect(page.locator("[data-stranger]")).to_have_count(1)
    assert (await said(furnished, f"/v1/strangers/{stranger}"))["state"] == "open"


async def test_a_question_is_answered_and_nothing_is_left_to_ask(furnished: Furnished) -> None:
    person, video = furnished.person, furnished.video
    await add_stranger(furnished, video, 1)
    unknown = (await said(furnished, f"/v1/videos/{video}/tracks"))["items"][1]["id"]
    async with furnished.database.transaction() as connection:
        own = (await references.vectors_of(connection, "drawn@1"))[person]
        await track_vectors.put(connection, [UUID(unknown)], pack(own[:1], "drawn@1"))
    async with furnished.page("/people/questions") as page:
        await expect(page.get_by_role("heading", name="김민지, 맞나요?")).to_be_visible()
        await press(page, "n")
        await expect(page.locator(".toast")).to_contain_text("이 얼굴: 김민지 아님 · 되돌리기")
        await expect(page.get_by_role("heading", name="누구인가요?")).to_be_visible()
        await press(page, "h")
        await expect(page.get_by_role("heading", name="물어볼 것이 없습니다")).to_be_visible()
    [ruled] = (await said(furnished, f"/v1/videos/{video}/rulings"))["items"]
    assert (ruled["verdict"], ruled["person_id"], ruled["track_id"]) == ("is_not", str(person), unknown)


async def test_somebody_is_forgotten_and_the_receipt_says_what_went(furnished: Furnished) -> None:
    person, video = furnished.person, furnished.video
    async with furnished.page(f"/people/{person}") as page:
        await page.get_by_role("button", name="잊기…").click()
        forget = page.get_by_role("button", name="잊기", exact=True)
        await expect(forget).to_be_disabled()
        await page.fill("#forget [name=name]", "김민")
        await expect(forget).to_be_disabled()
        await page.fill("#forget [name=name]", "김민지")
        await forget.click()
        receipt = page.locator("#receipt")
        await expect(receipt).to_contain_text("등록 사진")
        await receipt.get_by_role("link", name="갤러리").click()
        await page.wait_for_url("**/people")
    assert (await furnished.client.get(f"/v1/people/{person}")).status_code == 404
    assert str(person) not in await shown_people(furnished, video, 0)
    assert [each["references"] for each in (await said(furnished, "/v1/forgotten"))["items"]] == [1]


async def test_an_older_face_is_named_only_when_the_look_back_is_approved(furnished: Furnished, tmp_path: Path) -> None:
    video = furnished.video
    hanni = (await furnished.client.post("/v1/people", json={"name": "팜하니", "group": "NJZ"})).json()["id"]
    files = {"photo": ("hanni.jpg", photo(ONE, tmp_path / "hanni.jpg", shade=30).read_bytes())}
    assert (await furnished.client.post(f"/v1/people/{hanni}/references", files=files)).status_code == 201
    unknown = (await said(furnished, f"/v1/videos/{video}/tracks"))["items"][1]["id"]
    async with furnished.database.transaction() as connection:
        own = (await references.vectors_of(connection, "drawn@1"))[UUID(hanni)]
        await track_vectors.put(connection, [UUID(unknown)], pack(own[:1], "drawn@1"))
    async with furnished.page(f"/people/{hanni}") as page:
        await page.get_by_role("link", name="지난 얼굴 1개 다시 보기").click()
        await expect(page.get_by_text("아직 아무것도 바뀌지 않았습니다.")).to_be_visible()
        await expect(page.locator(".renaming input:checked")).to_have_count(1)
        assert hanni not in await shown_people(furnished, video, 1)
        await press(page, "a")
        await expect(page.get_by_role("heading", name="얼굴 1개의 이름을 바꿨습니다: 팜하니")).to_be_visible()
        await expect(page.locator("[data-changed]")).to_have_text("여름 캠프 2일차 · 버전 2")
        assert hanni in await shown_people(furnished, video, 1)
        await press(page, "u")
        await expect(page.locator(".renaming:visible")).to_have_count(1)
    assert hanni not in await shown_people(furnished, video, 1)


async def add_candidates(desk: Desk, person: UUID, count: int) -> None:
    """Pictures a search found, waiting."""
    wanted = Wanted(kind="people", person_id=person, query="김민지", rights="소속사 보도자료", most=20)
    async with desk.database.transaction() as connection:
        collection = await collections.start(connection, wanted)
        for number in range(count):
            picture = f"candidates/{number}.jpg"
            kept = Store(desk.rooms.settings.store_dir).path(picture)
            kept.parent.mkdir(parents=True, exist_ok=True)
            found = photo(ONE, kept, shade=40 * number)
            await candidates.add(
                connection,
                NewCandidate(
                    collection_id=collection.id,
                    address=f"https://img.example.org/{number}.jpg",
                    title=f"무대 {number}",
                    picture=picture,
                    content_hash=f"{number}",
                    face=faces_in(found)[0],
                    similarity=0.6,
                ),
            )


async def test_what_was_collected_is_taken_or_refused_and_a_refusal_waits_a_moment(furnished: Furnished) -> None:
    person = furnished.person
    await add_candidates(furnished, person, 2)
    async with furnished.page("/people/review") as page:
        cards = page.locator("[data-candidate]:visible")
        await expect(cards).to_have_count(2)
        await page.get_by_role("button", name="취소", exact=True).click()
        await expect(page.locator("[data-collection]")).to_contain_text("취소됨")
        going_on = asyncio.Event()

        async def held_up(route: Route) -> None:
            await going_on.wait()
            await route.continue_()

        await page.route("**/approve", held_up)
        await press(page, "y")
        await expect(cards).to_have_count(1)
        await press(page, "n")
        await expect(cards).to_have_count(0)
        going_on.set()
        await expect(page.locator(".tabs-of [aria-current] .n")).to_have_text("1")
        await expect(cards).to_have_count(0)
        assert len((await said(furnished, f"/v1/people/{person}/references"))["items"]) == 2
        assert [each["state"] for each in (await said(furnished, "/v1/candidates"))["items"]] == ["approved", "waiting"]
        await press(page, "u")
        await expect(cards).to_have_count(1)
        await press(page, "n")
        await page.goto(furnished.address + "/people")
        await expect(page.locator(".person")).to_have_count(1)
        await page.goto(furnished.address + "/people/review")
        await expect(page.get_by_role("heading", name="검토할 것이 없습니다")).to_be_visible()
    assert [each["state"] for each in (await said(furnished, "/v1/candidates"))["items"]] == ["approved", "rejected"]
