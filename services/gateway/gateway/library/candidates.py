"""SQL of candidates: what searches found, and what people said to it."""

from collections.abc import Collection as Several
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, exists, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import cursors
from gateway.library.bits import differing
from gateway.tables import candidates, collections, videos
from kernel.contracts.errors import NotFoundError
from kernel.contracts.faces import Box, Face
from kernel.contracts.library import Page
from kernel.contracts.people import Candidate, CandidateState


@dataclass(frozen=True)
class NewCandidate:
    """A finding and what became of it."""

    collection_id: UUID
    address: str
    page: str | None = None
    title: str | None = None
    state: CandidateState = "waiting"
    reason: str | None = None
    picture: str | None = None
    content_hash: str | None = None
    perceptual_hash: int | None = None
    face: Face | None = None
    similarity: float | None = None
    video_id: UUID | None = None


@dataclass(frozen=True)
class Pictured:
    """A candidate's picture in the store and the face meant in it."""

    collection_id: UUID
    person_id: UUID
    picture: str
    box: Box
    address: str
    page: str | None


# ---- reading


async def get(connection: AsyncConnection, candidate_id: UUID, *, lock: bool = False) -> Candidate:
    query = _shown().where(candidates.c.id == candidate_id)
    query = query.with_for_update(of=candidates) if lock else query
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFoundError(what="candidate")
    return _candidate(row)


async def listing(
    connection: AsyncConnection,
    *,
    limit: int,
    cursor: str | None = None,
    state: CandidateState | None = None,
    kind: str | None = None,
    person_id: UUID | None = None,
) -> Page[Candidate]:
    """Oldest first, as they wait."""
    query = _shown().order_by(candidates.c.created_at, candidates.c.id).limit(limit + 1)
    if state is not None:
        query = query.where(candidates.c.state == state)
    if kind is not None:
        query = query.where(collections.c.kind == kind)
    if person_id is not None:
        query = query.where(collections.c.person_id == person_id)
    if cursor:
        place = tuple_(candidates.c.created_at, candidates.c.id)
        query = query.where(place > cursors.decode(cursor, datetime, UUID))
    found = [_candidate(row) for row in await connection.execute(query)]
    return cursors.page(found, limit, lambda each: (each.created_at, each.id))


async def addresses_of(connection: AsyncConnection, collection_id: UUID) -> set[str]:
    """What this collection has looked at."""
    query = select(candidates.c.address).where(candidates.c.collection_id == collection_id)
    return {row.address for row in await connection.execute(query)}


async def known_addresses(connection: AsyncConnection, collection_id: UUID, people: Several[UUID]) -> set[str]:
    """What other collections brought to these people before; pictures that could not be had may be tried again."""
    query = (
        select(candidates.c.address)
        .join(collections, collections.c.id == candidates.c.collection_id)
        .where(collections.c.person_id.in_(people), collections.c.id != collection_id, candidates.c.state != "failed")
    )
    return {row.address for row in await connection.execute(query)}


async def same_pixels(connection: AsyncConnection, people: Several[UUID], content_hash: str, besides: str) -> bool:
    """Whether these pixels were a candidate of these people before, from another address than `besides`."""
    query = select(
        exists().where(
            collections.c.id == candidates.c.collection_id,
            collections.c.person_id.in_(people),
            candidates.c.content_hash == content_hash,
            candidates.c.address != besides,
        )
    )
    return bool(await connection.scalar(query))


@dataclass(frozen=True)
class Like:
    """A candidate whose perceptual hash is close to one asked for. Rejected ones keep no picture."""

    bits: int
    picture: str | None
    face: Face | None


async def near(connection: AsyncConnection, people: Several[UUID], perceptual_hash: int, most: int) -> list[Like]:
    """These people's candidates whose hash differs in at most `most` bits."""
    bits = differing(candidates.c.perceptual_hash, perceptual_hash)
    query = (
        select(bits.label("bits"), candidates.c.picture, candidates.c.face)
        .join(collections, collections.c.id == candidates.c.collection_id)
        .where(collections.c.person_id.in_(people), bits <= most)
    )
    rows = await connection.execute(query)
    return [Like(row.bits, row.picture, Face.model_validate(row.face) if row.face else None) for row in rows]


