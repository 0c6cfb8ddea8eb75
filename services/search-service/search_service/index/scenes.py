"""What is shown of documents."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.embeddings import PersonMention
from kernel.contracts.time import Span
from search_service.evidence import Scene
from search_service.index.statement import fetch

DOCUMENTS = """
select segment_id, title, start_ms, end_ms, text_ko, text_en, origin, observed, caption_model, unknown_faces, objects
from "index".documents where segment_id = any($1::uuid[])
"""
# Those that people confirmed first, then by certainty and time on screen.
PEOPLE = """
select segment_id, person_id, probability, seen_ms, human, seen from "index".document_people
where segment_id = any($1::uuid[]) order by human desc, probability desc, seen_ms desc, person_id
"""


async def scenes(connection: AsyncConnection, segments: Collection[UUID]) -> dict[UUID, Scene]:
    """What is shown of some segments; those that were removed meanwhile are left out."""
    asked = [list(segments)]
    people: dict[UUID, list[PersonMention]] = {}
    for row in await fetch(connection, PEOPLE, asked):
        people.setdefault(row["segment_id"], []).append(_mention(row))
    return {
        row["segment_id"]: Scene(
            title=row["title"],
            span=Span(start_ms=row["start_ms"], end_ms=row["end_ms"]),
            text_ko=row["text_ko"],
            text_en=row["text_en"],
            origin=row["origin"],
            observed=row["observed"],
            caption_model=row["caption_model"],
            unknown_faces=row["unknown_faces"],
            objects=tuple(row["objects"]),
            people=tuple(people.get(row["segment_id"], ())),
        )
        for row in await fetch(connection, DOCUMENTS, asked)
    }


def _mention(row: Any) -> PersonMention:
    return PersonMention(
        person_id=row["person_id"],
        probability=row["probability"],
        seen_ms=row["seen_ms"],
        human=row["human"],
        seen=spans(row["seen"]),
    )


def spans(ranges: Iterable[Any]) -> list[Span]:
    return [Span(start_ms=one.lower, end_ms=one.upper) for one in ranges]
