"""A picture of a person, before anything is learnt from it: is it one, whom does it show, how well."""

import hashlib
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from gateway.people.errors import (
    LostFaceError,
    NoFaceError,
    NoSuchFaceError,
    NotAPhotoError,
    PhotoTooLargeError,
    PhotoTooSmallError,
    SeveralFacesError,
)
from kernel.contracts.faces import Box, Face

MAX_BYTES = 20_000_000
MAX_PIXELS = 50_000_000
LEAST_SIDE = 48
LONGEST_KEPT = 2048
# The largest face is meant when the next one covers less than half of its area.
DOMINATES = 2.0
LEAST_FACE_PX = 32
# Variance of the Laplacian of the aligned face. Blurred below it, one face in nine scored under 0.45 with another
# photo of the same person; above it none did: docs/decisions/0090-what-a-reference-must-be.md.
LEAST_SHARPNESS = 16.0
MOST_YAW = 0.75
LEAST_OVERLAP = 0.3

# The face meant: its number from the left, or about where it is; None for the one that stands out.
Choice = int | Box | None


def normal(photo: bytes, source: str) -> tuple[bytes, str]:
    """The photo upright, RGB, without metadata, as JPEG; and the SHA-256 of its pixels. Raises PhotoError."""
    if len(photo) > MAX_BYTES:
        raise _too_large(source)
    try:
        with Image.open(io.BytesIO(photo), formats=("JPEG", "PNG", "WEBP")) as opened:
            _check_size(opened.size, source)
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(source) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise NotAPhotoError(source=source) from error
    upright.thumbnail((LONGEST_KEPT, LONGEST_KEPT))
    encoded = io.BytesIO()
    upright.save(encoded, "JPEG", quality=95)
    return encoded.getvalue(), hashlib.sha256(np.asarray(upright).tobytes()).hexdigest()


def _check_size(size: tuple[int, int], source: str) -> None:
    """Before a pixel is decoded: a small file can claim a huge picture."""
    width, height = size
    if width * height > MAX_PIXELS:
        raise _too_large(source)
    if min(width, height) < LEAST_SIDE:
        raise PhotoTooSmallError(source=source, width=width, height=height, least=LEAST_SIDE)


def _too_large(source: str) -> PhotoTooLargeError:
    return PhotoTooLargeError(source=source, megabytes=MAX_BYTES // 10**6, megapixels=MAX_PIXELS // 10**6)


def meant(faces: Sequence[Face], choice: Choice, source: str) -> Face:
    """The face a photo is of. Raises NoFaceError, SeveralFacesError, NoSuchFaceError or LostFaceError."""
    if not faces:
        raise NoFaceError(source=source)
    if choice is None:
        return the_one(faces, source)
    if isinstance(choice, int):
        return _numbered(faces, choice, source)
    nearest = max(faces, key=lambda face: overlap(face.box, choice))
    if overlap(nearest.box, choice) < LEAST_OVERLAP:
        raise LostFaceError(source=source)
    return nearest


def the_one(faces: Sequence[Face], source: str) -> Face:
    """The face that stands out. Raises NoFaceError, or SeveralFacesError when none does."""
    by_area = sorted(faces, key=_area, reverse=True)
    if not by_area:
        raise NoFaceError(source=source)
    if len(by_area) > 1 and _area(by_area[0]) < DOMINATES * _area(by_area[1]):
        raise SeveralFacesError(source=source, faces=[face.box for face in from_left(faces)])
    return by_area[0]


def from_left(faces: Sequence[Face]) -> list[Face]:
    """The faces as people count them."""
    return sorted(faces, key=lambda face: (face.box.left, face.box.top))


def _numbered(faces: Sequence[Face], number: int, source: str) -> Face:
    if number not in range(len(faces)):
        raise NoSuchFaceError(source=source, face=number, count=len(faces))
    return from_left(faces)[number]


def _area(face: Face) -> float:
    return face.box.width * face.box.height


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(0.0, wide) * max(0.0, high)
    union = one.width * one.height + other.width * other.height - shared
    return shared / union if union > 0 else 0.0


def why_not_used(face: Face) -> str | None:
    """Why a face should not teach who somebody is: `small`, `turned` or `blurred`; None when it may."""
    if face.side_px < LEAST_FACE_PX:
        return "small"
    if abs(face.yaw) > MOST_YAW:
        return "turned"
    return "blurred" if face.sharpness < LEAST_SHARPNESS else None
