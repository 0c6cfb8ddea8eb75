"""Opening modals, and showing cards again when their segment has changed: to whoever asked, and where it was shared."""

from collections.abc import Iterable
from uuid import UUID

from slack_sdk.errors import SlackApiError

from kernel.telemetry import logger
from slack_bot.archive import Archive
from slack_bot.blocks import cards
from slack_bot.blocks.kit import View
from slack_bot.bot import Bot, Turn
from slack_bot.drafts import Draft, Place
from slack_bot.words import speaker


async def view_for(turn: Turn, view: View) -> str:
    """Id of a modal that shows it: a new one, or the one whose button was pressed."""
    pressed_in = (turn.body.get("view") or {}).get("id")
    if pressed_in:
        await turn.bot.slack.views_update(view_id=pressed_in, view=view)
        return str(pressed_in)
    opened = await turn.bot.slack.views_open(trigger_id=turn.body["trigger_id"], view=view)
    return str(opened["view"]["id"])


async def as_now(turn: Turn, archive: Archive, segment_ids: Iterable[UUID], draft: Draft | None) -> None:
    """Every card of these segments as they are now."""
    for segment_id in segment_ids:
        segment = await archive.segment(segment_id)
        names = await turn.names({one.person_id for one in segment.people if one.person_id})
        found = turn.bot.results.get(draft.results) if draft is not None and draft.thread is None else None
        if found is not None and draft is not None:
            now = found.with_segment(segment, names)
            turn.bot.results.put(now.id, now)
            await draft.reply.tell(cards.results(now, turn.language, turn.say), replace=True)
        places = turn.bot.shared.get(str(segment_id)) or ()
        kept = [place._replace(results=place.results.with_segment(segment, names)) for place in places]
        for place in kept:
            await _again(turn.bot, place, segment_id)
        if kept:
            turn.bot.shared.put(str(segment_id), tuple(kept))


async def _again(bot: Bot, place: Place, segment_id: UUID) -> None:
    card = cards.card_of(place.results, segment_id)
    if card is None:
        return
    shown = cards.shared(card, place.results, place.language, speaker(place.language), by=place.by, note=place.note)
    try:
        await bot.slack.chat_update(channel=place.channel, ts=place.message, text=shown.text, blocks=shown.blocks)
    except SlackApiError as error:  # the message may have been deleted; the edit stands
        logger("slack").warning("card not updated", channel=place.channel, error=str(error))
