"""A person's face, cut square from a picture."""

import hashlib
from pathlib import Path

from PIL import Image

from kernel.contracts.faces import Box

SIDE = 192
# A face box holds the face; a portrait wants hair and chin too.
AROUND = 1.6


def cut(picture: Path, box: Box, out: Path) -> None:
    """Write the face of `box` with some room around it to `out`, a JPEG of SIDE pixels square."""
    with Image.open(picture) as opened:
        face = opened.convert("RGB").crop(square(box, opened.size))
    face.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(out, "JPEG", quality=88)


def square(box: Box, size: tuple[int, int], around: float = AROUND) -> tuple[int, int, int, int]:
    """The square around a face in pixels, `around` times as large if it fits, and moved inside of the picture."""
    width, height = size
    side = max(1, round(min(max(box.width * width, box.height * height) * around, width, height)))
    centre_x, centre_y = (box.left + box.right) / 2 * width, (box.top + box.bottom) / 2 * height
    left = min(max(0, round(centre_x - side / 2)), width - side)
    top = min(max(0, round(centre_y - side / 2)), height - side)
    return left, top, left + side, top + side


def name_of(picture: str, box: Box) -> str:
    """The store name of a portrait: another picture or face, another name."""
    digest = hashlib.sha256(f"{picture} {box.model_dump_json()}".encode()).hexdigest()
    return f"thumbnails/portraits/{digest[:32]}.jpg"
