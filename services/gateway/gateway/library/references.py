"""SQL of reference pictures and their vectors."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    ScalarSelect,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import audit, cursors
from gateway.library.bits import differing
from gateway.tables import reference_vectors, references
from kernel.contracts.errors import NotFoundError
from kernel.contracts.faces import Box, Face
from kernel.contracts.library import Page, Reference, Rights
from kernel.vectors import Matrix

UNSTATED = Rights()


@dataclass(frozen=True)
class Origin:
    """Where a picture is from, and on what ground it is kept."""

    source: str
    address: str | None = None
    rights: Rights = UNSTATED
    video_id: UUID | None = None
    at_ms: int | None = None


@dataclass(frozen=True)
class NewReference:
    """A picture taken in: its store name, the hash of its pixels, the face meant, and why it is not used, if so."""

    id: UUID
    person_id: UUID
    picture: str
    content_hash: str
    origin: Origin
    face: Face
    perceptual_hash: int
    reason: str | None = None
    duplicate_of: UUID | None = None


# ---- which are used


def _moment(now: datetime | None) -> ColumnElement[datetime]:
    """`now`, or the database's own clock: one clock for everybody who reads."""
    return func.now() if now is None else literal(now)


def allowed(row: FromClause, now: datetime | None = None) -> ColumnElement[bool]:
    """Whether a reference is neither withdrawn nor expired at that moment."""
    return and_(row.c.withdrawn_at.is_(None), or_(row.c.expires_at.is_(None), row.c.expires_at > _moment(now)))


def _fit(row: FromClause, now: datetime | None) -> ColumnElement[bool]:
    """Whether it may match anybody, leaving aside that nearly the same picture may be there."""
    return and_(row.c.reason.is_(None), allowed(row, now))


def _family(row: FromClause) -> ColumnElement[UUID]:
    """What nearly the same pictures of a person share: the id of the first."""
    return func.coalesce(row.c.duplicate_of, row.c.id)


def _duplicate_of(now: datetime | None) -> ScalarSelect[UUID]:
    """The reference that matches in this one's stead: the first of nearly the same that may."""
    before = references.alias("before")
    return (
        select(before.c.id)
        .where(
            before.c.person_id == references.c.person_id,
            tuple_(before.c.created_at, before.c.id) < tuple_(references.c.created_at, references.c.id),
            _family(before) == _family(references),
            _fit(before, now),
        )
        .order_by(before.c.created_at, before.c.id)
        .limit(1)
        .scalar_subquery()
    )


def usable(now: datetime | None = None) -> ColumnElement[bool]:
    """Whether a reference matches: fit for it, allowed, and nearly the same as none before."""
    return and_(_fit(references, now), _duplicate_of(now).is_(None))


# ---- reading


def _reference_rows(now: datetime | None) -> Select[Any]:
    reason = case(
        (references.c.withdrawn_at.isnot(None), "withdrawn"),
        (references.c.expires_at <= _moment(now), "expired"),
        else_=references.c.reason,
    )
    return select(references, reason.label("why"), _duplicate_of(now).label("instead"))


def _reference(row: Row[Any]) -> Reference:
    reason = row.why or ("duplicate" if row.instead else None)
    return Reference(
        id=row.id,
        person_id=row.person_id,
        source=row.source,
        address=row.address,
        rights=Rights(rights=row.rights, consent=row.consent, expires_at=row.expires_at),
        withdrawn_at=row.withdrawn_at,
        usable=reason is None,
        reason=reason,
        duplicate_of=row.instead,
        video_id=row.video_id,
        at_ms=row.at_ms,
        face_px=row.face["side_px"] if row.face else None,
        created_at=row.created_at,
    )


async def list_references(
    connection: AsyncConnection,
    person_id: UUID,
    *,
    limit: int,
    cursor: str | None = None,
    now: datetime | None = None,
) -> Page[Reference]:
    """A page of a person's pictures, in an order that stays; as they are at `now`, else at this moment."""
    query = _reference_rows(now).where(references.c.person_id == person_id)
    query = query.order_by(references.c.id).limit(limit + 1)
    if cursor:
        query = query.where(references.c.id > cursors.decode(cursor, UUID)[0])
    found = [_reference(row) for row in await connection.execute(query)]
    return cursors.page(found, limit, lambda reference: (reference.id,))


