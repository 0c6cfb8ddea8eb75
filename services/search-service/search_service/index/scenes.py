"""Documents themselves: what of a question they have, and what is shown of them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import any_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.embeddings import PersonMention
from kernel.contracts.errors import Language
from kernel.contracts.time import Span
from search_service.evidence import Scene
from search_service.index.parameters import uuids
from search_service.index.presence import average_presence
from search_service.index.scope import Scope
from search_service.index.tables import document_people, documents
from search_service.index.words import LEXEMES, common
from search_service.rank import Candidate


async def candidates(
    connection: AsyncConnection,
    scope: Scope,
    segments: Collection[UUID],
    lexemes: Collection[str],
    cosines: Mapping[UUID, Mapping[Language, float]],
) -> list[Candidate]:
    """What of the question some segments have: its words, and those it asks for."""
    columns = documents.c
    shared = [common(column, lexemes) for column in LEXEMES.values()]
    rows = await connection.execute(
        select(columns.segment_id, columns.video_id, columns.start_ms, average_presence(scope), *shared).where(
            columns.segment_id == any_(uuids(segments))
        )
    )
    return [
        Candidate(
            segment_id=segment,
            video_id=video,
            start_ms=start_ms,
            matched={"caption": frozenset(caption), "object": frozenset(object_), "title": frozenset(title)},
            presence=presence if scope.who else None,
            cosines=cosines.get(segment, {}),
        )
        for segment, video, start_ms, presence, caption, object_, title in rows
    ]


async def scenes(connection: AsyncConnection, segments: Collection[UUID]) -> dict[UUID, Scene]:
    """What is shown of some segments."""
    people = await _people(connection, segments)
    rows = await connection.execute(select(documents).where(documents.c.segment_id == any_(uuids(segments))))
    return {
        row.segment_id: Scene(
            title=row.title,
            span=Span(start_ms=row.start_ms, end_ms=row.end_ms),
            text_ko=row.text_ko,
            text_en=row.text_en,
            origin=row.origin,
            observed=row.observed,
            caption_model=row.caption_model,
            unknown_faces=row.unknown_faces,
            objects=tuple(row.objects),
            people=tuple(people.get(row.segment_id, ())),
        )
        for row in rows
    }


async def _people(connection: AsyncConnection, segments: Collection[UUID]) -> dict[UUID, list[PersonMention]]:
    """People by segment: those that people confirmed first, then by certainty and time on screen."""
    columns = document_people.c
    rows = await connection.execute(
        select(document_people)
        .where(columns.segment_id == any_(uuids(segments)))
        .order_by(columns.human.desc(), columns.probability.desc(), columns.seen_ms.desc(), columns.person_id)
    )
    found: dict[UUID, list[PersonMention]] = {}
    for row in rows.mappings():
        told = {name: value for name, value in row.items() if name != "segment_id"}
        found.setdefault(row["segment_id"], []).append(PersonMention(**told | {"seen": _spans(row["seen"])}))
    return found


def _spans(ranges: Iterable[Any]) -> list[Span]:
    return [Span(start_ms=one.lower, end_ms=one.upper) for one in ranges]
