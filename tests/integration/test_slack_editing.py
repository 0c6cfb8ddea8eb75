"""Edit in Slack: the form, what it would change, history with the right person, stale cards, undo, shared cards."""

import pytest

from tests.fake_slack import Said
from tests.slack_world import World

pytest.importorskip("aiohttp", reason="Slack's library needs the extra `slack`")
pytestmark = pytest.mark.asyncio(loop_scope="module")


def typed(text: str) -> dict[str, str]:
    return {"value": text}


async def test_from_a_card_to_history_and_back(world: World) -> None:
    card = await world.search()
    form = await world.form(card)
    options, _ = await world.slack.deliver("interactive", world.slack.suggest("mINJ"))
    assert [one["text"]["text"] for one in options["options"]] == ["김민지"], "an alias finds them"
    before = len(world.slack.said)
    preview = await world.save(
        form,
        {"ko": typed("민지가 <잔다>."), "people": {"selected_options": options["options"]}, "end": typed("0:09.000")},
    )
    told = str(preview["blocks"])
    assert "민지가 &lt;잔다&gt;." in told
    assert "0:00.000 – 0:09.000" in told
    saved = await world.said(lambda one: "edit:undo" in one.shown, before)
    made = await world.edits()
    assert [(one["kind"], one["door"]) for one in made[:3]] == [
        ("move", "slack"),
        ("people", "slack"),
        ("caption", "slack"),
    ]
    assert {one["actor"] for one in made[:3]} == {str(world.house.people["editor"].id)}
    now = await world.segment()
    assert now["span"] == {"start_ms": 0, "end_ms": 9000}
    assert [one["person_id"] for one in now["people"]] == [str(world.person.id)]
    updated = await world.said(lambda one: one.replace and "민지가 &lt;잔다&gt;." in one.shown, before)
    assert "김민지 1.00" in updated.shown
    await world.press(saved.button("edit:undo"))
    await world.said(lambda one: "↩️" in one.text)
    back = await world.segment()
    assert (back["span"], back["people"]) == ({"start_ms": 0, "end_ms": 10_000}, [])
    assert [one["text"] for one in back["captions"]] == ["a cup at 0"]


@pytest.mark.parametrize(
    ("deed", "kind", "more", "left"),
    [("split", "split", {"at": typed("0:04.000")}, 4), ("merge", "merge", {}, 2), ("delete", "delete", {}, 2)],
)
async def test_scenes_are_split_merged_and_deleted(
    world: World, deed: str, kind: str, more: dict[str, object], left: int
) -> None:
    form = await world.form(await world.search())
    options = next(block["element"]["options"] for block in form["blocks"] if block.get("block_id") == "deed")
    chosen = next(one for one in options if one["value"].startswith(deed))
    await world.save(form, {"deed": {"selected_option": chosen}, **more})
    await world.said(lambda one: "edit:undo" in one.shown)
    assert (await world.edits())[0]["kind"] == kind
    path = f"/v1/videos/{world.video_id}/segments"
    assert len((await world.house.clients["admin"].get(path)).json()["items"]) == left


async def test_what_cannot_be_read_is_said_at_its_field_and_nothing_happens(world: World) -> None:
    form = await world.form(await world.search())
    wrong = await world.submit(form, {"start": typed("soon"), "end": typed("")})
    assert (wrong["response_action"], wrong["errors"].keys()) == ("errors", {"start", "end"})
    assert "end" in (await world.submit(form, {"start": typed("0:20"), "end": typed("0:10")}))["errors"]
    assert "at" in (await world.submit(form, {"deed": {"selected_option": {"value": "split"}}}))["errors"]
    assert "deed" in (await world.submit(form, {}))["errors"], "nothing would change"
    assert (await world.edits())[0]["kind"] == "publish"


async def test_an_old_card_shows_what_changed_and_overwrites_nothing(world: World) -> None:
    card = await world.search(user="U3")
    mine = await world.form(await world.search())
    await world.save(mine, {"ko": typed("처음")})
    await world.said(lambda one: "edit:undo" in one.shown)
    form = await world.form(card, user="U3")
    assert "처음" in str(form["blocks"][:2])
    assert "카드를 본 뒤에" in str(form["blocks"][0])
    other = await world.form(await world.search())
    await world.save(other, {"ko": typed("사이")})
    await world.slack.until(lambda: sum("edit:undo" in one.shown for one in world.slack.said) == 2)
    await world.save(form, {"ko": typed("나중")}, user="U3")
    told = await world.said(lambda one: "⚠️" in one.shown and "card:edit" in one.shown)
    assert "사이" in told.shown
    assert "나중" in told.shown
    assert [one["text"] for one in (await world.segment())["captions"] if one["language"] == "ko"] == ["사이"]


async def test_a_card_whose_scene_is_gone_says_what_became_of_it(world: World) -> None:
    card = await world.search(user="U3")
    form = await world.form(await world.search())
    await world.save(form, {"deed": {"selected_option": {"value": "split"}}, "at": typed("0:04")})
    await world.said(lambda one: "edit:undo" in one.shown)
    edit = card.button("card:edit")
    world.slack.views.clear()
    await world.press(edit, user="U3")
    shown = await world.slack.until(lambda: [view for view in world.slack.views.values() if "나뉘었거나" in str(view)])
    assert "0:04.000" in str(shown[0])
    again = next(one for block in shown[0]["blocks"] if block["type"] == "actions" for one in block["elements"])
    await world.press(again, user="U3", view=shown[0]["id"])
    assert (await world.view("edit:form"))["id"] == shown[0]["id"], "the form opens in the same modal"


