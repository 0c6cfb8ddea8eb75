"""Cursors of listings: what went in comes out, and nothing reaches PostgreSQL that it could not read."""

import base64
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.library import cursors
from kernel.contracts.errors import InvalidError

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@given(TEXT, st.integers(-(2**63), 2**63 - 1), st.uuids(), st.datetimes(timezones=st.just(UTC)))
def test_a_cursor_says_again_what_it_was_made_of(text: str, number: int, name: UUID, at: datetime) -> None:
    parts = (text, number, name, at)
    assert cursors.decode(cursors.encode(*parts), str, int, UUID, datetime) == parts


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ([2**63], int),
        ([True], int),
        (["1"], int),
        ([1], str),
        (["a\x00"], str),
        (["\ud800"], str),
        (["x"], UUID),
        (["2026-01-01"], datetime),
        (["0001-01-01T00:00:00+23:59"], datetime),
        ([], str),
        (["a", "b"], str),
        ({"a": 1}, str),
        ("a", str),
    ],
)
def test_what_no_listing_made_is_refused(parts: object, kind: type) -> None:
    forged = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")
    with pytest.raises(InvalidError, match="cursor"):
        cursors.decode(forged, kind)


@given(st.lists(st.integers(0, 99), unique=True), st.integers(1, 10))
def test_pages_hold_every_item_once_and_end(items: list[int], limit: int) -> None:
    ordered, read, after = sorted(items), list[int](), -1
    while True:
        page = cursors.page([item for item in ordered if item > after][: limit + 1], limit, lambda item: (item,))
        read += page.items
        if page.next_cursor is None:
            break
        (after,) = cursors.decode(page.next_cursor, int)
    assert read == ordered
