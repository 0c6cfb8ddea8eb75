"""Slack on the whole product: index, search, language model, accounts and history are the real ones."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from kernel.storage.database import Database
from tests.slack_product import Newsroom, open_newsroom

pytest.importorskip("aiohttp", reason="Slack's library needs the extra `slack`")
pytestmark = [pytest.mark.long, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def address(cloned: Callable[[str], str]) -> str:
    return cloned("slack_product")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def newsroom(address: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Newsroom]:
    async with open_newsroom(tmp_path_factory.mktemp("newsroom"), address) as opened:
        yield opened


def typed(text: str) -> dict[str, str]:
    return {"value": text}


async def test_from_a_search_to_history_and_back(newsroom: Newsroom) -> None:
    card = await newsroom.search("cup")
    before = len(newsroom.slack.said)
    await newsroom.save(await newsroom.form(card), {"ko": typed("컵이 있다")})
    saved = await newsroom.said(lambda one: "edit:undo" in one.shown, before)
    assert "컵이 있다" in (await newsroom.said(lambda one: one.replace and "컵이 있다" in one.shown, before)).shown
    newest = (await newsroom.edits())[0]
    said = newest["kind"], newest["door"], newest["actor"]
    assert said == ("caption", "slack", str(newsroom.people["U1"]))
    await newsroom.until_found("컵이")
    await newsroom.press(saved.button("edit:undo"))
    await newsroom.said(lambda one: "↩️" in one.text, before)
    assert (await newsroom.edits())[0]["kind"] == "undo"


async def test_two_people_on_one_card_overwrite_nothing(newsroom: Newsroom) -> None:
    card = await newsroom.search("cup")
    first, second = await newsroom.form(card), await newsroom.form(await newsroom.search("cup", "U3"), "U3")
    before = len(newsroom.slack.said)
    await newsroom.save(first, {"ko": typed("먼저")})
    await newsroom.said(lambda one: "edit:undo" in one.shown, before)
    await newsroom.save(second, {"ko": typed("나중")}, "U3")
    told = await newsroom.said(lambda one: "⚠️" in one.shown and "card:edit" in one.shown, before)
    assert ("먼저" in told.shown, "나중" in told.shown) == (True, True)
    stale = await newsroom.form(card)
    assert "카드를 본 뒤에" in str(stale["blocks"][0])
    assert "먼저" in await newsroom.korean() + await newsroom.korean(1) + await newsroom.korean(2)


async def test_an_approved_proposal_is_made_once_however_often_it_is_delivered(newsroom: Newsroom) -> None:
    before = len(newsroom.slack.said)
    card = await newsroom.search("cup")
    newsroom.slack.views.clear()
    await newsroom.press(card.button("card:share"))
    where = {"where": {"selected_conversation": "C2"}}
    await newsroom.submit(await newsroom.view("share:form"), where)
    posted = await newsroom.said(lambda one: one.channel == "C2", before)
    form = await newsroom.form(posted, "U3", message=posted.ts, channel="C2")
    await newsroom.save(form, {"en": typed("A proposed cup.")}, "U3")
    asked = await newsroom.said(lambda one: "proposal:yes" in one.shown, before)
    made = len(await newsroom.edits())
    pressed = newsroom.slack.press(asked.button("proposal:yes"), "U1", message=asked.ts, channel="C2")
    for number in range(4):
        await newsroom.slack.deliver("interactive", pressed, f"envelope-{number}")
    await newsroom.said(lambda one: one.thread == posted.ts and "edit:undo" in one.shown, before)
    await newsroom.said(lambda one: one.how == "chat.update" and "A proposed cup." in one.shown, before)
    edits = await newsroom.edits()
    assert (len(edits) - made, edits[0]["actor"]) == (1, str(newsroom.people["U3"]))


async def test_a_correction_written_under_a_card_is_history_and_is_found(newsroom: Newsroom) -> None:
    before = len(newsroom.slack.said)
    posted = await newsroom.shared(query="cup")
    reply = newsroom.slack.event(newsroom.slack.reply(str(posted.ts), "내용: 도윤이 고친 컵", "U3"))
    for number in range(4):
        await newsroom.slack.deliver("events_api", reply, f"envelope-{number}")
    saved = await newsroom.said(lambda one: one.thread == posted.ts and "edit:undo" in one.shown, before)
    await newsroom.said(lambda one: one.how == "chat.update" and "도윤이 고친 컵" in one.shown, before)
    newest = (await newsroom.edits())[0]
    assert (newest["kind"], newest["actor"]) == ("caption", str(newsroom.people["U3"]))
    assert "https://news.slack.com/archives/C1/" in newest["note"]
    await newsroom.until_found("도윤이 고친")
    await newsroom.press(saved.button("edit:undo"), user="U1", message=saved.ts)
    await newsroom.said(lambda one: "↩️" in one.text, before)
    undone = (await newsroom.edits())[0]
    assert (undone["kind"], undone["note"].startswith("https://news.slack.com/")) == ("undo", True)


async def test_without_the_language_model_questions_are_answered_and_searches_go_on(newsroom: Newsroom) -> None:
    newsroom.gemini.failures = [500] * 20
    before = len(newsroom.slack.said)
    await newsroom.slack.deliver("slash_commands", newsroom.slack.command("질문: where is the cup"))
    await newsroom.said(lambda one: "search:scenes" in one.shown, before)
    newsroom.gemini.failures, newsroom.gemini.held = [], asyncio.Event()
    try:
        asked = newsroom.slack.command("질문: is there a cup on the table")
        _, waited = await newsroom.slack.deliver("slash_commands", asked)
        assert waited < 3000
        assert "card:edit" in (await newsroom.search("cup", "U2")).shown
    finally:
        newsroom.gemini.held.set()
        newsroom.gemini.held = None


async def test_slack_that_limits_and_slack_that_goes_away(newsroom: Newsroom) -> None:
    newsroom.slack.failures["files.getUploadURLExternal"] = [1]
    newsroom.slack.failures["views.open"] = [1]
    assert await newsroom.form(await newsroom.search("cup"))
    before = newsroom.slack.connections
    newsroom.slack.failures["apps.connections.open"] = ["internal_error"] * 2
    await newsroom.slack.hang_up()
    await newsroom.slack.until(lambda: newsroom.slack.connections > before)
    assert "card:edit" in (await newsroom.search("cup")).shown


async def test_a_database_that_is_away_is_told_and_work_goes_on_when_it_is_back(newsroom: Newsroom) -> None:
    state, before = newsroom.product.gateway.state, len(newsroom.slack.said)
    there, away = state.desk, Database("postgresql://nobody@127.0.0.1:1/nothing")
    state.desk = replace(there, database=away)
    try:
        with capture_logs():  # a trace drawn for a terminal takes seconds, in which nobody is answered
            await newsroom.slack.deliver("slash_commands", newsroom.slack.command("cup"))
            await newsroom.said(lambda one: "⚠️" in one.text, before)
    finally:
        state.desk = there
        await away.close()
    assert "card:edit" in (await newsroom.search("cup")).shown
