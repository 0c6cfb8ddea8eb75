"""Pictures and clips made on demand, once, and kept in the store."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from kernel.store import Store

AT_ONCE = 2


class Renderings:
    """Makes a file of the store when it is not there; many who ask at once wait for one making."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._making: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def ensure(self, name: str, make: Callable[[Path], None]) -> Path:
        """The file `name`; `make` writes it to the path it is given, in a thread."""
        path = self._store.path(name)
        if path.is_file():
            return path
        lock = self._making[name]
        try:
            async with lock:
                if not path.is_file():
                    async with self._slots:
                        await asyncio.to_thread(self._make, name, make)
        finally:
            if not lock.locked():
                self._making.pop(name, None)
        return path

    def _make(self, name: str, make: Callable[[Path], None]) -> None:
        with self._store.writing(name) as partial:
            make(partial)
