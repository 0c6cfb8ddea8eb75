"""Cursors of listings: where the last page ended, opaque to whoever carries them."""

import base64
import binascii
import json
from datetime import datetime
from uuid import UUID

from kernel.contracts.errors import InvalidError


def encode(*parts: str | int) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def decode(cursor: str, kinds: tuple[type, ...]) -> list[str | int]:
    """The parts of a cursor. Raises InvalidError for one that was not made by `encode` for the same listing."""
    try:
        parts = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise InvalidError(reason="cursor") from error
    if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds):
        raise InvalidError(reason="cursor")
    if any(isinstance(part, str) and "\x00" in part for part in parts):
        raise InvalidError(reason="cursor")
    return parts


def as_uuid(part: str | int) -> UUID:
    try:
        return UUID(str(part))
    except ValueError as error:
        raise InvalidError(reason="cursor") from error


def as_time(part: str | int) -> datetime:
    try:
        at = datetime.fromisoformat(str(part))
    except ValueError as error:
        raise InvalidError(reason="cursor") from error
    if at.tzinfo is None:
        raise InvalidError(reason="cursor")
    return at
