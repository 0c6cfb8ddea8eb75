"""What is shown of documents."""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.embeddings import PersonMention
from kernel.contracts.time import Span
from search_service.evidence import Scene
from search_service.index.statement import fetch

# A row for each mention, one for a document without any: those that people confirmed first, then by certainty and time
# on screen.
SCENES = """
select d.segment_id, d.video_id, d.title, d.start_ms, d.end_ms, d.text_ko, d.text_en, d.origin, d.observed,
  d.caption_model, d.unknown_faces, d.objects, d.unknown_seen, p.person_id, p.probability, p.seen_ms, p.human, p.seen
from "index".documents d left join "index".document_people p using (segment_id) where d.segment_id = any($1::uuid[])
order by d.segment_id, p.human desc, p.probability desc, p.seen_ms desc, p.person_id
"""
ENDS = """
select video_id, max(end_ms) as end_ms from "index".documents where video_id = any($1::uuid[]) group by video_id
"""


async def scenes(connection: AsyncConnection, segments: Collection[UUID]) -> dict[UUID, Scene]:
    """What is shown of some segments; those that were removed meanwhile are left out."""
    if not segments:
        return {}
    rows = await fetch(connection, SCENES, [list(segments)])
    return {segment_id: _scene(list(its)) for segment_id, its in groupby(rows, key=lambda row: row["segment_id"])}


def _scene(rows: Sequence[Any]) -> Scene:
    row = rows[0]
    return Scene(
        video_id=row["video_id"],
        title=row["title"],
        span=Span(start_ms=row["start_ms"], end_ms=row["end_ms"]),
        text_ko=row["text_ko"],
        text_en=row["text_en"],
        origin=row["origin"],
        observed=row["observed"],
        caption_model=row["caption_model"],
        unknown_faces=row["unknown_faces"],
        objects=tuple(row["objects"]),
        people=tuple(_mention(one) for one in rows if one["person_id"] is not None),
        strangers=tuple(_spans(row["unknown_seen"])),
    )


def _mention(row: Any) -> PersonMention:
    return PersonMention(
        person_id=row["person_id"],
        probability=row["probability"],
        seen_ms=row["seen_ms"],
        human=row["human"],
        seen=_spans(row["seen"]),
    )


def _spans(ranges: Iterable[Any]) -> list[Span]:
    return [Span(start_ms=one.lower, end_ms=one.upper) for one in ranges]


async def ends(connection: AsyncConnection, videos: Collection[UUID]) -> dict[UUID, int]:
    """Where the last document of each of some videos ends, in milliseconds."""
    rows = await fetch(connection, ENDS, [list(videos)]) if videos else []
    return {row["video_id"]: row["end_ms"] for row in rows}
