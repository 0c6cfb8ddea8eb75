"""Whom strangers might be: the nearest people of the present gallery."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.identity.ledger import Followed, on_tracks, word_of
from gateway.identity.matching import Gallery
from gateway.library import renamings, rulings, series, track_vectors
from gateway.people import merging
from kernel.contracts.people import Nearest, Stranger
from kernel.vectors import Matrix, unit

SUGGESTED = 3


async def with_nearest(
    connection: AsyncConnection, found: Sequence[Stranger], gallery: Gallery, means: Mapping[UUID, Matrix] | None = None
) -> list[Stranger]:
    """Strangers with the people they are like, nearest first; nobody whom somebody said they are not, nor who is in
    no line-up where all their videos have one. `means` of their vectors are read unless they are given.
    """
    if means is None:
        means = await track_vectors.means_of_strangers(connection, gallery.model_id, [one.id for one in found])
    resolved = await merging.resolved(connection)
    refused = await _refused(connection, found, resolved)
    for stranger_id, outside in (await _outside(connection, found, gallery, resolved)).items():
        refused[stranger_id] = refused.get(stranger_id, frozenset()) | outside
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


async def _outside(
    connection: AsyncConnection, found: Sequence[Stranger], gallery: Gallery, resolved: Mapping[UUID, UUID]
) -> dict[UUID, frozenset[UUID]]:
    """Who of the gallery is in no line-up of the videos of each stranger's samples; nobody where one has none."""
    declared = await renamings.with_line_up(connection, {track.video_id for one in found for track in one.samples})
    line_ups = {video_id: await series.line_up_of(connection, video_id, resolved) for video_id in declared}
    outside: dict[UUID, frozenset[UUID]] = {}
    for one in found:
        its = [line_ups.get(track.video_id) for track in one.samples]
        if inside := [line_up for line_up in its if line_up is not None]:
            may_be = frozenset[UUID]().union(*inside)
            outside[one.id] = frozenset(gallery.people) - may_be if len(inside) == len(its) else frozenset()
    return outside


async def _refused(
    connection: AsyncConnection, found: Sequence[Stranger], resolved: Mapping[UUID, UUID]
) -> dict[UUID, frozenset[UUID]]:
    """Whom each stranger is not, by what was said of its samples."""
    samples = [(one.id, track) for one in found for track in one.samples]
    said = await rulings.active(connection, {track.video_id for _, track in samples})
    refused: dict[UUID, frozenset[UUID]] = {}
    for stranger_id, track in samples:
        here = [ruling for ruling in said if ruling.video_id == track.video_id and ruling.person_id]
        hanging = on_tracks(here, [Followed(track.span, track.faces)]).get(0, [])
        refused[stranger_id] = refused.get(stranger_id, frozenset()) | word_of(hanging, resolved).not_people
    return refused
