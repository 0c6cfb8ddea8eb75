"""Pictures of a person: each one found is fetched, checked, compared, and waits for somebody's yes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.collecting.asking import Web
from gateway.collecting.errand import Errand
from gateway.collecting.sources import Found
from gateway.library import candidates, collections
from gateway.library import references as rows
from gateway.library.candidates import NewCandidate
from gateway.people import near_duplicates, photos
from gateway.people.errors import NoFaceError
from gateway.people.merging import resolved
from kernel.contracts.errors import ScenedeskError
from kernel.contracts.faces import DetectRequest, EmbedFacesRequest, Face, FaceCrop
from kernel.contracts.people import Collection
from kernel.vectors import Matrix, unit, unpack

# A rejected picture is gone, so the hash alone must prove that another is the same one.
SAME_BITS = 2
MOST_FACES = 20
ALIVE_STATUS = 500  # a refusal above it is not the picture's fault


@dataclass(frozen=True)
class _Whom:
    """The person a collection is for: her ids when she was merged, and her vectors once a model is known."""

    ids: frozenset[UUID]
    vectors: dict[str, Matrix | None] = field(default_factory=dict)


@dataclass(frozen=True)
class _Seen:
    face: Face
    vector: Matrix
    model_id: str
    similarity: float | None


async def collect(errand: Errand, collection: Collection, web: Web) -> None:
    """Look at everything the search names that nobody decided on. What an earlier try looked at is not fetched again.

    Raises MediaError when the search itself failed, CancelledFetchError when somebody cancelled.
    """
    whom, done, known = await _before(errand, collection)
    found = await asyncio.to_thread(web.pictures, collection.query, collection.limit + len(known))
    wanted = [each for each in found if each.address not in known][: collection.limit]
    await errand.tell_found(len({each.address for each in wanted} | done))
    for each in wanted:
        if each.address not in done:
            await _keep(errand, await _judged(errand, collection, web, whom, each))


async def _before(errand: Errand, collection: Collection) -> tuple[_Whom, set[str], set[str]]:
    async with errand.database.transaction() as connection:
        merged = await resolved(connection)
        ids = frozenset(_all_ids(collection.person_id, merged)) if collection.person_id else frozenset[UUID]()
        done = await candidates.addresses_of(connection, collection.id)
        known = await candidates.known_addresses(connection, collection.id, ids)
    return _Whom(ids), done, known - done


def _all_ids(person_id: UUID, merged: Mapping[UUID, UUID]) -> set[UUID]:
    """Hers, and those of everybody merged with her."""
    top = merged.get(person_id, person_id)
    return {top, person_id, *(each for each, into in merged.items() if into == top)}


async def _judged(errand: Errand, collection: Collection, web: Web, whom: _Whom, found: Found) -> NewCandidate:
    new = {"collection_id": collection.id, "address": found.address, "page": found.page, "title": found.title}
    try:
        photo = await asyncio.to_thread(web.picture, found.address)
        return await _compared(errand, whom, photo, new)
    except ScenedeskError as error:
        # Our own trouble is not the picture's fault: the collection is tried again.
        ours = error.problem("en").status >= ALIVE_STATUS and not error.code.startswith("address_")
        if errand.stopped() or ours:
            raise
        return NewCandidate(**new, state="failed", reason=error.code)  # type: ignore[arg-type]


async def _compared(errand: Errand, whom: _Whom, photo: bytes, new: dict[str, object]) -> NewCandidate:
    address = str(new["address"])
    jpeg, content_hash = await asyncio.to_thread(photos.normal, photo, address)
    async with errand.database.transaction() as connection:
        if await _known_pixels(connection, whom, content_hash, address):
            return NewCandidate(**new, state="existing", reason="same", content_hash=content_hash)  # type: ignore[arg-type]
    picture = f"candidates/{content_hash}.jpg"
    await asyncio.to_thread(_write, errand, picture, jpeg)
    try:
        seen = await _look(errand, whom, picture, address)
        hashed = await asyncio.to_thread(near_duplicates.perceptual_hash, errand.store.path(picture), seen.face.box)
        like = await _nearly_known(errand, whom, seen, hashed)
    except ScenedeskError:
        await _drop(errand, picture)
        raise
    if like:
        await _drop(errand, picture)
        return NewCandidate(**new, state="existing", reason="similar", content_hash=content_hash)  # type: ignore[arg-type]
    return NewCandidate(
        **new,  # type: ignore[arg-type]
        reason=photos.why_not_used(seen.face),
        picture=picture,
        content_hash=content_hash,
        perceptual_hash=hashed,
        face=seen.face,
        similarity=seen.similarity,
    )


async def _known_pixels(connection: AsyncConnection, whom: _Whom, content_hash: str, address: str) -> bool:
    if await candidates.same_pixels(connection, whom.ids, content_hash, address):
        return True
    for person_id in whom.ids:
        if await rows.by_content(connection, person_id, content_hash):
            return True
    return False


# ---- whom it shows


async def _look(errand: Errand, whom: _Whom, picture: str, source: str) -> _Seen:
    """The face meant: the most similar one when the person is known, else the one that stands out."""
    found = (await errand.faces.detect(DetectRequest(pictures=[picture]))).faces[0][:MOST_FACES]
    if not found:
        raise NoFaceError(source=source)
    crops = [FaceCrop(picture=picture, landmarks=face.landmarks) for face in found]
    packed = (await errand.faces.embed(EmbedFacesRequest(crops=crops))).vectors
    vectors = unit(unpack(packed))
    theirs = await _vectors_of(errand, whom, packed.model_id)
    if theirs is None:
        face = photos.the_one(found, source)
        return _Seen(face, vectors[found.index(face)], packed.model_id, None)
    scores = (vectors @ theirs.T).max(axis=1)
    best = int(scores.argmax())
    return _Seen(found[best], vectors[best], packed.model_id, float(scores[best]))


async def _vectors_of(errand: Errand, whom: _Whom, model_id: str) -> Matrix | None:
    """Every vector of the person that matches now, `[n, dimension]`; None without one."""
    if model_id not in whom.vectors:
        async with errand.database.transaction() as connection:
            known = await rows.known_vectors(connection, model_id)
        theirs = [each.vector for each in known if each.person_id in whom.ids]
        whom.vectors[model_id] = unit(np.stack(theirs)) if theirs else None
    return whom.vectors[model_id]


async def _nearly_known(errand: Errand, whom: _Whom, seen: _Seen, hashed: int) -> bool:
    """Whether nearly the same picture is a reference already, waits already, or was rejected."""
    async with errand.database.transaction() as connection:
        for person_id in whom.ids:
            close = await rows.near(connection, person_id, seen.model_id, hashed, near_duplicates.NEAR_BITS)
            if any(near_duplicates.same_face(each.vector, seen.vector) for each in close):
                return True
        likes = await candidates.near(connection, whom.ids, hashed, near_duplicates.NEAR_BITS)
    if any(like.picture is None and like.bits <= SAME_BITS for like in likes):
        return True
    crops = [
        FaceCrop(picture=like.picture, landmarks=like.face.landmarks) for like in likes if like.picture and like.face
    ]
    if not crops:
        return False
    vectors = unpack((await errand.faces.embed(EmbedFacesRequest(crops=crops))).vectors)
    return any(near_duplicates.same_face(vector, seen.vector) for vector in vectors)


# ---- pictures in the store


def _write(errand: Errand, picture: str, jpeg: bytes) -> None:
    with errand.store.writing(picture) as partial:
        partial.write_bytes(jpeg)


async def _drop(errand: Errand, picture: str) -> None:
    async with errand.database.transaction() as connection:
        used = await candidates.picture_is_used(connection, picture)
    if not used:
        errand.store.path(picture).unlink(missing_ok=True)


async def _keep(errand: Errand, new: NewCandidate) -> None:
    """Nothing is added to a collection that was cancelled meanwhile, or that went with its person."""
    async with errand.database.transaction() as connection:
        goes_on = await collections.goes_on(connection, new.collection_id, lock=True)
        if goes_on:
            await candidates.add(connection, new)
    if not goes_on and new.picture:
        await _drop(errand, new.picture)
