"""The home tab, as often as somebody opens it."""

from slack_bot.blocks import home, notices
from slack_bot.bot import Turn
from slack_bot.people import NotLinkedError

AT_WORK = ("queued", "running")
RUNS = 50


async def opened(turn: Turn) -> None:
    if (turn.body.get("event") or {}).get("tab", "home") != "home":
        return
    try:
        view = await _view(turn)
    except NotLinkedError as error:
        view = home.told(notices.unlinked(error.address, turn.say))
    await turn.bot.slack.views_publish(user_id=turn.speaker.user, view=view)


async def _view(turn: Turn) -> dict[str, object]:
    archive = await turn.archive()
    running = [run for run in await archive.runs(RUNS) if run.state in AT_WORK]
    titled = [home.Running((await archive.video(run.video_id)).title, run) for run in running]
    usage = notices.usage(turn.bot.settings.slack.command, turn.say)
    web = turn.bot.settings.public_url
    searches, edits = await archive.saved_searches(), await archive.recent_edits(home.MOST_EDITS, people=True)
    return home.home(searches, edits, titled, usage, turn.say, web=web)