async def test_a_save_delivered_four_times_is_one_edit(world: World) -> None:
    form = await world.form(await world.search())
    preview = (await world.submit(form, {"ko": typed("한 번")}))["view"]
    sent = world.slack.submit(preview | {"root_view_id": form["id"]}, {})
    for number in range(4):
        await world.slack.deliver("interactive", sent, f"envelope-{number}")
    await world.said(lambda one: "edit:undo" in one.shown)
    assert [one["kind"] for one in await world.edits()] == ["caption", "publish"]


async def test_a_viewer_may_look_and_not_change(world: World) -> None:
    form = await world.form(await world.search(user="U2"), user="U2")
    await world.save(form, {"ko": typed("몰래")}, user="U2")
    assert "권한" in (await world.said(lambda one: "⚠️" in one.text)).text
    assert (await world.edits())[0]["kind"] == "publish"


async def test_a_shared_card_follows_its_scene_for_everybody(world: World) -> None:
    card = await world.search()
    await world.press(card.button("card:share"))
    form = await world.view("share:form")
    assert (await world.submit(form, {"note": typed("여기 <!here> 보세요")}))["response_action"] == "clear"
    posted = await world.said(lambda one: one.how == "chat.postMessage")
    assert (posted.channel, "<@U1>" in posted.shown) == ("C1", True)
    assert "<!here>" not in posted.markup
    edit = await world.form(posted, user="U3", message=posted.ts)
    await world.save(edit, {"en": typed("Minji sleeps.")}, user="U3")
    updated = await world.said(lambda one: one.how == "chat.update")
    assert "Minji sleeps." in updated.shown
    assert "여기 &lt;!here&gt; 보세요" in updated.shown
    newest = (await world.edits())[0]
    assert newest["note"].startswith("https://news.slack.com/archives/C1/")
    assert newest["actor"] == str(world.house.people["second"].id)
    page = await world.house.clients["admin"].get(f"/parts/videos/{world.video_id}/history")
    assert f'<a href="{newest["note"]}"' in page.text, "from history back to where it was said"


async def test_sharing_where_the_bot_is_not_says_so(world: World) -> None:
    card = await world.search()
    await world.press(card.button("card:share"))
    form = await world.view("share:form")
    world.slack.failures["chat.postMessage"] = ["not_in_channel"]
    thread = "https://news.slack.com/archives/C7/p1700000000000123"
    await world.submit(form, {"thread": typed(thread)})
    assert "/invite" in (await world.said(lambda one: "/invite" in one.text)).text
    tried = next(said for method, said in world.slack.calls if method == "chat.postMessage")
    assert (tried["channel"], tried["thread_ts"]) == ("C7", "1700000000.000123")


async def shared_card(world: World, channel: str) -> Said:
    before = len(world.slack.said)
    card = await world.search()
    world.slack.views.clear()
    await world.press(card.button("card:share"))
    form = await world.view("share:form")
    where = {"selected_conversation": channel}
    await world.submit(form, {"where": where})
    return await world.said(lambda one: one.how == "chat.postMessage", before)


async def test_a_shared_cards_thread_has_its_edits_and_anybody_may_undo(world: World) -> None:
    posted = await shared_card(world, "C1")
    edit = await world.form(posted, user="U3", message=posted.ts)
    await world.save(edit, {"ko": typed("잔다")}, user="U3")
    saved = await world.said(lambda one: one.how == "chat.postMessage" and "edit:undo" in one.shown)
    assert (saved.thread, "<@U3>" in saved.shown) == (posted.ts, True)
    await world.press(saved.button("edit:undo"), user="U1", message=saved.ts)
    await world.said(lambda one: "↩️" in one.text)
    assert [one["actor"] for one in (await world.edits())[:2]] == [
        str(world.house.people[name].id) for name in ("editor", "second")
    ]


async def test_where_a_channel_asks_for_it_somebody_else_approves(world: World) -> None:
    posted = await shared_card(world, "C2")
    where = {"message": posted.ts, "channel": "C2"}
    for word in ("거절", "승인"):
        edit = await world.form(posted, user="U3", **where)
        before = len(world.slack.said)
        await world.save(edit, {"ko": typed(word)}, user="U3")
        asked = await world.said(lambda one: "proposal:yes" in one.shown, before)
        assert asked.thread == posted.ts
        its = where | {"message": asked.ts}
        assert (await world.edits())[0]["kind"] == "publish"
        if word == "거절":
            await world.press(asked.button("proposal:no"), user="U1", **its)
            await world.said(lambda one: "👎" in one.text, before)
    for user, told in (("U3", "다른 사람"), ("U2", "권한")):
        await world.press(asked.button("proposal:yes"), user=user, **its)
        await world.said(lambda one, told=told: told in one.text and one.how == "response", before)
    assert (await world.edits())[0]["kind"] == "publish"
    await world.press(asked.button("proposal:yes"), user="U1", **its)
    await world.said(lambda one: "edit:undo" in one.shown, before)
    made = (await world.edits())[0]
    assert (made["actor"], "name of U1" in made["note"]) == (str(world.house.people["second"].id), True)
    again = len(world.slack.said)
    await world.press(asked.button("proposal:yes"), user="U1", **its)
    await world.said(lambda one: one.how == "response", again)
    assert len(await world.edits()) == 2
