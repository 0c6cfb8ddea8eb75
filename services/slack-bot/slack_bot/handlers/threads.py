"""What people say in the thread under a shared card: corrections are edits or proposals, other talk is left alone."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackApiError, SlackClientError

from kernel.contracts.errors import ScenedeskError
from kernel.telemetry import logger
from slack_bot import typed
from slack_bot.blocks import corrections, notices
from slack_bot.bot import Bot, Turn
from slack_bot.handlers import editing, placing, typing
from slack_bot.remarks import Remark, correcting
from slack_bot.typed import Typed

PAGE, MOST_PAGES = 200, 5
EDITS = "card:edit"


@dataclass(frozen=True)
class Carded:
    """A card in a thread: which message it is, what its buttons carry, and what it is headed with."""

    message: str
    said: Mapping[str, Any]
    title: str

    @property
    def segment_id(self) -> UUID:
        return UUID(self.said["s"])

    @property
    def version(self) -> int:
        """Of the segment, as the card shows it."""
        return int(self.said["v"])


async def heard(turn: Turn) -> None:
    """Somebody replied under a card. Of wordings that arrive out of order only the newest counts."""
    remark = correcting(turn.body["event"])
    if remark is None or turn.bot.remarks.get(remark.name) != remark.worded:
        return
    shown = await _cards(turn.bot, remark.channel, remark.thread, _bots(turn.body))
    if not shown:  # any other thread
        return
    if typed.is_correction(remark.text):
        await _correct(turn, remark, shown)
    elif len(shown) == 1 and turn.bot.done.first(f"offered:{turn.speaker.user}:{remark.thread}", value=True):
        value = _value(shown[0], remark.thread)
        caption = typed.as_caption(remark.text)
        words = next(iter(caption.captions.values())) if caption else None
        await turn.reply.tell(corrections.offer(value, words, turn.say))


async def _correct(turn: Turn, remark: Remark, shown: list[Carded]) -> None:
    said = typed.read(remark.text)
    if said is None:
        await turn.fail(notices.typed_usage(turn.say))
        return
    card = _meant(said, shown)
    if card is None:
        cards = [(one.title, _value(one, remark.thread)) for one in shown]
        await turn.fail(corrections.which(cards, turn.say))
        return
    note = await editing.permalink(turn.bot, remark.channel, remark.message)
    segment = await (await turn.archive()).segment(card.segment_id)
    await placing.known_again(turn, segment, card.said, remark.channel, card.message)
    await typing.corrected(turn, said, card.segment_id, card.version, thread=remark.thread, note=note)


async def used(turn: Turn) -> None:
    """What was written is the caption: it was asked."""
    said, thread = turn.carried, str(turn.carried["t"])
    caption = typed.as_caption(f"수정: {said['x']}")
    if caption is not None:
        note = await editing.permalink(turn.bot, str(turn.container["channel_id"]), thread)
        await typing.corrected(turn, caption, turn.card[0], turn.card[1], thread=thread, note=note)


async def deleted(bot: Bot, event: Mapping[str, Any]) -> None:
    """Somebody deleted a card in Slack: what belongs to it goes too."""
    before = event["previous_message"]
    try:
        for card in _carded([before], None):
            await placing.unshare(bot, card.segment_id, event["channel"], before["ts"], before.get("thread_ts"))
    except (ScenedeskError, SlackClientError) as error:  # the card itself is found gone when its scene changes next
        logger("slack").warning("what was under a card stays", channel=event["channel"], error=str(error))


def was_card(event: Mapping[str, Any]) -> bool:
    return event.get("subtype") == "message_deleted" and bool(_carded([event.get("previous_message") or {}], None))


async def hears(bot: Bot, channel: str, thread: str) -> bool:
    """Whether the bot is told of replies there: Slack lets it read only where it is a member."""
    try:
        await bot.slack.conversations_replies(channel=channel, ts=thread, limit=1)
    except SlackApiError as error:
        return error.response["error"] not in ("not_in_channel", "channel_not_found")
    return True


def _meant(said: Typed, shown: list[Carded]) -> Carded | None:
    """The card whose segment is named; without a name the only one there is."""
    if said.segment_id is not None:
        return next((one for one in shown if one.segment_id == said.segment_id), None)
    return shown[0] if len(shown) == 1 else None


def _value(card: Carded, thread: str) -> dict[str, Any]:
    return {"s": str(card.segment_id), "v": card.version, "t": thread}


def _bots(body: Mapping[str, Any]) -> set[str]:
    """Who the bot is in Slack, as the event says."""
    return {str(one["user_id"]) for one in body.get("authorizations") or () if one.get("is_bot")}


async def _cards(bot: Bot, channel: str, thread: str, own: set[str]) -> list[Carded]:
    """Cards of ours in a thread, as Slack shows them: also those that were posted a moment ago, or before a restart."""
    found: list[Carded] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await bot.slack.conversations_replies(channel=channel, ts=thread, limit=PAGE, cursor=cursor)
        found += _carded(page["messages"], own or None)
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
    return found


def _carded(messages: Iterable[Mapping[str, Any]], own: set[str] | None) -> list[Carded]:
    """Messages of ours (`own`: who we are; None: of any bot) that are shared cards."""
    found = []
    for message in messages:
        ours = message.get("bot_id") and (own is None or message.get("user") in own)
        elements = [one for block in message.get("blocks") or () for one in block.get("elements") or ()]
        edits = next((one for one in elements if one.get("action_id") == EDITS), None)
        said = json.loads(edits.get("value") or "{}") if ours and edits else {}
        if "b" in said:  # who shared it: no other message has that
            found.append(Carded(str(message["ts"]), said, str(message.get("text") or "")))
    return found
