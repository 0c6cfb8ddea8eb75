"""Faces as tracks and rulings keep them: `[[at_ms, left, top, right, bottom], ...]`."""

from collections.abc import Iterable, Sequence

from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt


def rows_of(faces: Iterable[FaceAt]) -> list[tuple[int, float, float, float, float]]:
    return [(f.at_ms, f.box.left, f.box.top, f.box.right, f.box.bottom) for f in faces]


def faces_of(rows: Iterable[Sequence[float]]) -> list[FaceAt]:
    return [FaceAt(at_ms=round(row[0]), box=Box(left=row[1], top=row[2], right=row[3], bottom=row[4])) for row in rows]
