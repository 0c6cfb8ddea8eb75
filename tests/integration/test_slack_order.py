"""Slack delivers late, twice and out of order: what was done is done once, and the newest wording counts."""

import asyncio

import pytest

from tests.slack_world import World

pytest.importorskip("aiohttp", reason="Slack's library needs the extra `slack`")
pytestmark = pytest.mark.asyncio(loop_scope="module")


def typed(text: str) -> dict[str, str]:
    return {"value": text}


async def test_what_was_sent_when_the_connection_broke_is_sent_again_and_done_once(world: World) -> None:
    command = world.slack.command("민지")
    await world.slack.hang_up()
    await asyncio.gather(*(world.slack.deliver("slash_commands", command, f"envelope-{n}") for n in range(2)))
    await world.said(lambda one: "slack_file" in one.shown)
    await world.quiet()
    assert len(world.rooms.questions) == 1


async def test_a_card_is_used_before_slack_has_said_that_it_stands(world: World) -> None:
    """Everybody sees the card; the answer to its posting is still under way."""
    world.slack.held["chat.postMessage"] = held = asyncio.Event()
    try:
        posted = await world.shared()
        form = await world.form(posted, user="U3", message=posted.ts)
        await world.save(form, {"ko": typed("먼저 눌렀다")}, user="U3")
        await world.said(lambda one: "edit:undo" in one.shown)
        reply = world.slack.event(world.slack.reply(str(posted.ts), "사람: minji", "U1"))
        await world.slack.deliver("events_api", reply)
        await world.slack.until(lambda: sum("edit:undo" in one.shown for one in world.slack.said) == 2)
    finally:
        held.set()
        world.slack.held.clear()
    now = await world.said(lambda one: one.how == "chat.update" and "김민지" in one.shown)
    assert "먼저 눌렀다" in now.shown
    assert now.ts == posted.ts, "noted with what it showed, it follows from then on"
    await world.quiet()
    assert sorted(one["kind"] for one in await world.edits()) == ["caption", "people", "publish"]


@pytest.mark.parametrize("again", [False, True], ids=["at once", "after a restart"])
async def test_a_form_sent_twice_and_late_is_saved_once(world: World, again: bool) -> None:
    posted = await world.shared()
    form = await world.form(posted, user="U3", message=posted.ts)
    preview = (await world.submit(form, {"ko": typed("한 번")}, user="U3"))["view"]
    sent = world.slack.submit(preview | {"root_view_id": form["id"]}, {}, "U3")
    await world.slack.deliver("interactive", sent, "first")
    await world.said(lambda one: "edit:undo" in one.shown)
    newer = await world.form(posted, user="U1", message=posted.ts)
    await world.save(newer, {"ko": typed("그다음")})
    await world.slack.until(lambda: sum("edit:undo" in one.shown for one in world.slack.said) == 2)
    if again:
        async with world.started_again():
            await world.slack.deliver("interactive", sent, "late")
            await asyncio.sleep(0.5)
    else:
        await world.slack.deliver("interactive", sent, "late")
    await world.quiet()
    assert await world.korean() == ["그다음"]
    assert [one["kind"] for one in await world.edits()] == ["caption", "caption", "publish"]


async def test_a_message_whose_change_arrives_before_it_counts_as_it_is_worded_now(world: World) -> None:
    posted = await world.shared()
    message = world.slack.reply(str(posted.ts), "내용: 틀린 말", "U3")
    changed = world.slack.reworded(message, "내용: 맞는 말")
    for event in (changed, message, changed, message):
        await world.slack.deliver("events_api", world.slack.event(event))
    await world.said(lambda one: "edit:undo" in one.shown)
    await world.quiet()
    assert await world.korean() == ["맞는 말"]
    assert [one["kind"] for one in await world.edits()] == ["caption", "publish"]


async def test_a_message_that_is_reworded_corrects_what_it_said(world: World) -> None:
    posted = await world.shared()
    message = world.slack.reply(str(posted.ts), "내용: 처음", "U3")
    await world.slack.deliver("events_api", world.slack.event(message))
    await world.said(lambda one: one.how == "chat.update" and "처음" in one.shown)
    await world.quiet()
    await world.slack.deliver("events_api", world.slack.event(world.slack.reworded(message, "내용: 나중")))
    await world.said(lambda one: one.how == "chat.update" and "나중" in one.shown)
    unfurled = world.slack.reworded(message, message["text"])  # Slack says so of an unfurled link too
    await world.slack.deliver("events_api", world.slack.event(unfurled))
    await world.quiet()
    assert await world.korean() == ["나중"]
    assert [one["kind"] for one in await world.edits()] == ["caption", "caption", "publish"]


async def test_an_undo_pressed_by_two_at_once_and_an_approval_after_a_rejection_do_nothing_twice(world: World) -> None:
    posted = await world.shared("C2")
    form = await world.form(posted, user="U3", message=posted.ts, channel="C2")
    await world.save(form, {"ko": typed("제안")}, user="U3")
    asked = await world.said(lambda one: "proposal:yes" in one.shown)
    its = {"message": asked.ts, "channel": "C2"}
    yes, no = (world.slack.press(asked.button(f"proposal:{word}"), "U1", **its) for word in ("yes", "no"))
    await asyncio.gather(*(world.slack.deliver("interactive", one) for one in (no, yes, no)))
    await world.quiet()
    kinds = [one["kind"] for one in await world.edits()]
    decided = [one for one in world.slack.said if one.ts == asked.ts and one.how == "chat.update"]
    assert kinds in (["publish"], ["caption", "publish"])
    assert ("👍" in decided[-1].text) == (kinds == ["caption", "publish"])
