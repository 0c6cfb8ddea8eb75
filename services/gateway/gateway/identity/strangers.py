"""Putting unknown faces with the stranger they look like, over all videos; and what people say of strangers."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID, uuid4

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.identity.clustering import grouped, least_alike
from gateway.identity.ledger import AnchoredRuling, Followed, Word, on_tracks, word_of
from gateway.library import rulings, strangers, track_vectors, tracks
from gateway.library.strangers import Placed
from gateway.pipeline.identify import SILENCE, Evidence, SeenTrack, seen_together
from kernel.vectors import Matrix, unit

# Of how many of the nearest tracks the strangers are looked at.
LOOKED_AT = 64
# What a gallery's threshold may be taken for as a cosine; a scorer of its own may count otherwise.
COSINES = (0.2, 0.7)
NO_ONE = datetime(1970, 1, 1, tzinfo=UTC)


class Before(NamedTuple):
    """A video's tracks before it was indexed again, and the strangers they belonged to."""

    tracks: Sequence[SeenTrack]


async def before(connection: AsyncConnection, video_id: UUID) -> Before:
    """To be asked before a video's tracks are replaced."""
    outlines = (await tracks.outlines(connection, [video_id]))[video_id]
    return Before(await tracks.seen(connection, [track.id for track in outlines]))


async def place(connection: AsyncConnection, video_id: UUID, was: Before | None = None) -> None:
    """Put the video's unknown tracks with the stranger they look like, or found a new one, in the caller's transaction.

    After it was indexed again (`was`), the same faces belong to the same strangers, whatever model followed them,
    and the ledger's word on strangers stands. Tracks seen in one picture never belong to one stranger.
    """
    if was is None and not await strangers.unplaced(connection, video_id):
        return
    await strangers.lock(connection)
    outlines = (await tracks.outlines(connection, [video_id]))[video_id]
    seen = await tracks.seen(connection, [track.id for track in outlines])
    said = [ruling for ruling in await rulings.active(connection, [video_id]) if ruling.stranger_id]
    room = await asyncio.to_thread(_room, seen, said, was)
    await strangers.put(connection, room.kept)
    await _place_rest(connection, room)
    if was is not None:
        mine = {one for track in was.tracks for one in (track.stranger_id, track.evidence.stranger_id) if one}
        await strangers.drop_empty(connection, mine)


@dataclass
class _Room:
    """A video's tracks while they are placed: what is said of each, who is in a picture with whom, where each is."""

    seen: Sequence[SeenTrack]
    words: Mapping[int, Word]
    together: Mapping[int, Collection[int]]
    kept: list[Placed] = field(default_factory=list)
    places: dict[int, UUID] = field(default_factory=dict)

    def refused(self, group: Iterable[int]) -> set[UUID]:
        """Strangers that this group cannot be: somebody said so, or they are seen beside it."""
        refused: set[UUID] = set()
        for index in group:
            refused |= self.words.get(index, SILENCE).not_strangers
            refused |= {self.places[other] for other in self.together.get(index, ()) if other in self.places}
        return refused

    def left(self) -> list[int]:
        return [i for i, one in enumerate(self.seen) if one.track.person_id is None and i not in self.places]


def _room(seen: Sequence[SeenTrack], said: Sequence[AnchoredRuling], was: Before | None) -> _Room:
    followed = [Followed(one.track.span, one.track.faces) for one in seen]
    words = {index: word_of(its) for index, its in on_tracks(said, followed).items()}
    together = seen_together([[face.at_ms for face in one.faces] for one in followed])
    room = _Room(seen, words, together)
    carried = _carried(followed, was)
    for index, one in enumerate(seen):
        machines = one.stranger_id or carried.get(index)
        word = words.get(index, SILENCE)
        stays = None if machines in word.not_strangers else machines
        if (stranger_id := word.stranger_id or stays) is not None:
            room.places[index] = stranger_id
            if one.stranger_id is None:
                its = machines if word != SILENCE else None
                room.kept.append(Placed(one, stranger_id, its))
    return room


