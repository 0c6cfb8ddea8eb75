"""Who a track is: whom people say it is, else the nearest person of the gallery, if near enough. Pure.

Open set: unknown is an answer. A track is decided as a whole, by the mean of its best crops. What was seen of it is
kept as evidence, so that it is decided again, by the same rules, whenever somebody rules.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from gateway.identity.ledger import NOBODY_MERGED, Word
from gateway.identity.matching import Gallery
from gateway.pipeline.tracks import TrackDraft
from kernel.contracts.library import Track
from kernel.contracts.model import Value
from kernel.vectors import Matrix

# How many people a track may be is kept: those above the threshold are few, and a rejected one leaves the next.
MOST_LIKES = 8
# Two tracks seen at once are one face shown twice when they are this much more alike than the threshold asks,
# as a part of what is left between it and 1.
CLEARLY = 0.25

Together = Mapping[int, Collection[int]]
SILENCE = Word()


class Likeness(Value):
    """How like somebody a track is, and how likely that means it is them."""

    person_id: UUID
    score: float
    probability: float


class Evidence(Value):
    """What was seen of a track.

    `compared`: a crop was fit to look at. `likes`: the nearest people, nearest first; above `threshold` they may be
    named. `alike`: tracks seen in the same pictures that look like the same person shown twice. `presence`: how much
    of the pictures it fills, and how sharply; of one face shown twice the real one is the more present.
    `same_face`: the plain cosine above which two faces were taken to be the same; the threshold when None.
    `stranger_id`: where the machine had put it before somebody ruled on that.
    """

    compared: bool
    threshold: float = 0
    same_face: float | None = None
    likes: tuple[Likeness, ...] = ()
    alike: tuple[UUID, ...] = ()
    presence: float = 0
    stranger_id: UUID | None = None


@dataclass(frozen=True)
class Decision:
    """Who a track is.

    `probability` that this decision is right: of the name, or of it being nobody in the gallery; 1 when `ruled`.
    `similarity` is the score of the person named, or of the nearest one of an unknown; 0 when nothing was compared.
    `nearest_person_id` is set for unknown tracks only. `copy_of` is the track of the real face, of one shown twice.
    """

    person_id: UUID | None
    probability: float
    nearest_person_id: UUID | None
    similarity: float
    ruled: bool = False
    copy_of: UUID | None = None


class SeenTrack(NamedTuple):
    """A track with what was seen of it; `stranger_id` is kept of named ones too, should they lose their name."""

    track: Track
    evidence: Evidence
    stranger_id: UUID | None


def decide(
    tracks: Sequence[TrackDraft],
    vectors: Sequence[NDArray[np.float32] | None],
    gallery: Gallery,
    words: Mapping[int, Word] | None = None,
    line_up: Collection[UUID] | None = None,
) -> list[Decision]:
    """One decision a track, in order; see `evidence_of` and `decided`."""
    ids = [UUID(int=index) for index in range(len(tracks))]
    evidence = evidence_of(ids, tracks, vectors, gallery, line_up)
    return decided(ids, evidence, together_of(tracks), words or {})


# ---- what is seen


def evidence_of(
    ids: Sequence[UUID],
    tracks: Sequence[TrackDraft],
    vectors: Sequence[NDArray[np.float32] | None],
    gallery: Gallery,
    line_up: Collection[UUID] | None = None,
) -> list[Evidence]:
    """What speaks for whom, a track, in order. `vectors` are unit means of its best crops, None where none was fit.

    Only people of the `line_up` are compared, when there is one.
    """
    scores = _scores(vectors, gallery)
    allowed = np.array([line_up is None or person in line_up for person in gallery.people], bool)
    alike = _alike(together_of(tracks), vectors, gallery.same_face)
    return [
        Evidence(
            compared=vector is not None,
            threshold=gallery.threshold,
            same_face=gallery.same_face,
            likes=_likes(scores[index], allowed, gallery) if vector is not None else (),
            alike=tuple(ids[other] for other in sorted(alike[index])),
            presence=presence(tracks[index]),
        )
        for index, vector in enumerate(vectors)
    ]


def evidence_in(track: Track) -> Evidence:
    """What a track's own decision lets conclude, for tracks kept without their evidence."""
    who, likely = track.person_id, track.probability
    if who is None:
        who, likely = track.nearest_person_id, 1 - track.probability
    likes = (Likeness(person_id=who, score=track.similarity, probability=likely),) if who is not None else ()
    below = -1.0 if track.person_id is not None else 1.0
    return Evidence(
        compared=bool(likes) or track.probability > 0,
        threshold=track.similarity + below,
        likes=likes if not track.ruled else (),
        alike=(track.copy_of,) if track.copy_of is not None else (),
    )


def _scores(vectors: Sequence[NDArray[np.float32] | None], gallery: Gallery) -> Matrix:
    """`[tracks, people]`; rows of tracks without a vector mean nothing."""
    scores = np.zeros((len(vectors), len(gallery.people)), np.float32)
    seen = [(index, vector) for index, vector in enumerate(vectors) if vector is not None]
    if seen and gallery.people:
        scores[[index for index, _ in seen]] = gallery.scores(np.stack([vector for _, vector in seen]))
    return scores


def _likes(scores: NDArray[np.float32], allowed: NDArray[np.bool_], gallery: Gallery) -> tuple[Likeness, ...]:
    order = np.argsort(-scores, kind="stable")
    nearest = order[allowed[order]][:MOST_LIKES].tolist()
    return tuple(
        Likeness(
            person_id=gallery.people[person],
            score=float(scores[person]),
            probability=gallery.probability(float(scores[person])),
        )
        for person in nearest
    )


