"""Who a track is: the nearest person of the gallery, if near enough. Pure.

Open set: unknown is an answer. A track is decided as a whole, by the mean of its best crops.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from gateway.people.matching import Gallery
from gateway.pipeline.tracks import TrackDraft
from kernel.vectors import Matrix


@dataclass(frozen=True)
class Decision:
    """Who a track is.

    `probability` that this decision is right: of the name, or of it being nobody in the gallery.
    `similarity` is the cosine to the person named, or to the nearest one of an unknown; 0 when nothing was compared.
    `nearest_person_id` is set for unknown tracks only.
    """

    person_id: UUID | None
    probability: float
    nearest_person_id: UUID | None
    similarity: float


def decide(
    tracks: Sequence[TrackDraft], vectors: Sequence[NDArray[np.float32] | None], gallery: Gallery
) -> list[Decision]:
    """One decision a track, in order; `vectors` are unit means of its best crops, None where no crop was fit.

    Nobody is twice in one picture: the more similar track keeps the name, the other gets the next person above
    the threshold, or none.
    """
    if not gallery.people:
        return [Decision(None, 0.0 if vector is None else 1.0, None, 0.0) for vector in vectors]
    similarities = _similarities(vectors, gallery)
    named = _named(similarities, _seen_together(tracks), gallery.threshold)
    return [
        _unseen() if vector is None else _decision(similarities[track], named.get(track), gallery)
        for track, vector in enumerate(vectors)
    ]


def _similarities(vectors: Sequence[NDArray[np.float32] | None], gallery: Gallery) -> Matrix:
    """Cosines `[tracks, people]`; the lowest there is for tracks without a vector."""
    similarities = np.full((len(vectors), len(gallery.people)), -1, np.float32)
    for track, vector in enumerate(vectors):
        if vector is not None:
            similarities[track] = gallery.scores(vector[None])[0]
    return similarities


def _seen_together(tracks: Sequence[TrackDraft]) -> dict[int, set[int]]:
    """Index of a track to the tracks that share a picture with it."""
    in_picture: dict[str, list[int]] = defaultdict(list)
    for index, track in enumerate(tracks):
        for sighting in track.sightings:
            in_picture[sighting.picture].append(index)
    together: dict[int, set[int]] = defaultdict(set)
    for one, other in {pair for indexes in in_picture.values() for pair in combinations(indexes, 2)}:
        together[one].add(other)
        together[other].add(one)
    return together


def _named(similarities: Matrix, together: Mapping[int, set[int]], threshold: float) -> dict[int, int]:
    """Index of a track to index of its person, given away in order of similarity."""
    above = np.argwhere(similarities > threshold)
    order = np.argsort(-similarities[tuple(above.T)], kind="stable")
    named: dict[int, int] = {}
    for track, person in above[order].tolist():
        taken = any(named.get(other) == person for other in together.get(track, ()))
        if track not in named and not taken:
            named[track] = person
    return named


def _decision(similarities: NDArray[np.float32], person: int | None, gallery: Gallery) -> Decision:
    if person is not None:
        similarity = float(similarities[person])
        return Decision(gallery.people[person], gallery.probability(similarity), None, similarity)
    nearest = int(similarities.argmax())
    similarity = float(similarities[nearest])
    return Decision(None, 1 - gallery.probability(similarity), gallery.people[nearest], similarity)


def _unseen() -> Decision:
    """No crop was fit to look at: nothing is known, not even that it is a stranger."""
    return Decision(person_id=None, probability=0.0, nearest_person_id=None, similarity=0.0)
