"""Pages of listings, and their cursors: where the last page ended, opaque to whoever carries them."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from kernel.contracts.errors import InvalidError
from kernel.contracts.library import Page

Item = TypeVar("Item")
Part = str | int | UUID | datetime

BIGINT = range(-(2**63), 2**63)
LAST_RANK = 10_000


def page(found: Sequence[Item], limit: int, place: Callable[[Item], tuple[Part, ...]]) -> Page[Item]:
    """The first `limit` of `found`, which holds one more when the listing goes on.

    `place` is where an item stands in the listing's order; the next page begins after it.
    """
    last = found[limit - 1] if len(found) > limit else None
    return Page(items=list(found[:limit]), next_cursor=encode(*place(last)) if last is not None else None)


def rank(cursor: str | None) -> int:
    """How many items the pages before have shown, of a listing where an item has no place but its rank."""
    return min(max(decode(cursor, int)[0], 0), LAST_RANK) if cursor is not None else 0


def ranked(found: Sequence[Item], passed: int, limit: int) -> Page[Item]:
    """Of items in order of rank, those after the first `passed`."""
    more = encode(passed + limit) if len(found) > passed + limit else None
    return Page(items=list(found[passed : passed + limit]), next_cursor=more)


def encode(*parts: Part) -> str:
    plain = [part if isinstance(part, str | int) else _text(part) for part in parts]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode(cursor: str, *kinds: type[Part]) -> tuple[Any, ...]:
    """The parts of a cursor, of these kinds. Raises InvalidError for one that `encode` did not make of such parts."""
    try:
        return tuple(_part(raw, kind) for raw, kind in zip(_listed(cursor), kinds, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InvalidError(reason="cursor") from error


def _text(part: UUID | datetime) -> str:
    return part.isoformat() if isinstance(part, datetime) else str(part)


def _listed(cursor: str) -> list[object]:
    listed = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    if not isinstance(listed, list):
        raise TypeError(cursor)
    return listed


def _part(raw: object, kind: type[Part]) -> Part:
    if kind is int:
        if type(raw) is int and raw in BIGINT:
            return raw
        raise ValueError(raw)
    if not isinstance(raw, str) or b"\x00" in raw.encode():  # half a surrogate pair is no text either
        raise ValueError(raw)
    if kind is datetime:
        return _time(raw)
    return UUID(raw) if kind is UUID else raw


def _time(raw: str) -> datetime:
    at = datetime.fromisoformat(raw)
    if at.tzinfo is None:
        raise ValueError(raw)
    return at.astimezone(UTC)
