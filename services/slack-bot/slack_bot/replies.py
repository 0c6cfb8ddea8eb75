"""Answering where somebody asked: Slack's response address while it lasts, else a message only they see."""

import time
from collections.abc import Callable

from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from kernel.telemetry import logger
from slack_bot.blocks.kit import Message

USES, LASTS_S = 5, 29 * 60


class Reply:
    """One interaction's way back. Slack lets an address be used five times in half an hour (`until`: of the epoch)."""

    def __init__(
        self,
        slack: AsyncWebClient,
        address: str | None,
        channel: str | None,
        user: str,
        *,
        until: float | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._slack, self.address, self.channel, self._user = slack, address, channel, user
        self._clock, self._left = clock, USES
        self.thread: str | None = None  # where they asked, if that was under a message
        self.until = clock() + LASTS_S if until is None else until

    @property
    def spare(self) -> int:
        """How often the address may still be used."""
        return self._left if self.address and self._clock() < self.until else 0

    async def tell(self, message: Message, *, replace: bool = False) -> bool:
        """To them alone; `replace` what was pressed or said before. Whether Slack took it."""
        if self.spare:
            self._left -= 1
            return await self._respond(message, replace=replace)
        await self._beside(message)
        return True

    async def _beside(self, message: Message) -> None:
        """Without an address: in the channel, seen by them alone; else to them directly."""
        text, blocks = message.text, message.blocks
        try:
            if self.channel is not None:
                await self._slack.chat_postEphemeral(
                    channel=self.channel, user=self._user, text=text, blocks=blocks, thread_ts=self.thread
                )
                return
        except SlackApiError as error:  # a channel the bot is not in
            logger("slack").info("not told in the channel", error=str(error.response["error"]))
        await self._slack.chat_postMessage(channel=self._user, text=text, blocks=blocks)

    async def _respond(self, message: Message, *, replace: bool) -> bool:
        retries: list[AsyncRetryHandler] = [AsyncRateLimitErrorRetryHandler(max_retry_count=2)]
        webhook = AsyncWebhookClient(self.address or "", retry_handlers=retries)
        answer = await webhook.send(
            text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=replace
        )
        if answer.status_code != 200:  # noqa: PLR2004 - HTTP's own number
            logger("slack").warning("response not taken", status=answer.status_code, said=answer.body[:200])
        return answer.status_code == 200  # noqa: PLR2004


class Thread:
    """The thread under a message of a channel, where everybody reads."""

    def __init__(self, slack: AsyncWebClient, channel: str, message: str) -> None:
        self._slack, self.channel, self.message = slack, channel, message

    async def tell(self, message: Message) -> str:
        """What Slack knows the message by. Raises SlackApiError."""
        posted = await self._slack.chat_postMessage(
            channel=self.channel, thread_ts=self.message, text=message.text, blocks=message.blocks
        )
        return str(posted["ts"])

    async def change(self, told: str, message: Message) -> None:
        await self._slack.chat_update(channel=self.channel, ts=told, text=message.text, blocks=message.blocks)
