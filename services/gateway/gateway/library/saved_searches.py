"""SQL of saved searches and of what they have found."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, Select, delete, exists, func, insert, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.finding_tables import saved_search_hits, saved_searches
from gateway.library import cursors
from gateway.library.sight import Sight
from gateway.tables import segments
from kernel.contracts.errors import ConflictError, NotFoundError
from kernel.contracts.library import Page
from kernel.contracts.search import SearchRequest
from kernel.contracts.time import Span


class Kept(NamedTuple):
    """A saved search as it is kept; how many moments it found that nobody has looked at, or was told of."""

    id: UUID
    name: str
    question: SearchRequest
    actor: str
    looked_at: datetime
    created_at: datetime
    new: int
    untold: int


class FoundMoment(NamedTuple):
    """A moment a search found: its best segment, and every segment of it."""

    segment_id: UUID
    segments: Sequence[UUID]
    video_id: UUID
    span: Span


async def any_kept(connection: AsyncConnection) -> bool:
    return bool(await connection.scalar(select(exists(select(saved_searches.c.id)))))


async def add(connection: AsyncConnection, name: str, question: SearchRequest, actor: str, door: str) -> UUID:
    """Raises ConflictError when the actor has one of that name."""
    row = {"id": uuid4(), "name": name, "question": question.model_dump(mode="json"), "actor": actor, "door": door}
    try:
        await connection.execute(insert(saved_searches).values(row))
    except IntegrityError as error:
        raise ConflictError(reason=name) from error
    return UUID(str(row["id"]))


async def rename(connection: AsyncConnection, search_id: UUID, actor: str, name: str) -> None:
    """Raises NotFoundError; ConflictError when the actor has another of that name."""
    try:
        changed = await connection.execute(update(saved_searches).where(*_one(search_id, actor)).values(name=name))
    except IntegrityError as error:
        raise ConflictError(reason=name) from error
    _there(changed.rowcount)


async def remove(connection: AsyncConnection, search_id: UUID, actor: str) -> None:
    _there((await connection.execute(delete(saved_searches).where(*_one(search_id, actor)))).rowcount)


async def look(connection: AsyncConnection, search_id: UUID, actor: str) -> None:
    """From now on nothing of what it has found is new."""
    looked = update(saved_searches).where(*_one(search_id, actor)).values(looked_at=func.now())
    _there((await connection.execute(looked)).rowcount)
    unseen = (saved_search_hits.c.saved_search_id == search_id, ~saved_search_hits.c.seen)
    await connection.execute(update(saved_search_hits).where(*unseen).values(seen=True))


async def tell(connection: AsyncConnection, search_id: UUID, actor: str) -> None:
    """Its owner was told of all that it has found until now."""
    told = update(saved_searches).where(*_one(search_id, actor)).values(told_at=func.clock_timestamp())
    _there((await connection.execute(told)).rowcount)


async def get(connection: AsyncConnection, search_id: UUID, actor: str, sight: Sight) -> Kept:
    row = (await connection.execute(_shown(sight).where(*_one(search_id, actor)))).one_or_none()
    if row is None:
        raise NotFoundError(what="saved search")
    return _kept(row)


async def listing(
    connection: AsyncConnection, actor: str, sight: Sight, cursor: str | None = None, limit: int = 50
) -> Page[Any]:
    """Of one actor, newest first: a page of Kept."""
    place = (saved_searches.c.created_at, saved_searches.c.id)
    query = (
        _shown(sight).where(saved_searches.c.actor == actor).order_by(*(one.desc() for one in place)).limit(limit + 1)
    )
    if cursor is not None:
        query = query.where(tuple_(*place) < cursors.decode(cursor, datetime, UUID))
    rows = [_kept(row) for row in await connection.execute(query)]
    return cursors.page(rows, limit, lambda kept: (kept.created_at, kept.id))


async def lock(connection: AsyncConnection, search_id: UUID) -> bool:
    """Hold it until the transaction ends; False when it is no more."""
    held = select(saved_searches.c.id).where(saved_searches.c.id == search_id).with_for_update()
    return (await connection.scalar(held)) is not None


async def every(connection: AsyncConnection) -> list[tuple[UUID, SearchRequest]]:
    """All of everybody, to be asked again."""
    rows = await connection.execute(
        select(saved_searches.c.id, saved_searches.c.question).order_by(saved_searches.c.id)
    )
    return [(row.id, SearchRequest.model_validate(row.question)) for row in rows]


async def note(connection: AsyncConnection, search_id: UUID, found: Iterable[FoundMoment], *, seen: bool) -> int:
    """Note what was found; how many moments of it hold no segment that was found before."""
    known = set(
        (
            await connection.execute(
                select(saved_search_hits.c.segment_id).where(saved_search_hits.c.saved_search_id == search_id)
            )
        ).scalars()
    )
    new = 0
    for moment in found:
        fresh = known.isdisjoint(moment.segments)
        new += fresh
        rows = [_row(search_id, moment, one, seen=seen or not fresh) for one in moment.segments if one not in known]
        known.update(moment.segments)
        if rows:
            await connection.execute(upsert(saved_search_hits).values(rows).on_conflict_do_nothing())
    return new


def _row(search_id: UUID, moment: FoundMoment, segment_id: UUID, *, seen: bool) -> dict[str, object]:
    return {
        "saved_search_id": search_id,
        "segment_id": segment_id,
        "video_id": moment.video_id,
        "moment": moment.segment_id,
        "start_ms": moment.span.start_ms,
        "end_ms": moment.span.end_ms,
        "seen": seen,
    }


class NewMoment(NamedTuple):
    segment_id: UUID
    video_id: UUID
    span: Span
    found_at: datetime


async def new_moments(
    connection: AsyncConnection, search_id: UUID, sight: Sight, *, limit: int, cursor: str | None = None
) -> Page[NewMoment]:
    """What it found that nobody has looked at and that is still there, newest first."""
    hits = saved_search_hits
    place = (hits.c.found_at, hits.c.moment)
    query = (
        select(hits.c.moment, hits.c.video_id, hits.c.start_ms, hits.c.end_ms, hits.c.found_at)
        .join(segments, segments.c.id == hits.c.segment_id)
        .where(hits.c.saved_search_id == search_id, *_new(sight))
        .order_by(*(one.desc() for one in place))
        .limit(limit + 1)
    )
    if cursor is not None:
        query = query.where(tuple_(*place) < cursors.decode(cursor, datetime, UUID))
    found = [
        NewMoment(row.moment, row.video_id, Span(start_ms=row.start_ms, end_ms=row.end_ms), row.found_at)
        for row in await connection.execute(query)
    ]
    return cursors.page(found, limit, lambda one: (one.found_at, one.segment_id))


async def news(connection: AsyncConnection, actor: str, sight: Sight) -> tuple[int, int]:
    """How many new moments an actor's searches have found, and how many searches found any."""
    hits = saved_search_hits
    query = (
        select(func.count(), func.count(hits.c.saved_search_id.distinct()))
        .select_from(hits.join(saved_searches).join(segments, segments.c.id == hits.c.segment_id))
        .where(saved_searches.c.actor == actor, *_new(sight))
    )
    row = (await connection.execute(query)).one()
    return row[0], row[1]


