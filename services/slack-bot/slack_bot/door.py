"""What Slack may send, and who takes it. The same for Socket Mode and for HTTP."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from kernel.telemetry import logger
from slack_bot.blocks import modals, notices
from slack_bot.blocks import sharing as share_form
from slack_bot.bot import MOST_AT_WORK, Bot, Work, channel_of, take, user_of
from slack_bot.handlers import (
    alerting,
    approving,
    asking,
    choosing,
    editing,
    home,
    pictures,
    searching,
    sharing,
    threads,
    unfurling,
)
from slack_bot.remarks import correcting
from slack_bot.replies import Reply
from slack_bot.words import speaker

Body = Mapping[str, Any]
AtOnce = Callable[[Bot, Body], dict[str, Any]]

SUGGESTING_S = 2.5  # Slack shows nothing to choose from after three seconds


def listening(bot: Bot) -> AsyncApp:
    """Bolt's app. Requests are checked before they come here."""
    app = AsyncApp(authorize=_authorised(bot), request_verification_enabled=False)
    app.command(bot.settings.slack.command)(_heard(bot, searching.asked))
    pressed: dict[str | re.Pattern[str], Work] = {
        re.compile(r"search:(chip:\d+|next|literal|scenes)"): searching.pressed,
        "search:save": searching.kept,
        "card:edit": editing.opened,
        "card:share": sharing.opened,
        "card:unshare": sharing.taken_back,
        "correction:caption": threads.used,
        "card:clip": pictures.played,
        "edit:undo": editing.undone,
        re.compile(r"ask:(yes|no|else:.+)"): asking.answered,
        "proposal:yes": approving.approved,
        "proposal:no": approving.rejected,
        "alert:show": alerting.shown,
        "alert:forget": alerting.forgotten,
        "ask:skip": asking.skipped,
        "ask:undo": asking.undone,
    }
    for action, work in pressed.items():
        app.action(action)(_heard(bot, work))
    app.action(re.compile(r"card:(watch|web|play)|link"))(_acknowledged)
    app.view(modals.EDIT)(_answered(bot, editing.checked))
    app.view(modals.APPLY)(_heard(bot, approving.saved, {"response_action": "clear"}))
    app.view(share_form.SHARE)(_heard(bot, sharing.sent, {"response_action": "clear"}))
    app.options(re.compile(r"value|ask:else:.+"))(_suggesting(bot))
    app.shortcut("find")(_heard(bot, searching.from_message))
    app.event("link_shared")(_heard(bot, unfurling.shared))
    app.event("app_home_opened")(_heard(bot, home.opened))
    app.event("message")(_overheard(bot))
    return app


def _authorised(bot: Bot) -> Callable[..., Awaitable[AuthorizeResult]]:
    """One workspace's token. Asking Slack whose it is would make the first acknowledgements wait for Slack."""

    async def authorised(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=bot.slack.token)

    return authorised


def _heard(bot: Bot, work: Work, at_once: Mapping[str, Any] | None = None) -> Callable[..., Awaitable[None]]:
    """Slack is answered first; the work begins after, and once however often it is delivered."""

    async def heard(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(**(at_once or {}))
        _begin(bot, body, key_of(body), work)

    return heard


def _begin(bot: Bot, body: Body, key: str, work: Work) -> None:
    if not bot.done.first(key, value=True):
        return
    if len(bot.at_work) >= MOST_AT_WORK:
        bot.start(_busy(bot, body))
    else:
        bot.start(take(bot, body, key, work))


def _overheard(bot: Bot) -> Callable[..., Awaitable[None]]:
    """Of all that is said where the bot is, only corrections in threads are looked at, and cards that were deleted."""

    async def overheard(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        event = body["event"]
        if threads.was_card(event):
            bot.start(threads.deleted(bot, event))
            return
        remark = correcting(event)
        if remark is None or (bot.remarks.get(remark.name) or 0) > remark.worded:
            return
        bot.remarks.put(remark.name, remark.worded)
        _begin(bot, body, remark.key, threads.heard)

    return overheard


def _answered(bot: Bot, answer: AtOnce) -> Callable[..., Awaitable[None]]:
    """What is answered at once is the whole work."""

    async def answered(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(**answer(bot, body))

    return answered


def _suggesting(bot: Bot) -> Callable[..., Awaitable[None]]:
    async def suggested(ack: AsyncAck, body: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(SUGGESTING_S):
                found = await choosing.options(bot, body)
        except Exception as error:  # noqa: BLE001 - a list that is empty can be opened again
            logger("slack").warning("nothing suggested", error=str(error))
            found = []
        await ack(options=found)

    return suggested


async def _acknowledged(ack: AsyncAck) -> None:
    """A link was pressed: the browser does the rest."""
    await ack()


async def _busy(bot: Bot, body: Body) -> None:
    reply = Reply(bot.slack, body.get("response_url"), channel_of(body), user_of(body))
    await reply.tell(notices.busy(speaker(bot.settings.language)))


def key_of(body: Body) -> str:
    """The same for every delivery of the same thing, and of nothing else."""
    view = body.get("view") or {}
    if body.get("type") == "view_submission":
        return f"view:{view.get('id')}:{view.get('hash')}"
    action = (body.get("actions") or [{}])[0]
    parts = (body.get("event_id"), body.get("trigger_id"), action.get("action_id"), action.get("action_ts"))
    return ":".join(str(part) for part in parts if part)
