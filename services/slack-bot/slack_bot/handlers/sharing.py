"""Share: a card for a channel or a thread. Until then only whoever asked sees it."""

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackApiError, SlackClientError

from kernel.contracts.errors import NotFoundError, ScenedeskError
from kernel.telemetry import logger
from slack_bot import places
from slack_bot.blocks import cards, notices, sharing
from slack_bot.bot import Turn
from slack_bot.handlers import approving, pictures, placing, showing, threads
from slack_bot.places import Place
from slack_bot.results import Card, Results

MESSAGE_LINK = re.compile(r"/archives/(?P<channel>[A-Z0-9]+)/p(?P<seconds>\d{10})(?P<rest>\d{6})")
NOT_THERE = {"not_in_channel", "channel_not_found", "is_archived", "restricted_action"}


async def opened(turn: Turn) -> None:
    segment_id, _, results_id = turn.card
    carried = json.dumps({"s": str(segment_id), "r": results_id})
    turn.view = await showing.view_for(turn, sharing.form(turn.say) | {"private_metadata": carried})


async def sent(turn: Turn) -> None:
    """The form was sent."""
    carried = json.loads(turn.body["view"]["private_metadata"])
    state: Mapping[str, Any] = turn.body["view"]["state"]["values"]
    found, card = await _card(turn, UUID(carried["s"]), str(carried.get("r") or ""))
    if card is None or card.gone:
        await turn.fail(notices.plainly(turn.say("This scene was deleted, split or merged meanwhile.")))
        return
    note = str(state["note"]["value"].get("value") or "")
    channel, thread = _where(state)
    shown = cards.shared(card, found, turn.language, turn.say, by=turn.speaker.user, note=note)
    try:
        posted = await turn.bot.slack.chat_postMessage(
            channel=channel, thread_ts=thread, text=shown.text, blocks=shown.blocks, unfurl_links=False
        )
    except SlackApiError as error:
        if error.response["error"] not in NOT_THERE:
            raise
        await turn.fail(notices.unwelcome(turn.say))
        return
    place = await _noted(turn, card, str(posted["channel"]), str(posted["ts"]), note)
    if (state["clip"]["value"].get("selected_option") or {}).get("value") == "with":
        await _with_clip(turn, card, place, thread or place.message)
    if not await threads.hears(turn.bot, place.channel, thread or place.message):
        await turn.fail(notices.deaf(turn.say))


async def _noted(turn: Turn, card: Card, channel: str, message: str, note: str) -> Place:
    """What cannot be noted would stand there for ever as it is: it is not left there."""
    span = card.hit.span if len(card.hit.segments) > 1 else None
    place = Place(turn.speaker.team, channel, message, turn.language, turn.speaker.user, note, span)
    try:
        await placing.follow(await turn.archive(), place, card)
    except ScenedeskError:
        await turn.bot.slack.chat_delete(channel=channel, ts=message)
        raise
    return place


async def taken_back(turn: Turn) -> None:
    """By whoever shared it, or by anybody who may edit."""
    if str(turn.carried.get("b")) != turn.speaker.user:
        await approving.may_edit(turn)
    its = turn.container
    await placing.unshare(turn.bot, turn.card[0], its["channel_id"], its["message_ts"], its.get("thread_ts"))


async def _card(turn: Turn, segment_id: UUID, results_id: str) -> tuple[Results, Card | None]:
    """As it was found; else, when that is not remembered, as it is."""
    archive = await turn.archive()  # who may not come in any more shows nothing to others
    segment = await archive.segment(segment_id)
    found = turn.bot.results.get(results_id)
    if found is None or cards.card_of(found, segment_id) is None:
        found = await showing.alone(turn.bot, archive, segment)
    now = found.with_segment(segment, await showing.names_in(turn, segment))
    now = await pictures.pictured(turn.bot, archive, now)
    return now, cards.card_of(now, segment_id)


async def _with_clip(turn: Turn, card: Card, place: Place, thread: str) -> None:
    """The clip itself, under the card. The card stands without it, and it is said why."""
    clip = card.clip
    try:
        if clip is None:
            raise NotFoundError(what="media")
        archive, video_id = await turn.archive(), card.hit.video_id
        content = await archive.clip(video_id, clip)
        sent = await turn.bot.slack.files_upload_v2(
            channel=place.channel, thread_ts=thread, file=content, filename="scene.mp4", title=card.hit.title[:200]
        )
        file = str(sent["files"][0]["id"])
        await archive.place(places.a_file(file, video_id, card.hit.segment_id, card=place.message))
    except (ScenedeskError, SlackClientError) as error:
        logger("slack").warning("no clip", video=str(card.hit.video_id), error=repr(error))
        await turn.fail(notices.without_clip(turn.say))


def _where(state: Mapping[str, Any]) -> tuple[str, str | None]:
    """Channel, and the message in whose thread it goes."""
    linked = MESSAGE_LINK.search(str(state["thread"]["value"].get("value") or ""))
    if linked is not None:
        return linked["channel"], f"{linked['seconds']}.{linked['rest']}"
    return str(state["where"]["value"]["selected_conversation"]), None
