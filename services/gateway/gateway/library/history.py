"""SQL that reads history: who did what, to which segments, and what they were before."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, get_args
from uuid import UUID

from sqlalchemy import Select, Text, and_, cast, column, func, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.account_tables import accounts
from gateway.editor.history import LedgerStep
from gateway.editor.timeline import Edit, EditKind
from gateway.library import cursors
from gateway.library.edits import edit_in
from gateway.library.sight import Sight
from gateway.tables import videos
from gateway.timeline_tables import edits, touches
from kernel.contracts.history import EditSummary, PersonKind, RecentEdit
from kernel.contracts.library import Page

OPINIONS: tuple[EditKind, ...] = ("publish", "import")
RULED: tuple[EditKind, ...] = ("identify", "undo", "redo")
# What may bring many decisions back, or take them away, at once.
WHOLE: tuple[EditKind, ...] = ("revert", "undo", "redo")


class Told(NamedTuple):
    """An edit with what history says of it."""

    summary: EditSummary
    edit: Edit


async def listing(
    connection: AsyncConnection, video_id: UUID, cursor: str | None = None, limit: int = 50
) -> Page[EditSummary]:
    """Newest first."""
    query = _summaries().where(edits.c.video_id == video_id)
    return await _page(connection, query, cursor, limit)


async def recent(
    connection: AsyncConnection, sight: Sight, cursor: str | None = None, limit: int = 50, *, by_people: bool = False
) -> Page[RecentEdit]:
    """Of all videos that may be seen, newest first; `by_people`: without what the machine and imports said."""
    place = (edits.c.created_at, edits.c.video_id, edits.c.version)
    query = _summaries().add_columns(videos.c.title).join_from(edits, videos).where(sight.of(edits.c.video_id))
    if by_people:
        query = query.where(edits.c.kind.in_(get_args(PersonKind)))
    if cursor is not None:
        query = query.where(tuple_(*place) < cursors.decode(cursor, datetime, UUID, int))
    rows = await connection.execute(query.order_by(*(one.desc() for one in place)).limit(limit + 1))
    found = [RecentEdit(**dict(_summary(row)), title=row.title) for row in rows]
    return cursors.page(found, limit, lambda edit: (edit.at, edit.video_id, edit.version))


async def of_segments(
    connection: AsyncConnection, video_id: UUID, ids: Collection[UUID], cursor: str | None = None, limit: int = 50
) -> Page[EditSummary]:
    """Edits that touched any of these segments, newest first."""
    its = select(touches.c.version).where(touches.c.video_id == video_id, touches.c.segment_id.in_(ids))
    query = _summaries().where(edits.c.video_id == video_id, edits.c.version.in_(its))
    return await _page(connection, query, cursor, limit)


async def _page(connection: AsyncConnection, query: Select[Any], cursor: str | None, limit: int) -> Page[EditSummary]:
    if cursor is not None:
        query = query.where(edits.c.version < cursors.decode(cursor, int)[0])
    rows = (await connection.execute(query.order_by(edits.c.version.desc()).limit(limit + 1))).all()
    return cursors.page([_summary(row) for row in rows], limit, lambda summary: (summary.version,))


async def summaries(connection: AsyncConnection, video_id: UUID, versions: Collection[int]) -> list[EditSummary]:
    """Oldest first."""
    query = _summaries().where(edits.c.video_id == video_id, edits.c.version.in_(versions))
    return [_summary(row) for row in await connection.execute(query.order_by(edits.c.version))]


async def summaries_since(connection: AsyncConnection, video_id: UUID, version: int) -> list[EditSummary]:
    """Oldest first."""
    query = _summaries().where(edits.c.video_id == video_id, edits.c.version > version)
    return [_summary(row) for row in await connection.execute(query.order_by(edits.c.version))]


async def told(connection: AsyncConnection, video_id: UUID, version: int) -> Told | None:
    """One edit, whole."""
    query = select(edits, _touched(), _by()).where(edits.c.video_id == video_id, edits.c.version == version)
    row = (await connection.execute(query)).one_or_none()
    return Told(_summary(row), edit_in(row)) if row else None


async def since(
    connection: AsyncConnection,
    video_id: UUID,
    version: int,
    ids: Collection[UUID] | None = None,
    until: int | None = None,
) -> list[Edit]:
    """Edits after a version (`until` one), oldest first; only those that touch any of `ids`, when given."""
    query = select(edits).where(edits.c.video_id == video_id, edits.c.version > version)
    if until is not None:
        query = query.where(edits.c.version <= until)
    if ids is not None:
        query = query.where(edits.c.version.in_(_touching(video_id, ids, version)))
    return [edit_in(row) for row in await connection.execute(query.order_by(edits.c.version))]


async def newest_indexing(connection: AsyncConnection, video_id: UUID, version: int | None) -> Told | None:
    """The newest edit of a machine's opinion, or that of `version`; None when there is no such."""
    opinions = (edits.c.video_id == video_id, edits.c.kind.in_(OPINIONS))
    query = select(edits, _touched(), _by()).where(*opinions).order_by(edits.c.version.desc()).limit(1)
    if version is not None:
        query = query.where(edits.c.version == version)
    row = (await connection.execute(query)).one_or_none()
    return Told(_summary(row), edit_in(row)) if row else None


