"""A name in a machine's caption is replaced; particles follow, other names and words stay."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kernel.particles import ends_in_rieul, particle, with_particle
from kernel.wording import PAIRS, renamed, says, unnamed

HANGUL = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2, max_size=4)
LATIN = st.from_regex(r"\A[A-Z][a-z]{1,6}( [A-Z][a-z]{1,6})?\Z")
NAMES = HANGUL | LATIN


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        ("김민지와 이서연이 미디엄 숏으로 보인다.", "김민지", "최유진", "최유진과 이서연이 미디엄 숏으로 보인다."),
        ("김민지와 이서연이 보인다.", "이서연", "하니", "김민지와 하니가 보인다."),
        ("김민지가 보인다.", "민지", "서연", "김민지가 보인다."),
        ("민지은이 보인다. 민지가 보인다.", "민지", "서연", "민지은이 보인다. 서연이 보인다."),
        ("하니까 그렇다. 하니는 웃는다.", "하니", "다니엘", "하니까 그렇다. 다니엘은 웃는다."),
        ("하니로 보인다", "하니", "다니엘", "다니엘로 보인다"),
        ("하니로부터", "하니", "서연", "서연으로부터"),
        ("서연으로", "서연", "하니", "하니로"),
        ("하니와는 다르다", "하니", "서연", "서연과는 다르다"),
        ("서연이가 웃는다", "서연", "하니", "하니가 웃는다"),
        ("서연이가 웃는다", "서연", "민진", "민진이가 웃는다"),
        ("하니야, 하니라는 이름, 하니나 민지", "하니", "서연", "서연아, 서연이라는 이름, 서연이나 민지"),
        ("하니(NJZ)가 보인다", "하니", "서연", "서연(NJZ)이 보인다"),
        ("하니씨가 하니의 집에", "하니", "서연", "서연씨가 서연의 집에"),
        ("Hanni가 보인다", "Hanni", "Jane", "Jane이 보인다"),
        ("아일린 콜린스가 클로즈업으로 보인다.", "아일린 콜린스", "하니", "하니가 클로즈업으로 보인다."),
    ],
)  # fmt: skip
def test_in_korean(text: str, old: str, new: str, expected: str) -> None:
    assert renamed(text, "ko", old, new) == expected


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        ("Ann and Anna are on screen.", "Ann", "Jo", "Jo and Anna are on screen."),
        ("Mary-Ann sees Ann-Marie and Ann.", "Ann", "Jo", "Mary-Ann sees Ann-Marie and Jo."),
        ("Ann's cup. Ann is here.", "Ann", "Jo", "Jo's cup. Jo is here."),
        ("Hanni is on screen. A cup and hanni.", "hanni", "minji", "Minji is on screen. A cup and minji."),
        ("Kim Minji and Hanni are on screen.", "Hanni", "하니", "Kim Minji and 하니 are on screen."),
        ("A person in red", "red", "A", "A person in A"),
    ],
)  # fmt: skip
def test_in_english(text: str, old: str, new: str, expected: str) -> None:
    assert renamed(text, "en", old, new) == expected


def test_longer_names_of_others_that_hold_the_name_stay() -> None:
    said = renamed("Kim Minji and Minji are on screen.", "en", "Minji", "Jo", others=["Kim Minji", "Hanni"])
    assert said == "Kim Minji and Jo are on screen."
    assert renamed("김 민지와 민지가", "ko", "민지", "서연", others=["김 민지"]) == "김 민지와 서연이"


def test_a_face_that_is_no_longer_theirs() -> None:
    assert unnamed("하니가 보인다.", "ko", "하니") == "한 사람이 보인다."
    assert unnamed("하니와 다른 한 사람이 보인다.", "ko", "하니") == "한 사람과 다른 한 사람이 보인다."
    assert unnamed("Hanni is on screen.", "en", "Hanni") == "A person is on screen."
    assert unnamed("Minji and Hanni are on screen.", "en", "Hanni") == "Minji and a person are on screen."
    assert says("하니가 보인다.", "ko", "하니")
    assert not says("하니까 보인다.", "ko", "하니")


@given(old=HANGUL, new=HANGUL, other=HANGUL, pair=st.sampled_from(PAIRS))
@example(old="서울", new="하니", other="민지", pair=("으로", "로"))
@example(old="하니", new="한 사람", other="민지", pair=("이", "가"))
def test_there_and_back_is_the_same_korean(old: str, new: str, other: str, pair: tuple[str, str]) -> None:
    assume(not {old, new} & {other} and old not in new and new not in old)
    text = f"{with_particle(other, '과', '와')} {with_particle(old, *pair)} 보인다."
    assume(not says(text, "ko", new))
    there = renamed(text, "ko", old, new)
    assert there == f"{with_particle(other, '과', '와')} {with_particle(new, *pair)} 보인다."
    assert renamed(there, "ko", new, old) == text


@given(old=LATIN, new=NAMES, other=LATIN)
def test_there_and_back_is_the_same_english(old: str, new: str, other: str) -> None:
    words = {*other.split(), "Two", "cups"}
    assume(not {*old.split(), *new.split()} & words)
    assume(old not in new and new not in old)
    text = f"{old} and {other} are on screen. Two cups with {old}."
    assert renamed(renamed(text, "en", old, new), "en", new, old) == text


@given(text=st.text(), old=NAMES, new=NAMES, language=st.sampled_from(["ko", "en"]))
def test_without_the_name_nothing_changes(text: str, old: str, new: str, language: str) -> None:
    assume(old.casefold() not in text.casefold())
    assert renamed(text, "ko" if language == "ko" else "en", old, new) == text


@given(name=NAMES, before=HANGUL)
def test_a_name_inside_a_word_is_no_name(name: str, before: str) -> None:
    text = f"{before}{name}"
    assert renamed(text, "ko", name, "서연", others=[text]) == text


@pytest.mark.parametrize(
    ("word", "expected"),
    [("서울", "서울로"), ("하니", "하니로"), ("서연", "서연으로"), ("1", "1로"), ("3", "3으로"), ("Paul", "Paul로")],
)
def test_the_way_knows_rieul(word: str, expected: str) -> None:
    assert with_particle(word, "으로", "로") == expected
    assert particle(word, "으로부터", "로부터") == expected.removeprefix(word) + "부터"
    assert ends_in_rieul("서울")
