"""What the other rooms say of their models, asked seldom: a page must not wait for a model to load."""

import asyncio
import time

from gateway.desk import Desk
from gateway.models import Models, models_in_use

FRESH_S = 60.0
PATIENCE_S = 0.7


class ModelsKnown:
    """The newest answer; while the first is awaited a page waits a moment and then shows none."""

    def __init__(self) -> None:
        self._known: Models | None = None
        self._asked_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None

    async def get(self, desk: Desk) -> Models | None:
        if self._asking is None and time.monotonic() - self._asked_at > FRESH_S:
            self._asking = asyncio.create_task(self._ask(desk))
        if self._asking is not None and self._known is None:
            await asyncio.wait({self._asking}, timeout=PATIENCE_S)
        return self._known

    async def _ask(self, desk: Desk) -> None:
        try:
            self._known = await models_in_use(desk)
            self._asked_at = time.monotonic()
        finally:
            self._asking = None

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
