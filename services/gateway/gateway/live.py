"""What happens to runs, told by PostgreSQL's NOTIFY to whoever watches a page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from kernel.telemetry import logger

CHANNEL = "runs"
RETRY_S = 2.0


class Feed:
    """One listening connection an app; every watcher is woken by every notice and reads what it needs.

    A notice says only that something changed: notices that come faster than a watcher reads are one
    notice to it, and after a lost connection everybody is woken, so that nothing is missed.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._watchers: set[asyncio.Event] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        keeping = asyncio.create_task(self._keep_listening())
        try:
            yield
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever something changed; the watcher clears it."""
        woken = asyncio.Event()
        self._watchers.add(woken)
        try:
            yield woken
        finally:
            self._watchers.discard(woken)

    async def _keep_listening(self) -> None:
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                logger("live").warning("not listening to runs", reason=str(error))
            await asyncio.sleep(RETRY_S)

    async def _listen(self) -> None:
        """Listen until the connection is lost."""
        lost = asyncio.Event()
        connection = await asyncpg.connect(self._url)
        try:
            connection.add_termination_listener(lambda *_: lost.set())
            await connection.add_listener(CHANNEL, self._notice)
            self._wake()
            await lost.wait()
        finally:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=1)

    def _notice(self, *_: Any) -> None:
        self._wake()

    def _wake(self) -> None:
        for woken in self._watchers:
            woken.set()
