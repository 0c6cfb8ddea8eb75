"""Where the last page of an answer ended: a place in its order, not a count, so that pages never repeat a hit."""

import base64
import hashlib
import json
from dataclasses import astuple, dataclass
from uuid import UUID

from kernel.contracts.errors import InvalidError
from kernel.contracts.search import SearchRequest

MILLIONTHS = 1_000_000


@dataclass(frozen=True, order=True)
class Place:
    """A hit's place: higher scores first, then by video, time and segment. Scores in millionths compare exactly."""

    minus_score: int
    video_id: UUID
    start_ms: int
    segment_id: UUID


def place(score: float, video_id: UUID, start_ms: int, segment_id: UUID) -> Place:
    return Place(-round(score * MILLIONTHS), video_id, start_ms, segment_id)


def encode(at: Place, request: SearchRequest) -> str:
    minus_score, video_id, start_ms, segment_id = astuple(at)
    parts = [_question(request), minus_score, video_id.hex, start_ms, segment_id.hex]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def decode(cursor: str, request: SearchRequest) -> Place:
    """Raises InvalidError for a cursor that was not given out for this very question."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        question, minus_score, video_id, start_ms, segment_id = parts
        # As PostgreSQL's bigint: a forged number must not reach it.
        bounded = [number.to_bytes(8, signed=True) and number for number in (minus_score, start_ms)]
        at = Place(bounded[0], UUID(video_id), bounded[1], UUID(segment_id))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise InvalidError(reason="cursor") from error
    if question != _question(request):
        raise InvalidError(reason="cursor")
    return at


def _question(request: SearchRequest) -> str:
    asked = request.model_dump_json(exclude={"cursor", "limit"})
    return hashlib.sha256(asked.encode()).hexdigest()[:16]
