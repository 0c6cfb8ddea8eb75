"""An app on a real port: streams and browsers need one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kernel.serving import listen, serve
from kernel.settings import Settings


@asynccontextmanager
async def served(app: FastAPI, settings: Settings) -> AsyncIterator[str]:
    """The address of `app` while the block runs; its lifespan must be open already."""
    listening = listen("127.0.0.1", 0)
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(app, settings, stop=stop, listening=listening, lifespan="off"))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        stop.set()
        await serving
        listening.close()
