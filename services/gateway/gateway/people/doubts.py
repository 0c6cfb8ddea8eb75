"""What is doubtful about a person's references, in the light of everybody's."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from gateway.library.references import Known
from gateway.people.near_duplicates import NEAR_BITS, same_face
from gateway.people.outliers import outliers
from kernel.clients import FaceService
from kernel.contracts.errors import ScenedeskError
from kernel.contracts.faces import FaceModel
from kernel.vectors import unit


class Doubt(NamedTuple):
    """`also_of`: nearly the same face is kept of this other person."""

    outlier: bool
    looks_like: UUID | None
    also_of: UUID | None


async def in_use(faces: FaceService) -> FaceModel | None:
    """The model whose vectors can be judged; None while there is none, and then nothing is doubted."""
    try:
        return await faces.model()
    except ScenedeskError:
        return None


def doubtful(
    known: Sequence[Known], merged: Mapping[UUID, UUID], person_id: UUID, threshold: float
) -> dict[UUID, Doubt]:
    """Doubts about the references of a person, by reference; merged people are whom they were merged into.

    `threshold`: the cosine from which the model takes two faces for one person's.
    """
    person_id = merged.get(person_id, person_id)
    by_person: dict[UUID, list[Known]] = defaultdict(list)
    for each in known:
        by_person[merged.get(each.person_id, each.person_id)].append(each)
    vectors = {person: unit(np.stack([each.vector for each in its])) for person, its in by_person.items()}
    strange = outliers(vectors, person_id, threshold)
    others = [each for person, its in by_person.items() if person != person_id for each in its]
    also_of = _the_same(by_person.get(person_id, []), others)
    doubts = {}
    for index, each in enumerate(by_person.get(person_id, [])):
        other = also_of.get(index)
        if index in strange or other:
            looks_like = strange[index].looks_like if index in strange else None
            doubts[each.reference_id] = Doubt(index in strange, looks_like, merged.get(other, other) if other else None)
    return doubts


def _the_same(own: Sequence[Known], others: Sequence[Known]) -> dict[int, UUID]:
    """Of whom else nearly the same face is kept, by index in `own`."""
    if not own or not others:
        return {}
    close = np.bitwise_count(_hashes(own)[:, None] ^ _hashes(others)[None, :]) <= NEAR_BITS
    pairs = zip(*map(np.ndarray.tolist, close.nonzero()), strict=True)
    return {
        index: others[other].person_id for index, other in pairs if same_face(own[index].vector, others[other].vector)
    }


def _hashes(known: Sequence[Known]) -> NDArray[np.uint64]:
    """Those without one count as zero: what the vectors say decides."""
    return np.array([(each.perceptual_hash or 0) % (1 << 64) for each in known], np.uint64)
