"""Where pictures of people are looked for, one file a source."""

from collections.abc import Iterable
from importlib import import_module
from typing import Protocol, cast

from kernel.contracts.model import Value


class Found(Value):
    """A picture a search names: its address, the page it is on, what that page calls it."""

    address: str
    page: str | None = None
    title: str | None = None


class Answer(Protocol):
    """What a source reads of a page of results (requests' Response)."""

    @property
    def text(self) -> str: ...


class Source(Protocol):
    """A search: addresses of its pages of results, and what each of them names."""

    ADDRESS: str
    """With `{query}` (quoted already) and `{first}`, the number of the first result wanted, from 0."""
    A_PAGE: int
    """Results a page has."""

    def found_in(self, answer: Answer) -> Iterable[Found]:
        """What one page of results names, in its order. Raises ValueError when it is no such page."""


def source(name: str) -> Source:
    """The source of that name: the module beside this one."""
    return cast("Source", import_module(f"{__name__}.{name}"))
