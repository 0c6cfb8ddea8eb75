"""SQL of who may see a video or a series, as it was said."""

from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.account_tables import accounts, series_viewers, video_viewers
from gateway.tables import series, videos
from kernel.contracts.accounts import Visibility
from kernel.contracts.errors import NotFoundError

Kind = Literal["video", "series"]


class _Places(NamedTuple):
    table: Any
    viewers: Any
    its_id: Any


PLACES: dict[Kind, _Places] = {
    "video": _Places(videos, video_viewers, video_viewers.c.video_id),
    "series": _Places(series, series_viewers, series_viewers.c.series_id),
}
FREE = Visibility(audience="everyone")


async def said(connection: AsyncConnection, kind: Kind, its_id: UUID) -> Visibility | None:
    """What was said of it itself; None leaves it to its series, or to everyone. Raises NotFoundError."""
    table, viewers, column = PLACES[kind]
    row = (await connection.execute(select(table.c.audience).where(table.c.id == its_id))).one_or_none()
    if row is None:
        raise NotFoundError(what=kind)
    if row.audience is None:
        return None
    named = select(viewers.c.account_id).where(column == its_id).order_by(viewers.c.account_id)
    return Visibility(audience=row.audience, accounts=list((await connection.execute(named)).scalars()))


async def of_video(connection: AsyncConnection, video_id: UUID) -> Visibility:
    """What holds for a video: its own, else its series'."""
    own = await said(connection, "video", video_id)
    if own is not None:
        return own
    series_id = await connection.scalar(select(videos.c.series_id).where(videos.c.id == video_id))
    return (await said(connection, "series", series_id) if series_id is not None else None) or FREE


async def say(connection: AsyncConnection, kind: Kind, its_id: UUID, visibility: Visibility | None) -> None:
    """Raises NotFoundError, also for an account that is not there."""
    table, viewers, column = PLACES[kind]
    named = sorted(set(visibility.accounts)) if visibility is not None and visibility.audience == "named" else []
    known = select(func.count()).select_from(accounts).where(accounts.c.id.in_(named))
    if (await connection.scalar(known) or 0) < len(named):
        raise NotFoundError(what="account")
    audience = visibility.audience if visibility is not None else None
    if (await connection.execute(update(table).where(table.c.id == its_id).values(audience=audience))).rowcount == 0:
        raise NotFoundError(what=kind)
    await connection.execute(delete(viewers).where(column == its_id))
    if named:
        await connection.execute(insert(viewers), [{column.name: its_id, "account_id": one} for one in named])


async def owner(connection: AsyncConnection, video_id: UUID) -> UUID | None:
    """Who brought a video; None when that was nobody's account, or is not known any more."""
    found: UUID | None = await connection.scalar(select(videos.c.owner_id).where(videos.c.id == video_id))
    return found
