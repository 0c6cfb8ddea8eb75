"""Spans, packed vectors, names in the store, errors as sentences."""

from http import HTTPStatus
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pydantic import ValidationError

from kernel.contracts.errors import ScenedeskError
from kernel.contracts.time import Span
from kernel.contracts.vectors import PackedVectors
from kernel.store import Store, StoreNameError
from kernel.vectors import pack, unit, unpack

spans = st.builds(lambda a, n: Span(start_ms=a, end_ms=a + n), st.integers(0, 99), st.integers(1, 99))


@given(spans, spans)
def test_overlap_counts_shared_milliseconds(one: Span, other: Span) -> None:
    shared = [ms for ms in range(200) if one.contains(ms) and other.contains(ms)]
    assert one.overlap_ms(other) == other.overlap_ms(one) == len(shared)


@pytest.mark.parametrize(("start", "end"), [(5, 5), (6, 5), (-1, 5)])
def test_a_span_is_never_empty_or_before_the_start(start: int, end: int) -> None:
    with pytest.raises(ValidationError):
        Span(start_ms=start, end_ms=end)


@given(
    arrays.arrays(
        np.float32, st.tuples(st.integers(0, 5), st.integers(1, 7)), elements=st.just(0) | st.floats(0.125, 1, width=32)
    )
)
def test_vectors_survive_the_wire_bit_for_bit(vectors: np.ndarray) -> None:
    sent = PackedVectors.model_validate_json(pack(vectors, "m@1").model_dump_json())
    assert np.array_equal(unpack(sent), vectors)
    lengths = np.linalg.norm(unit(vectors), axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (np.linalg.norm(vectors, axis=1) == 0))


def test_bytes_that_do_not_fit_their_shape_are_refused() -> None:
    good = pack(np.ones((2, 3), np.float32), "m@1")
    with pytest.raises(ValueError, match="do not make"):
        unpack(good.model_copy(update={"count": 3}))


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../x", "a/../../x", "a\x00b", "a/.."])
def test_no_name_leaves_the_store(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreNameError):
        Store(tmp_path).path(name)


def fail_half_way(store: Store) -> None:
    with store.writing("a/b.txt") as partial:
        partial.write_text("half")
        raise ZeroDivisionError


def test_writing_is_all_or_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing("a/b.txt") as partial:
        partial.write_text("whole")
        assert not store.path("a/b.txt").exists()
    with pytest.raises(ZeroDivisionError):
        fail_half_way(store)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]
    assert store.path("a/b.txt").read_text() == "whole"
    assert store.path("a/b.txt").stat().st_mode & 0o444 == 0o444  # another service's user reads it


def every_error(kind: type[ScenedeskError] = ScenedeskError) -> list[type[ScenedeskError]]:
    import gateway.worker  # noqa: F401, PLC0415 - declares errors of its own
    import standalone.cli  # noqa: F401, PLC0415

    return [kind, *(below for child in kind.__subclasses__() for below in every_error(child))]


def test_every_error_speaks_both_languages_and_has_a_code_of_its_own() -> None:
    kinds = [kind for kind in every_error() if "code" in vars(kind)]
    for kind in kinds:
        assert set(kind.sentences) == {"ko", "en"}, kind
        assert 400 <= HTTPStatus(kind.status) < 600, kind
    codes = [kind.code for kind in kinds]
    assert len(codes) == len(set(codes)), sorted(code for code in codes if codes.count(code) > 1)
