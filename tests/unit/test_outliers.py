"""A wrong picture among somebody's references is found, and right ones are left in peace."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID, uuid5

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.library.references import Known
from gateway.people.doubts import Doubt, doubtful
from gateway.people.outliers import MEASURED_AT, Outlier, outliers
from kernel.vectors import Matrix, unit

Gallery = Mapping[UUID, Matrix]
DIMENSION = 512


def who(name: str) -> UUID:
    return uuid5(UUID(int=0), name)


@pytest.fixture(scope="module")
def faces(shared: Path) -> Gallery:
    """What EdgeFace made of 102 people in two photos each and of 8 talkers in three pictures each."""
    kept = np.load(shared / "faces" / "reference" / "stills_edge.npz")
    by_name: dict[str, list[Matrix]] = defaultdict(list)
    for name, vector in zip(kept["name"], kept["embedding"], strict=True):
        shown = Path(str(name))
        by_name[shown.name if "london" in shown.parts else shown.name[:3]].append(vector.astype(np.float32))
    return {who(name): unit(np.stack(rows)) for name, rows in by_name.items()}


def planted(faces: Gallery, person: UUID, other: UUID) -> tuple[Gallery, int]:
    """The gallery with the other's last picture among the person's; and at which index."""
    own = faces[person]
    mixed = {**faces, person: np.concatenate([own, faces[other][-1:]]), other: faces[other][:-1]}
    return mixed, len(own)


def test_a_clean_gallery_has_no_outlier(faces: Gallery) -> None:
    assert len(faces) == 110
    assert {person: found for person in faces if (found := outliers(faces, person))} == {}


def test_a_planted_picture_is_found_and_said_whose_it_is(faces: Gallery) -> None:
    people = list(faces)
    for person, other in zip(people, people[7:] + people[:7], strict=True):
        mixed, place = planted(faces, person, other)
        assert outliers(mixed, person) == {place: Outlier(other)}
        assert outliers(mixed, other) == {}


def test_a_planted_picture_of_nobody_known_is_found(faces: Gallery) -> None:
    people, told = list(faces), 0
    for person, other in zip(people, people[7:] + people[:7], strict=True):
        mixed, place = planted(faces, person, other)
        without = {known: rows for known, rows in mixed.items() if known != other}
        found = outliers(without, person)
        assert found.keys() == {place}
        told += found[place].looks_like is None
    assert told >= len(people) - 1, "one of them has a look-alike in the gallery"


def test_nothing_speaks_against_a_first_picture_that_is_like_nobody(faces: Gallery) -> None:
    one, other, *_ = faces
    assert outliers({one: faces[one][:1]}, one) == {}
    assert outliers({one: faces[one][:1], other: faces[other]}, one) == {}
    assert outliers({one: faces[other][:1], other: faces[other][1:]}, one) == {0: Outlier(other)}
    assert outliers({}, one) == outliers({one: faces[one][:0]}, one) == {}


def test_a_model_to_which_all_people_are_alike_accuses_nobody_either(faces: Gallery) -> None:
    """Vectors with a large common part, as dlib's: strangers are 0.96 alike, and its threshold is 0.976."""
    own = (1 - 0.976) / (1 - MEASURED_AT)
    crowd = {
        who: np.hstack([np.full((len(rows), 1), (1 - own) ** 0.5, np.float32), rows * np.float32(own**0.5)])
        for who, rows in faces.items()
    }
    assert {who for who in crowd if outliers(crowd, who, 0.976)} == set()
    one, other, *_ = crowd
    first = {one: crowd[one][:1], other: crowd[other]}
    assert outliers(first, one, 0.976) == {}
    assert outliers(first, one) == {0: Outlier(other)}, "by cosines of another model"
    mixed, place = planted(crowd, one, other)
    assert outliers(mixed, one, 0.976) == {place: Outlier(other)}


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 4))
def test_the_order_of_references_changes_nothing(seed: int, own: int, others: int) -> None:
    draw = np.random.default_rng(seed)
    centres = unit(draw.normal(size=(others + 1, 16)).astype(np.float32))
    vectors = {
        who(str(i)): unit(c + draw.normal(size=(own, 16)) * 0.3).astype(np.float32) for i, c in enumerate(centres)
    }
    person = who("0")
    order = draw.permutation(own)
    turned = {**vectors, person: vectors[person][order]}
    before, after = outliers(vectors, person), outliers(turned, person)
    assert {int(order[index]): found for index, found in after.items()} == before


# ---- doubts about references of the gallery


def known(person: UUID, vectors: Matrix, *hashes: int) -> list[Known]:
    return [Known(uuid5(person, str(h)), person, h, row) for h, row in zip(hashes, vectors, strict=True)]


def test_nearly_the_same_face_of_somebody_else_is_said(faces: Gallery) -> None:
    one, other, third = list(faces)[:3]
    again = faces[one][:1]
    gallery = [
        *known(one, faces[one], 0b1, 0b1 << 40),
        *known(other, np.concatenate([faces[other], again]), -1, -(1 << 30), 0b111),
        *known(third, faces[third], 0b1, 0b11),  # a close hash of another face says nothing
    ]
    said = doubtful(gallery, {}, one, MEASURED_AT)
    assert said == {gallery[0].reference_id: Doubt(outlier=False, looks_like=None, also_of=other)}
    wrong = gallery[len(faces[one]) + len(faces[other])]
    assert doubtful(gallery, {}, other, MEASURED_AT)[wrong.reference_id] == Doubt(
        outlier=True, looks_like=one, also_of=one
    )


def test_merged_people_are_one(faces: Gallery) -> None:
    one, other, third = list(faces)[:3]
    gallery = [
        *known(one, faces[one], 0b1, 0b11),
        *known(other, faces[one], 0b1, 0b11),
        *known(third, faces[third], 0, 1),
    ]
    assert {doubt.also_of for doubt in doubtful(gallery, {}, one, MEASURED_AT).values()} == {other}
    assert (
        doubtful(gallery, {other: one}, one, MEASURED_AT) == doubtful(gallery, {other: one}, other, MEASURED_AT) == {}
    )
