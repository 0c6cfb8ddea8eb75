"""A channel is told when an index run has ended."""

import asyncio
from contextlib import aclosing

from slack_sdk.errors import SlackClientError

from kernel.contracts.errors import ScenedeskError
from kernel.contracts.library import Run
from kernel.telemetry import logger
from slack_bot.archive import Archive, Caller
from slack_bot.blocks import notices
from slack_bot.bot import Bot
from slack_bot.words import speaker

OVER = ("done", "failed")
AGAIN_S, LONGEST_S = 1.0, 60.0


async def notify(bot: Bot, channel: str) -> None:
    """For as long as it runs; Scenedesk or Slack may be away for a while. What ends meanwhile is not told."""
    token, language = bot.settings.slack.token, bot.settings.language
    archive = bot.archive(Caller(token.get_secret_value() if token else "", language=language))
    pause = AGAIN_S
    while True:
        try:
            async with aclosing(archive.run_changes()) as runs:
                async for run in runs:
                    pause = AGAIN_S
                    await _told(bot, archive, channel, run)
        except (ScenedeskError, SlackClientError) as error:
            logger("slack").warning("runs not watched", error=str(error), again_s=pause)
        await asyncio.sleep(pause)
        pause = min(LONGEST_S, pause * 2)


async def _told(bot: Bot, archive: Archive, channel: str, run: Run) -> None:
    if run.state not in OVER or not bot.done.first(f"run:{run.id}", value=True):
        return
    video = await archive.video(run.video_id)
    link = f"{bot.settings.public_url.rstrip('/')}/videos/{video.id}"
    message = notices.ended(video, run, link, speaker(bot.settings.language))
    await bot.slack.chat_postMessage(channel=channel, text=message.text, blocks=message.blocks)
