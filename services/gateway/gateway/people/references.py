"""Taking a photo of a person: checked, stored, its one face found and embedded."""

import asyncio
import hashlib
import io
from collections.abc import Sequence
from uuid import UUID, uuid4

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from gateway.library import people
from gateway.library import references as rows
from gateway.people.errors import (
    NoFaceError,
    NotAPhotoError,
    PhotoTooLargeError,
    PhotoTooSmallError,
    SeveralFacesError,
)
from kernel.clients import FaceService
from kernel.contracts.faces import DetectRequest, EmbedFacesRequest, Face, FaceCrop
from kernel.contracts.library import Reference
from kernel.storage.database import Database
from kernel.store import Store
from kernel.vectors import unpack

MAX_BYTES = 20_000_000
MAX_PIXELS = 50_000_000
LEAST_SIDE = 48
LONGEST_KEPT = 2048
# The largest face is meant when the next one covers less than half of its area.
DOMINATES = 2.0
LEAST_FACE_PX = 32
MOST_YAW = 0.75


async def take_photo(
    database: Database, store: Store, faces: FaceService, person_id: UUID, photo: bytes, source: str
) -> tuple[Reference, bool]:
    """The reference a photo became, and whether it was there already (the same pixels of the same person).

    Raises PhotoError for pictures that show nobody, or several people, or are no picture. Nothing of a
    refused picture is kept. A face too small or turned away is kept as a picture but not used for matching.
    """
    jpeg, content_hash = await asyncio.to_thread(_normal, photo, source)
    async with database.transaction() as connection:
        await people.get_person(connection, person_id)
        if known := await rows.by_content(connection, person_id, content_hash):
            return known, True
    picture = f"references/{content_hash}.jpg"
    await asyncio.to_thread(_keep, store, picture, jpeg)
    try:
        return await _add(database, faces, person_id, picture, content_hash, source)
    except BaseException:
        await _drop_unused(database, store, picture)
        raise


async def _add(
    database: Database, service: FaceService, person_id: UUID, picture: str, content_hash: str, source: str
) -> tuple[Reference, bool]:
    found = (await service.detect(DetectRequest(pictures=[picture]))).faces[0]
    face = the_one(found, source)
    crop = FaceCrop(picture=picture, landmarks=face.landmarks)
    vectors = (await service.embed(EmbedFacesRequest(crops=[crop]))).vectors
    new = rows.NewReference(
        id=uuid4(),
        person_id=person_id,
        picture=picture,
        content_hash=content_hash,
        source=source,
        face=face,
        reason=why_not_used(face),
    )
    async with database.transaction() as connection:
        await people.lock(connection)
        if known := await rows.by_content(connection, person_id, content_hash):
            return known, True
        reference = await rows.add_reference(connection, new)
        await rows.put_vectors(connection, vectors.model_id, {new.id: unpack(vectors)[0]})
        return reference, False


def the_one(faces: Sequence[Face], source: str) -> Face:
    """The face a photo is of. Raises NoFaceError, or SeveralFacesError when none clearly stands out."""
    by_area = sorted(faces, key=_area, reverse=True)
    if not by_area:
        raise NoFaceError(source=source)
    if len(by_area) > 1 and _area(by_area[0]) < DOMINATES * _area(by_area[1]):
        raise SeveralFacesError(source=source, count=len(faces))
    return by_area[0]


def _area(face: Face) -> float:
    return face.box.width * face.box.height


def why_not_used(face: Face) -> str | None:
    """Why a face should not teach who somebody is: `small` or `turned`; None when it may."""
    if face.side_px < LEAST_FACE_PX:
        return "small"
    return "turned" if abs(face.yaw) > MOST_YAW else None


def _normal(photo: bytes, source: str) -> tuple[bytes, str]:
    """The photo upright, RGB, without metadata, as JPEG; and the SHA-256 of its pixels."""
    if len(photo) > MAX_BYTES:
        raise _too_large(source)
    try:
        with Image.open(io.BytesIO(photo), formats=("JPEG", "PNG", "WEBP")) as opened:
            _check_size(opened.size, source)
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(source) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise NotAPhotoError(source=source) from error
    upright.thumbnail((LONGEST_KEPT, LONGEST_KEPT))
    encoded = io.BytesIO()
    upright.save(encoded, "JPEG", quality=95)
    return encoded.getvalue(), hashlib.sha256(np.asarray(upright).tobytes()).hexdigest()


def _check_size(size: tuple[int, int], source: str) -> None:
    """Before a pixel is decoded: a small file can claim a huge picture."""
    width, height = size
    if width * height > MAX_PIXELS:
        raise _too_large(source)
    if min(width, height) < LEAST_SIDE:
        raise PhotoTooSmallError(source=source, width=width, height=height, least=LEAST_SIDE)


def _too_large(source: str) -> PhotoTooLargeError:
    return PhotoTooLargeError(source=source, megabytes=MAX_BYTES // 10**6, megapixels=MAX_PIXELS // 10**6)


def _keep(store: Store, name: str, content: bytes) -> None:
    with store.writing(name) as partial:
        partial.write_bytes(content)


async def _drop_unused(database: Database, store: Store, picture: str) -> None:
    async with database.transaction() as connection:
        used = await rows.picture_is_used(connection, picture)
    if not used:
        store.path(picture).unlink(missing_ok=True)


async def forget_photo(database: Database, store: Store, reference_id: UUID) -> None:
    """Remove a reference, its vectors, and its picture when nobody else needs it."""
    async with database.transaction() as connection:
        picture = await rows.remove_reference(connection, reference_id)
    if picture:
        store.path(picture).unlink(missing_ok=True)