async def texts(connection: AsyncConnection) -> list[tuple[UUID, str, SearchRequest]]:
    """Name and question of every one."""
    rows = await connection.execute(select(saved_searches.c.id, saved_searches.c.name, saved_searches.c.question))
    return [(row.id, row.name, SearchRequest.model_validate(row.question)) for row in rows]


async def drop(connection: AsyncConnection, ids: Collection[UUID]) -> int:
    return (await connection.execute(delete(saved_searches).where(saved_searches.c.id.in_(ids)))).rowcount


def _one(search_id: UUID, actor: str) -> tuple[Any, Any]:
    return saved_searches.c.id == search_id, saved_searches.c.actor == actor


def _new(sight: Sight) -> tuple[ColumnElement[bool], ...]:
    """Moments nobody has looked at, of videos that may be seen; each is counted once."""
    hits = saved_search_hits
    return ~hits.c.seen, hits.c.segment_id == hits.c.moment, sight.of(hits.c.video_id)


def _there(count: int) -> None:
    if not count:
        raise NotFoundError(what="saved search")


def _shown(sight: Sight) -> Select[Any]:
    hits = saved_search_hits
    untold = func.count().filter(hits.c.found_at > saved_searches.c.told_at)
    new = (
        select(func.count().label("new"), untold.label("untold"))
        .select_from(hits.join(segments, segments.c.id == hits.c.segment_id))
        .where(hits.c.saved_search_id == saved_searches.c.id, *_new(sight))
        .lateral()
    )
    return select(saved_searches, new.c.new, new.c.untold).join(new, true())


def _kept(row: Row[Any]) -> Kept:
    question = SearchRequest.model_validate(row.question)
    return Kept(row.id, row.name, question, row.actor, row.looked_at, row.created_at, row.new, row.untold)
