"""Cards that follow their scenes over restarts, and everything of a scene that is taken back from Slack."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kernel.contracts.placements import NewPlacement
from kernel.contracts.time import Span
from tests.fake_slack import Said
from tests.slack_world import World, a_hit

pytest.importorskip("aiohttp", reason="Slack's library needs the extra `slack`")
pytestmark = pytest.mark.asyncio(loop_scope="module")

WITH_CLIP = {"selected_option": {"value": "with"}}


async def audience(world: World, said: dict[str, Any]) -> None:
    path = f"/v1/videos/{world.video_id}/visibility"
    assert (await world.house.clients["admin"].put(path, json=said)).status_code == 200


def picture(card: Said) -> str:
    """The file a card shows."""
    shown = [block["accessory"]["slack_file"]["id"] for block in card.blocks if "accessory" in block]
    return str(shown[0])


async def caption(world: World, text: str) -> None:
    its = [str(world.segments[0].id)]
    await world.on_the_web({"op": "caption", "segment_ids": its, "language": "ko", "text": text})


async def test_a_card_follows_after_a_restart_by_itself_also_what_happened_meanwhile(world: World) -> None:
    posted = await world.shared(note={"value": "여기 보세요"})
    await world.quiet()
    async with world.down():
        await caption(world, "봇이 없는 동안")
        async with world.started_again():
            updated = await world.said(lambda one: one.how == "chat.update" and one.ts == posted.ts)
            said = [words in updated.shown for words in ("봇이 없는 동안", "여기 보세요", "<@U1>")]
            assert (said, picture(updated)) == ([True] * 3, picture(posted)), "its picture still shows that span"
            before = len(world.slack.said)
            await caption(world, "다시 켠 뒤")
            await world.said(lambda one: one.how == "chat.update" and "다시 켠 뒤" in one.shown, before)


async def test_a_card_that_was_never_noted_follows_once_it_is_pressed(world: World) -> None:
    """The bot ended between posting and noting it."""
    posted = await world.shared()
    await world.quiet()
    bot = world.bot.state.connection.bot
    await bot.own().unplace(f"slack:T1:C1:{posted.ts}")
    await world.form(posted, user="U3", message=posted.ts)
    again = await world.said(lambda one: one.how == "chat.update" and one.ts == posted.ts)
    assert "a cup at 0" in again.shown
    await caption(world, "다시 따라간다")
    await world.said(lambda one: one.how == "chat.update" and "다시 따라간다" in one.shown)


async def test_a_card_whose_scene_was_deleted_loses_its_picture_and_is_back_when_that_is_undone(world: World) -> None:
    posted = await world.shared(clip=WITH_CLIP)
    clip = (await world.slack.until(lambda: world.slack.in_channels))[0]["files"][0]["id"]
    await world.on_the_web({"op": "delete", "segment_ids": [str(world.segments[0].id)]})
    gone = await world.said(lambda one: one.how == "chat.update" and one.ts == posted.ts)
    assert ("삭제되었거나" in gone.shown, "slack_file" in gone.shown) == (True, False)
    await world.slack.until(lambda: {picture(posted), clip} <= set(world.slack.deleted))
    before = len(world.slack.said)
    await world.on_the_web({"op": "undo", "version": 2})
    back = await world.said(lambda one: one.how == "chat.update" and "slack_file" in one.shown, before)
    assert picture(back) not in world.slack.deleted


async def test_a_picture_of_a_span_that_was_moved_is_replaced_and_deleted(world: World) -> None:
    posted = await world.shared()
    its = {"segment_id": str(world.segments[0].id), "start_ms": 1000, "end_ms": 9000}
    await world.on_the_web({"op": "move"} | its)
    moved = await world.said(lambda one: one.how == "chat.update" and one.ts == posted.ts)
    assert picture(moved) != picture(posted)
    await world.slack.until(lambda: picture(posted) in world.slack.deleted)


async def test_a_card_of_a_longer_moment_shows_its_scene_once_somebody_says_when_that_is(world: World) -> None:
    moment = Span(start_ms=0, end_ms=20_000)
    ids = [segment.id for segment in world.segments[:2]]
    world.rooms.answers = [a_hit(world, 0).model_copy(update={"span": moment, "segments": ids})]
    posted = await world.shared()
    await world.quiet()
    assert "0:00.000 – 0:20.000" in posted.shown
    await caption(world, "같은 순간")
    same = await world.said(lambda one: one.how == "chat.update" and "같은 순간" in one.shown)
    assert "0:00.000 – 0:20.000" in same.shown
    await world.quiet()
    its = {"segment_id": str(world.segments[0].id), "start_ms": 1000, "end_ms": 9000}
    await world.on_the_web({"op": "move"} | its)
    await world.said(lambda one: one.how == "chat.update" and "0:01.000 – 0:09.000" in one.shown)


async def test_what_fewer_may_see_now_leaves_nothing_in_the_channel(world: World) -> None:
    posted = await world.shared(clip=WITH_CLIP)
    form = await world.form(posted, user="U3", message=posted.ts)
    await world.save(form, {"ko": {"value": "비밀"}}, user="U3")
    saved = await world.said(lambda one: one.thread == posted.ts and "edit:undo" in one.shown)
    clip = world.slack.in_channels[0]["files"][0]["id"]
    await world.quiet()
    await audience(world, {"audience": "editors"})
    left = await world.said(lambda one: one.how == "chat.update" and "🔒" in one.text)
    assert left.ts == posted.ts
    assert (left.buttons(), "비밀" in left.shown, "Day" in left.shown) == ([], False, False)
    await world.slack.until(lambda: {saved.ts, clip, picture(posted)} <= set(world.slack.deleted))
    again = await world.shared()  # on purpose, by an editor who may see it
    await caption(world, "편집자만")
    await world.said(lambda one: one.how == "chat.update" and one.ts == again.ts and "편집자만" in one.shown)


async def test_pictures_that_one_person_was_shown_are_deleted_when_their_time_is_over(world: World) -> None:
    card = await world.search()
    posted = await world.shared()
    await world.quiet()
    bot = world.bot.state.connection.bot
    placed = await bot.own().placements(world.segments[0].id)
    until = {one.elsewhere: one.until for one in placed if one.kind == "file"}
    assert list(until.values()) == [None], "the shared card keeps it"
    other = next(
        one for one in await bot.own().placements(world.segments[1].id) if one.until and one.until > datetime.now(UTC)
    )
    over = {name: getattr(other, name) for name in NewPlacement.model_fields}
    await bot.own().place(NewPlacement(**over | {"until": datetime.now(UTC) - timedelta(seconds=1)}))
    await world.slack.until(lambda: other.elsewhere.removeprefix("slack:") in world.slack.deleted)
    assert picture(card) == picture(posted)
    assert picture(posted) not in world.slack.deleted
    fresh = await world.search()
    assert other.elsewhere.removeprefix("slack:") not in fresh.shown, "what was deleted is not shown again"


async def test_whoever_shared_a_card_takes_it_back_and_so_may_an_editor(world: World) -> None:
    for user in ("U1", "U3"):
        posted = await world.shared()
        form = await world.form(posted, user="U3", message=posted.ts)
        await world.save(form, {"ko": {"value": f"수정 {user}"}}, user="U3")
        saved = await world.said(lambda one, its=posted.ts: one.thread == its and "edit:undo" in one.shown)
        await world.quiet()
        button = posted.button("card:unshare")
        await world.press(button, user="U2", message=posted.ts)
        await world.said(lambda one: "권한" in one.text)
        assert posted.ts not in world.slack.deleted
        await world.press(button, user=user, message=posted.ts)
        await world.slack.until(lambda its=posted, told=saved: {its.ts, told.ts} <= set(world.slack.deleted))
    await world.quiet()
    placed = await world.bot.state.connection.bot.own().placements(world.segments[0].id)
    assert [one.kind for one in placed if one.kind != "file"] == []


async def test_a_card_that_somebody_deleted_in_slack_takes_its_files_along(world: World) -> None:
    posted = await world.shared()
    await world.quiet()
    world.slack.deleted.append(str(posted.ts))
    before = {"type": "message", "user": "UBOT", "bot_id": "B1", "ts": posted.ts, "blocks": posted.blocks}
    event = {"type": "message", "subtype": "message_deleted", "channel": "C1", "deleted_ts": posted.ts,
             "previous_message": before}  # fmt: skip
    await world.slack.deliver("events_api", world.slack.event(event))
    await world.slack.until(lambda: picture(posted) in world.slack.deleted)
    other = await world.shared()
    await world.quiet()
    world.slack.deleted.append(str(other.ts))  # and nobody tells of it
    await caption(world, "지워진 뒤")
    await world.slack.until(lambda: picture(other) in world.slack.deleted)


async def test_what_scenedesk_cannot_note_is_not_left_in_slack(world: World) -> None:
    """Nobody would ever take it back."""
    async with world.without("placements"):
        await world.slack.deliver("slash_commands", world.slack.command("민지"))
        await world.said(lambda one: "card:edit" in one.shown)
        await world.slack.until(lambda: len(world.slack.files) and len(world.slack.deleted) >= 2)
        await world.quiet()
    assert "slack_file" not in world.slack.said[-1].shown
