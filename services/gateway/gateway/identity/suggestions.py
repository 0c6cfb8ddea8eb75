"""Whom strangers might be: the nearest people of the present gallery."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.identity.ledger import Followed, on_tracks, word_of
from gateway.identity.matching import Gallery
from gateway.library import rulings, track_vectors
from gateway.people import merging
from kernel.contracts.people import Nearest, Stranger
from kernel.vectors import Matrix, unit

SUGGESTED = 3


async def with_nearest(connection: AsyncConnection, found: Sequence[Stranger], gallery: Gallery) -> list[Stranger]:
    """Strangers with the people they are like, nearest first; nobody whom somebody said they are not."""
    means = await track_vectors.means_of_strangers(connection, gallery.model_id, [one.id for one in found])
    refused = await _refused(connection, found)
    near = await asyncio.to_thread(nearest, means, gallery, refused)
    return [one.model_copy(update={"nearest": near.get(one.id, [])}) for one in found]


def nearest(
    means: Mapping[UUID, Matrix], gallery: Gallery, refused: Mapping[UUID, frozenset[UUID]]
) -> dict[UUID, list[Nearest]]:
    """Stranger to the people nearest to its mean vector; to nobody, if nobody is like it. Pure."""
    if not means or not gallery.people:
        return {}
    scores = gallery.scores(unit(np.stack(list(means.values()))))
    return {
        stranger_id: [
            Nearest(person_id=gallery.people[at], similarity=float(row[at]), probability=gallery.probability(row[at]))
            for at in np.argsort(-row, kind="stable").tolist()
            if row[at] >= gallery.resembles and gallery.people[at] not in refused.get(stranger_id, frozenset())
        ][:SUGGESTED]
        for stranger_id, row in zip(means, scores, strict=True)
    }


async def _refused(connection: AsyncConnection, found: Sequence[Stranger]) -> dict[UUID, frozenset[UUID]]:
    """Whom each stranger is not, by what was said of its samples."""
    resolved = await merging.resolved(connection)
    samples = [(one.id, track) for one in found for track in one.samples]
    said = await rulings.active(connection, {track.video_id for _, track in samples})
    refused: dict[UUID, frozenset[UUID]] = {}
    for stranger_id, track in samples:
        here = [ruling for ruling in said if ruling.video_id == track.video_id and ruling.person_id]
        hanging = on_tracks(here, [Followed(track.span, track.faces)]).get(0, [])
        refused[stranger_id] = refused.get(stranger_id, frozenset()) | word_of(hanging, resolved).not_people
    return refused
