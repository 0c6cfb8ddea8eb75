"""What happens elsewhere, looked for on a slow beat: shared cards whose scenes were changed, saved searches with news.

Each is asked for as the very person it concerns, so that nobody is told of what they may not see.
"""

import asyncio
import itertools
from collections.abc import Awaitable
from uuid import UUID

from slack_sdk.errors import SlackClientError

from kernel.contracts.accounts import Link
from kernel.contracts.errors import ScenedeskError
from kernel.telemetry import logger
from slack_bot.archive import Archive, Caller
from slack_bot.blocks import alerts
from slack_bot.bot import Bot
from slack_bot.handlers import showing
from slack_bot.people import NotLinkedError
from slack_bot.words import speaker

NEWEST = 200
# Everybody who is linked is asked about: of what is new they hear in minutes.
NEWS_EVERY = 5
AWAY = (ScenedeskError, SlackClientError, NotLinkedError)


async def watch(bot: Bot) -> None:
    """For as long as it runs; Scenedesk or Slack may be away for a while."""
    seen: dict[UUID, int] = {}
    for beat in itertools.count(1):
        await asyncio.sleep(bot.settings.slack.watch_seconds)
        await _looked(shared_cards(bot, seen))
        if beat % NEWS_EVERY == 0:
            await _looked(saved_searches(bot))


async def _looked(look: Awaitable[None]) -> None:
    """A look that fails is one that is taken again at the next beat."""
    try:
        await look
    except AWAY as error:
        logger("slack").warning("not watched", error=str(error))
    except Exception as error:  # noqa: BLE001 - whatever broke, the next beat comes
        logger("slack").error("not watched", exc_info=error)


async def shared_cards(bot: Bot, seen: dict[UUID, int]) -> None:
    """Shared cards of scenes that were edited elsewhere, as they are now; `seen`: versions of videos that were read."""
    for team, user in {(place.team, place.by) for places in bot.shared.values() for place in places}:
        try:
            archive = await bot.people.archive_of(await bot.people.speaker(team, user))
            edited = {
                edit.video_id: edit.version for edit in reversed(await archive.recent_edits(NEWEST, people=False))
            }
        except NotLinkedError:
            continue
        new = {video for video, version in edited.items() if version > seen.get(video, 0)}
        for segment_id in _shared_by(bot, team, user, new):
            await _as_now(bot, archive, segment_id)
        seen.update({video: edited[video] for video in new})


def _shared_by(bot: Bot, team: str, user: str, videos: set[UUID]) -> list[UUID]:
    """Segments of these videos that they shared."""
    shown = [
        card.hit
        for places in bot.shared.values()
        for place in places
        if (place.team, place.by) == (team, user)
        for card in place.results.cards
    ]
    return list(dict.fromkeys(hit.segment_id for hit in shown if hit.video_id in videos))


async def _as_now(bot: Bot, archive: Archive, segment_id: UUID) -> None:
    """Nothing is sent where a card says the same already."""
    segment = await archive.segment(segment_id)
    places = bot.shared.get(str(segment_id)) or ()
    shown = [card for place in places for card in place.results.cards if card.hit.segment_id == segment_id]
    if any(card.version < segment.version or card.gone == (segment.state == "live") for card in shown):
        names = await bot.called(archive, {one.person_id for one in segment.people if one.person_id})
        await showing.shared_as_now(bot, archive, segment, names)


async def saved_searches(bot: Bot) -> None:
    """Everybody who is linked is told once of what their searches have found."""
    token = bot.settings.slack.token
    own = bot.archive(Caller(token.get_secret_value() if token else ""))
    for link in await own.linked():
        try:
            await _news_of(bot, link)
        except AWAY as error:
            logger("slack").warning("nobody told", whom=link.elsewhere, error=str(error))


async def _news_of(bot: Bot, link: Link) -> None:
    """Told first and noted then: a bot that ends in between tells twice rather than never."""
    _, team, user = link.elsewhere.split(":")
    archive = bot.archive(bot.people.caller_for(link.elsewhere))
    untold = [search for search in await archive.saved_searches() if search.untold]
    if not untold:
        return
    known = await bot.people.speaker(team, user)
    for search in untold:
        message = alerts.found(search, speaker(known.language))
        await bot.slack.chat_postMessage(channel=user, text=message.text, blocks=message.blocks)
        await archive.told_of(search.id)
