"""What keeps the bot from working: tokens, scopes, addresses, each with what mends it."""

import json
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import urlsplit

from kernel.contracts.accounts import NewLink
from kernel.contracts.errors import ScenedeskError
from kernel.settings import Settings
from kernel.wire import Wire
from slack_bot.archive import Archive, Caller

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

MANIFEST = Path(__file__).with_name("manifest.json")
APPS = "https://api.slack.com/apps"
PASTE = "what scenedesk doctor --manifest prints"
TOKEN = "scenedesk accounts token slack-bot --service --scope write --scope act-for --forever"  # noqa: S105 - a command
PREFIXES = (
    ("slack_bot_token", "xoxb-", f"{APPS}: OAuth & Permissions, Bot User OAuth Token"),
    ("slack_app_token", "xapp-", f"{APPS}: Basic Information, App-Level Tokens, scope connections:write"),
)


class Checked(NamedTuple):
    """One thing that was looked at, and what mends it."""

    name: str
    state: Literal["ok", "weak", "missing"]
    found: str
    remedy: str | None = None


def scopes() -> list[str]:
    """What the app must be allowed, as the manifest asks for it."""
    found: list[str] = json.loads(MANIFEST.read_text(encoding="utf-8"))["oauth_config"]["scopes"]["bot"]
    return found


def manifest(settings: Settings) -> dict[str, Any]:
    """The app as these settings speak of it: its command, the domain whose links it unfurls, where Slack sends to."""
    made: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    features, behaviour = made["features"], made["settings"]
    features["slash_commands"][0]["command"] = settings.slack.command
    host = urlsplit(settings.public_url).hostname or ""
    if not _only_here(host):
        features["unfurl_domains"] = [host]
    if settings.slack_app_token is None and settings.slack.signing_secret is not None:
        address = f"{settings.public_url.rstrip('/')}/slack/events"
        behaviour["socket_mode_enabled"] = False
        features["slash_commands"][0]["url"] = address
        for part in ("event_subscriptions", "interactivity"):
            behaviour[part]["request_url"] = address
        behaviour["interactivity"]["message_menu_options_url"] = address
    return made


def _only_here(host: str) -> bool:
    return host == "localhost" or host.startswith("127.")


async def examine(settings: Settings, wire: Wire) -> list[Checked]:
    """In the order in which one stands on the other. Nothing is changed, nobody is told."""
    tokens = [*_tokens(settings)]
    if any(checked.state == "missing" for checked in tokens):
        return tokens
    try:
        from slack_bot.connection import web_client  # noqa: PLC0415 - Slack's library is an extra
    except ImportError as error:
        remedy = "pip install -c constraints.txt -e '.[slack]'"
        return [*tokens, Checked("slack library", "missing", str(error), remedy)]
    slack = web_client(settings)
    found = [*await _workspace(slack), *await _socket(slack, settings), *await _channels(slack, settings)]
    return [*tokens, *found, _links(settings), await _scenedesk(settings, wire)]


def _links(settings: Settings) -> Checked:
    """Cards link to pages; Slack says of which domains it tells the bot, and nobody can ask it."""
    host = urlsplit(settings.public_url).hostname or ""
    if _only_here(host):
        said = f"cards lead to {host}: nobody else's browser opens that"
        return Checked("slack links", "weak", said, "SCENEDESK_PUBLIC_URL, the address people reach the pages at")
    return Checked("slack links", "ok", f"to {host}; unfurled once App unfurl domains of the app names it")


def _tokens(settings: Settings) -> Iterable[Checked]:
    for name, prefix, where in PREFIXES:
        value, variable = getattr(settings, name), f"SCENEDESK_{name.upper()}"
        if value is None:
            if name == "slack_app_token" and settings.slack.signing_secret is not None:
                yield Checked("slack over", "ok", "HTTP alone: Slack must reach /slack/events of slack-bot")
                continue
            yield Checked(variable, "missing", "not set", where)
        elif not value.get_secret_value().startswith(prefix):
            yield Checked(variable, "missing", f"does not begin with {prefix}", where)
    if settings.slack.token is None:
        yield Checked("SCENEDESK_SLACK__TOKEN", "missing", "not set", TOKEN)


async def _workspace(slack: "AsyncWebClient") -> list[Checked]:
    answer, failed = await _asked(slack.auth_test, "slack workspace", f"{APPS}: Install App, then the token again")
    if answer is None:
        return [failed]
    granted = {one.strip() for one in str(answer.headers.get("x-oauth-scopes", "")).split(",")}
    lacking = [scope for scope in scopes() if scope not in granted]
    state: Literal["ok", "missing"] = "missing" if lacking else "ok"
    found = f"lacking: {', '.join(lacking)}" if lacking else f"{len(granted)} granted"
    remedy = f"{APPS}: App Manifest, paste {PASTE}, then Install App again" if lacking else None
    name = Checked("slack workspace", "ok", f"{answer['team']} ({answer['team_id']})")
    return [name, Checked("slack scopes", state, found, remedy)]


async def _socket(slack: "AsyncWebClient", settings: Settings) -> list[Checked]:
    if settings.slack_app_token is None:
        return []
    token = settings.slack_app_token.get_secret_value()
    remedy = f"{APPS}: Socket Mode on; an app-level token with connections:write"
    answer, failed = await _asked(lambda: slack.apps_connections_open(app_token=token), "slack socket", remedy)
    return [failed] if answer is None else [Checked("slack socket", "ok", "Socket Mode opens")]


async def _channels(slack: "AsyncWebClient", settings: Settings) -> list[Checked]:
    """Where corrections wait for a second yes the bot must be a member, else it is told of no reply."""
    found = []
    for channel in settings.slack.approval_channels:
        name, remedy = f"slack channel {channel}", "/invite @Scenedesk in that channel, or take it out of the setting"
        answer, failed = await _asked(_history_of(slack, channel), name, remedy)
        found.append(failed if answer is None else Checked(name, "ok", "replies under cards are read"))
    return found


def _history_of(slack: "AsyncWebClient", channel: str) -> Callable[[], Awaitable["AsyncSlackResponse"]]:
    return lambda: slack.conversations_history(channel=channel, limit=1)


async def _asked(
    ask: Callable[[], Awaitable["AsyncSlackResponse"]], name: str, remedy: str
) -> tuple["AsyncSlackResponse | None", Checked]:
    from slack_sdk.errors import SlackApiError  # noqa: PLC0415 - as above

    try:
        return await ask(), Checked(name, "ok", "")
    except SlackApiError as error:
        return None, Checked(name, "missing", f"Slack says {error.response['error']}", remedy)
    except Exception as error:  # noqa: BLE001 - whatever lies between here and Slack
        said = f"{type(error).__name__}: {error}"
        return None, Checked(name, "missing", said, "Is Slack reachable from here? SCENEDESK_SLACK__API_URL")


async def _scenedesk(settings: Settings, wire: Wire) -> Checked:
    """An offer to link somebody is only an address: nothing is kept of it."""
    token = settings.slack.token.get_secret_value() if settings.slack.token else ""
    try:
        await Archive(wire, Caller(token, language="en")).offer_link(NewLink(elsewhere="slack:T0:U0", name="doctor"))
    except ScenedeskError as error:
        return Checked("scenedesk token", "missing", error.sentence("en"), f"Is Scenedesk running? {TOKEN}")
    return Checked("scenedesk token", "ok", "acts for people who are linked")
