"""What happens elsewhere and is told in Slack: edits on the web, news of saved searches, links that are shared."""

import asyncio
from typing import Any

import httpx
import pytest

from gateway.finding.watching import watch
from kernel.clients import Services
from slack_bot.watching import saved_searches
from tests.slack_world import World, a_hit

pytest.importorskip("aiohttp", reason="Slack's library needs the extra `slack`")
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_shared_card_follows_an_edit_made_on_the_web(world: World) -> None:
    posted = await world.shared()
    its = [str(world.segments[0].id)]
    await world.on_the_web({"op": "caption", "segment_ids": its, "language": "ko", "text": "웹에서 고침"})
    updated = await world.said(lambda one: one.how == "chat.update" and one.ts == posted.ts)
    assert "웹에서 고침" in updated.shown
    await world.on_the_web({"op": "delete", "segment_ids": its})
    await world.said(lambda one: one.how == "chat.update" and "삭제되었거나" in one.shown)


async def test_a_clip_opens_by_a_link_that_is_theirs_for_a_while(world: World) -> None:
    card = await world.search(user="U2")
    await world.press(card.button("card:clip"), user="U2")
    told = await world.said(lambda one: "card:play" in one.shown)
    assert told.how == "response", "for them alone"
    async with world.house.client() as anybody:
        clip = await anybody.get(httpx.URL(told.button("card:play")["url"]).path)
    assert (clip.status_code, clip.headers["content-type"]) == (200, "video/mp4")


async def test_a_card_is_shared_with_its_clip_or_it_is_said_that_there_is_none(world: World) -> None:
    with_clip = {"selected_option": {"value": "with"}}
    posted = await world.shared(clip=with_clip)
    sent = (await world.slack.until(lambda: world.slack.in_channels))[0]
    assert (sent["channel_id"], sent["thread_ts"]) == ("C1", posted.ts)
    assert world.slack.files[sent["files"][0]["id"]][4:8] == b"ftyp"
    world.slack.failures["files.completeUploadExternal"] = ["not_in_channel"]
    await world.shared(clip=with_clip)
    await world.said(lambda one: "/invite" in one.text)


async def test_where_no_moving_picture_can_be_had_a_still_says_so(world: World) -> None:
    world.film.rename(world.film.with_suffix(".away"))
    try:
        await world.slack.deliver("slash_commands", world.slack.command("민지"))
        card = await world.said(lambda one: "card:edit" in one.shown)
        await world.quiet()
        assert "slack_file" not in card.shown
    finally:
        world.film.with_suffix(".away").rename(world.film)
    world.slack.no_gif = True
    assert "정지 화면" in (await world.search()).shown


async def test_whoever_saved_a_search_is_told_once_of_what_it_finds(world: World) -> None:
    card = await world.search(user="U2")
    await world.press(card.button("search:save"), user="U2")
    await world.said(lambda one: "Saved" in one.text or "저장" in one.text)
    world.rooms.answers = [*world.rooms.answers, a_hit(world, 2)]
    desk = world.house.desk
    await watch(desk.database, Services(lambda: world.inner), world.video_id, 1)
    told = await world.said(lambda one: "alert:show" in one.shown)
    assert (told.channel, "1" in told.text) == ("U2", True)
    await _noted(world, "slack:T1:U2")  # a bot that ends before tells once more
    async with world.started_again():
        before = len(world.slack.said)
        await world.press(told.button("alert:show"), user="U2", message=told.ts, channel="D2")
        found = await world.said(lambda one: "card:edit" in one.shown and one.how == "response", before)
    assert found.shown.count("card:edit") == 1
    assert sum("alert:show" in one.shown for one in world.slack.said) == 1
    await world.press(told.button("alert:forget"), user="U2", message=told.ts, channel="D2")
    await world.slack.until(lambda: any("지웠습니다" in one.text for one in world.slack.said))


