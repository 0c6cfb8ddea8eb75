"""A bot that was started again, and what was made before: cards, forms, previews, proposals, shared cards."""

import pytest

from tests.slack_world import World

pytest.importorskip("aiohttp", reason="Slack's library needs the extra `slack`")
pytestmark = pytest.mark.asyncio(loop_scope="module")


def typed(text: str) -> dict[str, str]:
    return {"value": text}


async def test_an_old_card_is_edited_and_shared(world: World) -> None:
    card = await world.search()
    async with world.started_again():
        form = await world.form(card)
        await world.save(form, {"ko": typed("다시 켠 뒤")})
        await world.said(lambda one: "edit:undo" in one.shown)
        await world.press(card.button("card:share"))
        await world.submit(await world.view("share:form"), {})
        posted = await world.said(lambda one: one.how == "chat.postMessage")
    assert "다시 켠 뒤" in posted.shown
    assert "slack_file" in posted.shown
    assert await world.korean() == ["다시 켠 뒤"]


async def test_a_form_and_a_preview_that_were_open_are_saved(world: World) -> None:
    form = await world.form(await world.search())
    async with world.started_again():
        answer = await world.submit(form, {"ko": typed("열려 있던 양식"), "end": typed("0:09.000")})
        assert answer["response_action"] == "push"
    async with world.started_again():
        await world.submit(answer["view"] | {"root_view_id": form["id"]}, {})
        saved = await world.said(lambda one: "edit:undo" in one.shown)
        assert "열려 있던 양식" in saved.shown
        await world.press(saved.button("edit:undo"))
        await world.said(lambda one: "↩️" in one.text)
    assert [one["kind"] for one in await world.edits()] == ["undo", "undo", "move", "caption", "publish"]


async def test_what_no_modal_could_carry_says_what_to_do(world: World) -> None:
    form = await world.form(await world.search())
    long = {"ko": typed("가" * 1900), "en": typed("b" * 1900)}
    answer = await world.submit(form, long)
    assert answer["response_action"] == "push"
    async with world.started_again():
        await world.submit(answer["view"] | {"root_view_id": form["id"]}, {})
        assert "다시 눌러" in (await world.said(lambda one: "양식" in one.text)).text
    assert [one["kind"] for one in await world.edits()] == ["publish"]


async def test_a_proposal_is_approved_once(world: World) -> None:
    posted = await world.shared("C2")
    form = await world.form(posted, user="U3", message=posted.ts, channel="C2")
    await world.save(form, {"ko": typed("제안")}, user="U3")
    asked = await world.said(lambda one: "proposal:yes" in one.shown)
    its = {"message": asked.ts, "channel": "C2"}
    async with world.started_again():
        await world.press(asked.button("proposal:yes"), user="U3", **its)
        await world.said(lambda one: "다른 사람" in one.text)
        await world.press(asked.button("proposal:yes"), user="U1", **its)
        decided = await world.said(lambda one: "👍" in one.text)
        assert ("제안" in decided.shown, decided.buttons()) == (True, [])
        await world.said(lambda one: "edit:undo" in one.shown)
    made = await world.edits()
    assert [one["kind"] for one in made] == ["caption", "publish"]
    assert made[0]["actor"] == str(world.house.people["second"].id)


async def test_an_approved_proposal_that_came_too_late_is_not_called_approved(world: World) -> None:
    posted = await world.shared("C2")
    form = await world.form(posted, user="U3", message=posted.ts, channel="C2")
    await world.save(form, {"ko": typed("제안")}, user="U3")
    asked = await world.said(lambda one: "proposal:yes" in one.shown)
    mine = await world.form(await world.search())
    await world.save(mine, {"ko": typed("먼저")})
    await world.said(lambda one: "edit:undo" in one.shown)
    await world.press(asked.button("proposal:yes"), user="U1", message=asked.ts, channel="C2")
    decided = await world.said(lambda one: one.how == "chat.update" and one.ts == asked.ts)
    assert ("👍" in decided.text, "⚠️" in decided.text) == (False, True)
    told = await world.said(lambda one: one.thread == posted.ts and "card:edit" in one.shown)
    assert ("제안" in told.shown, "먼저" in told.shown) == (True, True)
    assert await world.korean() == ["먼저"]


async def test_a_shared_card_that_is_pressed_follows_its_scene_again(world: World) -> None:
    posted = await world.shared("C1", note=typed("여기 보세요"))
    async with world.started_again():
        form = await world.form(posted, user="U3", message=posted.ts)
        await world.save(form, {"ko": typed("공유한 뒤")}, user="U3")
        updated = await world.said(lambda one: one.how == "chat.update" and one.ts == posted.ts)
    assert ("공유한 뒤" in updated.shown, "여기 보세요" in updated.shown, "<@U1>" in updated.shown) == (
        True,
        True,
        True,
    )
