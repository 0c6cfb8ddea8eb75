"""Vectors as PostgreSQL reads them."""

from kernel.vectors import Matrix


def written(vector: Matrix) -> str:
    """A vector as pgvector takes it in text: half floats keep five digits."""
    return "[" + ",".join(f"{value:.5g}" for value in vector.tolist()) + "]"