async def get_reference(connection: AsyncConnection, reference_id: UUID, *, now: datetime | None = None) -> Reference:
    row = (await connection.execute(_reference_rows(now).where(references.c.id == reference_id))).one_or_none()
    if row is None:
        raise NotFoundError(what="reference")
    return _reference(row)


async def picture_of(connection: AsyncConnection, reference_id: UUID) -> str:
    """The store name of a reference's picture."""
    found = await connection.scalar(select(references.c.picture).where(references.c.id == reference_id))
    if found is None:
        raise NotFoundError(what="reference")
    return str(found)


class Stored(NamedTuple):
    """A reference's picture in the store, the hash of its pixels, and the face meant."""

    picture: str
    content_hash: str
    face: Face | None


async def stored(connection: AsyncConnection, reference_id: UUID) -> Stored:
    query = select(references.c.picture, references.c.content_hash, references.c.face)
    row = (await connection.execute(query.where(references.c.id == reference_id))).one_or_none()
    if row is None:
        raise NotFoundError(what="reference")
    return Stored(row.picture, row.content_hash, Face.model_validate(row.face) if row.face else None)


async def by_content(connection: AsyncConnection, person_id: UUID, content_hash: str) -> Reference | None:
    """The person's reference with these very pixels, when there is one."""
    same = and_(references.c.person_id == person_id, references.c.content_hash == content_hash)
    row = (await connection.execute(_reference_rows(None).where(same))).one_or_none()
    return _reference(row) if row else None


# ---- writing


async def add_reference(connection: AsyncConnection, new: NewReference) -> Reference:
    row = {
        "id": new.id,
        "person_id": new.person_id,
        "picture": new.picture,
        "content_hash": new.content_hash,
        "source": new.origin.source,
        "address": _text(new.origin.address),
        **_rights_columns(new.origin.rights),
        "video_id": new.origin.video_id,
        "at_ms": new.origin.at_ms,
        "perceptual_hash": new.perceptual_hash,
        "duplicate_of": new.duplicate_of,
        "reason": new.reason,
        "face": new.face.model_dump(mode="json"),
    }
    await connection.execute(insert(references).values(row))
    return await get_reference(connection, new.id)


def _rights_columns(rights: Rights) -> dict[str, Any]:
    return {"rights": _text(rights.rights), "consent": rights.consent, "expires_at": rights.expires_at}


def _text(said: str | None) -> str | None:
    """Without what PostgreSQL cannot keep."""
    return said.replace("\x00", "") if said else None


async def change_reference(
    connection: AsyncConnection, reference_id: UUID, *, rights: Rights, address: str | None
) -> Reference:
    """What is said of where it is from and what it may be used for. A withdrawn one stays withdrawn."""
    changed = {**_rights_columns(rights), "address": _text(address)}
    await connection.execute(update(references).where(references.c.id == reference_id).values(changed))
    return await get_reference(connection, reference_id)


async def withdraw_reference(connection: AsyncConnection, reference_id: UUID) -> bool:
    """From now on it matches nothing. False when it was withdrawn before."""
    await get_reference(connection, reference_id)
    standing = and_(references.c.id == reference_id, references.c.withdrawn_at.is_(None))
    done = await connection.execute(update(references).where(standing).values(withdrawn_at=func.now()))
    return bool(done.rowcount)


async def remove_reference(connection: AsyncConnection, reference_id: UUID) -> str | None:
    """Forget a reference and its vectors. Gives its picture's store name when nobody else needs it."""
    picture = await picture_of(connection, reference_id)
    await connection.execute(delete(references).where(references.c.id == reference_id))
    return None if await picture_is_used(connection, picture) else picture


async def picture_is_used(connection: AsyncConnection, picture: str) -> bool:
    return bool(await connection.scalar(select(exists().where(references.c.picture == picture))))


# ---- vectors


async def put_vectors(connection: AsyncConnection, model_id: str, vectors: Mapping[UUID, Matrix]) -> None:
    """Keep one vector a reference, `[dimension]` float32; one that is there already stays."""
    rows = [
        {"reference_id": reference, "model_id": model_id, "vector": np.ascontiguousarray(vector, dtype="<f4").tobytes()}
        for reference, vector in vectors.items()
    ]
    if rows:
        await connection.execute(upsert(reference_vectors).values(rows).on_conflict_do_nothing())


