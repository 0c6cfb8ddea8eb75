"""The gallery as vectors: what a face model makes of every usable reference; and opened, to name people by."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import numpy as np

from gateway.identity.calibration import REVISION, Calibration, calibrated, restored
from gateway.identity.heads import Head
from gateway.identity.matching import Gallery
from gateway.library import gallery_versions, trainings
from gateway.library import references as rows
from gateway.library.trainings import Kept
from gateway.people.merging import resolved
from kernel.clients import FaceService
from kernel.contracts.faces import EmbedFacesRequest, FaceCrop
from kernel.contracts.people import GalleryVersion
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.vectors import Matrix, unpack

CROPS_A_REQUEST = 64


async def vectors_by_person(database: Database, service: FaceService, model_id: str) -> dict[UUID, Matrix]:
    """Person to `[n, dimension]` vectors of `model_id`; references it has not seen are embedded now.

    `service` must be running that model: vectors of another one are never mixed in.
    """
    async with database.transaction() as connection:
        missing = await rows.without_vector(connection, model_id)
    for first in range(0, len(missing), CROPS_A_REQUEST):
        batch = missing[first : first + CROPS_A_REQUEST]
        crops = [FaceCrop(picture=picture, landmarks=face.landmarks) for _, picture, face in batch]
        made = (await service.embed(EmbedFacesRequest(crops=crops))).vectors
        vectors = dict(zip((reference for reference, _, _ in batch), unpack(made), strict=True))
        async with database.transaction() as connection:
            await rows.put_vectors(connection, made.model_id, vectors)
    async with database.transaction() as connection:
        return await rows.vectors_of(connection, model_id)


def fingerprint(vectors: Mapping[UUID, Matrix]) -> str:
    """Equal galleries, equal text: what a decision about faces depends on."""
    digest = hashlib.sha256()
    for person_id in sorted(vectors):
        digest.update(person_id.bytes)
        digest.update(vectors[person_id].tobytes())
    return digest.hexdigest()


class OpenGallery(NamedTuple):
    """Known people, ready to be compared with. `fingerprint`: equal ones decide equally."""

    gallery: Gallery
    fingerprint: str
    version: GalleryVersion


async def open_gallery(database: Database, service: FaceService, settings: Settings, model_id: str) -> OpenGallery:
    """The references that match at this moment, merged people as whom they turned out to be, with their threshold.

    The threshold is found once for a gallery and kept with it; a changed gallery is another one.
    """
    otherwise = (await service.model()).default_threshold
    vectors = await vectors_by_person(database, service, model_id)
    async with database.transaction() as connection:
        vectors = whole(vectors, await resolved(connection))
        learnt = await trainings.newest(connection, model_id)
    if learnt and learnt.live and settings.faces.threshold is None and learnt.fingerprint == fingerprint(vectors):
        return await _trained(database, learnt, otherwise)
    mark = f"{fingerprint(vectors)} {otherwise} {settings.faces.threshold} {REVISION}"
    async with database.transaction() as connection:
        version = await gallery_versions.find(connection, mark, model_id, "centroids")
    if version is not None:
        found = Calibration.from_json(version.calibration, version.threshold)
        return OpenGallery(await asyncio.to_thread(restored, vectors, model_id, otherwise, found), mark, version)
    gallery, found = await asyncio.to_thread(
        calibrated, vectors, model_id, otherwise=otherwise, fixed=settings.faces.threshold
    )
    row = {
        "fingerprint": mark,
        "model_id": model_id,
        "scorer": "centroids",
        "threshold": found.threshold,
        "calibration": found.as_json(),
        "people": len(gallery.people),
        "references": sum(map(len, vectors.values())),
    }
    async with database.transaction() as connection:
        return OpenGallery(gallery, mark, await gallery_versions.put(connection, row))


async def _trained(database: Database, learnt: Kept, otherwise: float) -> OpenGallery:
    """By the head that learnt exactly these references."""
    found = Calibration.from_json(learnt.report["calibration"], learnt.report["threshold"])
    head = await asyncio.to_thread(Head.unpacked, learnt.weights or b"", found)
    mark = f"{learnt.fingerprint} {otherwise} {learnt.id}"
    row = {
        "fingerprint": mark,
        "model_id": learnt.model_id,
        "scorer": "trained",
        "threshold": found.threshold,
        "calibration": found.as_json(),
        "people": len(head.people),
        "references": learnt.report["references"],
    }
    async with database.transaction() as connection:
        version = await gallery_versions.put(connection, row)
    return OpenGallery(head.gallery(learnt.model_id, otherwise), mark, version)


def whole(vectors: Mapping[UUID, Matrix], merged: Mapping[UUID, UUID]) -> dict[UUID, Matrix]:
    """A merged person's references speak for whom they turned out to be."""
    gathered: dict[UUID, list[Matrix]] = defaultdict(list)
    for person_id in sorted(vectors):
        gathered[merged.get(person_id, person_id)].append(vectors[person_id])
    return {person_id: np.concatenate(its) for person_id, its in gathered.items()}
