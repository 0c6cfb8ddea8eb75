"""SQL of how everybody stands: their pictures, their time on screen, and how much waits for a decision."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library.references import usable
from gateway.library.sight import EVERYTHING, Sight
from gateway.tables import candidates, references, strangers, tracks


@dataclass(frozen=True)
class Pictures:
    """How many pictures of somebody there are, and how many of them match now."""

    there: int = 0
    usable: int = 0
    expired: int = 0
    withdrawn: int = 0


@dataclass(frozen=True)
class Waiting:
    """What waits for somebody's decision."""

    strangers: int
    candidates: int


async def pictures(connection: AsyncConnection) -> dict[UUID, Pictures]:
    """By person, as they were referenced: merged people stand for themselves."""
    columns = references.c
    expired = columns.expires_at <= func.now()
    withdrawn = columns.withdrawn_at.isnot(None)
    query = select(
        columns.person_id,
        func.count().label("there"),
        func.count().filter(usable()).label("usable"),
        func.count().filter(and_(expired, ~withdrawn)).label("expired"),
        func.count().filter(withdrawn).label("withdrawn"),
    ).group_by(columns.person_id)
    rows = await connection.execute(query)
    return {row.person_id: Pictures(row.there, row.usable, row.expired, row.withdrawn) for row in rows}


async def screen_time(connection: AsyncConnection, sight: Sight = EVERYTHING) -> dict[UUID, int]:
    """Milliseconds on screen in all videos, by person as tracks name them; a face shown twice counts once."""
    length = func.sum(tracks.c.end_ms - tracks.c.start_ms)
    query = (
        select(tracks.c.person_id, length.label("ms"))
        .where(tracks.c.person_id.isnot(None), tracks.c.copy_of.is_(None), sight.of(tracks.c.video_id))
        .group_by(tracks.c.person_id)
    )
    return {row.person_id: int(row.ms) for row in await connection.execute(query)}


async def waiting(connection: AsyncConnection, sight: Sight = EVERYTHING) -> Waiting:
    open_strangers = (
        select(func.count(strangers.c.id.distinct()))
        .join(tracks, tracks.c.stranger_id == strangers.c.id)
        .where(strangers.c.state == "open", tracks.c.person_id.is_(None), sight.of(tracks.c.video_id))
    )
    unseen = select(func.count()).select_from(candidates).where(candidates.c.state == "waiting")
    return Waiting(await connection.scalar(open_strangers) or 0, await connection.scalar(unseen) or 0)
