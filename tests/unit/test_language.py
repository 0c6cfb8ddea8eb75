"""Words and names of Korean and English text."""

import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.language import Lexicon, _stem
from kernel.spelling import key, normal

CONJUGATIONS = Path(__file__).parents[1] / "conjugations.txt"
NAMES = Lexicon(["민지", "Kim Minji", "하니", "진", "뉴진스", "카리나", "김 민지", "NJZ"])


def lexemes(text: str, lexicon: Lexicon | None = None) -> list[str]:
    return (lexicon or Lexicon()).lexemes(normal(text))


def mentions(text: str) -> list[tuple[str, str]]:
    clean = normal(text)
    return [(clean[m.start : m.end], clean[m.end : m.stop]) for m in NAMES.mentions(clean)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("한 여자가 소파에서 자고 있다", ["여자", "소파", "자다"]),
        ("춤추는", ["춤", "추다"]),
        ("수영하고 있는 남자", ["수영", "남자"]),
        ("아름다운 빨간 옷", ["아름답다", "빨갛다", "옷"]),
        ("A woman is sleeping on the sofas", ["woman", "sleep", "sofa"]),
        ("BTS가 24시간 노래했다", ["bts", "24", "노래"]),
        ("ㅋㅋㅋ", []),
        ("😀 ... ?", []),
        ("", []),
    ],
)
def test_words_are_in_dictionary_form_without_those_that_say_nothing(text: str, found: list[str]) -> None:
    assert lexemes(text) == found


def conjugated() -> list[tuple[str, str]]:
    """A dictionary form and a form of it, as conjugations.txt has them."""
    lines = CONJUGATIONS.read_text(encoding="utf-8").splitlines()
    told = [line.partition(": ") for line in lines if line and not line.startswith("#")]
    return [(verb, written) for verb, _, forms in told for written in forms.split(", ")]


def test_verbs_are_found_by_their_dictionary_form_however_they_are_conjugated() -> None:
    """The aim is 0.95; before a noun, as in a question, and at the end of a text, as in a caption."""
    tried = [(verb, text) for verb, written in conjugated() for text in (written, f"{written} 사람")]
    missed = [(verb, text) for verb, text in tried if verb not in lexemes(text)]
    assert len(tried) > 600
    assert len(missed) <= 0.05 * len(tried), missed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("창문을 여는", ["창문", "열다"]),
        ("이를 닦는 사람", ["이", "닦다", "사람"]),
        ("이를 보는 사람", ["보다", "사람"]),
        ("민지 우는 거", ["민지", "울다"]),
        ("다니엘 우는 장면", ["다니엘", "울다", "장면"]),
        ("여자 노는 장면", ["여자", "놀다", "장면"]),
        ("민지 운 장면", ["민지", "울다", "장면"]),
        ("운 좋은 사람", ["운", "좋다", "사람"]),
        ("아이 우는 장면", ["아이", "울다", "장면"]),
        ("빙글빙글 도는 아이", ["돌다", "아이"]),
        ("캐리어 끄는 사람", ["캐리어", "끌다", "사람"]),
        ("불 끄는 사람", ["불", "끄다", "사람"]),
        ("카트 미는 장면", ["카트", "밀다", "장면"]),
        ("트럭 모는 사람", ["트럭", "몰다", "사람"]),
        ("우는 아기", ["울다", "아기"]),
        ("땅을 파는 사람", ["땅", "파다", "사람"]),
        ("과일을 파는 사람", ["과일", "팔다", "사람"]),
        ("불을 끄는", ["불", "끄다"]),
        ("수레를 끄는", ["수레", "끌다"]),
        ("옷을 사는", ["옷", "사다"]),
        ("시골에 사는", ["시골", "살다"]),
        ("옷을 시장에서 사는", ["옷", "시장", "사다"]),
        ("학교에 가는", ["학교", "가다"]),
        ("모자를 쓰는", ["모자", "쓰다"]),
        ("우는 민지", ["울다", "민지"]),
        ("나는 밥을 먹는다", ["밥", "먹다"]),
        ("노는 배를 젓는 도구", ["노", "배", "젓다", "도구"]),
    ],
)
def test_verbs_that_sound_alike_are_told_by_what_stands_before(text: str, found: list[str]) -> None:
    assert lexemes(text) == found


def test_question_and_caption_share_their_words() -> None:
    caption = lexemes("한 여자가 파란 조명의 무대에서 춤을 춘다")
    assert set(lexemes("파란 무대에서 춤추는 여자")) <= set(caption)


def test_words_know_what_was_written() -> None:
    text = "한 여자가 소파에서 자고 있다"
    assert [text[word.start : word.end] for word in Lexicon().words(text)] == ["여자", "소파", "자고"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("민지가 자는 장면", [("민지", "가")]),
        ("뉴진스의 민지와 하니", [("뉴진스", "의"), ("민지", "와"), ("하니", "")]),
        ("민지춤추는장면", [("민지", "")]),
        ("민지씨는 민지네 집에서", [("민지", "씨는"), ("민지", "네")]),
        ("민지혜가 운다", []),
        ("진한 커피를 마시는 진이", [("진", "이")]),
        ("유진이 웃는다", []),
        ("kim minji가 NJZ랑", [("kim minji", "가"), ("NJZ", "랑")]),
        ("KIM  MINJI dances", [("KIM MINJI", "")]),
        ("minjis", []),
        ("🎬민지🎬", [("민지", "")]),
        ("김민지", [("김민지", "")]),
    ],
)
def test_names_are_found_with_their_particles_and_not_inside_other_words(
    text: str, found: list[tuple[str, str]]
) -> None:
    assert mentions(text) == found


def test_a_name_stays_whole_among_the_words() -> None:
    assert lexemes("카리나가 웃는다", NAMES)[0] == "카리나"
    assert "이브이" in lexemes("이브이가 웃는다", Lexicon(["이브이"]))


def test_spellings_of_one_name_share_a_key() -> None:
    assert key("Kim Minji") == key("kimminji") == key("ＫＩＭ minji")
    assert key(unicodedata.normalize("NFD", "민지")) == key("민지")


@given(st.text(max_size=60))
def test_any_text_is_read_without_complaint_and_the_same_whatever_its_normal_form(text: str) -> None:
    clean = normal(text)
    assert normal(clean) == clean
    clean.encode()
    for word in NAMES.words(clean):
        assert 0 <= word.start < word.end <= len(clean)
        assert word.lexeme
    for mention in NAMES.mentions(clean):
        assert 0 <= mention.start < mention.end <= mention.stop <= len(clean)
    assert NAMES.lexemes(normal(unicodedata.normalize("NFD", text))) == NAMES.lexemes(clean)


def test_threads_that_read_at_once_do_not_disturb_each_other() -> None:
    letters = "abcdefghijklmnopqrst"
    words = [f"{a}{b}{stem}" for a in letters for b in letters for stem in ("oationalizing", "ically", "fulnesses")]
    alone = [lexemes(word) for word in words]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        _stem.cache_clear()  # what was read alone must not be remembered
        with ThreadPoolExecutor(8) as threads:
            several = list(threads.map(lambda _: [lexemes(word) for word in words], range(8)))
    finally:
        sys.setswitchinterval(interval)
    assert several == [alone] * 8
