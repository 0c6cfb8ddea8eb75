"""Captions against who is known to be there: a man where only women are, two where three are. Pure.

Sex is known where the gallery says so, never guessed from a face. A caption that contradicts what is known is made
neutral ("a person"), for the rest of it may well be right. Faces nobody knows could be anybody: then nothing is said.
Whoever is on a poster, on a screen or in a crowd is no face of the scene: what is said of them stays.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from gateway.captions.sexed import (
    ALONE,
    COUNTED,
    KEPT,
    KOREAN,
    KOREAN_COUNTED,
    KOREAN_KEPT,
    NOBODY,
    NUMBERED,
    NUMBERS,
    SINGLE,
    WORDS,
)
from kernel.contracts.errors import Language
from kernel.contracts.library import Sex
from kernel.wording import renamed

SEVERAL = 2


class Seen(NamedTuple):
    """Who is on the segment: the sexes of those known (None: not said), how many at once, faces nobody knows."""

    sexes: Sequence[Sex | None]
    at_once: int
    unknown: int


def fitting(text: str, language: Language, seen: Seen) -> str | None:
    """The text without what contradicts who is there; None when nothing of it can be right."""
    if not seen.sexes:
        return text
    if NOBODY.search(text):
        return None
    said = ALONE.sub("", text) if seen.at_once > 1 else text
    if language == "ko":
        return _korean_counted(_korean_neutral(said, seen), seen)
    return _counted(_neutral(said, seen), seen)


def _stated(seen: Seen) -> bool:
    """Whether nobody there may be anybody."""
    return not seen.unknown and None not in seen.sexes


def _fewer(seen: Seen) -> dict[Sex, bool]:
    """Of which sex nobody is there, and of which (False) one among others."""
    there: dict[Sex, int] = {sex: seen.sexes.count(sex) for sex in WORDS}
    return {sex: count == 0 for sex, count in there.items() if count == 0 or (count < SEVERAL <= seen.at_once)}


# ---- English


def _neutral(text: str, seen: Seen) -> str:
    if not _stated(seen):
        return text
    text = _no_more_than_are(text, seen)
    for sex, nobody in _fewer(seen).items():
        words = WORDS[sex] if nobody else [(word, to) for word, to in WORDS[sex] if to == "people"]
        for word, instead in words if nobody else [*words, *_another(sex)]:
            text = _said_as(text, word, instead)
    return re.sub(r"\b([Aa])n (?=(?:person|partner|parent|child|sibling|relative|member)\b)", r"\1 ", text)


def _another(sex: Sex) -> list[tuple[str, str]]:
    """A second one of whom there is one: "another man", "a man and a man"."""
    man, singular = next(word for word in WORDS[sex] if word[1] == "person")
    return [
        (rf"(?:(?<=another )|(?<=other )){man}", singular),
        (rf"(?:{man}) (?:and|with) an? (?:{man})", "person and another"),
    ]


def _said_as(text: str, word: str, instead: str) -> str:
    """The word said another way, not where it tells of a picture."""
    if not _alone(word).search(text):  # most texts; looking for pictures in them is dear
        return text
    said = _whole(word).sub(lambda found: found[0] if found["kept"] else _cased(found[0], instead), text)
    return said if said == text else " ".join(said.split())


@cache
def _alone(word: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{word})(?!\w)(?!-\w)", re.IGNORECASE)


@cache
def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?P<kept>{KEPT})|\b(?:{word})(?!\w)(?!-\w)", re.IGNORECASE)


def _cased(written: str, instead: str) -> str:
    return instead[:1].upper() + instead[1:] if written[:1].isupper() else instead


def _no_more_than_are(text: str, seen: Seen) -> str:
    """More women or men than are there: beside others they are people, else it is left open how many there are."""

    def said(found: re.Match[str]) -> str:
        sex = _sex_of(found["who"])
        there = seen.sexes.count(sex) if sex else 0
        if found["kept"] or there < SEVERAL or NUMBERS[found["number"].lower()] <= there:
            return found[0]
        alone = there == len(seen.sexes)
        return f"several {found['looks']}{found['who']}" if alone else f"{found['number']} {found['looks']}people"

    return COUNTED.sub(said, text) if NUMBERED.search(text) else text


def _counted(text: str, seen: Seen) -> str:
    """More people at once than it says: how many is left open. Who is counted apart is counted together."""
    if not NUMBERED.search(text) or _total(text) >= seen.at_once:
        return text

    def said(found: re.Match[str]) -> str:
        sex = _sex_of(found["who"]) if _stated(seen) else None
        least = min(seen.at_once, seen.sexes.count(sex)) if sex else seen.at_once
        fewer = not found["kept"] and NUMBERS[found["number"].lower()] < least
        return f"several {found['looks']}{found['who']}" if fewer else found[0]

    return COUNTED.sub(said, text)


def _total(text: str) -> int:
    counted = [NUMBERS[found["number"].lower()] for found in COUNTED.finditer(text) if not found["kept"]]
    return sum(counted) + len(SINGLE.findall(text)) if counted else 0


def _sex_of(who: str | None) -> Sex | None:
    if who is None:
        return None
    return next(
        (sex for sex, words in WORDS.items() if any(re.fullmatch(word, who, re.IGNORECASE) for word, _ in words)), None
    )


# ---- Korean


def _korean_counted(text: str, seen: Seen) -> str:
    return KOREAN_COUNTED.sub(lambda found: "여러 사람" if NUMBERS[found[1]] < seen.at_once else found[0], text)


def _korean_neutral(text: str, seen: Seen) -> str:
    if not _stated(seen) or KOREAN_KEPT.search(text):
        return text
    for sex, nobody in _fewer(seen).items():
        text = _korean(text, sex) if nobody else _korean_several(text, sex)
    return text


def _korean_several(text: str, sex: Sex) -> str:
    words = "|".join(word for word, to in KOREAN[sex] if to == "사람")
    many = rf"((?:{'|'.join(NUMBERS)}|여러)\s*(?:명의\s*)?)(?:{words})"
    for found in list(re.finditer(many, text)):
        text = renamed(text, "ko", found[0], f"{found[1]}사람")
    return text


def _korean(text: str, sex: Sex) -> str:
    pronoun = "그녀" if sex == "female" else "그"
    text = re.sub(
        rf"(?<![가-힣]){pronoun}(는|가|를|와)(?![가-힣])",
        lambda found: "그 사람" + {"는": "은", "가": "이", "를": "을", "와": "과"}[found[1]],
        text,
    )
    text = re.sub(rf"(?<![가-힣]){pronoun}(의|도|에게)(?![가-힣])", r"그 사람\1", text)
    for word, instead in KOREAN[sex]:
        text = renamed(text, "ko", word, instead)
    return text
