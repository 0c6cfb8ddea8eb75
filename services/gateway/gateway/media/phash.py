"""What a picture looks like, in 64 bits: ImageHash's pHash, the lowest frequencies of its luma."""

import imagehash
from PIL import Image


def phash(picture: Image.Image) -> int:
    """64 bits as a signed number, the way PostgreSQL keeps them."""
    bits = int(str(imagehash.phash(picture)), 16)
    return bits - (1 << 64) if bits >> 63 else bits
