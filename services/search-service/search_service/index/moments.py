"""What `moments.py` says, said to PostgreSQL: when what is asked of people holds, as a multirange of a document."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, any_, cast, func, literal, not_, or_, select
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE

from search_service.index.parameters import uuids
from search_service.index.tables import document_people, documents
from search_service.understanding.parts import Meaning, Window

NEVER = cast(literal("{}"), INT8MULTIRANGE)
Moments = ColumnElement[Any]


def exacting(asked: Meaning) -> bool:
    """Whether times have to be compared: for one person or group it is enough that somebody is there."""
    seen = bool(asked.who) + bool(asked.windows) + len(asked.who[1:])
    return seen > 1 or bool(asked.without) or asked.alone


def holds(asked: Meaning) -> Moments:
    """The milliseconds of a document in which everything that is asked of people holds, by one look at who is in it."""
    found: Moments = func.int8multirange(func.int8range(documents.c.start_ms, documents.c.end_ms))
    for anybody in asked.who:
        found = found.op("*")(_seen(document_people.c.person_id == any_(uuids(anybody)), *surely(asked.certain)))
    for window in asked.windows:
        found = found.op("*")(func.int8multirange(func.int8range(*bounds(window))))
    if asked.without:
        found = found.op("-")(_seen(document_people.c.person_id == any_(uuids(asked.without))))
    if asked.alone:
        others = not_(document_people.c.person_id == any_(uuids(frozenset[UUID]().union(*asked.who))))
        found = found.op("-")(_seen(others)).op("-")(documents.c.unknown_seen)
    in_it = document_people.c.segment_id == documents.c.segment_id
    return select(found).select_from(document_people).where(in_it).correlate(documents).scalar_subquery()


def some_moment(asked: Meaning) -> ColumnElement[bool]:
    """Whether there is such a millisecond; documents without any of those who must not be there need no arithmetic."""
    somewhere = not_(func.isempty(holds(asked)))
    if asked.who or asked.windows or asked.alone:
        return somewhere
    return or_(not_(documents.c.people.overlap(uuids(asked.without))), somewhere)


def surely(certain: float) -> list[ColumnElement[bool]]:
    columns = document_people.c
    return [or_(columns.human, columns.probability >= certain)] if certain > 0 else []


def _seen(*who: ColumnElement[bool]) -> Moments:
    return func.coalesce(func.range_agg(document_people.c.seen).filter(*who), NEVER)


def bounds(window: Window) -> tuple[ColumnElement[int], ColumnElement[int] | None]:
    """Beginning and end of a part of a document's video; None is open."""
    if window.third:
        before, after = (
            (video_end() * literal(part, BigInteger)).op("/")(3) for part in (window.third - 1, window.third)
        )
        return cast(before, BigInteger), cast(after, BigInteger)
    start: ColumnElement[int] = literal(window.start_ms or 0, BigInteger)
    if window.from_the_end:
        start = func.greatest(literal(0, BigInteger), video_end() + start)
    return start, None if window.end_ms is None else literal(window.end_ms, BigInteger)


def video_end() -> ColumnElement[int]:
    """Where the last document of a document's video ends, in milliseconds."""
    same = documents.alias("same_video")
    return (
        select(func.max(same.c.end_ms))
        .where(same.c.video_id == documents.c.video_id)
        .correlate(documents)
        .scalar_subquery()
    )
