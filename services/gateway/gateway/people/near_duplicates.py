"""Nearly the same picture of a face: found by perceptual hash, confirmed by what the face model makes of both.

The hash is ImageHash's pHash (64 bits of the lowest frequencies) of the square around the face: a group photograph
is not one picture of everybody in it, and trimming a picture's edges does not make it another. Studio portraits of
one person differ in as few bits as two copies of one picture do, so a close hash alone proves nothing.
"""

from pathlib import Path

from PIL import Image

from gateway.media.phash import phash
from gateway.people.portraits import square
from kernel.contracts.faces import Box
from kernel.vectors import Matrix, unit

# Bits that may differ, and the least cosine: docs/decisions/0089-near-duplicates.md has what was measured.
NEAR_BITS = 10
NEAR_COSINE = 0.97


def perceptual_hash(picture: Path, box: Box) -> int:
    """64 bits as a signed number, the way PostgreSQL keeps them."""
    with Image.open(picture) as opened:
        return phash(opened.convert("RGB").crop(square(box, opened.size)))


def same_face(one: Matrix, other: Matrix) -> bool:
    """Whether vectors `[dimension]` of one model are of one face in one moment."""
    return float(unit(one) @ unit(other)) >= NEAR_COSINE
