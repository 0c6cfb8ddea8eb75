"""Serve gateway: `python -m gateway`, on SCENEDESK_HOST and SCENEDESK_PORT."""

import asyncio

from gateway.app import create_app
from kernel.serving import serve
from kernel.settings import Settings
from kernel.telemetry import configure_logs
from kernel.wire import open_wire


async def main() -> None:
    settings = Settings.load()
    configure_logs(settings)
    async with open_wire() as wire:
        await serve(create_app(settings, settings.server_database_url, lambda: wire), settings)


if __name__ == "__main__":
    asyncio.run(main())
