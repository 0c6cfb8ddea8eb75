"""Where the last page of an answer ended: a place in its order, not a count, so that pages never repeat a hit.

What the order hangs on goes along: the weights of words and the model. Documents that come or go while somebody
turns pages then move no other document.
"""

import base64
import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from kernel.contracts.errors import InvalidError
from kernel.contracts.search import SearchRequest

MILLIONTHS = 1_000_000
LONGEST = 20_000  # bytes of a cursor


class Place(NamedTuple):
    """A hit's place: higher scores first, then by video, time and segment. Scores in millionths compare exactly."""

    minus_score: int
    video_id: UUID
    start_ms: int
    segment_id: UUID


def place(score: float, video_id: UUID, start_ms: int, segment_id: UUID) -> Place:
    return Place(-round(score * MILLIONTHS), video_id, start_ms, segment_id)


@dataclass(frozen=True)
class Cursor:
    """The last place that was shown, and by what it was ordered."""

    after: Place
    weights: tuple[float, ...] = ()  # of the concepts of the question, in its order
    model_id: str | None = None
    keywords: bool = False  # whether a language model's words were among them


def encode(cursor: Cursor, request: SearchRequest) -> str:
    minus_score, video_id, start_ms, segment_id = cursor.after
    at = [minus_score, video_id.hex, start_ms, segment_id.hex]
    parts = [_question(request), at, list(cursor.weights), cursor.model_id, cursor.keywords]
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(parts, ensure_ascii=False).encode())).decode().rstrip("=")


def decode(text: str, request: SearchRequest) -> Cursor:
    """Raises InvalidError for a cursor that was not given out for this very question."""
    try:
        padded = text + "=" * (-len(text) % 4)
        question, at, weights, model_id, keywords = json.loads(
            _inflated(base64.b64decode(padded, altchars=b"-_", validate=True))
        )
        minus_score, video_id, start_ms, segment_id = at
        # As PostgreSQL's bigint: a forged number must not reach it.
        bounded = [number.to_bytes(8, signed=True) and number for number in (minus_score, start_ms)]
        place = Place(bounded[0], UUID(video_id), bounded[1], UUID(segment_id))
        cursor = Cursor(place, _weights(weights), _model_id(model_id), keywords is True)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, zlib.error) as error:
        raise InvalidError(reason="cursor") from error
    if question != _question(request):
        raise InvalidError(reason="cursor")
    return cursor


def _inflated(packed: bytes) -> bytes:
    return zlib.decompressobj().decompress(packed, LONGEST)


def _weights(told: Any) -> tuple[float, ...]:
    return tuple(min(1.0, max(0.0, float(weight))) for weight in told)


def _model_id(told: Any) -> str | None:
    return None if told is None else _clean(told)


def _clean(text: str) -> str:
    if "\0" in text:
        raise ValueError(text)
    return text


def _question(request: SearchRequest) -> str:
    asked = request.model_dump_json(exclude={"cursor", "limit", "facets"})
    return hashlib.sha256(asked.encode()).hexdigest()[:16]
