"""What is remembered for a while and may be forgotten: bounded in number and in time."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Values by key, the oldest going first. A process that restarts begins empty: nothing may depend on it."""

    def __init__(self, seconds: float, most: int = 10_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._values: OrderedDict[str, tuple[float, Value]] = OrderedDict()

    def get(self, key: str) -> Value | None:
        self._sweep()
        found = self._values.get(key)
        return found[1] if found is not None else None

    def put(self, key: str, value: Value) -> None:
        self._values.pop(key, None)
        self._values[key] = (self._clock() + self._seconds, value)
        self._sweep()

    def first(self, key: str, value: Value) -> bool:
        """Whether the key is new; from now on it is not."""
        if self.get(key) is not None:
            return False
        self.put(key, value)
        return True

    def without(self, value: Value) -> None:
        """That value is kept under no key any more."""
        for key in [key for key, (_, one) in self._values.items() if one == value]:
            del self._values[key]

    def _sweep(self) -> None:
        now = self._clock()
        while self._values:
            key, (until, _) = next(iter(self._values.items()))
            if until > now and len(self._values) <= self._most:
                return
            del self._values[key]
