"""How much of the people asked for a scene has."""

from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Float, and_, any_, case, cast, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.index.parameters import uuids
from search_service.index.scope import Scope
from search_service.index.tables import document_people, documents
from search_service.paging import MILLIONTHS, Place


async def by_presence(connection: AsyncConnection, scope: Scope, after: Place | None, limit: int) -> list[Place]:
    """Segments in order of certainty x screen share of those asked for, then by video and time."""
    ranked = (
        select(
            cast(func.round(-MILLIONTHS * average_presence(scope)), BigInteger).label("minus_score"),
            documents.c.video_id,
            documents.c.start_ms,
            documents.c.segment_id,
        )
        .where(*scope.conditions())
        .subquery()
    )
    found = select(ranked).order_by(*ranked.c).limit(limit)
    if after is not None:
        place = (after.minus_score, after.video_id, after.start_ms, after.segment_id)
        found = found.where(tuple_(*ranked.c) > tuple_(*place))
    return [Place(*row) for row in await connection.execute(found)]


def average_presence(scope: Scope) -> ColumnElement[float]:
    """Certainty x screen share of those asked for, on average; of each set, of the one who is there most."""
    shares = [_presence(anybody) for anybody in scope.who]
    return sum(shares, start=literal(0.0)) / max(1, len(shares))


def _presence(anybody: frozenset[UUID]) -> ColumnElement[float]:
    columns = document_people.c
    certainty = case((columns.human, 1.0), else_=columns.probability)
    length = cast(documents.c.end_ms - documents.c.start_ms, Float)
    share = certainty * func.least(1.0, columns.seen_ms / length)
    best = select(func.max(share)).where(
        and_(columns.segment_id == documents.c.segment_id, columns.person_id == any_(uuids(anybody)))
    )
    return func.coalesce(best.correlate(documents).scalar_subquery(), 0.0)
