"""Serve search-service: `python -m search_service`, on SCENEDESK_HOST and SCENEDESK_PORT."""

import asyncio

from kernel.serving import serve
from kernel.settings import Settings
from kernel.telemetry import configure_logs
from kernel.wire import open_wire
from search_service.app import create_app


async def main() -> None:
    settings = Settings.load()
    configure_logs(settings)
    async with open_wire() as wire:
        await serve(create_app(settings, settings.server_database_url, lambda: wire), settings)


if __name__ == "__main__":
    asyncio.run(main())
