"""When people and strangers are seen in some documents."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.time import Span
from search_service.index.scenes import spans
from search_service.index.statement import fetch
from search_service.moments import Timeline
from search_service.understanding.parts import Meaning

CUTS = """
select segment_id, video_id, start_ms, end_ms, unknown_seen from "index".documents where segment_id = any($1::uuid[])
"""
PEOPLE = """
select segment_id, person_id, seen, human, probability from "index".document_people where segment_id = any($1::uuid[])
"""
ENDS = """
select video_id, max(end_ms) as end_ms from "index".documents where video_id = any($1::uuid[]) group by video_id
"""


async def timelines(connection: AsyncConnection, segments: Collection[UUID], asked: Meaning) -> dict[UUID, Timeline]:
    """By segment, as far as a question about people needs them."""
    cuts = await fetch(connection, CUTS, [list(segments)])
    seen: dict[UUID, dict[UUID, list[Span]]] = defaultdict(dict)
    doubted: dict[UUID, set[UUID]] = defaultdict(set)
    for row in await fetch(connection, PEOPLE, [list(segments)]):
        seen[row["segment_id"]][row["person_id"]] = spans(row["seen"])
        if not row["human"] and row["probability"] < asked.certain:
            doubted[row["segment_id"]].add(row["person_id"])
    ends = await _ends(connection, {row["video_id"] for row in cuts}, asked)
    return {
        row["segment_id"]: Timeline(
            span=Span(start_ms=row["start_ms"], end_ms=row["end_ms"]),
            seen=seen[row["segment_id"]],
            strangers=spans(row["unknown_seen"]),
            video_end_ms=ends.get(row["video_id"], 0),
            doubted=frozenset(doubted[row["segment_id"]]),
        )
        for row in cuts
    }


async def _ends(connection: AsyncConnection, videos: Collection[UUID], asked: Meaning) -> Mapping[UUID, int]:
    if not any(window.from_the_end for window in asked.windows):
        return {}
    return {row["video_id"]: row["end_ms"] for row in await fetch(connection, ENDS, [list(videos)])}
