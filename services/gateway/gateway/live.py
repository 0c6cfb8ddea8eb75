"""What happens to runs and timelines, told by PostgreSQL's NOTIFY to whoever watches a page."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from kernel.telemetry import logger

RUNS, EDITS = "runs", "edits"
RETRY_S = 2.0


class Feed:
    """One listening connection an app; every watcher is woken by every notice and reads what it needs.

    A notice says only that something changed: notices that come faster than a watcher reads are one
    notice to it, and after a lost connection everybody is woken, so that nothing is missed.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._watchers: dict[str, set[asyncio.Event]] = defaultdict(set)

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
    async def watching(self, what: str = RUNS) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever something changed; the watcher clears it.

        `what` is a channel, or one and what its notices are about: `edits:<video id>`.
        """
        woken = asyncio.Event()
        self._watchers[what].add(woken)
        try:
            yield woken
        finally:
            self._watchers[what].discard(woken)
            if not self._watchers[what]:
                del self._watchers[what]

    async def _keep_listening(self) -> None:
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                logger("live").warning("not listening", reason=str(error))
            await asyncio.sleep(RETRY_S)

    async def _listen(self) -> None:
        """Listen until the connection is lost."""
        lost = asyncio.Event()
        connection = await asyncpg.connect(self._url)
        try:
            connection.add_termination_listener(lambda *_: lost.set())
            for channel in (RUNS, EDITS):
                await connection.add_listener(channel, self._notice)
            self._wake(*self._watchers)
            await lost.wait()
        finally:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=1)

    def _notice(self, _connection: Any, _process: int, channel: str, about: object) -> None:
        self._wake(channel, f"{channel}:{about}")

    def _wake(self, *what: str) -> None:
        for one in what:
            for woken in self._watchers.get(one, ()):
                woken.set()
