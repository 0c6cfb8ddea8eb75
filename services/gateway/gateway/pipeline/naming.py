"""Steps `tracks` and `identify`: faces become tracks, a track gets one decision about who it is."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID, uuid5

import numpy as np

from gateway.people.matching import Gallery
from gateway.pipeline.frames import Look
from gateway.pipeline.identify import Decision, decide
from gateway.pipeline.sightings import FaceFinds
from gateway.pipeline.tracks import Sighting, TrackDraft, link
from kernel.clients import FaceService
from kernel.contracts.faces import EmbedFacesRequest, FaceCrop
from kernel.contracts.library import FaceAt, Track
from kernel.contracts.model import Value
from kernel.contracts.models import ModelCard
from kernel.contracts.vectors import PackedVectors
from kernel.vectors import Matrix, pack, unit, unpack

CROPS_A_REQUEST = 64


class FollowedFaces(Value):
    """Tracks, and one unit vector each: the mean of its best crops; zeros where no crop was good enough."""

    model_id: str
    tracks: tuple[TrackDraft, ...]
    vectors: PackedVectors


class NamedTracks(Value):
    """Tracks as the library keeps them, each with its decision."""

    tracks: tuple[Track, ...]


async def follow_faces(
    service: FaceService,
    embedder: ModelCard,
    look: Look,
    finds: FaceFinds,
    crops: int,
    report: Callable[[float], None],
) -> FollowedFaces:
    """Link faces through time and embed only each track's `crops` best ones."""
    drafts = await asyncio.to_thread(_linked, look, finds)
    best = [draft.best(crops) for draft in drafts]
    rows = await _embed(service, embedder, [sighting for chosen in best for sighting in chosen], report)
    means = _means(rows, [len(chosen) for chosen in best])
    return FollowedFaces(model_id=embedder.model_id, tracks=tuple(drafts), vectors=pack(means, embedder.model_id))


def _linked(look: Look, finds: FaceFinds) -> list[TrackDraft]:
    """A second of work for an hour of video with two faces."""
    return link(_sightings(look, finds), look.shots, _step_ms(look))


def _sightings(look: Look, finds: FaceFinds) -> list[list[Sighting]]:
    return [
        [Sighting(picture=picture.name, at_ms=picture.at_ms, face=face) for face in faces]
        for picture, faces in zip(look.pictures, finds.faces, strict=True)
    ]


def _step_ms(look: Look) -> int:
    """The usual time between sampled pictures."""
    times = [picture.at_ms for picture in look.pictures]
    return round(float(np.median(np.diff(times)))) if len(times) > 1 else 200


async def _embed(
    service: FaceService, embedder: ModelCard, sightings: Sequence[Sighting], report: Callable[[float], None]
) -> Matrix:
    rows: list[Matrix] = [np.zeros((0, embedder.dimension or 1), dtype=np.float32)]
    for first in range(0, len(sightings), CROPS_A_REQUEST):
        chosen = sightings[first : first + CROPS_A_REQUEST]
        crops = [FaceCrop(picture=s.picture, landmarks=s.face.landmarks) for s in chosen]
        rows.append(unpack((await service.embed(EmbedFacesRequest(crops=crops))).vectors))
        report((first + len(chosen)) / len(sightings))
    return np.concatenate(rows)


def _means(rows: Matrix, counts: Sequence[int]) -> Matrix:
    """The unit mean of each run of `counts[i]` rows; zeros for an empty run."""
    means = np.zeros((len(counts), rows.shape[1]), dtype=np.float32)
    first = 0
    for index, count in enumerate(counts):
        if count:
            means[index] = rows[first : first + count].mean(axis=0)
        first += count
    return unit(means)


def name_tracks(video_id: UUID, followed: FollowedFaces, gallery: Gallery) -> NamedTracks:
    """One decision a track against the gallery; unknown is an answer."""
    vectors = [row if row.any() else None for row in unpack(followed.vectors)]
    decisions = decide(followed.tracks, vectors, gallery)
    pairs = zip(followed.tracks, decisions, strict=True)
    tracks = tuple(
        _track(video_id, number, draft, decision, followed.model_id) for number, (draft, decision) in enumerate(pairs)
    )
    return NamedTracks(tracks=tracks)


def _track(video_id: UUID, number: int, draft: TrackDraft, decision: Decision, model_id: str) -> Track:
    return Track(
        id=uuid5(video_id, f"track {draft.span.start_ms} {number}"),
        video_id=video_id,
        span=draft.span,
        person_id=decision.person_id,
        probability=decision.probability,
        similarity=decision.similarity,
        best=draft.sharpest,
        nearest_person_id=decision.nearest_person_id,
        faces=[FaceAt(at_ms=s.at_ms, box=s.face.box) for s in draft.sightings],
        model_id=model_id,
    )
