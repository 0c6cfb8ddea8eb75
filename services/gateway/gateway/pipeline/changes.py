"""Changes of face: where a track goes on over another person, in the same place after a cut nobody found. Pure.

Light, a blur, a hand before it change how a face looks within a take too; but then what follows looks like what was
before, or like nothing. Only a lasting step from one face to another is a change of person.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np

from gateway.pipeline.tracks import Sighting, TrackDraft
from kernel.contracts.time import Span
from kernel.vectors import Matrix, unit

# A crop worse than this doesn't say whether the face is another one.
LEAST_QUALITY = 0.1
# A face is like itself over so many crops before a change, and another one is over so many after it.
LASTS = 2
# Features that move so many times as far as is usual for the track, and farther than a detector's trembling (in face
# sizes), may be another person's: a take hardly ever does that, a cut nearly always.
SUDDEN, TREMBLING = 5, 0.02

See = Callable[[Sequence[Sighting]], Awaitable[Matrix]]
"""Vectors of faces, `[count, dimension]`, in order; it remembers whom it has seen."""


async def one_person_each(tracks: Iterable[TrackDraft], crops: int, alike: float, see: See) -> list[TrackDraft]:
    """The tracks, each that goes on over another person in parts, in order of their start.

    `crops`: how many looks at a track tell it at least. `alike`: the cosine below which two faces are not taken for
    one, the model's own. Of a track whose looks agree and whose face moves evenly nothing else is seen.
    """
    whole: list[TrackDraft] = []
    unsure = list(tracks)
    while unsure:
        views = [_View(track, crops) for track in unsure]
        await see([sighting for view in views for sighting in view.first])  # all at once
        parts = [await view.parts(alike, see) for view in views]
        whole += [track for its in parts if len(its) == 1 for track in its]
        unsure = [track for its in parts if len(its) > 1 for track in its]
    return sorted(whole, key=lambda track: track.span.start_ms)


class _View:
    """A track as its clear sightings, and those of them to see first: its looks, and both sides of each jump."""

    def __init__(self, track: TrackDraft, crops: int) -> None:
        self._track = track
        looks = track.looks(crops)
        self._clear = [place for place, sighting in enumerate(track.sightings) if _clear(sighting)]
        self._shown = [track.sightings[place] for place in self._clear]
        looked_ms = {look.at_ms for look in looks}
        looked = {place for place, sighting in enumerate(self._shown) if sighting.at_ms in looked_ms}
        self._places = sorted(looked | {side for after in _jumps(self._shown) for side in (after - 1, after)})
        self.first = [*looks, *(self._shown[place] for place in self._places)]

    async def parts(self, alike: float, see: See) -> list[TrackDraft]:
        """The track itself, or before and after one change of person: together they cover it."""
        vectors = unit(await see([self._shown[place] for place in self._places]))
        for (first, one), (last, other) in pairwise(zip(self._places, vectors, strict=True)):
            if one @ other < alike:
                after = await self._step(first, last, see)
                if await self._lasting(after, alike, see):
                    return _parted(self._track, self._clear[after])
        return [self._track]

    async def _step(self, first: int, last: int, see: See) -> int:
        """A place after `first`, at most `last`, at which faces go over from one like the first to one like the last.

        By halves, so that about log2 of the faces between them are seen.
        """
        while last - first > 1:
            middle = (first + last) // 2
            before, here, after = unit(await see([self._shown[place] for place in (first, middle, last)]))
            first, last = (middle, last) if here @ before >= here @ after else (first, middle)
        return last

    async def _lasting(self, after: int, alike: float, see: See) -> bool:
        """Whether one face is before the place, another from it on, each like itself and nowhere like the other."""
        if after < LASTS or len(self._shown) < after + LASTS:
            return False
        vectors = unit(await see(self._shown[after - LASTS : after + LASTS]))
        likeness = vectors @ vectors.T
        same = min(likeness[:LASTS, :LASTS].min(), likeness[LASTS:, LASTS:].min())
        return bool(likeness[:LASTS, LASTS:].max() < alike <= same)


def _clear(sighting: Sighting) -> bool:
    return sighting.fit and sighting.face.quality >= LEAST_QUALITY


def _jumps(shown: Sequence[Sighting]) -> list[int]:
    """Places to which the features jumped."""
    if len(shown) < 2 * LASTS:
        return []
    points = np.array([_features(sighting) for sighting in shown])
    size = points[:-1, -1:] - points[:-1, -2:-1]
    moved = np.linalg.norm(np.diff(points, axis=0) / np.maximum(size, 1e-6), axis=2).mean(axis=1)
    return [int(place) + 1 for place in np.flatnonzero(moved > max(SUDDEN * np.median(moved), TREMBLING))]


def _features(sighting: Sighting) -> list[tuple[float, float]]:
    box = sighting.face.box
    return [*sighting.face.landmarks, (box.left, box.top), (box.right, box.bottom)]


def _parted(track: TrackDraft, at: int) -> list[TrackDraft]:
    """The track before its sighting number `at`, and from it on."""
    change_ms = track.sightings[at].at_ms
    before = Span(start_ms=track.span.start_ms, end_ms=change_ms)
    after = Span(start_ms=change_ms, end_ms=track.span.end_ms)
    return [
        TrackDraft(span=before, sightings=track.sightings[:at]),
        TrackDraft(span=after, sightings=track.sightings[at:]),
    ]
