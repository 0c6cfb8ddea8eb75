"""Which tracks the present gallery would decide otherwise, in somebody's favour or away from them. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from gateway.identity.ledger import Word
from gateway.identity.matching import Gallery
from gateway.pipeline.identify import MOST_LIKES, Evidence, Likeness, decided
from kernel.vectors import Matrix

Resolved = Mapping[UUID, UUID]
# So many people below the threshold are told too, for what is said of somebody unknown.
BELOW = 2


class Change(NamedTuple):
    """A track that would be somebody else now; nobody is None. `score` and `probability` of the new decision."""

    track_id: UUID
    from_person_id: UUID | None
    to_person_id: UUID | None
    score: float
    probability: float


class Standing(NamedTuple):
    """A track while it is decided again: who it is now, and what speaks for whom by the present gallery."""

    track_id: UUID
    person_id: UUID | None
    evidence: Evidence


def likes_now(
    vectors: Matrix, gallery: Gallery, line_ups: Sequence[Collection[UUID] | None], resolved: Resolved
) -> list[tuple[Likeness, ...]]:
    """Whom each of `vectors` `[tracks, dimension]` may be by the threshold and the next two, nearest first; only those
    of its line-up.
    """
    if not len(vectors) or not gallery.people:
        return [()] * len(vectors)
    scores = gallery.scores(vectors)
    for index, line_up in enumerate(line_ups):
        if line_up is not None:
            scores[index, [resolved.get(who, who) not in line_up for who in gallery.people]] = -np.inf
    near = _nearest(scores)
    best = np.take_along_axis(scores, near, axis=1)
    told = (best > gallery.threshold).sum(axis=1) + BELOW
    return [_likes(row[:few], who[:few], gallery) for row, who, few in zip(best, near, told.tolist(), strict=True)]


def _nearest(scores: Matrix) -> NDArray[np.intp]:
    """`[tracks, MOST_LIKES]` or fewer: the people of the best scores, best first, of equal ones the first first."""
    few = scores.shape[1] - 1
    if few >= MOST_LIKES:
        chosen = np.sort(np.argpartition(-scores, MOST_LIKES, axis=1)[:, :MOST_LIKES], axis=1)
    else:
        chosen = np.broadcast_to(np.arange(few + 1), scores.shape)
    order = np.argsort(-np.take_along_axis(scores, chosen, axis=1), axis=1, kind="stable")
    return np.asarray(np.take_along_axis(chosen, order, axis=1))


def _likes(scores: NDArray[np.float32], people: NDArray[np.intp], gallery: Gallery) -> tuple[Likeness, ...]:
    # Unchecked: of a million tracks there are tens of thousands of them, and checking took half of the time.
    return tuple(
        Likeness.model_construct(person_id=gallery.people[who], score=score, probability=gallery.probability(score))
        for who, score in zip(people.tolist(), scores.tolist(), strict=True)
        if np.isfinite(score)
    )


def may_move(person_id: UUID, standing: Iterable[Standing], resolved: Resolved) -> list[Standing]:
    """Those that could change in favour of the person or away from them, whoever else is in the picture."""
    return [one for one in standing if _is(one.person_id, person_id, resolved) != _best_is(one, person_id, resolved)]


def _best_is(one: Standing, person_id: UUID, resolved: Resolved) -> bool:
    """Whether the track is theirs by likeness; of one that is not yet, whether they are above the threshold at all."""
    above = [like.person_id for like in one.evidence.likes if like.score > one.evidence.threshold]
    if _is(one.person_id, person_id, resolved):
        above = above[:1]
    return any(_is(who, person_id, resolved) for who in above)


def _is(who: UUID | None, person_id: UUID, resolved: Resolved) -> bool:
    return who is not None and resolved.get(who, who) == person_id


def changes(
    person_id: UUID,
    standing: Sequence[Standing],
    together: Mapping[int, Collection[int]],
    words: Mapping[int, Word],
    resolved: Resolved,
) -> list[Change]:
    """What of `standing` would change, in favour of the person or away from them, the surest first.

    People's words stand, and nobody is named twice in one picture (`together`, by index) but as a copy: those
    already named there count too.
    """
    ids = [one.track_id for one in standing]
    now = decided(ids, [one.evidence for one in standing], together, words, resolved)
    found = []
    for one, then in zip(standing, now, strict=True):
        before, after = _who(one.person_id, resolved), _who(then.person_id, resolved)
        if not then.ruled and before != after and person_id in (before, after):
            found.append(Change(one.track_id, before, after, then.similarity, then.probability))
    return sorted(found, key=lambda change: (-change.probability, change.track_id))


def _who(person_id: UUID | None, resolved: Resolved) -> UUID | None:
    return resolved.get(person_id, person_id) if person_id is not None else None
