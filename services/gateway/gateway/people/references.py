"""Taking a picture of a person: checked, stored, the face meant found and embedded; and what happens to it later."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.desk import Desk
from gateway.library import people
from gateway.library import references as rows
from gateway.library.references import Origin
from gateway.library.sight import Sight
from gateway.people import audit, enlarging, near_duplicates, photos
from gateway.people.audit import Action, By
from gateway.people.doubts import Doubt, doubtful
from gateway.people.merging import resolved
from gateway.people.photos import MAX_BYTES, Choice
from kernel.contracts.faces import DetectRequest, EmbedFacesRequest, Face, FaceCrop, FaceModel
from kernel.contracts.library import Page, Reference, Rights
from kernel.store import Store
from kernel.vectors import Matrix, unpack

__all__ = ["MAX_BYTES", "Choice", "Origin", "change", "forget_photo", "listed", "take_photo", "withdraw"]


@dataclass(frozen=True)
class _Seen:
    """A stored picture and the face meant in it."""

    picture: str
    content_hash: str
    face: Face
    perceptual_hash: int
    model_id: str
    vector: Matrix


async def take_photo(
    desk: Desk, person_id: UUID, photo: bytes, origin: Origin, by: By, choice: Choice = None
) -> tuple[Reference, bool]:
    """The reference a picture became, and whether it was there already (the same pixels of the same person).

    `choice` is the face meant: its number from the left, or about where it is; else the one that stands out.
    Raises PhotoError for pictures that show nobody, or several people, or are no picture. Nothing of a refused
    picture is kept. A face too small, blurred or turned away is kept as a picture but not used for matching,
    and so is nearly the same picture as one before.
    """
    jpeg, content_hash = await asyncio.to_thread(photos.normal, photo, origin.source)
    async with desk.database.transaction() as connection:
        await people.get_person(connection, person_id)
        if known := await rows.by_content(connection, person_id, content_hash):
            return known, True
    picture = f"references/{content_hash}.jpg"
    await asyncio.to_thread(_keep, desk.store, picture, jpeg)
    try:
        seen = await _look(desk, picture, content_hash, choice, origin.source)
        return await _add(desk, person_id, seen, origin, by)
    except BaseException:
        await _drop_unused(desk, picture)
        raise


async def _look(desk: Desk, picture: str, content_hash: str, choice: Choice, source: str) -> _Seen:
    service = desk.services.faces
    found = (await service.detect(DetectRequest(pictures=[picture]))).faces[0]
    face = photos.meant(found, choice, source)
    crop = FaceCrop(picture=picture, landmarks=face.landmarks)
    vectors = (await service.embed(EmbedFacesRequest(crops=[crop]))).vectors
    hashed = await asyncio.to_thread(near_duplicates.perceptual_hash, desk.store.path(picture), face.box)
    return _Seen(picture, content_hash, face, hashed, vectors.model_id, unpack(vectors)[0])


async def _add(desk: Desk, person_id: UUID, seen: _Seen, origin: Origin, by: By) -> tuple[Reference, bool]:
    async with desk.database.transaction() as connection:
        await people.lock(connection)
        await people.get_person(connection, person_id)  # forgotten, it may be, while the face was looked for
        if known := await rows.by_content(connection, person_id, seen.content_hash):
            return known, True
        new = rows.NewReference(
            id=uuid4(),
            person_id=person_id,
            picture=seen.picture,
            content_hash=seen.content_hash,
            origin=origin,
            face=seen.face,
            perceptual_hash=seen.perceptual_hash,
            reason=photos.why_not_used(seen.face),
            duplicate_of=await _first_like_it(connection, person_id, seen),
        )
        reference = await rows.add_reference(connection, new)
        await rows.put_vectors(connection, seen.model_id, {new.id: seen.vector})
        await _note(connection, by, "reference_added", reference)
        return reference, False


async def _first_like_it(connection: AsyncConnection, person_id: UUID, seen: _Seen) -> UUID | None:
    close = await rows.near(connection, person_id, seen.model_id, seen.perceptual_hash, near_duplicates.NEAR_BITS)
    return next((other.first for other in close if near_duplicates.same_face(other.vector, seen.vector)), None)


async def _note(connection: AsyncConnection, by: By, action: Action, reference: Reference) -> None:
    """What the audit says of a picture: on what ground it is kept, and never whom it shows by name."""
    rights = reference.rights
    details = {
        "consent": rights.consent,
        "expires_at": rights.expires_at.isoformat() if rights.expires_at else None,
        "reason": reference.reason,
        "video_id": str(reference.video_id) if reference.video_id else None,
        "at_ms": reference.at_ms,
    }
    await audit.write(
        connection,
        actor=by.actor,
        door=by.door,
        action=action,
        person_id=reference.person_id,
        reference_id=reference.id,
        details={name: value for name, value in details.items() if value is not None},
    )


def _keep(store: Store, name: str, content: bytes) -> None:
    with store.writing(name) as partial:
        partial.write_bytes(content)


async def _drop_unused(desk: Desk, picture: str) -> None:
    async with desk.database.transaction() as connection:
        used = await rows.picture_is_used(connection, picture)
    if not used:
        desk.store.path(picture).unlink(missing_ok=True)


# ---- as they stand


async def listed(
    connection: AsyncConnection, person_id: UUID, model: FaceModel | None, *, limit: int, cursor: str | None = None
) -> Page[Reference]:
    """A page of a person's pictures, with what is doubtful about each: outliers, and faces kept of somebody else."""
    page = await rows.list_references(connection, person_id, limit=limit, cursor=cursor)
    if model is None or not page.items:
        return page
    known = await rows.known_vectors(connection, model.embedder.model_id)
    merged = await resolved(connection)
    doubts = await asyncio.to_thread(doubtful, known, merged, person_id, model.default_threshold)
    return Page(items=[_with(each, doubts) for each in page.items], next_cursor=page.next_cursor)


