"""One collection at work: what it works with, and how it is told to stop."""

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

from gateway.library import collections
from kernel.clients import FaceService
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.store import Store

LOOK_S = 0.5  # how often a cancellation is looked for


@dataclass(frozen=True)
class Errand:
    settings: Settings
    database: Database
    store: Store
    faces: FaceService
    collection_id: UUID
    _stop: threading.Event = field(default_factory=threading.Event)

    def stopped(self) -> bool:
        return self._stop.is_set()

    async def tell_found(self, found: int) -> None:
        async with self.database.transaction() as connection:
            await collections.set_found(connection, self.collection_id, found)

    @property
    def folder(self) -> str:
        """Store name of where pictures wait to be read."""
        return f"incoming/collection-{self.collection_id}"

    @asynccontextmanager
    async def until_cancelled(self) -> AsyncIterator[None]:
        """While the block runs, `stopped` follows what people say; afterwards it stays so, and nothing is left over."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            self._stop.set()
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            await asyncio.to_thread(shutil.rmtree, self.store.path(self.folder), ignore_errors=True)

    async def _watch(self) -> None:
        while True:
            async with self.database.transaction() as connection:
                if not await collections.goes_on(connection, self.collection_id):
                    self._stop.set()
                    return
            await asyncio.sleep(LOOK_S)
