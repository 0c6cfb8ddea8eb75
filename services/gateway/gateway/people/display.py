"""What a person or group is called in Korean and in English, chosen from its name and aliases."""

import unicodedata
from collections.abc import Iterable, Sequence


def tidy(name: str) -> str:
    """NFC, no control characters, single spaces: two spellings of one name become one."""
    normal = unicodedata.normalize("NFC", name)
    printable = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in normal)
    return " ".join(printable.split())


def key(name: str) -> str:
    """What two spellings of one name have in common: case and spaces do not count."""
    return tidy(name).casefold().replace(" ", "")


def is_hangul(name: str) -> bool:
    return any("가" <= character <= "힣" for character in name)


def is_latin(name: str) -> bool:
    return any("a" <= character <= "z" for character in name.casefold()) and not is_hangul(name)


def korean(name: str, aliases: Iterable[str]) -> str:
    """The first Hangul name, else the name itself."""
    return next(filter(is_hangul, (name, *aliases)), name)


def english(name: str, aliases: Iterable[str]) -> str:
    """The first Latin name, else the name itself."""
    return next(filter(is_latin, (name, *aliases)), name)


def distinct(name: str, aliases: Sequence[str]) -> list[str]:
    """`aliases` tidied, in order, without repeats, empties or the name itself."""
    seen, kept = {tidy(name)}, []
    for alias in map(tidy, aliases):
        if alias and alias not in seen:
            seen.add(alias)
            kept.append(alias)
    return kept
