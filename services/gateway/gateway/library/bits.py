"""Perceptual hashes compared by PostgreSQL: 64 bits each, kept as signed numbers."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, func
from sqlalchemy.dialects.postgresql import BIT


def differing(kept: ColumnElement[Any], bits: int) -> ColumnElement[int]:
    """In how many of its 64 bits a hash that is kept differs from one that is asked for."""
    other: ColumnElement[int] = func.bit_count(cast(kept.op("#")(cast(bits, BigInteger)), BIT(64)))
    return other
