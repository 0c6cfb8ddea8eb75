"""Single requests become batches; order, errors and bounds hold."""

import asyncio
import threading

import pytest

from kernel.contracts.errors import BusyError
from kernel.inference.batching import Batcher


class Model:
    """Doubles numbers; remembers its batches; waits while its gate is shut."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()

    def predict(self, batch: list[int]) -> list[int]:
        self.gate.wait(10)
        self.batches.append(batch)
        if -1 in batch:
            raise ValueError("bad item")
        return [2 * item for item in batch]


async def test_outputs_come_in_the_order_of_the_items() -> None:
    model = Model()
    batcher = Batcher(model.predict, service="test", batch=4)
    assert await batcher.submit(list(range(10))) == [2 * item for item in range(10)]
    assert max(map(len, model.batches)) <= 4
    assert await batcher.submit([]) == []
    batcher.close()


async def test_what_arrives_while_the_model_works_is_one_batch() -> None:
    model = Model()
    model.gate.clear()
    batcher = Batcher(model.predict, service="test", batch=32)
    asked = [asyncio.create_task(batcher.submit([item])) for item in range(9)]
    await asyncio.sleep(0)
    model.gate.set()
    assert await asyncio.gather(*asked) == [[2 * item] for item in range(9)]
    assert len(model.batches) <= 2
    batcher.close()


async def test_an_error_reaches_only_its_own_batch() -> None:
    model = Model()
    batcher = Batcher(model.predict, service="test", batch=1)
    good, bad, also_good = await asyncio.gather(
        batcher.submit([1]), batcher.submit([-1]), batcher.submit([2]), return_exceptions=True
    )
    assert (good, also_good) == ([2], [4])
    assert isinstance(bad, ValueError)
    batcher.close()


async def test_a_full_queue_refuses_and_starts_nothing() -> None:
    model = Model()
    model.gate.clear()
    batcher = Batcher(model.predict, service="test", batch=2, queue=4)
    working = asyncio.create_task(batcher.submit([1, 2, 3]))
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await batcher.submit([7, 8, 9, 10])
    model.gate.set()
    assert await working == [2, 4, 6]
    assert 7 not in [item for batch in model.batches for item in batch]
    batcher.close()


async def test_whoever_stopped_waiting_costs_the_model_nothing() -> None:
    model = Model()
    model.gate.clear()
    batcher = Batcher(model.predict, service="test", batch=1)
    first = asyncio.create_task(batcher.submit([1]))
    gone = asyncio.create_task(batcher.submit([2]))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    model.gate.set()
    assert await first == [2]
    assert await batcher.submit([3]) == [6]
    assert [2] not in model.batches
    batcher.close()
