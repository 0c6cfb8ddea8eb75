"""What a person or group is called in Korean and in English, chosen from its name and aliases."""

from collections.abc import Iterable, Sequence

from kernel.spelling import key, normal


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
    """`aliases` in one spelling, in order, without repeats, empties or the name itself."""
    seen, kept = {normal(name)}, []
    for alias in map(normal, aliases):
        if key(alias) and alias not in seen:
            seen.add(alias)
            kept.append(alias)
    return kept
