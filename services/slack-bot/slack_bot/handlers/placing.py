"""What Slack shows of a scene: cards that follow it, and all of it taken back when it must not be shown any more.

Scenedesk keeps where that is, so that a bot that was started again goes on where another ended.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackApiError, SlackClientError

from kernel.contracts.errors import Language, ScenedeskError
from kernel.contracts.history import FoundSegment
from kernel.contracts.placements import Placement
from kernel.contracts.time import Span
from kernel.telemetry import logger
from slack_bot import places
from slack_bot.archive import Archive
from slack_bot.blocks import cards, notices
from slack_bot.bot import Bot, Turn
from slack_bot.drafts import Draft
from slack_bot.handlers import pictures, showing
from slack_bot.people import NotLinkedError
from slack_bot.places import Place
from slack_bot.results import Card, Results
from slack_bot.words import speaker

UNKNOWN = -1  # a version older than any
# Somebody took it away already, or the place where it was.
NOT_THERE = {"message_not_found", "channel_not_found", "file_not_found", "file_deleted", "cant_update_message"}


async def as_now(turn: Turn, archive: Archive, segment_ids: Iterable[UUID], draft: Draft | None) -> None:
    """Every card of these segments as they are now: of whoever asked, and wherever it was shared.

    What was edited is edited: a card that cannot be shown again now is due at the next beat, which nobody need be told.
    """
    try:
        await _all_again(turn, archive, segment_ids, draft)
    except (ScenedeskError, SlackClientError) as error:
        logger("slack").warning("not shown again", error=str(error))


async def _all_again(turn: Turn, archive: Archive, segment_ids: Iterable[UUID], draft: Draft | None) -> None:
    for segment_id in segment_ids:
        found = turn.bot.results.get(draft.results) if draft is not None and draft.thread is None else None
        if found is not None:
            await _found_again(turn, archive, found, segment_id)
        for placement in await turn.bot.own().placements(segment_id):
            if placement.kind == "card":
                await tend(turn.bot, placement)


async def _found_again(turn: Turn, archive: Archive, found: Results, segment_id: UUID) -> None:
    segment = await archive.segment(segment_id)
    now = found.with_segment(segment, await showing.names_in(turn, segment))
    now = await pictures.pictured(turn.bot, archive, now)
    turn.bot.results.put(now.id, now)
    await turn.reply.tell(cards.results(now, turn.language, turn.say), replace=True)


async def tend(bot: Bot, placement: Placement) -> None:
    """Shown as it is now, or taken back. What cannot be done now stays due, and is tried at the next beat."""
    try:
        await _tended(bot, placement)
    except (ScenedeskError, SlackClientError) as error:
        logger("slack").warning("not shown again", where=placement.elsewhere, error=str(error))
    except Exception as error:  # noqa: BLE001 - whatever broke, the others have their turn
        logger("slack").error("not shown again", where=placement.elsewhere, exc_info=error)


async def _tended(bot: Bot, placement: Placement) -> None:
    """Raises SlackClientError, and what Scenedesk refuses."""
    try:
        if placement.due == "ended":
            await withdraw(bot, placement)
        else:
            await _again(bot, placement)
    except NotLinkedError:  # only whoever shared it could show it, and nobody knows who that is any more
        await withdraw(bot, placement)
    except SlackApiError as error:
        if error.response["error"] not in NOT_THERE or placement.segment_id is None:
            raise
        place = Place.of(placement)
        await unshare(bot, placement.segment_id, place.channel, place.message)


async def _again(bot: Bot, placement: Placement) -> None:
    """A shared card as its scene is now. What the scene was found for need not hold any more, and is not said again."""
    place, segment_id = Place.of(placement), placement.segment_id
    if segment_id is None:
        return
    archive = await _seen_by(bot, place, placement)
    segment = await archive.segment(segment_id)
    place = replace(place, span=await _moment(archive, place, placement, segment))
    found = await showing.alone(bot, archive, segment, place.span)
    if place.shows is not None and place.shows == found.cards[0].clip and not found.cards[0].gone:
        found = replace(found, cards=(replace(found.cards[0], picture=place.picture),))
    found = await pictures.pictured(bot, archive, found)
    [card] = found.cards
    shown = cards.shared(card, found, place.language, speaker(place.language), by=place.by, note=place.note)
    await bot.slack.chat_update(channel=place.channel, ts=place.message, text=shown.text, blocks=shown.blocks)
    if place.picture is not None and card.picture != place.picture:
        old = places.a_file(place.picture, placement.video_id, segment_id, until=datetime.now(UTC))
        await archive.place(old)
    await follow(archive, place, card)


async def _moment(archive: Archive, place: Place, placement: Placement, segment: FoundSegment) -> Span | None:
    """What a card shows that was found as a longer moment: that, until somebody says when its scene begins or ends."""
    if place.span is None or not 0 <= placement.version < segment.version:
        return place.span
    since = await archive.difference(segment.video_id, placement.version, segment.version)
    fields = {one.field for each in since.segments if each.segment_id == segment.id for one in each.fields}
    return None if "span" in fields else place.span


async def _seen_by(bot: Bot, place: Place, placement: Placement) -> Archive:
    """With everybody's eyes, for what everybody may see; else with those of whoever shared it."""
    if placement.open:
        return bot.own(place.language)
    return await bot.people.archive_of(await bot.people.speaker(place.team, place.by))


