"""Dynamic batching: requests that arrive while the model works are answered by its next call."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from kernel.contracts.errors import BusyError

In = TypeVar("In")
Out = TypeVar("Out")


class Batcher(Generic[In, Out]):
    """Runs `predict` in one thread of its own, on as many waiting items as fit a batch.

    There is no waiting window: a lone request goes at once, and load itself makes the batches. At most
    `queue` items wait; more raise BusyError and nothing of that call is started. An error of `predict`
    reaches exactly the calls whose items were in that batch.
    """

    def __init__(
        self,
        predict: Callable[[list[In]], Sequence[Out]],
        *,
        service: str,
        batch: int = 32,
        queue: int = 1024,
    ) -> None:
        self._predict, self._service, self._batch, self._queue = predict, service, batch, queue
        self._waiting: deque[tuple[In, asyncio.Future[Out]]] = deque()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"{service}-model")
        self._working: asyncio.Task[None] | None = None

    async def submit(self, items: Sequence[In]) -> list[Out]:
        """Outputs in the order of `items`."""
        if not items:
            return []
        if len(self._waiting) + len(items) > self._queue:
            raise BusyError(service=self._service)
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Out]] = [loop.create_future() for _ in items]
        self._waiting.extend(zip(items, futures, strict=True))
        if self._working is None:
            self._working = loop.create_task(self._work())
        return list(await asyncio.gather(*futures))

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                taken = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
                live = [(item, future) for item, future in taken if not future.done()]
                if live:
                    await self._answer(loop, live)
        finally:
            self._working = None

    async def _answer(self, loop: asyncio.AbstractEventLoop, live: list[tuple[In, asyncio.Future[Out]]]) -> None:
        try:
            outputs = await loop.run_in_executor(self._executor, self._predict, [item for item, _ in live])
            answers = list(zip(live, outputs, strict=True))
        except Exception as error:  # noqa: BLE001 - whatever the model raised belongs to those who asked
            for _, future in live:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), output in answers:
            if not future.done():
                future.set_result(output)

    def close(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)
