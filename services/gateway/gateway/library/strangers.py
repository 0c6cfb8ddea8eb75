"""SQL of strangers: faces nobody has named, over all videos."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Text, bindparam, cast, delete, exists, func, insert, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import cursors
from gateway.library.sight import EVERYTHING, Sight
from gateway.library.tracks import several
from gateway.pipeline.identify import SeenTrack
from gateway.tables import rulings, strangers, track_vectors, tracks
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page, Track
from kernel.contracts.people import Stranger, StrangerState

SAMPLES = 6
_LOCK = text("select pg_advisory_xact_lock(hashtext('library.strangers'))")


class Placed(NamedTuple):
    """A track and the stranger it is put with; `machines` is where the machine had it, when a person said otherwise."""

    track: SeenTrack
    stranger_id: UUID
    machines: UUID | None = None


# ---- reading


async def listing(
    connection: AsyncConnection,
    state: StrangerState = "open",
    cursor: str | None = None,
    limit: int = 50,
    *,
    sight: Sight = EVERYTHING,
) -> Page[Stranger]:
    """Most screen time first; those whose every track has a name are left out."""
    shown = _shown(sight).where(strangers.c.state == state).subquery()
    query = select(shown).order_by(shown.c.ms.desc(), shown.c.id.desc()).limit(limit + 1)
    if cursor is not None:
        query = query.where(tuple_(shown.c.ms, shown.c.id) < cursors.decode(cursor, int, UUID))
    rows = (await connection.execute(query)).all()
    page = cursors.page(rows, limit, lambda row: (int(row.ms), row.id))
    return Page(items=await _strangers(connection, page.items, sight), next_cursor=page.next_cursor)


async def get(connection: AsyncConnection, stranger_id: UUID, sight: Sight = EVERYTHING) -> Stranger:
    """Raises NotFoundError, also when every track of it has a name."""
    rows = (await connection.execute(_shown(sight).where(strangers.c.id == stranger_id))).all()
    if not rows:
        raise NotFoundError(what="stranger")
    return (await _strangers(connection, rows, sight))[0]


async def several_of(
    connection: AsyncConnection, ids: Collection[UUID], sight: Sight = EVERYTHING
) -> dict[UUID, Stranger]:
    """Strangers by id; those whose every track has a name are left out."""
    rows = (await connection.execute(_shown(sight).where(strangers.c.id.in_(ids)))).all()
    return {one.id: one for one in await _strangers(connection, rows, sight)}


async def longest(connection: AsyncConnection, count: int, sight: Sight = EVERYTHING) -> dict[UUID, float]:
    """The `count` open strangers with most screen time, to their seconds."""
    shown = _shown(sight).where(strangers.c.state == "open")
    query = shown.order_by(text("ms desc"), strangers.c.id.desc()).limit(count)
    return {row.id: int(row.ms) / 1000 for row in await connection.execute(query)}


async def tracks_of(connection: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Unknown tracks of these strangers, in order of (video, start, id), to their stranger."""
    query = (
        select(tracks.c.id, tracks.c.stranger_id)
        .where(tracks.c.stranger_id.in_(ids), tracks.c.person_id.is_(None))
        .order_by(tracks.c.video_id, tracks.c.start_ms, tracks.c.id)
    )
    return {row.id: row.stranger_id for row in await connection.execute(query)}


async def track_page(
    connection: AsyncConnection,
    stranger_id: UUID,
    cursor: str | None = None,
    limit: int = 50,
    *,
    sight: Sight = EVERYTHING,
) -> Page[Track]:
    """Its unknown tracks in order of (video, start, id)."""
    place = (tracks.c.video_id, tracks.c.start_ms, tracks.c.id)
    its = (tracks.c.stranger_id == stranger_id, tracks.c.person_id.is_(None), sight.of(tracks.c.video_id))
    query = select(*place).where(*its)
    if cursor is not None:
        query = query.where(tuple_(*place) > cursors.decode(cursor, UUID, int, UUID))
    rows = (await connection.execute(query.order_by(*place).limit(limit + 1))).all()
    page = cursors.page(rows, limit, lambda row: (row.video_id, row.start_ms, row.id))
    found = await several(connection, [row.id for row in page.items])
    return Page(items=[found[row.id] for row in page.items if row.id in found], next_cursor=page.next_cursor)


