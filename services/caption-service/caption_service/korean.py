"""Korean grammar that a template needs: particles by final consonant, lists, counted nouns. Pure."""

import re
import unicodedata
from collections.abc import Sequence

from caption_service.coco import Thing

FIRST_SYLLABLE, LAST_SYLLABLE, FINALS = 0xAC00, 0xD7A3, 28
# 영 일 이 삼 사 오 육 칠 팔 구: which numerals end in a consonant when read aloud.
CONSONANT_DIGITS = frozenset("013678")
NATIVE = {1: "한", 2: "두", 3: "세", 4: "네"}
MANY = 5
_BRACKETED = re.compile(r"\s*[(\[{<（][^()\[\]{}<>（）]*[)\]}>）]\s*$")
_LATIN_WORD = re.compile(r"[A-Za-z]+$")
# Letters whose Korean names end in a consonant: 엘, 엠, 엔, 알.
_CONSONANT_LETTER_NAMES = frozenset("LMNR")
_CONSONANT_ENDING = re.compile(r"([lmn]e?|ng|(?<![aeiouy][aeiouy])(?<=[aeiou])(b|c|k|p|t|ck|bb|pp|tt))$")


def ends_in_consonant(word: str) -> bool:
    """Whether the last sound of `word` is a consonant; a trailing "(NJZ)" and punctuation are not sounded.

    Exact for Hangul and digits. Latin words are read by rule of thumb, as Korean would write them down:
    Kim, Jane, Jack end in one, Anna, Park, Chris do not; capitals alone are spelled out (RM is 알엠).
    """
    sounded = _BRACKETED.sub("", unicodedata.normalize("NFC", word))
    letters = [letter for letter in sounded or word if letter.isalnum()]
    if not letters:
        return False
    last = letters[-1]
    if FIRST_SYLLABLE <= ord(last) <= LAST_SYLLABLE:
        return (ord(last) - FIRST_SYLLABLE) % FINALS != 0
    if last in CONSONANT_DIGITS:
        return True
    latin = _LATIN_WORD.search("".join(letters))
    return latin is not None and _latin_ends_in_consonant(latin.group())


def _latin_ends_in_consonant(word: str) -> bool:
    if word.isupper():
        return word[-1] in _CONSONANT_LETTER_NAMES
    return bool(_CONSONANT_ENDING.search(word.lower()))


def with_particle(word: str, after_consonant: str, after_vowel: str) -> str:
    """`word` and the particle its last sound asks for: ("컵", "이", "가") is "컵이"."""
    return word + (after_consonant if ends_in_consonant(word) else after_vowel)


def subject(word: str) -> str:
    return with_particle(word, "이", "가")


def listed(words: Sequence[str]) -> str:
    """Words as prose: "가", "가와 나", "가, 나와 다"."""
    if len(words) <= 1:
        return "".join(words)
    *most, before_last, last = words
    return ", ".join([*most, with_particle(before_last, "과", "와")]) + f" {last}"


def counted(thing: Thing, count: int) -> str:
    """A thing and how many: "컵", "컵 2개", "컵 여러 개". A small detector's counts over four mean little."""
    if count == 1:
        return thing.ko
    return f"{thing.ko} {count}{thing.counter}" if count < MANY else f"{thing.ko} 여러 {thing.counter}"


def people_counted(count: int) -> str:
    """People without a name: "한 사람", "두 사람", "여러 사람"."""
    return f"{NATIVE.get(count, '여러')} 사람"
