"""SQL of decisions: rulings made at once, approved together, undone together."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, case, cast, exists, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.editor.timeline import Door
from gateway.library import accounts, cursors
from gateway.library.conflicts import UndoneError
from gateway.library.sight import EVERYTHING, Sight
from gateway.tables import decisions, rulings
from gateway.timeline_tables import edits
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Page
from kernel.contracts.people import Decision, DecisionKind, EditedVideo


class Deciding(NamedTuple):
    """Who decides, through which door, and why."""

    kind: DecisionKind
    actor: str
    door: Door
    note: str | None = None


class Moment(NamedTuple):
    """A time in a video."""

    video_id: UUID
    at_ms: int


async def add(connection: AsyncConnection, decision_id: UUID, deciding: Deciding) -> None:
    row = {"id": decision_id, **deciding._asdict(), "created_at": func.clock_timestamp()}
    await connection.execute(insert(decisions).values(row))


async def undo(connection: AsyncConnection, decision_id: UUID) -> None:
    """Mark it undone. Raises NotFoundError; UndoneError when it is already."""
    standing = (decisions.c.id == decision_id, decisions.c.undone_at.is_(None))
    marked = await connection.execute(update(decisions).where(*standing).values(undone_at=func.now()))
    if marked.rowcount == 0:
        await get(connection, decision_id)
        raise UndoneError


async def mark(connection: AsyncConnection, ids: Collection[UUID]) -> None:
    """Mark those of these decisions undone of whose rulings none stands, and the others not undone."""
    standing = select(rulings.c.id).where(rulings.c.decision_id == decisions.c.id, rulings.c.revoked_at.is_(None))
    undone_at = case((standing.exists(), None), else_=func.coalesce(decisions.c.undone_at, func.now()))
    await connection.execute(update(decisions).where(decisions.c.id.in_(ids)).values(undone_at=undone_at))


async def videos_of(connection: AsyncConnection, decision_id: UUID) -> set[UUID]:
    """The videos that it says something of."""
    found = select(rulings.c.video_id).where(rulings.c.decision_id == decision_id).distinct()
    return set((await connection.execute(found)).scalars())


async def learnt(connection: AsyncConnection, decision_id: UUID) -> list[UUID]:
    """References that were learnt by it, in order."""
    kept = await connection.scalar(select(decisions.c.learnt).where(decisions.c.id == decision_id))
    return [UUID(one) for one in kept or []]


async def learn(connection: AsyncConnection, decision_id: UUID, references: Collection[UUID]) -> bool:
    """Note that these references were learnt by it. False when it is undone already: nothing is noted."""
    standing = (decisions.c.id == decision_id, decisions.c.undone_at.is_(None))
    more = decisions.c.learnt.concat(cast([str(one) for one in references], JSONB))
    return bool((await connection.execute(update(decisions).where(*standing).values(learnt=more))).rowcount)


async def keep_learnt(connection: AsyncConnection, decision_id: UUID, references: Collection[UUID]) -> None:
    """Note that of what was learnt by it only these are left."""
    kept = [str(one) for one in references]
    await connection.execute(update(decisions).where(decisions.c.id == decision_id).values(learnt=kept))


async def unlearnt(connection: AsyncConnection, decision_id: UUID) -> list[Moment]:
    """Where the faces were seen that it taught until it was taken back."""
    kept = await connection.scalar(select(decisions.c.unlearnt).where(decisions.c.id == decision_id))
    return [Moment(UUID(video_id), at_ms) for video_id, at_ms in kept or []]


async def keep_unlearnt(connection: AsyncConnection, decision_id: UUID, moments: Collection[Moment]) -> None:
    """Note that these and no others are to be learnt again by it."""
    kept = [[str(one.video_id), one.at_ms] for one in moments]
    await connection.execute(update(decisions).where(decisions.c.id == decision_id).values(unlearnt=kept))


async def get(connection: AsyncConnection, decision_id: UUID, sight: Sight = EVERYTHING) -> Decision:
    row = (await connection.execute(_shown().where(decisions.c.id == decision_id))).one_or_none()
    if row is None:
        raise NotFoundError(what="decision")
    names = await accounts.names(connection, {row.actor})
    return _decision(row, await _edited(connection, [decision_id], sight), names)


async def listing(
    connection: AsyncConnection, cursor: str | None = None, limit: int = 50, *, sight: Sight = EVERYTHING
) -> Page[Decision]:
    """Newest first. Those that speak of hidden videos alone are left out."""
    newest = (decisions.c.created_at.desc(), decisions.c.id.desc())
    query = _shown().order_by(*newest).limit(limit + 1)
    if not sight.whole:
        seen = exists().where(rulings.c.decision_id == decisions.c.id, sight.of(rulings.c.video_id))
        query = query.where(seen)
    if cursor is not None:
        query = query.where(tuple_(decisions.c.created_at, decisions.c.id) < cursors.decode(cursor, datetime, UUID))
    rows = (await connection.execute(query)).all()
    shown = cursors.page(rows, limit, lambda row: (row.created_at, row.id))
    edited = await _edited(connection, [row.id for row in shown.items], sight)
    names = await accounts.names(connection, {row.actor for row in shown.items})
    return Page(items=[_decision(row, edited, names) for row in shown.items], next_cursor=shown.next_cursor)


async def _edited(connection: AsyncConnection, ids: Collection[UUID], sight: Sight) -> dict[UUID, list[EditedVideo]]:
    """Decision to the newest version each video got by it or by its undoing."""
    query = (
        select(edits.c.decision_id, edits.c.video_id, func.max(edits.c.version).label("version"))
        .where(edits.c.decision_id.in_(ids), sight.of(edits.c.video_id))
        .group_by(edits.c.decision_id, edits.c.video_id)
        .order_by(edits.c.decision_id, edits.c.video_id)
    )
    edited: dict[UUID, list[EditedVideo]] = defaultdict(list)
    for row in await connection.execute(query):
        edited[row.decision_id].append(EditedVideo(video_id=row.video_id, version=row.version))
    return edited


def _shown() -> Select[Any]:
    counted = select(func.count()).where(rulings.c.decision_id == decisions.c.id).scalar_subquery()
    return select(decisions, counted.label("rulings"))


def _decision(row: Any, edited: dict[UUID, list[EditedVideo]], names: Mapping[str, str]) -> Decision:
    return Decision(
        id=row.id,
        kind=row.kind,
        rulings=row.rulings,
        edits=edited.get(row.id, []),
        undone=row.undone_at is not None,
        actor=row.actor,
        actor_name=names.get(row.actor),
    )
