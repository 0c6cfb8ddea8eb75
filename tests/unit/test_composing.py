"""Names that are found while they are typed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.library.composing import pattern


@pytest.mark.parametrize("typed", ["ㄱ", "기", "김", "김ㅁ", "김미", "김민", "김민ㅈ", "김민지", "민ㅈ", "ㅁㅈ", "지"])
def test_every_step_of_typing_finds_the_name(typed: str) -> None:
    assert re.search(pattern(typed), "김민지")


@pytest.mark.parametrize("typed", ["민ㅎ", "니", "김미지", "김밍"])
def test_another_name_is_not_found(typed: str) -> None:
    assert not re.search(pattern(typed), "김민지")


def test_a_final_consonant_may_begin_the_next_syllable() -> None:
    """하니 is typed ㅎ, 하, 한, 하니."""
    assert re.search(pattern("한"), "하니")
    assert re.search(pattern("한"), "한별")
    assert not re.search(pattern("한"), "하루")


@given(text=st.text(min_size=1, max_size=12))
def test_whatever_is_typed_finds_itself(text: str) -> None:
    assert re.search(pattern(text), text)
