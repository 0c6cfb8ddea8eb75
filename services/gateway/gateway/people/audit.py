"""Who did what to whose pictures, and when. Append-only; ids alone, never a name."""

from collections.abc import Mapping
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.editor.timeline import Door
from gateway.library import audit as sql
from gateway.library.audit import Detail

Action = Literal[
    "person_added", "person_renamed", "person_described", "person_merged", "person_unmerged", "person_forgotten",
    "memberships_changed", "group_added", "group_changed", "group_removed",
    "reference_added", "reference_changed", "reference_withdrawn", "reference_expired", "reference_removed",
    "candidate_rejected",
]  # fmt: skip


class By(NamedTuple):
    """Who acts, and through which door they came."""

    actor: str = "person"
    door: Door = "rest"


async def write(  # noqa: PLR0913 - the columns of a row
    connection: AsyncConnection,
    *,
    actor: str,
    door: str,
    action: Action,
    person_id: UUID | None = None,
    reference_id: UUID | None = None,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """One row, in the caller's transaction: what is not done is not said. `details` never hold a name."""
    entry = sql.NewEntry(actor, door, action, person_id, reference_id, details or {})
    await sql.add(connection, entry)