class Known(NamedTuple):
    """What a model made of a reference."""

    reference_id: UUID
    person_id: UUID
    perceptual_hash: int | None
    vector: Matrix


async def known_vectors(connection: AsyncConnection, model_id: str, *, now: datetime | None = None) -> list[Known]:
    """The vectors `[dimension]` of all references that match at `now`, else at this moment, in an order that stays."""
    query = (
        select(references.c.id, references.c.person_id, references.c.perceptual_hash, reference_vectors.c.vector)
        .join(reference_vectors, reference_vectors.c.reference_id == references.c.id)
        .where(reference_vectors.c.model_id == model_id, usable(now))
        .order_by(references.c.person_id, references.c.id)
    )
    rows = await connection.execute(query)
    return [Known(row.id, row.person_id, row.perceptual_hash, _vector(row.vector)) for row in rows]


def _vector(raw: bytes) -> Matrix:
    return np.frombuffer(raw, "<f4").astype(np.float32)


async def vectors_of(connection: AsyncConnection, model_id: str, *, now: datetime | None = None) -> dict[UUID, Matrix]:
    """Person to `[n, dimension]`: the vectors this model made of the references that match at that moment.

    Those that are withdrawn or expired are never among them; what has expired since is noted in the audit.
    """
    await audit.note_expired(connection, now=now)
    found: dict[UUID, list[Matrix]] = defaultdict(list)
    for known in await known_vectors(connection, model_id, now=now):
        found[known.person_id].append(known.vector)
    return {person_id: np.stack(rows) for person_id, rows in found.items()}


class Near(NamedTuple):
    """A reference whose perceptual hash is close to one asked for; `first` is the first of nearly the same."""

    first: UUID
    vector: Matrix


async def near(
    connection: AsyncConnection, person_id: UUID, model_id: str, perceptual_hash: int, most: int
) -> list[Near]:
    """A person's references whose hash differs in at most `most` bits and that this model has seen; oldest first."""
    bits = differing(references.c.perceptual_hash, perceptual_hash)
    query = (
        select(_family(references).label("first"), reference_vectors.c.vector)
        .join(reference_vectors, reference_vectors.c.reference_id == references.c.id)
        .where(
            references.c.person_id == person_id,
            reference_vectors.c.model_id == model_id,
            bits <= most,
        )
        .order_by(references.c.created_at, references.c.id)
    )
    return [Near(row.first, _vector(row.vector)) for row in await connection.execute(query)]


async def without_vector(connection: AsyncConnection, model_id: str) -> list[tuple[UUID, str, Face]]:
    """References fit for matching that this model has not embedded: id, picture, face."""
    embedded = exists().where(
        reference_vectors.c.reference_id == references.c.id, reference_vectors.c.model_id == model_id
    )
    query = select(references.c.id, references.c.picture, references.c.face).where(
        references.c.reason.is_(None), allowed(references), references.c.face.isnot(None), ~embedded
    )
    return [(row.id, row.picture, Face.model_validate(row.face)) for row in await connection.execute(query)]


# ---- portraits


@dataclass(frozen=True)
class Portrait:
    """Where a person's face can be cut from: a picture of the store and the face in it."""

    picture: str
    box: Box


async def portrait_of(connection: AsyncConnection, person_id: UUID) -> Portrait | None:
    """The person's sharpest frontal reference that may still be shown."""
    query = select(references.c.picture, references.c.face).where(
        references.c.person_id == person_id, references.c.face.isnot(None), allowed(references)
    )
    known = [(row.picture, Face.model_validate(row.face)) for row in await connection.execute(query)]
    if not known:
        return None
    picture, face = max(known, key=lambda pair: pair[1].quality)
    return Portrait(picture, face.box)


async def with_portrait(connection: AsyncConnection) -> set[UUID]:
    """People `portrait_of` finds something for."""
    query = select(references.c.person_id).where(references.c.face.isnot(None), allowed(references)).distinct()
    return {row.person_id for row in await connection.execute(query)}
