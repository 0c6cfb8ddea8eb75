"""SQL of collections: searches for pictures of people and for videos, and how far they are."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import Select, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import jobs
from gateway.library import cursors
from gateway.tables import candidates, collections
from kernel.contracts.errors import Language, NotFoundError, ScenedeskError
from kernel.contracts.library import Consent, Page
from kernel.contracts.model import Value
from kernel.contracts.people import Collection

ACTIVE = ("queued", "running")


class Wanted(Value):
    """What to look for, and on what ground the findings may be used."""

    kind: Literal["people", "videos"]
    query: str
    rights: str
    most: int
    person_id: UUID | None = None
    consent: Consent = "unstated"
    review: bool = True
    actor: str = "person"  # who asked for it


async def start(connection: AsyncConnection, wanted: Wanted) -> Collection:
    """A new collection and its job, in the caller's transaction."""
    collection_id = uuid4()
    await connection.execute(insert(collections).values(id=collection_id, **wanted.model_dump()))
    await jobs.collect(connection, collection_id)
    return await get(connection, collection_id)


async def actor_of(connection: AsyncConnection, collection_id: UUID) -> str:
    """Who asked for it."""
    query = select(collections.c.actor).where(collections.c.id == collection_id)
    return str((await connection.execute(query)).scalar_one())


async def get(connection: AsyncConnection, collection_id: UUID, language: Language = "en") -> Collection:
    row = (await connection.execute(_shown().where(collections.c.id == collection_id))).one_or_none()
    if row is None:
        raise NotFoundError(what="collection")
    return _collection(row, language)


async def consent_of(connection: AsyncConnection, collection_id: UUID) -> Consent:
    found: Consent = (
        await connection.execute(select(collections.c.consent).where(collections.c.id == collection_id))
    ).scalar_one()
    return found


async def listing(
    connection: AsyncConnection, *, limit: int, cursor: str | None = None, language: Language = "en"
) -> Page[Collection]:
    """Newest first."""
    query = _shown().order_by(collections.c.created_at.desc(), collections.c.id.desc()).limit(limit + 1)
    if cursor:
        place = tuple_(collections.c.created_at, collections.c.id)
        query = query.where(place < cursors.decode(cursor, datetime, UUID))
    found = [_collection(row, language) for row in await connection.execute(query)]
    return cursors.page(found, limit, lambda each: (each.created_at, each.id))


async def take(connection: AsyncConnection, collection_id: UUID) -> Collection | None:
    """Begin it, or go on with it; None when it is over, or gone with its person."""
    taking = update(collections).where(collections.c.id == collection_id, collections.c.state.in_(ACTIVE))
    taken = await connection.execute(taking.values(state="running").returning(collections.c.id))
    return await get(connection, collection_id) if taken.one_or_none() else None


async def without_job(connection: AsyncConnection) -> list[UUID]:
    """Active collections that no job speaks of any more, after a restored backup or a queue that was emptied."""
    rows = await connection.execute(select(collections.c.id).where(collections.c.state.in_(ACTIVE)))
    return await jobs.missing_collections(connection, [row.id for row in rows])


async def goes_on(connection: AsyncConnection, collection_id: UUID, *, lock: bool = False) -> bool:
    """Whether nobody has cancelled it. With `lock` that stays so until the transaction ends."""
    query = select(collections.c.state).where(collections.c.id == collection_id)
    return (await connection.scalar(query.with_for_update() if lock else query)) == "running"


async def set_found(connection: AsyncConnection, collection_id: UUID, found: int) -> None:
    await connection.execute(update(collections).where(collections.c.id == collection_id).values(found=found))


async def finish(
    connection: AsyncConnection, collection_id: UUID, state: str, error: ScenedeskError | None = None
) -> None:
    """End one that is not over yet."""
    values: dict[str, Any] = {"state": state, "finished_at": func.now()}
    if error is not None:
        values["problem"] = {language: error.sentence(language) for language in ("en", "ko")}
    ending = update(collections).where(collections.c.id == collection_id, collections.c.state.in_(ACTIVE))
    await connection.execute(ending.values(values))


def _shown() -> Select[Any]:
    of = candidates.c.collection_id == collections.c.id
    count = select(func.count()).where(of)
    return select(
        collections,
        count.scalar_subquery().label("looked_at"),
        count.where(candidates.c.state == "waiting").scalar_subquery().label("waiting"),
        count.where(candidates.c.state == "approved").scalar_subquery().label("taken"),
        count.where(candidates.c.state == "existing").scalar_subquery().label("existing"),
        count.where(candidates.c.state == "failed").scalar_subquery().label("failed"),
    )


def _collection(row: Any, language: Language = "en") -> Collection:
    fields = {name: getattr(row, name) for name in Collection.model_fields if name not in ("limit", "problem")}
    return Collection(**fields, limit=row.most, problem=(row.problem or {}).get(language))
