"""Matching: 100,000 tracks against 1,000 people of five references each. Peer: the plain matrix product of centroids.

Prints one JSON line: seconds to calibrate the gallery (once a version), to open it again, to score every track, the
peer's seconds for the same scores without a space, and the most memory used.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import numpy as np

from gateway.identity.calibration import calibrated, restored
from gateway.identity.matching import gallery_of
from kernel.vectors import Matrix, unit

PEOPLE, REFERENCES, DIMENSION, AT_ONCE = 1000, 5, 512, 10_000
Result = TypeVar("Result")


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    started = time.perf_counter()
    return work(), round(time.perf_counter() - started, 2)


def best(scores: Callable[[Matrix], Matrix], tracks: Matrix) -> Matrix:
    """The nearest person of each track; never more than `AT_ONCE` rows of scores in memory."""
    return np.concatenate(
        [scores(tracks[first : first + AT_ONCE]).argmax(axis=1) for first in range(0, len(tracks), AT_ONCE)]
    )


def main(count: int) -> None:
    rng = np.random.default_rng(1)
    people = rng.normal(size=(PEOPLE, 1, DIMENSION)).astype(np.float32)
    photos = unit(people + rng.normal(size=(PEOPLE, REFERENCES, DIMENSION)).astype(np.float32))
    references = {UUID(int=number): vectors for number, vectors in enumerate(photos)}
    truth = rng.integers(PEOPLE, size=count)
    tracks = unit(people[truth, 0] + rng.normal(size=(count, DIMENSION)).astype(np.float32))
    (gallery, found), calibrating = timed(lambda: calibrated(references, "drawn", otherwise=0.41))
    _, opening = timed(lambda: restored(references, "drawn", 0.41, found))
    named, scoring = timed(lambda: best(gallery.scores, tracks))
    plain = gallery_of(references, "drawn", 0.41).centroids
    peer, multiplying = timed(lambda: best(lambda rows: rows @ plain.T, tracks))
    line = {
        "bench": "matching",
        "tracks": count,
        "people": PEOPLE,
        "references": PEOPLE * REFERENCES,
        "calibrate_s": calibrating,
        "open_s": opening,
        "score_s": scoring,
        "numpy_s": multiplying,
        "right": round(float((named == truth).mean()), 4),
        "numpy_right": round(float((peer == truth).mean()), 4),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
