"""Captions against who is known to be there: a man where only women are, two where three are. Pure.

Sex is known where the gallery says so, never guessed from a face. A caption that contradicts what is known is made
neutral ("a person"), for the rest of it may well be right. Faces nobody knows could be anybody: then nothing is said.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from kernel.contracts.errors import Language
from kernel.contracts.library import Sex
from kernel.wording import renamed

SEVERAL = 2
NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6}
_WORDS: dict[Sex, tuple[tuple[str, str], ...]] = {
    "male": (
        (r"(?:young |old |elderly |little )?(?:man|boy|guy|gentleman)", "person"),
        (r"(?:young |old |elderly |little )?(?:men|boys|guys)", "people"),
        (r"himself", "themselves"), (r"his", "their"), (r"him", "them"), (r"he is|he's", "they are"),
    ),
    "female": (
        (r"(?:young |old |elderly |little )?(?:woman|girl|lady)", "person"),
        (r"(?:young |old |elderly |little )?(?:women|girls|ladies)", "people"),
        (r"herself", "themselves"), (r"hers?", "their"), (r"she is|she's", "they are"),
    ),
}  # fmt: skip
_KOREAN: dict[Sex, tuple[str, ...]] = {
    "male": ("남자", "남성", "소년", "청년", "아저씨"),
    "female": ("여자", "여성", "소녀", "여인", "아가씨"),
}
_NOBODY = re.compile(
    r"\b(?:no ?body|no one|no (?:people|person|man|woman)|without (?:people|anyone)|"
    r"an? (?:empty|deserted) (?:room|stage|street|hall))\b|"
    r"(?:아무도|사람이)\s*(?:없|보이지\s*않)",
    re.IGNORECASE,
)
_ALONE = re.compile(r"\s*\b(?:all )?(?:alone|by (?:him|her|them)sel(?:f|ves))\b|\s*혼자(?:서)?(?=\s)", re.IGNORECASE)
_COUNTED = re.compile(
    r"\b(two|three|four|five|six) ((?:\w+ )?)(people|persons|men|women|girls|boys|ladies|guys|kids|children)\b",
    re.IGNORECASE,
)
_KOREAN_COUNTED = re.compile(r"(두|세|네|다섯|여섯)\s*(명의\s*\S+|사람|여자|남자|여성|남성|소녀|소년|아이)")


class Seen(NamedTuple):
    """Who is on the segment: the sexes of those known (None: not said), how many at once, faces nobody knows."""

    sexes: Sequence[Sex | None]
    at_once: int
    unknown: int


def fitting(text: str, language: Language, seen: Seen) -> str | None:
    """The text without what contradicts who is there; None when nothing of it can be right."""
    if not seen.sexes:
        return text
    if _NOBODY.search(text):
        return None
    said = _ALONE.sub("", text) if seen.at_once > 1 else text
    return _neutral(_counted(said, language, seen), language, seen)


def _counted(text: str, language: Language, seen: Seen) -> str:
    """More people at once than it says: how many is left open."""
    if language == "ko":
        return _KOREAN_COUNTED.sub(lambda found: "여러 사람" if NUMBERS[found[1]] < seen.at_once else found[0], text)
    return _COUNTED.sub(
        lambda found: f"several {found[2]}{found[3]}" if NUMBERS[found[1].lower()] < seen.at_once else found[0], text
    )


def _neutral(text: str, language: Language, seen: Seen) -> str:
    """No men where only women are, nor several where one is with others; where somebody may be anybody, as it was."""
    if seen.unknown or None in seen.sexes:
        return text
    for sex in _WORDS:
        there = seen.sexes.count(sex)
        if there == 0 or (there < SEVERAL <= seen.at_once):
            text = (_korean if language == "ko" else _english)(text, sex, several_only=there > 0)
    return text


def _korean(text: str, sex: Sex, *, several_only: bool) -> str:
    many = rf"((?:{'|'.join(NUMBERS)}|여러)\s*(?:명의\s*)?)(?:{'|'.join(_KOREAN[sex])})"
    if several_only:
        for found in list(re.finditer(many, text)):
            text = renamed(text, "ko", found[0], f"{found[1]}사람")
        return text
    for word in _KOREAN[sex]:
        text = renamed(text, "ko", word, "사람")
    return text


def _english(text: str, sex: Sex, *, several_only: bool) -> str:
    words = [word for word in _WORDS[sex] if word[1] == "people"] if several_only else _WORDS[sex]
    if not any(re.search(rf"\b{word}\b", text, re.IGNORECASE) for word, _ in words):
        return text
    for word, instead in words:
        text = re.sub(rf"\b{word}\b", lambda found, to=instead: _cased(found[0], to), text, flags=re.IGNORECASE)  # type: ignore[misc]
    return re.sub(r"\b([Aa])n (?=person\b)", r"\1 ", text)


def _cased(written: str, instead: str) -> str:
    return instead[:1].upper() + instead[1:] if written[:1].isupper() else instead