async def follow(archive: Archive, place: Place, card: Card) -> None:
    """From now on that card follows its segment, and its picture stays as long as it does."""
    hit, moves = card.hit, card.picture is not None and not card.still
    place = replace(place, picture=card.picture, shows=card.clip if moves else None)
    picture = [places.a_file(card.picture, hit.video_id, hit.segment_id)] if card.picture else []
    await archive.place(place.placed(hit.video_id, hit.segment_id, card.version, gone=card.gone), *picture)


async def known_again(turn: Turn, segment: FoundSegment, said: Mapping[str, Any], channel: str, message: str) -> None:
    """A shared card that is not noted, for the bot ended just then: what its button carries lets it follow again."""
    elsewhere = places.message_at(turn.speaker.team, channel, message)
    if "b" not in said or any(one.elsewhere == elsewhere for one in await turn.bot.own().placements(segment.id)):
        return
    language: Language = "en" if said.get("l") == "en" else "ko"
    place = Place(turn.speaker.team, channel, message, language, str(said["b"]), str(said.get("n") or ""))
    # Its picture is not known: it is shown again with one that is.
    await (await turn.archive()).place(place.placed(segment.video_id, segment.id, UNKNOWN, gone=False))


async def withdraw(bot: Bot, placement: Placement) -> None:
    """Taken back from Slack. Of a card stays a line that says so: others may have talked under it."""
    if placement.kind != "card":
        await _delete(bot, placement)
        return
    place = Place.of(placement)
    left = notices.withdrawn(speaker(place.language))
    await bot.slack.chat_update(channel=place.channel, ts=place.message, text=left.text, blocks=left.blocks)
    await bot.own().unplace(placement.elsewhere)


async def unshare(bot: Bot, segment_id: UUID, channel: str, message: str, thread: str | None = None) -> None:
    """A card, what was said of it in its thread, and files that no other card shows: all of it is deleted."""
    shown = await bot.own().placements(segment_id)
    mine = [one for one in shown if one.kind == "card" and _is_at(one, channel, message)]
    others = {places.file_at(one.details.get("picture", "")) for one in shown if one.kind == "card" and one not in mine}
    files = {places.file_at(one.details.get("picture", "")) for one in mine} - others
    under = [one for one in shown if one.details.get("card") in (message, thread or message)]
    for placement in [*mine, *under, *(one for one in shown if one.elsewhere in files)]:
        await _delete(bot, placement)


def _is_at(placement: Placement, channel: str, message: str) -> bool:
    place = Place.of(placement)
    return (place.channel, place.message) == (channel, message)


async def _delete(bot: Bot, placement: Placement) -> None:
    """A message, or a file; whoever was faster is none the worse."""
    try:
        if placement.kind == "file":
            file = placement.elsewhere.removeprefix("slack:")
            bot.pictures.without(file)
            await bot.slack.files_delete(file=file)
        else:
            place = Place.of(placement)
            await bot.slack.chat_delete(channel=place.channel, ts=place.message)
    except SlackApiError as error:
        if error.response["error"] not in NOT_THERE:
            raise
    await bot.own().unplace(placement.elsewhere)
