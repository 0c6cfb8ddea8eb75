"""Serve slack-bot: `python -m slack_bot`, on SCENEDESK_HOST and SCENEDESK_PORT."""

import asyncio

from kernel.serving import serve
from kernel.settings import Settings
from kernel.telemetry import configure_logs
from kernel.wire import open_wire
from slack_bot.app import create_app


async def main() -> None:
    settings = Settings.load()
    configure_logs(settings)
    async with open_wire() as wire:
        await serve(create_app(settings, lambda: wire), settings)


if __name__ == "__main__":
    asyncio.run(main())