async def parents(connection: AsyncConnection, video_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Segments on whose time these show on, one step back."""
    step = func.jsonb_array_elements(edits.c.lineage).table_valued(column("value", JSONB), name="step")
    child, parent = step.c.value["child_id"].astext, step.c.value["parent_id"].astext
    touching = select(touches.c.version).where(touches.c.video_id == video_id, touches.c.segment_id.in_(ids))
    query = (
        select(parent)
        .select_from(edits.join(step, true()))
        .where(edits.c.video_id == video_id, edits.c.version.in_(touching), child.in_([str(one) for one in ids]))
    )
    return {UUID(one) for one in (await connection.execute(query.distinct())).scalars()}


async def ledger(connection: AsyncConnection, video_id: UUID) -> list[LedgerStep]:
    """What edits did to the ledger, oldest first."""
    ruled = or_(and_(edits.c.decision_id.is_not(None), edits.c.kind.in_(RULED)), edits.c.kind.in_(WHOLE))
    query = select(*(edits.c[name] for name in LedgerStep._fields)).where(edits.c.video_id == video_id, ruled)
    return [LedgerStep(*row) for row in await connection.execute(query.order_by(edits.c.version))]


async def touched_since(connection: AsyncConnection, video_id: UUID, version: int, ids: Collection[UUID]) -> set[UUID]:
    """Those of `ids` that edits after a version touched."""
    query = select(touches.c.segment_id).where(
        touches.c.video_id == video_id, touches.c.segment_id.in_(ids), touches.c.version > version
    )
    return set((await connection.execute(query.distinct())).scalars())


async def last_touch(connection: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, Edit]:
    """Each segment's newest edit; segments that never were are left out."""
    newest = (
        select(touches.c.segment_id, touches.c.video_id, func.max(touches.c.version).label("version"))
        .where(touches.c.segment_id.in_(list(ids)))
        .group_by(touches.c.segment_id, touches.c.video_id)
        .subquery()
    )
    joined = edits.join(newest, (edits.c.video_id == newest.c.video_id) & (edits.c.version == newest.c.version))
    query = select(newest.c.segment_id, edits).select_from(joined)
    return {row.segment_id: edit_in(row) for row in await connection.execute(query)}


def _touching(video_id: UUID, ids: Collection[UUID], version: int) -> Select[Any]:
    return select(touches.c.version).where(
        touches.c.video_id == video_id, touches.c.segment_id.in_(ids), touches.c.version > version
    )


COLUMNS: Sequence[str] = (
    "video_id", "version", "kind", "actor", "door", "note", "decision_id", "of_version", "created_at",
)  # fmt: skip


def _summaries() -> Select[Any]:
    return select(*(edits.c[name] for name in COLUMNS), _touched(), _by())


def _touched() -> Any:
    of_edit = (touches.c.video_id == edits.c.video_id, touches.c.version == edits.c.version)
    return select(func.count()).select_from(touches).where(*of_edit).scalar_subquery().label("touched")


def _by() -> Any:
    """What the account is called now that made an edit; null when none did."""
    return select(accounts.c.name).where(cast(accounts.c.id, Text) == edits.c.actor).scalar_subquery().label("by")


def _summary(row: Any) -> EditSummary:
    shown = {name: getattr(row, name) for name in (*COLUMNS, "touched", "by") if name != "created_at"}
    return EditSummary(**shown, at=row.created_at)
