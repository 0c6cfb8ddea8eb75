"""SQL of the audit: rows are added and read, the database refuses everything else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, func, insert, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.account_tables import audit
from gateway.library import accounts, cursors
from gateway.tables import references
from kernel.contracts.library import Page
from kernel.contracts.people import AuditEntry

Detail = str | int | float | bool | None
EXPIRED = "reference_expired"

_ONE_SWEEP = text("select pg_advisory_xact_lock(hashtext('library.audit.expired'))")


@dataclass(frozen=True)
class NewEntry:
    actor: str
    door: str
    action: str
    person_id: UUID | None = None
    reference_id: UUID | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)


async def add(connection: AsyncConnection, entry: NewEntry) -> None:
    row = {
        "actor": entry.actor,
        "door": entry.door,
        "action": entry.action,
        "person_id": entry.person_id,
        "reference_id": entry.reference_id,
        "details": dict(entry.details),
    }
    await connection.execute(insert(audit).values(row))


async def listing(
    connection: AsyncConnection, *, limit: int, cursor: str | None = None, person_id: UUID | None = None
) -> Page[AuditEntry]:
    """Newest first; only those of one person, when asked."""
    query = select(audit).order_by(audit.c.id.desc()).limit(limit + 1)
    if person_id is not None:
        query = query.where(audit.c.person_id == person_id)
    if cursor is not None:
        query = query.where(audit.c.id < cursors.decode(cursor, int)[0])
    rows = (await connection.execute(query)).all()
    names = await accounts.names(connection, {row.actor for row in rows})
    found = [_entry(row, names) for row in rows]
    return cursors.page(found, limit, lambda entry: (entry.id,))


def _entry(row: Row[Any], names: Mapping[str, str]) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=row.created_at,
        actor=row.actor,
        actor_name=names.get(row.actor),
        door=row.door,
        action=row.action,
        person_id=row.person_id,
        reference_id=row.reference_id,
        details=row.details,
    )


async def note_expired(connection: AsyncConnection, *, now: datetime | None = None) -> int:
    """Write what expired by `now` (else this moment) and is not yet noted, one row each; how many there were.

    A reference whose time was put off and ran out again is noted again: the row names the time that ran out.
    """
    at = literal(now) if now else func.now()
    noted = exists().where(
        audit.c.reference_id == references.c.id,
        audit.c.action == EXPIRED,
        audit.c.details["expires_at"].astext == _as_text(),
    )
    expired = select(references.c.id).where(references.c.expires_at <= at, ~noted)
    if not await connection.scalar(select(expired.exists())):
        return 0
    await connection.execute(_ONE_SWEEP)  # two readers do not both find it unnoted
    rows = select(
        literal("scenedesk"),
        literal("pipeline"),
        literal(EXPIRED),
        references.c.person_id,
        references.c.id,
        func.jsonb_build_object("expires_at", _as_text(), type_=JSONB),
    ).where(references.c.expires_at <= at, ~noted)
    columns = ["actor", "door", "action", "person_id", "reference_id", "details"]
    return (await connection.execute(insert(audit).from_select(columns, rows))).rowcount


def _as_text() -> Any:
    """The time as everybody writes it: UTC, to the microsecond."""
    return func.to_char(func.timezone("UTC", references.c.expires_at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
