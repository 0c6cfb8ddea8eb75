"""Korean particles follow the last sound of the word before them: 민지가, 서연이. Pure."""

import re
import unicodedata

FIRST_SYLLABLE, LAST_SYLLABLE, FINALS = 0xAC00, 0xD7A3, 28
RIEUL = 8  # ㄹ among the finals
# 영 일 이 삼 사 오 육 칠 팔 구: which numerals end in a consonant when read aloud, and which of them in ㄹ.
CONSONANT_DIGITS, RIEUL_DIGITS = frozenset("013678"), frozenset("178")
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
    sounded = _sounded(word)
    if not sounded:
        return False
    last = sounded[-1]
    if FIRST_SYLLABLE <= ord(last) <= LAST_SYLLABLE:
        return (ord(last) - FIRST_SYLLABLE) % FINALS != 0
    if last in CONSONANT_DIGITS:
        return True
    latin = _LATIN_WORD.search(sounded)
    return latin is not None and _latin_ends_in_consonant(latin.group())


def ends_in_rieul(word: str) -> bool:
    """Whether the last sound is ㄹ, after which 로 stands as after a vowel: 서울로."""
    sounded = _sounded(word)
    if not sounded:
        return False
    last = sounded[-1]
    if FIRST_SYLLABLE <= ord(last) <= LAST_SYLLABLE:
        return (ord(last) - FIRST_SYLLABLE) % FINALS == RIEUL
    if last in RIEUL_DIGITS:
        return True
    latin = _LATIN_WORD.search(sounded)
    if latin is None:
        return False
    spelled_out = latin.group().isupper()
    return last in "LR" if spelled_out else bool(re.search(r"le?$", latin.group()))


def _sounded(word: str) -> str:
    """The letters and digits that are read aloud, without a trailing bracket."""
    composed = unicodedata.normalize("NFC", word)
    return "".join(letter for letter in _BRACKETED.sub("", composed) or composed if letter.isalnum())


def _latin_ends_in_consonant(word: str) -> bool:
    if word.isupper():
        return word[-1] in _CONSONANT_LETTER_NAMES
    return bool(_CONSONANT_ENDING.search(word.lower()))


def particle(word: str, after_consonant: str, after_vowel: str) -> str:
    """Which of a pair the last sound of `word` asks for; 으로 and what begins so know ㄹ as well."""
    if after_consonant.startswith("으로") and ends_in_rieul(word):
        return after_vowel
    return after_consonant if ends_in_consonant(word) else after_vowel


def with_particle(word: str, after_consonant: str, after_vowel: str) -> str:
    """`word` and the particle its last sound asks for: ("컵", "이", "가") is "컵이"."""
    return word + particle(word, after_consonant, after_vowel)
