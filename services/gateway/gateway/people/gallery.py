"""The gallery as vectors: what a face model makes of every usable reference."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

from gateway.library import references as rows
from kernel.clients import FaceService
from kernel.contracts.faces import EmbedFacesRequest, FaceCrop
from kernel.storage.database import Database
from kernel.vectors import Matrix, unpack

CROPS_A_REQUEST = 64


async def vectors_by_person(database: Database, service: FaceService, model_id: str) -> dict[UUID, Matrix]:
    """Person to `[n, dimension]` unit vectors of `model_id`; references it has not seen are embedded now.

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
