"""Questions as addresses, and names that are being typed."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.finding.address import Addressed, address, changed
from gateway.finding.typed import begins, endings
from kernel.contracts.malformed import MalformedError
from kernel.contracts.search import SearchRequest

A, B = UUID(int=1), UUID(int=2)
ids = st.lists(st.sampled_from([A, B, UUID(int=3)]), max_size=3, unique=True)
questions = st.builds(
    SearchRequest,
    query=st.text(max_size=20),
    people=ids,
    groups=ids,
    without=ids,
    only=st.booleans(),
    videos=ids,
    scales=st.lists(st.sampled_from(["close_up", "wide"]), max_size=2),
    origins=st.lists(st.sampled_from(["human", "machine"]), max_size=2),
    since=st.none() | st.dates(),
    until=st.none() | st.dates(),
    certain=st.floats(0, 1),
    understand=st.booleans(),
    ignored=st.lists(st.text(min_size=1, max_size=9), max_size=3),
    meant=ids,
)


@given(questions)
def test_an_address_says_all_of_a_question(question: SearchRequest) -> None:
    there = Addressed.of(question)
    fields: dict[str, object] = {}
    for name, value in there.pairs:
        listed = isinstance(getattr(there, name), list)
        fields[name] = [*fields.get(name, []), value] if listed else value  # type: ignore[misc]
    assert Addressed.model_validate(fields).question() == question


def test_an_address_says_nothing_of_what_is_not_asked() -> None:
    assert Addressed(q="자는 장면", person=[A]).pairs == [("q", "자는 장면"), ("person", str(A))]
    assert address("/search", []) == "/search"
    assert address("/search", [("q", "a b")]) == "/search?q=a+b"


def test_what_a_form_leaves_empty_is_not_asked() -> None:
    empty = Addressed.model_validate(
        {"q": "컵", "since": "", "until": "", "certain": "", "scale": [""], "person": [""]}
    )
    assert empty.question() == SearchRequest(query="컵")


@pytest.mark.parametrize(
    ("changes", "pairs"),
    [
        ({"add": [("person", "b")]}, [("q", "x"), ("person", "a"), ("person", "b")]),
        ({"add": [("person", "a")]}, [("q", "x"), ("person", "a")]),
        ({"remove": [("person", "a")]}, [("q", "x")]),
        ({"drop": ["q"]}, [("person", "a")]),
    ],
)
def test_a_question_is_changed_a_little(changes: dict[str, list[object]], pairs: list[tuple[str, str]]) -> None:
    assert changed([("q", "x"), ("person", "a")], **changes) == pairs  # type: ignore[arg-type]


def test_what_asks_for_nothing_is_no_question() -> None:
    assert not Addressed(q="  ").asks
    assert not Addressed(ignored=["person:민지"], plain=True, only=True).asks
    assert Addressed(without=[A]).asks
    assert Addressed(since=date(2026, 7, 1)).asks


def test_too_much_is_refused() -> None:
    many = Addressed.model_construct(**Addressed().model_dump() | {"q": "a" * 501})
    with pytest.raises(MalformedError):
        many.question()


@pytest.mark.parametrize("typed", ["ㅁ", "미", "민", "민ㅈ", "민지", "민 지", "ㅁㅈ", "ㅣ"])
def test_a_name_is_known_while_it_is_composed(typed: str) -> None:
    assert begins("민지", typed)
    assert begins("김민지", typed) == (1 if typed != "ㄱ" else 2)


@pytest.mark.parametrize(
    ("name", "typed", "how_well"),
    [
        ("민지", "민", 2),
        ("김민지", "민", 1),
        ("김민지", "ㄱㅁㅈ", 1),
        ("민지", "하", 0),
        ("하니", "한", 2),  # half way from 하 to 하니
        ("Hanni", "han", 2),
        ("Hanni", "NNI", 1),
        ("José", "jose", 2),
        ("민지", "", 0),
        ("민지", "  ", 0),
        ("민지", "민지", 2),  # decomposed
    ],
)
def test_how_well_a_name_begins(name: str, typed: str, how_well: int) -> None:
    assert begins(name, typed) == how_well


def test_the_last_words_may_be_a_name() -> None:
    assert list(endings("하니랑 민지")) == [("", "하니랑 민지"), ("하니랑 ", "민지")]
    assert list(endings("하니랑 ")) == []
    assert list(endings("")) == []
