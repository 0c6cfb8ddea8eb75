"""Pack and unpack vectors for the wire."""

import base64

import numpy as np
from numpy.typing import NDArray

from kernel.contracts.vectors import PackedVectors

Matrix = NDArray[np.float32]


def pack(vectors: Matrix, model_id: str) -> PackedVectors:
    """`[count, dimension]` float32 to the wire's form."""
    count, dimension = vectors.shape
    data = base64.b64encode(np.ascontiguousarray(vectors, dtype="<f4").tobytes()).decode("ascii")
    return PackedVectors(model_id=model_id, dimension=dimension, count=count, data=data)


def unpack(packed: PackedVectors) -> Matrix:
    """The wire's form to `[count, dimension]` float32. Raises ValueError when the bytes do not fit the shape."""
    flat = np.frombuffer(base64.b64decode(packed.data, validate=True), dtype="<f4")
    if flat.size != packed.count * packed.dimension:
        raise ValueError(f"{flat.size} values do not make {packed.count} x {packed.dimension}")
    return flat.reshape(packed.count, packed.dimension).astype(np.float32)


def unit(vectors: Matrix) -> Matrix:
    """Rows scaled to length 1; rows of zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)
