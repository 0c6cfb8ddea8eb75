"""Steps `tracks` and `identify`: faces become tracks, a track gets one decision about who it is."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID, uuid5

import numpy as np

from gateway.identity.ledger import NOBODY_MERGED, AnchoredRuling, Followed, on_tracks, word_of
from gateway.identity.matching import Gallery
from gateway.pipeline.changes import one_person_each
from gateway.pipeline.frames import Look
from gateway.pipeline.identify import Evidence, columns_of, decided, evidence_of, together_of
from gateway.pipeline.sightings import FaceFinds
from gateway.pipeline.tracks import Sighting, TrackDraft, link
from kernel.clients import FaceService
from kernel.contracts.faces import EmbedFacesRequest, FaceCrop, FaceModel
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
    """Tracks as the library keeps them, each with its decision; what was seen of each; the ledger's rulings obeyed."""

    tracks: tuple[Track, ...]
    evidence: tuple[Evidence, ...]
    obeyed: tuple[UUID, ...]


class Known(NamedTuple):
    """All that decides who tracks are, beside their faces: the gallery, whom to compare, what people said."""

    gallery: Gallery
    line_up: Collection[UUID] | None = None
    rulings: Sequence[AnchoredRuling] = ()
    resolved: Mapping[UUID, UUID] = NOBODY_MERGED


async def follow_faces(
    service: FaceService,
    model: FaceModel,
    look: Look,
    finds: FaceFinds,
    crops: int,
    report: Callable[[float], None],
) -> FollowedFaces:
    """Link faces through time, embed only each track's best crops, part tracks that go on over another person."""
    see = _Eyes(service, model.embedder, report)
    drafts = await one_person_each(await asyncio.to_thread(_linked, look, finds), crops, model.default_threshold, see)
    best = [draft.best(crops) for draft in drafts]
    rows = await see([sighting for chosen in best for sighting in chosen])
    means = _means(rows, [len(chosen) for chosen in best])
    model_id = model.embedder.model_id
    return FollowedFaces(model_id=model_id, tracks=tuple(drafts), vectors=pack(means, model_id))


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


class _Eyes:
    """Vectors of faces, `[count, dimension]`, in order; a face is embedded once however often it is looked at."""

    def __init__(self, service: FaceService, embedder: ModelCard, report: Callable[[float], None]) -> None:
        self._service, self._dimension, self._report = service, embedder.dimension or 1, report
        self._seen: dict[FaceCrop, Matrix] = {}

    async def __call__(self, sightings: Sequence[Sighting]) -> Matrix:
        crops = [FaceCrop(picture=s.picture, landmarks=s.face.landmarks) for s in sightings]
        new = [crop for crop in dict.fromkeys(crops) if crop not in self._seen]
        for first in range(0, len(new), CROPS_A_REQUEST):
            chosen = new[first : first + CROPS_A_REQUEST]
            rows = unpack((await self._service.embed(EmbedFacesRequest(crops=chosen))).vectors)
            self._seen |= dict(zip(chosen, rows, strict=True))
            self._report((first + len(chosen)) / len(new))
        return np.stack([self._seen[crop] for crop in crops]) if crops else np.zeros((0, self._dimension), np.float32)


def _means(rows: Matrix, counts: Sequence[int]) -> Matrix:
    """The mean of each run of `counts[i]` rows, as long as its rows are on average; zeros for an empty run."""
    means = np.zeros((len(counts), rows.shape[1]), dtype=np.float32)
    directions, lengths = unit(rows), np.linalg.norm(rows, axis=1)
    first = 0
    for index, count in enumerate(counts):
        if count:
            run = slice(first, first + count)
            means[index] = unit(directions[run].mean(axis=0)) * lengths[run].mean()
        first += count
    return means


def name_tracks(video_id: UUID, followed: FollowedFaces, known: Known) -> NamedTracks:
    """One decision a track: what people said of its face, else who of the gallery it is; unknown is an answer."""
    drafts = followed.tracks
    vectors = [row if row.any() else None for row in unpack(followed.vectors)]
    ids = [uuid5(video_id, f"track {draft.span.start_ms} {number}") for number, draft in enumerate(drafts)]
    evidence = evidence_of(ids, drafts, vectors, known.gallery, known.line_up)
    faces = [[FaceAt(at_ms=s.at_ms, box=s.face.box) for s in draft.sightings] for draft in drafts]
    hanging = on_tracks(known.rulings, list(map(Followed, (draft.span for draft in drafts), faces)))
    words = {index: word_of(said, known.resolved) for index, said in hanging.items()}
    decisions = decided(ids, evidence, together_of(drafts), words, known.resolved)
    tracks = [
        Track(
            id=ids[index],
            video_id=video_id,
            span=draft.span,
            best=draft.sharpest,
            faces=faces[index],
            model_id=followed.model_id,
            **columns_of(decisions[index]),
        )
        for index, draft in enumerate(drafts)
    ]
    return NamedTracks(tracks=tuple(tracks), evidence=tuple(evidence), obeyed=tuple(r.id for r in known.rulings))
