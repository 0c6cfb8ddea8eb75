"""Opening modals, and showing cards again when their segment has changed: to whoever asked, and where it was shared."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackApiError

from kernel.contracts.errors import Language
from kernel.contracts.finding import PublicHit, SearchAnswer
from kernel.contracts.history import FoundSegment
from kernel.contracts.library import Person
from kernel.contracts.search import SearchRequest
from kernel.telemetry import logger
from slack_bot.archive import Archive
from slack_bot.blocks import cards
from slack_bot.blocks.kit import View
from slack_bot.bot import Bot, Turn
from slack_bot.drafts import Draft, Place
from slack_bot.handlers import pictures
from slack_bot.results import Card, Results
from slack_bot.words import speaker

MOST_PLACES = 20


async def view_for(turn: Turn, view: View) -> str:
    """Id of a modal that shows it: a new one, or the one whose button was pressed."""
    pressed_in = (turn.body.get("view") or {}).get("id")
    if pressed_in:
        await turn.bot.slack.views_update(view_id=pressed_in, view=view)
        return str(pressed_in)
    opened = await turn.bot.slack.views_open(trigger_id=turn.body["trigger_id"], view=view)
    return str(opened["view"]["id"])


async def names_in(turn: Turn, segment: FoundSegment) -> dict[UUID, Person]:
    return await turn.names({one.person_id for one in segment.people if one.person_id})


async def alone(turn: Turn, segment: FoundSegment) -> Results:
    """A segment as a card, without a search that found it."""
    video = await (await turn.archive()).video(segment.video_id)
    address = f"{turn.bot.settings.public_url.rstrip('/')}/videos/{video.id}?t={segment.span.start_ms}"
    hit = PublicHit(
        segment_id=segment.id,
        video_id=video.id,
        title=video.title,
        span=segment.span,
        captions=segment.captions,
        people=segment.people,
        score=0,
        evidence=[],
        link=address,
        preview=address if video.has_media else None,
    )
    answer = SearchAnswer(query="", hits=[hit], took_ms=0)
    card = Card(hit, segment.version)
    return Results("", SearchRequest(query=""), answer, (card,), await names_in(turn, segment))


async def as_now(turn: Turn, archive: Archive, segment_ids: Iterable[UUID], draft: Draft | None) -> None:
    """Every card of these segments as they are now."""
    for segment_id in segment_ids:
        segment = await archive.segment(segment_id)
        names = await names_in(turn, segment)
        found = turn.bot.results.get(draft.results) if draft is not None and draft.thread is None else None
        if found is not None:
            now = await pictures.pictured(turn.bot, archive, found.with_segment(segment, names))
            turn.bot.results.put(now.id, now)
            await turn.reply.tell(cards.results(now, turn.language, turn.say), replace=True)
        await shared_as_now(turn.bot, archive, segment, names)


async def shared_as_now(bot: Bot, archive: Archive, segment: FoundSegment, names: dict[UUID, Person]) -> None:
    """Wherever it was shared."""
    kept = []
    for place in bot.shared.get(str(segment.id)) or ():
        now = await pictures.pictured(bot, archive, place.results.with_segment(segment, names))
        kept.append(place._replace(results=now))
        await _again(bot, kept[-1], segment.id)
    if kept:
        bot.shared.put(str(segment.id), tuple(kept))


def share(bot: Bot, segment_id: UUID, place: Place) -> None:
    """From now on that card follows its segment."""
    others = [one for one in bot.shared.get(str(segment_id)) or () if one.message != place.message]
    bot.shared.put(str(segment_id), (*others, place)[-MOST_PLACES:])


async def known_again(turn: Turn, segment: FoundSegment) -> None:
    """A shared card that was pressed and is not remembered: what its button carries makes it known again."""
    said: dict[str, Any] = json.loads(turn.pressed.get("value") or "{}")
    message = str(turn.container["message_ts"])
    known = any(one.message == message for one in turn.bot.shared.get(str(segment.id)) or ())
    if known or "b" not in said:
        return
    language: Language = "en" if said.get("l") == "en" else "ko"
    where = str(turn.container["channel_id"]), message, language
    found = await alone(turn, segment)
    share(turn.bot, segment.id, Place(*where, found, turn.speaker.team, said["b"], said.get("n", "")))


async def _again(bot: Bot, place: Place, segment_id: UUID) -> None:
    card = cards.card_of(place.results, segment_id)
    if card is None:
        return
    shown = cards.shared(card, place.results, place.language, speaker(place.language), by=place.by, note=place.note)
    try:
        await bot.slack.chat_update(channel=place.channel, ts=place.message, text=shown.text, blocks=shown.blocks)
    except SlackApiError as error:  # the message may have been deleted; the edit stands
        logger("slack").warning("card not updated", channel=place.channel, error=str(error))
