"""What was typed while the keyboard stood in the other language: alswl is 민지, ㅡㅑㅜㅓㅑ is minji. Pure.

The two-set layout of every Korean keyboard; shifted keys are capitals.
"""

import itertools
from collections.abc import Iterator

from search_service.understanding.sounds import INITIALS, LAST, VOWELS, is_hangul, syllable

KEYS = dict(zip("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", "qwertyuiopasdfghjklzxcvbnm", strict=True))
SHIFTED = dict(zip("ㅃㅉㄸㄲㅆㅒㅖ", "QWERTOP", strict=True))
PAIRS = (
    {"ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ"}
    | {"ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ", "ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ"}
    | {"ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ"}
)
PARTS = {whole: pair for pair, whole in PAIRS.items()}
LETTERS = {key: letter for letter, key in (KEYS | SHIFTED).items()}


def as_korean(latin: str) -> str | None:
    """The Hangul that was meant, or None when the keys do not make whole syllables."""
    typed = "".join(LETTERS.get(key) or LETTERS.get(key.lower()) or key for key in latin)
    written, at = [], 0
    while at < len(typed):
        one = _one(typed, at)
        if one is None:
            return None
        made, at = one
        written.append(made)
    return "".join(written)


def _one(typed: str, at: int) -> tuple[str, int] | None:
    """The syllable that begins there, and where it ends."""
    if typed[at] not in INITIALS or typed[at + 1 : at + 2] not in tuple(VOWELS):
        return None
    vowel, after = _vowel(typed, at + 1)
    final, end = _final(typed, after)
    index = (INITIALS.index(typed[at]) * len(VOWELS) + VOWELS.index(vowel)) * len(LAST) + LAST.index(final)
    return chr(0xAC00 + index), end


def _vowel(typed: str, at: int) -> tuple[str, int]:
    pair = PAIRS.get(typed[at : at + 2])
    return (pair, at + 2) if pair in tuple(VOWELS) else (typed[at], at + 1)


def _final(typed: str, at: int) -> tuple[str, int]:
    """The longest final that leaves the next vowel its own consonant."""
    pair = PAIRS.get(typed[at : at + 2], "")
    for final, length in ((pair, 2), (typed[at : at + 1], 1)):
        follows = typed[at + length : at + length + 1]
        if final in LAST[1:] and (not follows or follows not in VOWELS):
            return final, at + length
    return "", at


def as_latin(korean: str) -> str | None:
    """The Latin letters whose keys were struck, or None when it holds something that no letter key writes."""
    keys = [(KEYS | SHIFTED).get(letter) for letter in _struck(korean)]
    return "".join(key for key in keys if key) if keys and all(keys) else None


def _struck(korean: str) -> Iterator[str]:
    for character in korean:
        letters = syllable(character) if is_hangul(character) else (character,)
        yield from itertools.chain.from_iterable(PARTS.get(letter, letter) for letter in letters)
