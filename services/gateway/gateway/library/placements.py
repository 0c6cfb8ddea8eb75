"""SQL of what other programs show of the archive, and what of it has to be shown again or taken back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, delete, false, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.account_tables import accounts, placements
from gateway.library import cursors
from gateway.library.forgotten import Marks
from gateway.library.sight import Sight
from gateway.tables import segments, series, videos
from gateway.timeline_tables import edits
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page
from kernel.contracts.placements import NewPlacement, Placement

EVERYONE = "everyone"
_AUDIENCE = func.coalesce(videos.c.audience, series.c.audience, EVERYONE)
# The newest that was said of it; who placed it, for whom the video was then and since when stay.
_AGAIN = ("segment_id", "version", "gone", "until", "details")
_TOLD = ("elsewhere", "kind", "video_id", *_AGAIN, "created_at")


async def put(connection: AsyncConnection, account_id: UUID, new: Sequence[NewPlacement]) -> None:
    """Raises nothing for a video that is not there: whoever calls has looked."""
    audiences = await _audiences(connection, {one.video_id for one in new})
    rows = [
        one.model_dump() | {"account_id": account_id, "audience": audiences.get(one.video_id, EVERYONE)} for one in new
    ]
    kept = insert(placements).values(rows)
    again = {name: kept.excluded[name] for name in _AGAIN}
    await connection.execute(kept.on_conflict_do_update(index_elements=[placements.c.elsewhere], set_=again))


async def _audiences(connection: AsyncConnection, video_ids: set[UUID]) -> dict[UUID, str]:
    query = select(videos.c.id, _AUDIENCE).outerjoin(series, series.c.id == videos.c.series_id)
    return {row[0]: row[1] for row in await connection.execute(query.where(videos.c.id.in_(video_ids)))}


async def of_segment(connection: AsyncConnection, program: str, segment_id: UUID) -> list[Placement]:
    """Oldest first."""
    query = await _query(connection, program)
    rows = await connection.execute(
        query.where(placements.c.segment_id == segment_id).order_by(placements.c.created_at)
    )
    return [_read(row) for row in rows]


async def due(connection: AsyncConnection, program: str, *, limit: int, cursor: str | None = None) -> Page[Placement]:
    """In order of where they are."""
    found = (await _query(connection, program)).subquery()
    query = select(found).where(found.c.due.isnot(None)).order_by(found.c.elsewhere).limit(limit + 1)
    if cursor is not None:
        query = query.where(found.c.elsewhere > cursors.decode(cursor, str)[0])
    rows = [_read(row) for row in await connection.execute(query)]
    return cursors.page(rows, limit, lambda one: (one.elsewhere,))


async def remove(connection: AsyncConnection, elsewhere: str) -> None:
    """Raises NotFoundError."""
    removed = await connection.execute(delete(placements).where(placements.c.elsewhere == elsewhere))
    if removed.rowcount == 0:
        raise NotFoundError(what="placement")


async def forget(connection: AsyncConnection, marks: Marks) -> None:
    """Somebody is being forgotten: messages that may name them and pictures of faces are taken back, cards shown again.

    Before history is rewritten: what it told of them is where they are named elsewhere.
    """
    told = or_(marks.within(edits.c.before), marks.within(edits.c.after), marks.within(edits.c.note))
    about = placements.c.video_id.in_(select(edits.c.video_id).where(told))
    whole = or_(placements.c.kind == "message", placements.c.segment_id.is_(None))
    await connection.execute(update(placements).where(about, whole).values(until=func.now()))
    await connection.execute(update(placements).where(about, placements.c.kind == "card").values(version=-1))
    noted = update(placements).where(marks.within(placements.c.details))
    await connection.execute(noted.values(details=placements.c.details.op("-")("note")))


async def _query(connection: AsyncConnection, program: str) -> Select[Any]:
    open_ = (_AUDIENCE == EVERYONE).label("open")
    joined = (
        placements.outerjoin(videos, videos.c.id == placements.c.video_id)
        .outerjoin(series, series.c.id == videos.c.series_id)
        .outerjoin(segments, segments.c.id == placements.c.segment_id)
    )
    mine = placements.c.elsewhere.startswith(f"{program}:", autoescape=True)
    due = _due(await _unseen(connection)).label("due")
    return select(*(placements.c[name] for name in _TOLD), open_, due).select_from(joined).where(mine)


def _due(unseen: ColumnElement[bool]) -> ColumnElement[Any]:
    over = placements.c.until <= func.now()
    left = and_(placements.c.kind == "file", placements.c.segment_id.isnot(None), segments.c.id.is_(None))
    narrower = _rank(_AUDIENCE) > _rank(placements.c.audience)
    otherwise = or_(segments.c.version > placements.c.version, segments.c.id.is_(None) != placements.c.gone)
    return case(
        (or_(videos.c.id.is_(None), over, left, narrower, unseen), "ended"),
        (and_(placements.c.kind == "card", otherwise), "changed"),
        else_=None,
    )


def _rank(audience: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((audience == EVERYONE, 0), (audience == "editors", 1), else_=2)


async def _unseen(connection: AsyncConnection) -> ColumnElement[bool]:
    """Whether whoever placed it may not see its video any more: of the few who placed what is not for everyone."""
    who = select(accounts.c.id, accounts.c.role).where(
        accounts.c.id.in_(select(placements.c.account_id).where(placements.c.audience != EVERYONE))
    )
    theirs = [
        and_(placements.c.account_id == row.id, ~Sight(row.id, row.role).of(placements.c.video_id))
        for row in await connection.execute(who)
        if row.role != "admin"
    ]
    return or_(false(), *theirs)


def _read(row: Any) -> Placement:
    return Placement.model_validate(row._asdict())
