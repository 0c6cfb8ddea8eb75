"""Share: a card for a channel or a thread. Until then only whoever asked sees it."""

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackApiError

from slack_bot.blocks import cards, notices, sharing
from slack_bot.bot import Turn
from slack_bot.drafts import Place
from slack_bot.handlers import showing

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
    found = turn.bot.results.get(carried["r"])
    card = cards.card_of(found, UUID(carried["s"])) if found is not None else None
    if found is None or card is None:
        await turn.fail(notices.plainly(turn.say("This card is too old to be shared. Search again.")))
        return
    await turn.archive()  # who may not come in any more shows nothing to others
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
    place = Place(str(posted["channel"]), str(posted["ts"]), turn.language, found, turn.speaker.user, note)
    key = str(card.hit.segment_id)
    turn.bot.shared.put(key, (*(turn.bot.shared.get(key) or ()), place)[-20:])


def _where(state: Mapping[str, Any]) -> tuple[str, str | None]:
    """Channel, and the message in whose thread it goes."""
    linked = MESSAGE_LINK.search(str(state["thread"]["value"].get("value") or ""))
    if linked is not None:
        return linked["channel"], f"{linked['seconds']}.{linked['rest']}"
    return str(state["where"]["value"]["selected_conversation"]), None
