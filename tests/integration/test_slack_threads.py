"""The thread under a shared card as a session of edits: corrections in words, approval, talk that is left alone."""

from typing import Any

import pytest

from tests.fake_slack import Said
from tests.slack_world import World

pytest.importorskip("aiohttp", reason="Slack's library needs the extra `slack`")
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def write(world: World, card: Said, text: str, user: str = "U3", times: int = 1) -> dict[str, Any]:
    """A reply in the card's thread; what Slack knows it by."""
    assert card.ts is not None
    message = world.slack.reply(card.thread or card.ts, text, user, card.channel or "C1")
    event = world.slack.event(message)
    for number in range(times):
        await world.slack.deliver("events_api", event, f"{message['ts']}-{number}")
    return message


async def made(world: World) -> list[str]:
    return [one["kind"] for one in await world.edits() if one["kind"] != "publish"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("수정: 내용=민지가 잔다 멤버=minji", ["people", "caption"]),
        ("내용: 민지가 &lt;잔다&gt;\n사람: 김민지", ["people", "caption"]),
        ("<@UBOT> 설명: 민지가\n소파에서 잔다", ["caption"]),
        ("Caption: Minji sleeps\n한국어: 민지가 잔다", ["caption", "caption"]),
        ("people: Minji", ["people"]),
        ("시작: 0:01\n끝: 0:09", ["move"]),
    ],
)
async def test_a_reply_that_names_what_is_right_is_an_edit_of_whoever_wrote_it(
    world: World, text: str, kinds: list[str]
) -> None:
    posted = await world.shared()
    message = await write(world, posted, text, times=4)
    saved = await world.said(lambda one: "edit:undo" in one.shown)
    assert (saved.thread, "<@U3>" in saved.shown) == (posted.ts, True)
    await world.said(lambda one: one.how == "chat.update" and one.ts == posted.ts)
    await world.quiet()
    assert await made(world) == kinds
    newest = (await world.edits())[0]
    assert (newest["actor"], newest["door"]) == (str(world.house.people["second"].id), "slack")
    assert newest["note"] == f"https://news.slack.com/archives/C1/p{message['ts'].replace('.', '')}"
    assert sum("edit:undo" in one.shown for one in world.slack.said) == 1
    await world.press(saved.button("edit:undo"), user="U1", message=saved.ts)
    await world.said(lambda one: "↩️" in one.text)
    assert (await made(world))[0] == "undo"


async def test_what_was_typed_arrives_as_it_was_typed(world: World) -> None:
    posted = await world.shared()
    await write(world, posted, "내용: 민지 &amp; 하니 &lt;셋&gt;\n<https://news.example|news.example>")
    await world.said(lambda one: "edit:undo" in one.shown)
    assert await world.korean() == ["민지 & 하니 <셋>\nnews.example"]


async def test_where_a_channel_asks_for_it_a_reply_waits_for_somebody_else(world: World) -> None:
    posted = await world.shared("C2")
    await write(world, posted, "내용: 제안", times=2)
    asked = await world.said(lambda one: "proposal:yes" in one.shown)
    assert asked.thread == posted.ts
    await world.quiet()
    assert (sum("proposal:yes" in one.shown for one in world.slack.said), await made(world)) == (1, [])
    its = {"message": asked.ts, "channel": "C2"}
    await world.press(asked.button("proposal:yes"), user="U3", **its)
    await world.said(lambda one: "다른 사람" in one.text)
    await world.press(asked.button("proposal:yes"), user="U1", **its)
    await world.said(lambda one: "edit:undo" in one.shown)
    newest = (await world.edits())[0]
    assert (newest["actor"], await world.korean()) == (str(world.house.people["second"].id), ["제안"])
    assert "name of U1" in newest["note"]


@pytest.mark.parametrize(
    "text",
    ["이 장면 좋네요", "내용이 좋아요", "민지 아니고 하니 아닌가요?", "fixed my bike: done", "ㅋㅋ 수정 없이 가요", ""],
)
async def test_talk_is_left_alone(world: World, text: str) -> None:
    posted = await world.shared()
    await world.quiet()
    before, asked = len(world.slack.said), len(world.slack.calls)
    await write(world, posted, text)
    await world.quiet()
    assert (len(world.slack.said), await made(world)) == (before, [])
    assert [method for method, _ in world.slack.calls[asked:] if method.startswith("conversations")] == []


