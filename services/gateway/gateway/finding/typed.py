"""What is being typed, and the names it may become: a syllable half composed, initial consonants, any script. Pure."""

import unicodedata
from collections.abc import Iterable

from kernel.spelling import key

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
FIRST_INITIAL, LAST_INITIAL = 0x1100, 0x1112
LONGEST_NAME = 4  # words


def begins(name: str, typed: str) -> int:
    """How well `typed` begins a name: 2 the name itself, 1 a later part of it or its initial consonants, 0 not at all.

    ㅁ, 미, 민, 민ㅈ and 민지 all begin 민지 and are in 김민지; ㅁㅈ are its initials.
    """
    whole, part = _letters(name), _letters(typed)
    if not part:
        return 0
    if whole.startswith(part):
        return 2
    return int(part in whole or (all(c in INITIALS for c in part) and part in _initials(name)))


def _letters(text: str) -> str:
    """Its letters one by one, a composed syllable as the consonants and vowels it was typed as."""
    apart = unicodedata.normalize("NFKD", key(text))
    return "".join(_as_typed(c) for c in apart if not unicodedata.combining(c) or c in "\u3099\u309a")


def _as_typed(letter: str) -> str:
    """A final consonant and an initial one are the same key: ᆫ and ᄂ are both ㄴ."""
    name = unicodedata.name(letter, "")
    for kind in ("HANGUL CHOSEONG ", "HANGUL JONGSEONG ", "HANGUL JUNGSEONG "):
        if name.startswith(kind):
            return _COMPATIBLE.get(name.removeprefix(kind), letter)
    return letter


_COMPATIBLE = {
    unicodedata.name(chr(point)).removeprefix("HANGUL LETTER "): chr(point) for point in range(0x3131, 0x3164)
}


def _initials(name: str) -> str:
    apart = unicodedata.normalize("NFD", key(name))
    return "".join(INITIALS[ord(c) - FIRST_INITIAL] for c in apart if FIRST_INITIAL <= ord(c) <= LAST_INITIAL)


def endings(query: str) -> Iterable[tuple[str, str]]:
    """What of a question may be a name that is being typed: (what stays, the last words), longest first."""
    words = query.split(" ")
    if not words[-1]:
        return
    for count in range(min(LONGEST_NAME, len(words)), 0, -1):
        kept = words[: len(words) - count]
        yield " ".join([*kept, ""]) if kept else "", " ".join(words[len(words) - count :])
