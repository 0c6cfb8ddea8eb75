"""Shots: the ranges between cuts, found on tiny pictures given one by one. Pure."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scenedetect.common import FrameTimecode, Timecode
from scenedetect.detectors import AdaptiveDetector

from kernel.contracts.time import Span

Tiny = NDArray[np.uint8]

WIDTH, HEIGHT = 64, 36
"""Size of the tiny pictures, whatever the video's shape: only their change matters."""

SHORTEST_MS = 400
"""Cuts closer than this to the one before are flashes, not shots."""

_MILLISECOND = Fraction(1, 1000)
# Only asked for when a detector counts frames; ours compare seconds.
_ANY_RATE = Fraction(25)


class ShotDetector(Protocol):
    """Told every picture of a video in order, says where its shots are."""

    def push(self, at_ms: int, picture: Tiny) -> None:
        """`picture` is `[HEIGHT, WIDTH, 3]` BGR; `at_ms` never goes back."""

    def finish(self, end_ms: int) -> list[Span]:
        """Spans that cover `[0, end_ms)` without gap or overlap."""


class SceneDetectShots:
    """PySceneDetect's adaptive detector."""

    def __init__(self) -> None:
        self._detector = AdaptiveDetector(min_scene_len=SHORTEST_MS / 1000)
        self._cuts: list[int] = []
        self._last: FrameTimecode | None = None

    def push(self, at_ms: int, picture: Tiny) -> None:
        self._last = FrameTimecode(Timecode(at_ms, _MILLISECOND), fps=_ANY_RATE)
        self._cuts += [cut.pts for cut in self._detector.process_frame(self._last, picture)]

    def finish(self, end_ms: int) -> list[Span]:
        if self._last is not None:
            self._cuts += [cut.pts for cut in self._detector.post_process(self._last)]
        return spans_between(self._cuts, end_ms)


def spans_between(cuts: Sequence[int], end_ms: int) -> list[Span]:
    """The ranges that `cuts` leave of `[0, end_ms)`; cuts at or outside its ends mean nothing."""
    inner = sorted({cut for cut in cuts if 0 < cut < end_ms})
    edges = [0, *inner, end_ms]
    return [Span(start_ms=start, end_ms=end) for start, end in pairwise(edges) if end > start]


def segments_of(shots: Sequence[Span], longest_ms: int = 10_000) -> list[Span]:
    """Every shot, those longer than `longest_ms` cut into equal parts no longer than that."""
    return [part for shot in shots for part in _parts(shot, longest_ms)]


def _parts(shot: Span, longest_ms: int) -> list[Span]:
    count = -(-shot.duration_ms // longest_ms)
    edges = [shot.start_ms + shot.duration_ms * index // count for index in range(count + 1)]
    return [Span(start_ms=start, end_ms=end) for start, end in pairwise(edges)]
