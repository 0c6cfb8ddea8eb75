"""Other ways in: an edit as text, questions about faces, the home tab, a message that is looked for."""

import asyncio
from typing import Any, Literal
from uuid import UUID, uuid4

import numpy as np
import pytest
from sqlalchemy import text

from gateway.library import runs, strangers, track_vectors, tracks
from kernel.contracts.errors import InvalidError
from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt, Track
from kernel.contracts.time import Span
from kernel.vectors import pack
from tests.fake_slack import Said
from tests.slack_world import World

pytest.importorskip("aiohttp", reason="Slack's library needs the extra `slack`")
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def command(world: World, written: str, so: Any, user: str = "U1") -> Said:
    before = len(world.slack.said)
    await world.slack.deliver("slash_commands", world.slack.command(written, user))
    return await world.said(so, before)


async def test_an_edit_written_as_text_is_made_and_taken_back(world: World) -> None:
    written = f"수정: 세그먼트ID={world.segments[0].id} 내용=민지가 = 잔다 멤버=minji 끝=0:08"
    saved = await command(world, written, lambda one: "edit:undo" in one.shown)
    now = await world.segment()
    assert now["span"]["end_ms"] == 8000
    assert [one["text"] for one in now["captions"] if one["language"] == "ko"] == ["민지가 = 잔다"]
    assert [one["person_id"] for one in now["people"]] == [str(world.person.id)]
    assert {one["door"] for one in (await world.edits())[:3]} == {"slack"}
    await world.press(saved.button("edit:undo"))
    await world.said(lambda one: "↩️" in one.text)
    assert (await world.segment())["people"] == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("수정: 내용=잔다", "세그먼트ID"),
        ("수정: 세그먼트ID={segment} 끝=나중", "세그먼트ID"),
        ("수정: 세그먼트ID={segment} 멤버=아무개", "아무개"),
        ("수정: 세그먼트ID={segment} text=a cup at 0", "달라진 내용이 없습니다"),
        ("수정: 세그먼트ID={nowhere} 내용=잔다", "해당 항목이 없습니다"),
    ],
)
async def test_text_that_cannot_be_followed_says_why_and_changes_nothing(world: World, written: str, told: str) -> None:
    said = written.format(segment=world.segments[0].id, nowhere=uuid4())
    await command(world, said, lambda one: told in one.text)
    assert [one["kind"] for one in await world.edits()] == ["publish"]


async def a_stranger(world: World) -> UUID:
    """A face of the film that nobody has named."""
    box, stranger = Box(left=0.2, top=0.2, right=0.4, bottom=0.5), uuid4()
    faces = [FaceAt(at_ms=at, box=box) for at in (1000, 5000)]
    span = Span(start_ms=0, end_ms=8000)
    track = Track(
        id=uuid4(), video_id=world.video_id, span=span, person_id=None, probability=0, faces=faces, model_id="drawn@1"
    )
    async with world.house.desk.database.transaction() as connection:
        await tracks.replace(connection, world.video_id, [track])
        await strangers.found(connection, [stranger])
        placed = text("update library.tracks set stranger_id = :stranger where id = :track")
        await connection.execute(placed, {"stranger": stranger, "track": track.id})
        await track_vectors.put(connection, [track.id], pack(np.eye(1, 8, dtype=np.float32), "drawn@1"))
    return stranger


async def test_a_face_is_asked_about_named_and_taken_back(world: World) -> None:
    stranger = await a_stranger(world)
    asked = await command(world, "ask-me", lambda one: "ask:skip" in one.shown)
    assert "slack_file" in asked.shown
    chosen = {"selected_option": {"value": str(world.person.id), "text": {"type": "plain_text", "text": "김민지"}}}
    elsewhere = {"action_id": f"ask:else:{stranger}"}
    pressed = world.slack.press(elsewhere)
    pressed["actions"][0] |= {"type": "external_select"} | chosen
    await world.slack.deliver("interactive", pressed)
    settled = await world.said(lambda one: "ask:undo" in one.shown)
    assert "김민지" in settled.text
    await world.said(lambda one: "🎉" in one.text)
    decisions = (await world.house.clients["admin"].get("/v1/decisions")).json()["items"]
    assert (decisions[0]["kind"], decisions[0]["undone"]) == ("name_stranger", False)
    await world.press(settled.button("ask:undo"))
    await world.said(lambda one: "↩️" in one.text)
    assert (await world.house.clients["admin"].get("/v1/decisions")).json()["items"][0]["undone"]
    await world.press(asked.button("ask:skip"))
    await world.slack.until(lambda: sum("🎉" in one.text for one in world.slack.said) == 2)


async def test_a_viewer_is_asked_nothing(world: World) -> None:
    await command(world, "ask-me", lambda one: "권한" in one.text, "U2")


async def test_the_home_tab_shows_saved_searches_and_how_to_begin(world: World) -> None:
    card = await world.search()
    await world.press(card.button("search:save"))
    await world.said(lambda one: "🔔" in one.text)
    await world.slack.deliver("events_api", world.slack.event({"type": "app_home_opened", "user": "U1", "tab": "home"}))
    view = await world.slack.until(lambda: world.slack.views.get("home:U1"))
    buttons = [one for block in view["blocks"] if block["type"] == "actions" for one in block["elements"]]
    show = next(one for one in buttons if one["action_id"] == "search:scenes")
    assert "민지 자는 장면" in str(view)
    before = len(world.slack.said)
    await world.press(show, view="home:U1")
    found = await world.said(lambda one: "card:edit" in one.shown, before)
    assert (found.how, found.channel) == ("chat.postMessage", "U1"), "from the home tab it goes to them directly"
    stranger = world.slack.event({"type": "app_home_opened", "user": "U9", "tab": "home"})
    await world.slack.deliver("events_api", stranger)
    assert "/link/" in str(await world.slack.until(lambda: world.slack.views.get("home:U9")))


async def test_what_a_message_says_is_looked_for(world: World) -> None:
    chosen = world.slack.press({"action_id": "unused"}) | {
        "type": "message_action", "callback_id": "find", "message": {"type": "message", "text": "민지 컵", "ts": "1.2"},
        "message_ts": "1.2",
    }  # fmt: skip
    await world.slack.deliver("interactive", chosen)
    await world.said(lambda one: "card:edit" in one.shown)
    assert world.rooms.questions[-1].query == "민지 컵"


@pytest.mark.parametrize(("state", "told"), [("done", "장면 3개"), ("failed", "no pictures")])
async def test_a_channel_is_told_when_a_video_was_indexed(
    world: World, state: Literal["done", "failed"], told: str
) -> None:
    database = world.house.desk.database
    async with database.transaction() as connection:
        run, _ = await runs.start(connection, world.video_id)
    async with database.transaction() as connection:
        taken = await runs.take(connection, run.id)
    assert taken is not None
    await asyncio.sleep(0.3)  # seen at work, as runs are for minutes
    error = InvalidError(reason="no pictures") if state == "failed" else None
    async with database.transaction() as connection:
        await runs.finish(connection, taken, state, error)
    said = await world.said(lambda one: one.channel == "C3")
    assert told in said.text
    assert said.button("card:watch")["url"].endswith(f"/videos/{world.video_id}")
