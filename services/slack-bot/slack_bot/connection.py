"""The bot connected with Slack: over Socket Mode, over HTTP, or both."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from fastapi import Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from kernel.settings import Settings
from kernel.wire import Wire
from slack_bot.bot import Bot
from slack_bot.door import listening
from slack_bot.notifying import notify
from slack_bot.signatures import Seal
from slack_bot.watching import watch

PING_S = 5  # also how long it waits before it connects again


@dataclass
class Connection:
    """Where Slack's requests come in."""

    bot: Bot
    app: AsyncApp
    seal: Seal | None
    note: str = "configured"

    async def received(self, request: Request) -> Response:
        """A request over HTTP: 401 and nothing else for what is not Slack's, or was here before."""
        if self.seal is None or not self.seal.is_whole(await request.body(), request.headers):
            return Response(status_code=401)
        answer: Response = await AsyncSlackRequestHandler(self.app).handle(request)
        return answer


@asynccontextmanager
async def connected(settings: Settings, wire: Wire) -> AsyncIterator[Connection]:
    """While the block runs Slack is listened to. Slack may be away: it is tried again until it is there."""
    bot = Bot(settings, wire, web_client(settings))
    secret = settings.slack.signing_secret
    connection = Connection(bot, listening(bot), Seal(secret.get_secret_value()) if secret else None)
    socket = asyncio.create_task(_over_socket(settings, bot, connection.app)) if settings.slack_app_token else None
    channel = settings.slack.notices_channel
    if channel is not None:
        bot.watch(notify(bot, channel))
    bot.watch(watch(bot))
    try:
        yield connection
    finally:
        if socket is not None:
            socket.cancel()
            with suppress(asyncio.CancelledError):
                await socket
        await bot.close()


def web_client(settings: Settings) -> AsyncWebClient:
    """Slack's Web API. 429 is honoured: the call waits as long as Slack says."""
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else None
    retries: list[AsyncRetryHandler] = [AsyncRateLimitErrorRetryHandler(max_retry_count=3)]
    return AsyncWebClient(token=token, base_url=settings.slack.api_url, retry_handlers=retries)


async def _over_socket(settings: Settings, bot: Bot, app: AsyncApp) -> None:
    """Connected until cancelled. Slack's client tries again by itself, every few seconds, as long as Slack is away."""
    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
    handler = AsyncSocketModeHandler(app, token, web_client=bot.slack, ping_interval=PING_S)
    try:
        await handler.connect_async()
        await asyncio.Event().wait()
    finally:
        await handler.close_async()