def _carried(followed: Sequence[Followed], was: Before | None) -> dict[int, UUID]:
    """Index of a track to where the machine had put the same face before."""
    if was is None:
        return {}
    had = {one.track.id: one.evidence.stranger_id or one.stranger_id for one in was.tracks}
    faces = [_as_ruling(one, had[one.track.id]) for one in was.tracks if had[one.track.id] is not None]
    found: dict[int, UUID] = {}
    for index, its in on_tracks(faces, followed).items():
        longest = max(its, key=lambda each: (each.span.end_ms - each.span.start_ms, each.id))
        if longest.stranger_id is not None:
            found[index] = longest.stranger_id
    return found


def _as_ruling(one: SeenTrack, stranger_id: UUID | None) -> AnchoredRuling:
    """Where a face was said to be whose, in the form in which the ledger follows faces."""
    track = one.track
    return AnchoredRuling(
        track.id, track.id, track.video_id, "is", None, stranger_id, track.span, track.faces, "", NO_ONE
    )


async def _place_rest(connection: AsyncConnection, room: _Room) -> None:
    """Tracks that nobody and nothing has placed: first grouped among themselves, then each group as one."""
    by_model: dict[str, list[int]] = defaultdict(list)
    for index in room.left():
        by_model[room.seen[index].track.model_id].append(index)
    for model_id, indexes in sorted(by_model.items()):
        ids = [room.seen[index].track.id for index in indexes]
        vectors = await track_vectors.of_tracks(connection, model_id, ids)
        there = [index for index in indexes if room.seen[index].track.id in vectors]
        if there:
            matrix = unit(np.stack([vectors[room.seen[index].track.id] for index in there]))
            await _place_groups(connection, room, model_id, there, matrix)


async def _place_groups(
    connection: AsyncConnection, room: _Room, model_id: str, there: Sequence[int], vectors: Matrix
) -> None:
    least = least_alike(_threshold(room.seen[index] for index in there))
    at = {index: number for number, index in enumerate(there)}
    apart = {at[i]: [at[other] for other in room.together.get(i, ()) if other in at] for i in there}
    groups = await asyncio.to_thread(grouped, vectors, apart, least)
    new: list[Placed] = []
    for group in sorted(groups, key=lambda its: (-len(its), its)):
        mine = [there[number] for number in group]
        mean = vectors[group].mean(axis=0)
        stranger_id = await _nearest(connection, model_id, mean, least, room.refused(mine))
        if stranger_id is None:
            stranger_id = uuid4()
            await strangers.found(connection, [stranger_id])
        room.places.update(dict.fromkeys(mine, stranger_id))
        new += [Placed(room.seen[index], stranger_id) for index in mine]
    await strangers.put(connection, new)


async def _nearest(
    connection: AsyncConnection, model_id: str, mean: Matrix, least: float, refused: Collection[UUID]
) -> UUID | None:
    """The stranger whose tracks are on average most like the group's, if alike enough and not refused."""
    near = await track_vectors.strangers_near(connection, model_id, unit(mean), LOOKED_AT)
    means = await track_vectors.means_of_strangers(connection, model_id, set(near) - set(refused))
    alike = [(float(its @ mean), stranger_id) for stranger_id, its in means.items()]
    best, stranger_id = max(alike, default=(-1.0, None))
    return stranger_id if best >= least else None


def _threshold(seen: Iterable[SeenTrack]) -> float:
    """From which cosine these tracks may be of one face. A gallery's own threshold need not be a cosine."""
    compared = [_same_face(one.evidence) for one in seen if one.evidence.compared]
    return as_cosine(float(np.median(compared))) if compared else COSINES[1]


def _same_face(evidence: Evidence) -> float:
    return evidence.threshold if evidence.same_face is None else evidence.same_face


def as_cosine(threshold: float) -> float:
    """A gallery's threshold, as the cosine it stands for."""
    return float(np.clip(threshold, *COSINES))
