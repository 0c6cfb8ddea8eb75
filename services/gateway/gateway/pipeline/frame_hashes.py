"""What frames look like, in 64 bits each: a still, however small it was made, finds the moment it was taken from.

Scaling and compressing hardly touch a perceptual hash, cutting off an edge does. A frame that looks like the one before
is left out, and so is one with nothing on it.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from gateway.media.phash import phash
from gateway.pipeline.frames import Picture, StoppedError
from kernel.contracts.model import Value
from kernel.contracts.time import Milliseconds
from kernel.store import Store

# Bits of 64 that may differ between a frame and a still of it: docs/decisions/0143-a-still-finds-its-scene.md.
NEAR_BITS = 10
SAME_BITS = 2
# Standard deviation of luma, 0-127: below it a frame is black, white or a fade, and looks like all such.
PLAIN = 8.0

Luma = NDArray[np.uint8]


class FrameHash(Value):
    at_ms: Milliseconds
    bits: int  # 64 bits as a signed number, the way PostgreSQL keeps them


class FrameHashes(Value):
    frames: tuple[FrameHash, ...]


def hash_frames(
    store: Store, pictures: Sequence[Picture], progress: Callable[[float], None], stopped: Callable[[], bool]
) -> FrameHashes:
    """One hash for each stretch of frames that look alike, at its beginning. Raises StoppedError."""
    return FrameHashes(frames=tuple(_hashed(store, pictures, progress, stopped)))


def _hashed(
    store: Store, pictures: Sequence[Picture], progress: Callable[[float], None], stopped: Callable[[], bool]
) -> Iterator[FrameHash]:
    before: int | None = None
    for number, picture in enumerate(pictures):
        if stopped():
            raise StoppedError
        progress((number + 1) / len(pictures))
        if number and picture.name == pictures[number - 1].name:  # still on screen
            continue
        bits = hash_of(_small(store.path(picture.name)))
        if bits is not None and (before is None or differing(bits, before) > SAME_BITS):
            yield FrameHash(at_ms=picture.at_ms, bits=bits)
            before = bits


def _small(path: Path) -> Luma:
    """Decoded at a quarter of its size, which a JPEG gives almost for nothing."""
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_REDUCED_GRAYSCALE_4), np.uint8)


def hash_of(luma: Luma) -> int | None:
    """None for a picture with nothing on it. `luma`: [height, width]."""
    if luma.std() < PLAIN:
        return None
    return phash(Pictures.fromarray(luma))


def differing(one: int, other: int) -> int:
    return ((one ^ other) & (1 << 64) - 1).bit_count()