async def pictured(connection: AsyncConnection, candidate_id: UUID) -> Pictured:
    """Raises NotFoundError when it has no picture, or none any more."""
    query = (
        select(candidates, collections.c.person_id)
        .join(collections, collections.c.id == candidates.c.collection_id)
        .where(candidates.c.id == candidate_id, candidates.c.picture.isnot(None))
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFoundError(what="picture")
    box = Face.model_validate(row.face).box
    return Pictured(row.collection_id, row.person_id, row.picture, box, row.address, row.page)


async def video_at(connection: AsyncConnection, address: str, site_id: str | None) -> UUID | None:
    """The video that came from this address, or that its site calls so."""
    same = videos.c.origin == address
    if site_id is not None:
        same = same | (videos.c.external_id == site_id)
    found: UUID | None = await connection.scalar(select(videos.c.id).where(same).limit(1))
    return found


async def was_rejected(connection: AsyncConnection, address: str) -> bool:
    """Whether somebody said no to the video at this address."""
    query = select(
        exists().where(
            collections.c.id == candidates.c.collection_id,
            collections.c.kind == "videos",
            candidates.c.address == address,
            candidates.c.state == "rejected",
        )
    )
    return bool(await connection.scalar(query))


# ---- writing


async def add(connection: AsyncConnection, new: NewCandidate) -> bool:
    """False when the collection has that address already."""
    row = {name: getattr(new, name) for name in NewCandidate.__dataclass_fields__ if name != "face"}
    row["face"] = new.face.model_dump(mode="json") if new.face else None
    adding = upsert(candidates).values(id=uuid4(), **row).on_conflict_do_nothing()
    return (await connection.execute(adding.returning(candidates.c.id))).scalar() is not None


async def decide(
    connection: AsyncConnection, candidate_id: UUID, state: CandidateState, *, reason: str | None = None
) -> None:
    await _set(connection, candidate_id, state=state, reason=reason)


async def became_reference(connection: AsyncConnection, candidate_id: UUID, reference_id: UUID) -> str | None:
    """Approved: the reference has the picture now. Gives the store name to delete, when nobody else needs it."""
    return await _without_picture(connection, candidate_id, reference_id=reference_id, reason=None)


async def became_video(connection: AsyncConnection, candidate_id: UUID, video_id: UUID) -> None:
    await _set(connection, candidate_id, state="approved", video_id=video_id)


async def reject(connection: AsyncConnection, candidate_id: UUID) -> str | None:
    """Remembered by address and hashes, so that it is not shown again. Gives the store name to delete."""
    return await _without_picture(connection, candidate_id, state="rejected", similarity=None)


async def _without_picture(connection: AsyncConnection, candidate_id: UUID, **values: Any) -> str | None:
    picture = await connection.scalar(select(candidates.c.picture).where(candidates.c.id == candidate_id))
    await _set(connection, candidate_id, picture=None, face=None, **values)
    if picture is None or await picture_is_used(connection, picture):
        return None
    return str(picture)


async def picture_is_used(connection: AsyncConnection, picture: str) -> bool:
    return bool(await connection.scalar(select(exists().where(candidates.c.picture == picture))))


async def _set(connection: AsyncConnection, candidate_id: UUID, **values: Any) -> None:
    await connection.execute(update(candidates).where(candidates.c.id == candidate_id).values(values))


def _shown() -> Select[Any]:
    return select(candidates, collections.c.kind, collections.c.person_id).join(
        collections, collections.c.id == candidates.c.collection_id
    )


def _candidate(row: Any) -> Candidate:
    return Candidate.model_validate({name: getattr(row, name, None) for name in Candidate.model_fields})