async def test_whoever_only_says_that_something_is_wrong_is_asked_once_by_themselves(world: World) -> None:
    posted = await world.shared()
    before = len(world.slack.said)
    for text in ("수정: 민지가 소파에서 잔다", "오타 있어요", "typo"):
        await write(world, posted, text)
        await world.quiet()
    [offer] = world.slack.said[before:]
    assert (offer.how, offer.user, offer.thread) == ("chat.postEphemeral", "U3", posted.ts)
    assert await made(world) == []
    await world.press(offer.button("correction:caption"), user="U3")
    saved = await world.said(lambda one: "edit:undo" in one.shown, before)
    assert (saved.thread, await world.korean()) == (posted.ts, ["민지가 소파에서 잔다"])
    await write(world, posted, "틀렸어요", "U1")
    other = await world.said(lambda one: one.user == "U1" and one.how == "chat.postEphemeral", before)
    assert [one["action_id"] for one in other.buttons()] == ["card:edit"], "there are no words to use"


async def test_what_is_offered_in_a_channel_with_approval_is_approved_there_too(world: World) -> None:
    posted = await world.shared("C2")
    await write(world, posted, "정정합니다")
    offer = await world.said(lambda one: one.how == "chat.postEphemeral")
    form = await world.form(offer, user="U3", channel="C2")
    await world.save(form, {"ko": {"value": "양식에서"}}, user="U3")
    asked = await world.said(lambda one: "proposal:yes" in one.shown)
    assert (asked.thread, await made(world)) == (posted.ts, [])


@pytest.mark.parametrize(
    ("text", "user", "told"),
    [
        ("사람: 아무개", "U3", "아무개"),
        ("시작: 나중에", "U3", "내용: …"),
        ("caption: a cup at 0", "U3", "달라진 내용이 없습니다"),
        ("내용: 몰래", "U2", "권한"),
        ("내용: 누구", "U9", "연결"),
    ],
)
async def test_what_cannot_be_made_is_told_to_whoever_wrote_it_alone(
    world: World, text: str, user: str, told: str
) -> None:
    posted = await world.shared()
    before = len(world.slack.said)
    await write(world, posted, text, user)
    said = await world.said(lambda one: one.how == "chat.postEphemeral", before)
    assert (told in said.text, said.user, said.thread) == (True, user, posted.ts)
    assert ("link" in said.shown) == (user == "U9")
    assert await made(world) == []


async def test_a_reply_to_an_old_card_overwrites_nothing(world: World) -> None:
    posted = await world.shared()
    world.slack.failures["chat.update"] = ["internal_error"] * 1000  # the card stands still
    mine = await world.form(await world.search())
    await world.save(mine, {"ko": {"value": "먼저"}})
    await world.said(lambda one: "edit:undo" in one.shown)
    await write(world, posted, "내용: 나중")
    told = await world.said(lambda one: one.how == "chat.postEphemeral" and "card:edit" in one.shown)
    assert ("먼저" in told.shown, "나중" in told.shown, await world.korean()) == (True, True, ["먼저"])
    world.slack.failures.clear()


async def test_in_a_thread_with_several_cards_it_is_asked_which(world: World) -> None:
    root = "1700000000.000001"
    thread = {"value": f"https://news.slack.com/archives/C1/p{root.replace('.', '')}"}
    first = await world.shared(thread=thread)
    assert first.thread == root
    await world.shared(thread=thread)
    before = len(world.slack.said)
    await write(world, first, "내용: 어느 것")
    which = await world.said(lambda one: one.how == "chat.postEphemeral", before)
    assert which.shown.count("card:edit") == 2
    await write(world, first, f"수정: 세그먼트ID={world.segments[0].id} 내용=이것")
    saved = await world.said(lambda one: "edit:undo" in one.shown, before)
    assert (saved.thread, await world.korean()) == (root, ["이것"])


async def test_a_reply_in_another_thread_is_none_of_ours(world: World) -> None:
    posted = await world.shared()
    before = len(world.slack.said)
    for message in (
        world.slack.reply("1600000000.000001", "내용: 다른 스레드"),
        world.slack.reply(str(posted.ts), "내용: 봇") | {"bot_id": "B9"},
        world.slack.reply(str(posted.ts), "내용: 채널") | {"thread_ts": None},
        world.slack.reply(str(posted.ts), "내용: 가입") | {"subtype": "channel_join"},
    ):
        await world.slack.deliver("events_api", world.slack.event(message))
    await world.quiet()
    assert (len(world.slack.said), await made(world)) == (before, [])


async def test_a_bot_that_was_started_again_reads_replies_under_old_cards(world: World) -> None:
    posted = await world.shared()
    async with world.started_again():
        await write(world, posted, "내용: 다시 켠 뒤")
        await world.said(lambda one: "edit:undo" in one.shown)
    assert await world.korean() == ["다시 켠 뒤"]


async def test_sharing_where_the_bot_hears_nothing_says_how_it_would(world: World) -> None:
    world.slack.away_from.add("C1")
    await world.shared()
    await world.said(lambda one: "🔇" in one.text and "/invite" in one.text)
