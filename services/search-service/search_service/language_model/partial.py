"""The entries of a JSON list while the text that holds it is still coming. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Any

_BETWEEN = re.compile(r"[\s,]*")


class Items:
    """Reads `{"…": […], name: [entry, entry, …` piece by piece."""

    def __init__(self, name: str) -> None:
        self._begins = re.compile(rf'"{re.escape(name)}"\s*:\s*\[')
        self._decoder = json.JSONDecoder()
        self._at: int | None = None
        self._over = False
        self.text = ""

    def feed(self, more: str) -> Iterator[Any]:
        """Entries that are complete with this piece."""
        self.text += more
        if self._at is None:
            found = self._begins.search(self.text)
            if found is None:
                return
            self._at = found.end()
        while not self._over and (entry := self._next()) is not None:
            yield entry[0]

    def _next(self) -> tuple[Any] | None:
        if self._at is None:
            return None
        start = _BETWEEN.match(self.text, self._at)
        at = start.end() if start else self._at
        if at < len(self.text) and self.text[at] == "]":
            self._over = True
            return None
        try:
            entry, self._at = self._decoder.raw_decode(self.text, at)
        except json.JSONDecodeError:
            return None
        return (entry,)
