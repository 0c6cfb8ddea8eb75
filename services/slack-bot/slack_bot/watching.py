"""What happens elsewhere, looked for on a slow beat: shared cards whose scenes were changed, saved searches with news.

Searches are asked for as the very person they concern, so that nobody is told of what they may not see.
"""

import asyncio
import itertools
from collections.abc import Awaitable

from slack_sdk.errors import SlackClientError

from kernel.contracts.accounts import Link
from kernel.contracts.errors import ScenedeskError
from kernel.telemetry import logger
from slack_bot.archive import Archive
from slack_bot.blocks import alerts
from slack_bot.bot import Bot
from slack_bot.handlers import placing
from slack_bot.people import NotLinkedError
from slack_bot.words import speaker

# Everybody who is linked is asked about: of what is new they hear in minutes.
NEWS_EVERY = 5
AWAY = (ScenedeskError, SlackClientError, NotLinkedError)


async def watch(bot: Bot) -> None:
    """For as long as it runs; Scenedesk or Slack may be away for a while."""
    for beat in itertools.count(1):
        await asyncio.sleep(bot.settings.slack.watch_seconds)
        await _looked(placements(bot))
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


async def placements(bot: Bot) -> None:
    """Shared cards of scenes that were edited elsewhere, as they are now; what must not be shown, taken back."""
    for placement in await bot.own().due_placements():
        await placing.tend(bot, placement)


async def saved_searches(bot: Bot) -> None:
    """Everybody who is linked is told once of what their searches have found."""
    for link in await bot.own().linked():
        try:
            await _news_of(bot, link)
        except AWAY as error:
            logger("slack").warning("nobody told", whom=link.elsewhere, error=str(error))


async def _news_of(bot: Bot, link: Link) -> None:
    """Told first and noted then: a bot that ends in between tells twice rather than never."""
    _, team, user = link.elsewhere.split(":")
    archive = await _theirs(bot, link, team, user)
    if archive is None:
        return
    untold = [search for search in await archive.saved_searches() if search.untold]
    if not untold:
        return
    known = await bot.people.speaker(team, user)
    for search in untold:
        message = alerts.found(search, speaker(known.language))
        await bot.slack.chat_postMessage(channel=user, text=message.text, blocks=message.blocks)
        await archive.told_of(search.id)


async def _theirs(bot: Bot, link: Link, team: str, user: str) -> Archive | None:
    """Scenedesk as them. Whoever is only known by their address is so as long as their workspace is trusted."""
    if link.confirmed:
        return bot.archive(bot.people.caller_for(link.elsewhere))
    if not bot.people.trusts(team):
        return None
    return await bot.people.archive_of(await bot.people.speaker(team, user))