async def test_whoever_is_known_by_their_address_is_told_as_long_as_it_is_trusted(world: World) -> None:
    login, of_t2 = "minji@example.org", {"team": {"id": "T2"}, "team_id": "T2"}
    await world.house.add(login, "viewer")
    world.slack.emails["U6"], world.slack.homes["U6"] = login, "T2"
    await world.slack.deliver("slash_commands", world.slack.command("민지", "U6") | of_t2)
    card = await world.said(lambda one: "search:save" in one.shown)
    await world.slack.deliver("interactive", world.slack.press(card.button("search:save"), "U6") | of_t2)
    await world.said(lambda one: "저장" in one.text)
    async with world.down():
        world.rooms.answers = [*world.rooms.answers, a_hit(world, 2)]
        await watch(world.house.desk.database, Services(lambda: world.inner), world.video_id, 1)
        for trusted, told in ((), 0), (("T2",), 1), (("T2",), 1):
            async with world.started_again(trusted_workspaces=trusted, watch_seconds=600) as connection:
                await saved_searches(connection.bot)
            assert sum(one.channel == "U6" and "alert:show" in one.shown for one in world.slack.said) == told


async def _noted(world: World, elsewhere: str) -> None:
    bot = world.bot.state.connection.bot
    archive = bot.archive(bot.people.caller_for(elsewhere))
    async with asyncio.timeout(20):
        while any(search.untold for search in await archive.saved_searches()):  # noqa: ASYNC110 - nobody is told of it
            await asyncio.sleep(0.05)


async def unfurled(world: World, user: str, *addresses: str) -> dict[str, Any]:
    """What a message with these links is unfurled with; nothing when nothing is."""
    links = [{"domain": "desk", "url": address} for address in addresses]
    event = {"type": "link_shared", "user": user, "channel": "C1", "message_ts": "1.2", "links": links}
    before = len(world.slack.unfurls)
    await world.slack.deliver("events_api", world.slack.event(event))
    await world.quiet()
    shown = world.slack.unfurls[before:]
    return shown[0]["unfurls"] if shown else {}


async def test_a_shared_link_says_what_everybody_may_see(world: World) -> None:
    base = world.house.settings.public_url.rstrip("/")
    video = f"{base}/videos/{world.video_id}?t=0"
    scene = f"{base}/videos/{world.video_id}?segment={world.segments[0].id}"
    foreign = f"https://elsewhere.example/videos/{world.video_id}"
    shown = await unfurled(world, "U2", video, scene, foreign, f"{base}/videos/none", f"{base}/people")
    assert shown.keys() == {video, scene}
    assert "a cup at 0" in str(shown[scene])
    assert await unfurled(world, "U9", video) == {}, "who is not linked"
    hide = {"audience": "named", "accounts": [str(world.house.people["viewer"].id)]}
    path = f"/v1/videos/{world.video_id}/visibility"
    assert (await world.house.clients["admin"].put(path, json=hide)).status_code == 200
    assert await unfurled(world, "U2", video, scene) == {}, "a channel reads along"


async def test_the_home_tab_shows_who_edited_what(world: World) -> None:
    form = await world.form(await world.search())
    await world.save(form, {"ko": {"value": "잔다"}})
    await world.said(lambda one: "edit:undo" in one.shown)
    await world.slack.deliver("events_api", world.slack.event({"type": "app_home_opened", "user": "U1", "tab": "home"}))
    view = await world.slack.until(lambda: world.slack.views.get("home:U1"))
    edits = next(block["text"]["text"] for block in view["blocks"] if "<!date" in str(block))
    assert f"/videos/{world.video_id}|" in edits.splitlines()[0]
    assert "설명 · Editor" in edits.splitlines()[0]


async def test_an_event_delivered_four_times_unfurls_once(world: World) -> None:
    base = world.house.settings.public_url.rstrip("/")
    links = [{"domain": "desk", "url": f"{base}/videos/{world.video_id}"}]
    event = {"type": "link_shared", "user": "U1", "channel": "C1", "message_ts": "1.2", "links": links}
    sent = world.slack.event(event, "Ev1")
    for number in range(4):
        await world.slack.deliver("events_api", sent, f"envelope-{number}")
    await world.slack.until(lambda: world.slack.unfurls)
    await world.quiet()
    assert len(world.slack.unfurls) == 1
