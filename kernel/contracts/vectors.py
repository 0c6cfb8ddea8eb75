"""Vectors on the wire: packed little-endian float32 in base64 (about ten times cheaper than JSON numbers)."""

from pydantic import Field

from kernel.contracts.model import Value


class PackedVectors(Value):
    """`count` vectors of `dimension` float32 values, row after row, little-endian, base64."""

    model_id: str = Field(description="The model that made them. Vectors of two models are never compared.")
    dimension: int = Field(ge=1)
    count: int = Field(ge=0)
    data: str = Field(description="base64 of count x dimension little-endian float32")
