"""Shots: the ranges between cuts and dissolves, found on tiny pictures given one by one. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scenedetect.common import FrameTimecode, Timecode
from scenedetect.detectors import AdaptiveDetector

from kernel.contracts.time import Span

Tiny = NDArray[np.uint8]
Grey = NDArray[np.float32]

SHORTEST_MS = 400
"""A boundary closer than this to the one before starts no new shot."""

DISSOLVE_LAGS_MS = (400, 800)
"""Distances over which the beginning and the end of a dissolve are compared."""

MOST_REMAINDER = 0.25
"""How far the middle of a dissolve may be from the mean of its ends, as a share of their distance."""

MOST_LASTING = 0.4
"""Share of a change that may still be there after a flash."""

_KEPT_MS = 1000
_CERTAIN_AFTER_MS = (80, 160, 240)
# Grey levels and correlation at which two pictures have little in common.
_OTHER_DISTANCE, _OTHER_LIKENESS = 12.0, 0.7
_FEWEST_BETWEEN = 4
_MILLISECOND = Fraction(1, 1000)
# Only asked for when a detector counts frames; ours compares seconds.
_ANY_RATE = Fraction(25)


class ShotDetector(Protocol):
    """Told every picture of a video in order, says where its shots are."""

    size: ClassVar[tuple[int, int]]
    """Width and height of the tiny pictures, whatever the video's shape: only their change matters."""

    scaling: ClassVar[Literal["FAST_BILINEAR", "AREA"]]
    """How they are made: from the nearest lines, or averaged at thirty times the cost."""

    def push(self, at_ms: int, picture: Tiny) -> None:
        """`picture` is `[height, width, 3]` BGR; `at_ms` never goes back."""

    def finish(self, end_ms: int) -> list[Span]:
        """Spans that cover `[0, end_ms)` without gap or overlap."""

    def close(self) -> None:
        """Let go of what it holds, finished or not."""


class SceneDetectShots:
    """PySceneDetect's adaptive detector for cuts, less those that a flash made, and dissolves.

    Flashes: soon after one the picture of before is back. Dissolves: the picture half way is the mean of
    those before and after, which have little in common; motion and zooms leave a remainder.
    """

    size: ClassVar[tuple[int, int]] = (64, 36)
    scaling: ClassVar[Literal["FAST_BILINEAR", "AREA"]] = "FAST_BILINEAR"

    def __init__(self) -> None:
        self._detector = AdaptiveDetector(min_scene_len=0.0)
        self._recent = _Recent()
        self._uncertain: list[int] = []
        self._cuts: list[int] = []
        self._dissolves = [_Dissolves(lag_ms) for lag_ms in DISSOLVE_LAGS_MS]

    def push(self, at_ms: int, picture: Tiny) -> None:
        self._recent.add(_Seen.of(at_ms, picture))
        timecode = FrameTimecode(Timecode(at_ms, _MILLISECOND), fps=_ANY_RATE)
        self._uncertain += [cut.pts for cut in self._detector.process_frame(timecode, picture)]
        self._judge(before_ms=at_ms - _CERTAIN_AFTER_MS[-1])
        for dissolves in self._dissolves:
            dissolves.look(self._recent, at_ms)

    def finish(self, end_ms: int) -> list[Span]:
        self._judge(before_ms=end_ms)
        mixed = [found for dissolves in self._dissolves for found in dissolves.finish()]
        return spans_between(_apart(self._cuts, mixed), end_ms)

    def close(self) -> None:
        """Nothing but memory is held."""

    def _judge(self, before_ms: int) -> None:
        certain = [cut for cut in self._uncertain if cut <= before_ms]
        self._cuts += [cut for cut in certain if not self._recent.returns_after(cut)]
        self._uncertain = [cut for cut in self._uncertain if cut > before_ms]


class _Seen(NamedTuple):
    """`green`: most of brightness. `structure`: the same without its mean, so that exposure changes little."""

    at_ms: int
    green: Grey
    structure: Grey

    @classmethod
    def of(cls, at_ms: int, picture: Tiny) -> "_Seen":
        green = picture[..., 1].astype(np.float32)
        return cls(at_ms, green, green - green.mean())