async def in_sight(connection: AsyncConnection, page: Page[Reference], sight: Sight) -> Page[Reference]:
    """A picture belongs to the person; the video it was taken from, and its title, only to those who see that."""
    hidden = set(await sight.hidden(connection))
    nowhere = {"video_id": None, "at_ms": None, "source": ""}
    items = [one.model_copy(update=nowhere) if one.video_id in hidden else one for one in page.items]
    return page.model_copy(update={"items": items})


def _with(reference: Reference, doubts: Mapping[UUID, Doubt]) -> Reference:
    doubt = doubts.get(reference.id)
    return reference.model_copy(update=doubt._asdict()) if doubt else reference


# ---- later


async def change(desk: Desk, reference_id: UUID, rights: Rights, address: str | None, by: By) -> Reference:
    """Say anew where a picture is from and what it may be used for. It may match again when its time is put off."""
    async with desk.database.transaction() as connection:
        reference = await rows.change_reference(connection, reference_id, rights=rights, address=address)
        await _note(connection, by, "reference_changed", reference)
        return reference


async def withdraw(desk: Desk, reference_id: UUID, by: By) -> Reference:
    """From this moment it matches nothing and is no portrait; the picture stays as proof. Again changes nothing."""
    async with desk.database.transaction() as connection:
        changed = await rows.withdraw_reference(connection, reference_id)
        reference = await rows.get_reference(connection, reference_id)
        if changed:
            await _note(connection, by, "reference_withdrawn", reference)
        return reference


async def forget_photo(desk: Desk, reference_id: UUID, by: By) -> None:
    """Remove a reference, its vectors, and its picture when nobody else needs it."""
    async with desk.database.transaction() as connection:
        reference = await rows.get_reference(connection, reference_id)
        picture = await rows.remove_reference(connection, reference_id)
        await _note(connection, by, "reference_removed", reference)
    await asyncio.to_thread(enlarging.remove, desk.store, reference_id)
    if picture:
        desk.store.path(picture).unlink(missing_ok=True)