def _alike(together: Together, vectors: Sequence[NDArray[np.float32] | None], threshold: float) -> dict[int, set[int]]:
    least = threshold + CLEARLY * (1 - threshold)
    alike: dict[int, set[int]] = defaultdict(set)
    for track, others in together.items():
        for other in others:
            one, two = vectors[track], vectors[other]
            if one is not None and two is not None and float(one @ two) > least:
                alike[track].add(other)
    return alike


def presence(track: TrackDraft) -> float:
    """Mean over its sightings of the part of the picture a face fills times how sharp it is (0..1)."""
    faces = [sighting.face for sighting in track.sightings]
    filled = (face.box.width * face.box.height * min(1.0, face.sharpness / 150) for face in faces)
    return sum(filled) / max(1, len(faces))


def together_of(tracks: Sequence[TrackDraft]) -> dict[int, set[int]]:
    """Index of a track to the tracks that share a picture with it."""
    return seen_together([[sighting.picture for sighting in track.sightings] for track in tracks])


def seen_together(pictures: Sequence[Iterable[Hashable]]) -> dict[int, set[int]]:
    """`pictures` each track is in, to index of a track to those that share one with it."""
    in_picture: dict[Hashable, list[int]] = defaultdict(list)
    for index, its in enumerate(pictures):
        for picture in its:
            in_picture[picture].append(index)
    together: dict[int, set[int]] = defaultdict(set)
    for one, other in {pair for indexes in in_picture.values() for pair in combinations(indexes, 2)}:
        together[one].add(other)
        together[other].add(one)
    return together


# ---- what is decided of it


def decided(
    ids: Sequence[UUID],
    evidence: Sequence[Evidence],
    together: Together,
    words: Mapping[int, Word],
    resolved: Mapping[UUID, UUID] = NOBODY_MERGED,
) -> list[Decision]:
    """One decision a track, in order. `words`: what people said, by index; `resolved`: whom merged people are.

    A person's word stands. Nobody is twice in one picture: the track most like somebody keeps the name, the other
    gets the next person above the threshold, or none; unless both are one face shown twice, on a screen or in a
    mirror: then both are named and all but the most present are marked as its copies.
    """
    room = _Room(ids, evidence, together, words, resolved)
    named = room.named()
    copies = room.copies(named)
    return [
        _decision(seen, words.get(index, SILENCE), named.get(index), copies.get(index), resolved)
        for index, seen in enumerate(evidence)
    ]


@dataclass(frozen=True)
class _Room:
    """All that deciding looks at."""

    ids: Sequence[UUID]
    evidence: Sequence[Evidence]
    together: Together
    words: Mapping[int, Word]
    resolved: Mapping[UUID, UUID]

    def who(self, person_id: UUID) -> UUID:
        return self.resolved.get(person_id, person_id)

    def named(self) -> dict[int, UUID]:
        """Index of a track to its person: people's words first, then the machine's in order of score."""
        named = {index: word.person_id for index, word in self.words.items() if word.person_id is not None}
        ruled = set(named)
        for _, _, person, track in sorted(self._offers(ruled)):
            if track not in named and self._free(track, person, named):
                named[track] = person
        return named

    def _offers(self, ruled: Collection[int]) -> list[tuple[float, UUID, UUID, int]]:
        """The best first; of equal ones always the same first, however the tracks are numbered."""
        return [
            (-like.score, self.ids[track], like.person_id, track)
            for track, seen in enumerate(self.evidence)
            if track not in ruled
            for like in seen.likes
            if like.score > seen.threshold and self.who(like.person_id) not in self.words.get(track, SILENCE).not_people
        ]

    def _free(self, track: int, person: UUID, named: Mapping[int, UUID]) -> bool:
        """Whether nobody in its pictures has the name, or only faces so like it that they are the same one."""
        others = [o for o in self.together.get(track, ()) if o in named and self.who(named[o]) == self.who(person)]
        return all(self.ids[other] in self.evidence[track].alike for other in others)

    def copies(self, named: Mapping[int, UUID]) -> dict[int, UUID]:
        """Index of a copy to the id of the real one. The most present of a person's tracks in a picture is real."""
        copies: dict[int, UUID] = {}
        real: dict[int, int] = {}  # to its place among them
        for track in sorted(named, key=lambda index: (-self.evidence[index].presence, self.ids[index])):
            beside = (other for other in self.together.get(track, ()) if other in real)
            shown = [other for other in beside if self.who(named[other]) == self.who(named[track])]
            if shown:
                copies[track] = self.ids[min(shown, key=real.__getitem__)]
            else:
                real[track] = len(real)
        return copies


def _decision(
    seen: Evidence, word: Word, person: UUID | None, copy_of: UUID | None, resolved: Mapping[UUID, UUID]
) -> Decision:
    likes = {resolved.get(like.person_id, like.person_id): like for like in reversed(seen.likes)}
    if person is not None:
        like = likes.get(resolved.get(person, person))
        if word.person_id is not None:
            return Decision(person, 1.0, None, like.score if like else 0.0, ruled=True, copy_of=copy_of)
        if like is None:
            raise ValueError("the machine names only people it has compared")
        return Decision(person, like.probability, None, like.score, copy_of=copy_of)
    if not seen.compared:
        return Decision(None, 0.0, None, 0.0)
    nearest = max((like for who, like in likes.items() if who not in word.not_people), key=_score, default=None)
    if nearest is None:
        return Decision(None, 1.0, None, 0.0)
    return Decision(None, 1 - nearest.probability, nearest.person_id, nearest.score)


def columns_of(decision: Decision) -> dict[str, Any]:
    """The fields of a track that say who it is."""
    return asdict(decision)


def _score(like: Likeness) -> float:
    return like.score