class _Recent:
    """The last second's pictures."""

    def __init__(self) -> None:
        self._times: list[int] = []
        self._seen: list[_Seen] = []

    def add(self, seen: _Seen) -> None:
        self._times.append(seen.at_ms)
        self._seen.append(seen)
        if self._times[0] < seen.at_ms - 2 * _KEPT_MS:
            keep = self.index(seen.at_ms - _KEPT_MS)
            del self._times[:keep], self._seen[:keep]

    def index(self, at_ms: int) -> int:
        """Of the picture on screen then, or of the oldest there is."""
        return max(0, bisect_right(self._times, at_ms) - 1)

    def __getitem__(self, index: int) -> _Seen:
        return self._seen[index]

    def returns_after(self, cut_ms: int) -> bool:
        """Whether soon after `cut_ms` the picture of before is back."""
        cut = self.index(cut_ms)
        # Two back: the cut may be the end of a flash, which the one just before is then in.
        before = self[max(0, cut - 2)].green
        change = max(_distance(before, self[at].green) for at in (max(0, cut - 1), cut))
        later = (self[self.index(cut_ms + after_ms)].green for after_ms in _CERTAIN_AFTER_MS)
        return any(_distance(before, green) < MOST_LASTING * change for green in later)


class _Mixture(NamedTuple):
    """A picture that is the mean of those half a lag before and after, but for `remainder` of their distance."""

    remainder: float
    at_ms: int
    lag_ms: int


class _Dissolves:
    """Finds where, over one lag, a picture turns into another by being mixed with it."""

    def __init__(self, lag_ms: int) -> None:
        self._lag_ms = lag_ms
        self._best: _Mixture | None = None
        self._found: list[_Mixture] = []

    def look(self, recent: _Recent, at_ms: int) -> None:
        mixture = self._mixture(recent, at_ms)
        if mixture is None:
            self._found += self._run()
        elif self._best is None or mixture < self._best:
            self._best = mixture

    def finish(self) -> list[_Mixture]:
        return self._found + self._run()

    def _run(self) -> list[_Mixture]:
        """The clearest of mixtures that followed each other."""
        best, self._best = self._best, None
        return [best] if best else []

    def _mixture(self, recent: _Recent, at_ms: int) -> _Mixture | None:
        first, half, last = (recent.index(at_ms - back) for back in (self._lag_ms, self._lag_ms // 2, 0))
        if last - first < _FEWEST_BETWEEN or recent[first].at_ms > at_ms - self._lag_ms * 0.8:
            return None
        before, middle, after = recent[first].structure, recent[half].structure, recent[last].structure
        distance = _distance(before, after)
        if distance < _OTHER_DISTANCE:
            return None
        remainder = _distance(middle * 2, before + after) / 2 / distance
        if remainder > MOST_REMAINDER or _likeness(before, after) > _OTHER_LIKENESS:
            return None
        return _Mixture(remainder, recent[half].at_ms, self._lag_ms)


def _distance(one: Grey, other: Grey) -> float:
    return float(np.abs(one - other).mean())


def _likeness(one: Grey, other: Grey) -> float:
    """Correlation; that of two even pictures is 0."""
    return float(np.vdot(one, other) / np.sqrt(np.vdot(one, one) * np.vdot(other, other) + 1e-3))


def _apart(cuts: Iterable[int], mixtures: Iterable[_Mixture]) -> list[int]:
    """Cuts, then dissolves from the clearest on, each only where no boundary is near yet."""
    kept: list[int] = []
    for cut in cuts:
        if not kept or cut - kept[-1] >= SHORTEST_MS:
            kept.append(cut)
    for mixture in sorted(mixtures):
        near_ms = max(SHORTEST_MS, mixture.lag_ms // 2 + 100)
        if all(abs(mixture.at_ms - boundary) > near_ms for boundary in kept):
            kept.append(mixture.at_ms)
    return kept


def spans_between(cuts: Sequence[int], end_ms: int) -> list[Span]:
    """The ranges that `cuts` leave of `[0, end_ms)`; cuts at or outside its ends mean nothing."""
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < end_ms}), end_ms]
    return [Span(start_ms=start, end_ms=end) for start, end in pairwise(edges)]


def segments_of(shots: Sequence[Span], longest_ms: int = 10_000) -> list[Span]:
    """Every shot, those longer than `longest_ms` cut into equal parts no longer than that."""
    return [part for shot in shots for part in _parts(shot, longest_ms)]


def _parts(shot: Span, longest_ms: int) -> list[Span]:
    count = -(-shot.duration_ms // longest_ms)
    edges = [shot.start_ms + shot.duration_ms * index // count for index in range(count + 1)]
    return [Span(start_ms=start, end_ms=end) for start, end in pairwise(edges)]