async def clearest(
    connection: AsyncConnection, ids: Collection[UUID], count: int = SAMPLES, sight: Sight = EVERYTHING
) -> dict[UUID, list[UUID]]:
    """Stranger to its `count` clearest unknown tracks: those that fill most of the picture, sharply."""
    presence = func.coalesce(tracks.c.evidence["presence"].as_float(), 0.0)
    order = (presence.desc(), tracks.c.id)
    ranked = (
        select(
            tracks.c.id,
            tracks.c.stranger_id,
            func.row_number().over(partition_by=tracks.c.stranger_id, order_by=order).label("place"),
        )
        .where(tracks.c.stranger_id.in_(ids), tracks.c.person_id.is_(None), sight.of(tracks.c.video_id))
        .subquery()
    )
    chosen = select(ranked).where(ranked.c.place <= count).order_by(ranked.c.stranger_id, ranked.c.place)
    found: dict[UUID, list[UUID]] = {stranger_id: [] for stranger_id in ids}
    for row in await connection.execute(chosen):
        found[row.stranger_id].append(row.id)
    return found


async def unplaced(connection: AsyncConnection, video_id: UUID) -> bool:
    """Whether a video has unknown tracks that could be compared and belong to no stranger."""
    lacking = (
        select(tracks.c.id)
        .join(track_vectors, track_vectors.c.track_id == tracks.c.id)
        .where(tracks.c.video_id == video_id, tracks.c.person_id.is_(None), tracks.c.stranger_id.is_(None))
    )
    return (await connection.execute(lacking.limit(1))).first() is not None


def _shown(sight: Sight) -> Select[Any]:
    return (
        select(
            strangers.c.id,
            strangers.c.state,
            func.sum(tracks.c.end_ms - tracks.c.start_ms).label("ms"),
            func.count().label("tracks"),
            func.count(tracks.c.video_id.distinct()).label("videos"),
        )
        .join(tracks, tracks.c.stranger_id == strangers.c.id)
        .where(tracks.c.person_id.is_(None), sight.of(tracks.c.video_id))
        .group_by(strangers.c.id)
    )


async def _strangers(connection: AsyncConnection, rows: Sequence[Any], sight: Sight) -> list[Stranger]:
    samples = await clearest(connection, [row.id for row in rows], sight=sight)
    found = await several(connection, [one for its in samples.values() for one in its])
    return [
        Stranger(
            id=row.id,
            state=row.state,
            seconds=int(row.ms) / 1000,
            tracks=row.tracks,
            videos=row.videos,
            samples=[found[one] for one in samples[row.id]],
        )
        for row in rows
    ]


# ---- writing


async def lock(connection: AsyncConnection) -> None:
    """Until the transaction ends nobody else founds or joins strangers: one face does not become two at once."""
    await connection.execute(_LOCK)


async def found(connection: AsyncConnection, ids: Collection[UUID]) -> None:
    """Make strangers; those that are there stay as they are."""
    if ids:
        await connection.execute(insert(strangers), [{"id": one} for one in sorted(ids)])


async def put(connection: AsyncConnection, placed: Sequence[Placed]) -> None:
    """Write which stranger tracks belong to."""
    if not placed:
        return
    written = update(tracks).where(tracks.c.id == bindparam("track_id"))
    rows = [
        {
            "track_id": one.track.track.id,
            "stranger_id": one.stranger_id,
            "evidence": one.track.evidence.model_copy(update={"stranger_id": one.machines}).model_dump(mode="json"),
        }
        for one in placed
    ]
    written = written.values(stranger_id=bindparam("stranger_id"), evidence=bindparam("evidence"))
    await connection.execute(written, rows)


async def set_state(connection: AsyncConnection, stranger_id: UUID, state: StrangerState) -> None:
    await connection.execute(update(strangers).where(strangers.c.id == stranger_id).values(state=state))


async def drop_empty(connection: AsyncConnection, ids: Collection[UUID]) -> None:
    """Remove those of these strangers that no track and no ruling speaks of, not even one that could be undone."""
    if not ids:
        return
    kept = cast(tracks.c.evidence["stranger_id"].as_string(), Text)
    spoken_of = (
        exists().where(tracks.c.stranger_id == strangers.c.id),
        exists().where(rulings.c.stranger_id == strangers.c.id),
        exists().where(tracks.c.evidence.isnot(None), kept == cast(strangers.c.id, Text)),
    )
    await connection.execute(delete(strangers).where(strangers.c.id.in_(ids), *(~each for each in spoken_of)))
