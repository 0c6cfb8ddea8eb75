"""Serve caption-service: `python -m caption_service`, on SCENEDESK_HOST and SCENEDESK_PORT."""

import asyncio

from caption_service.app import create_app
from kernel.serving import serve
from kernel.settings import Settings
from kernel.telemetry import configure_logs


async def main() -> None:
    settings = Settings.load()
    configure_logs(settings)
    await serve(create_app(settings), settings)


if __name__ == "__main__":
    asyncio.run(main())
