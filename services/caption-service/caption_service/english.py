"""English grammar that a template needs: articles, lists, counted nouns. Pure."""

from collections.abc import Sequence

from caption_service.coco import Thing

WORDS = {2: "two", 3: "three", 4: "four"}
# "a pair of skis" carries its own article; the rest starts with a sound that its first letter shows.
ARTICLES = {"skis": "a pair of", "scissors": "a pair of", "broccoli": "a piece of"}


def listed(words: Sequence[str]) -> str:
    """Words as prose: "a", "a and b", "a, b and c"."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def counted(thing: Thing, count: int) -> str:
    """A thing and how many: "a cup", "two cups", "several cups"."""
    if count == 1:
        article = ARTICLES.get(thing.label) or ("an" if thing.singular[0] in "aeiou" else "a")
        return f"{article} {thing.singular}"
    return f"{WORDS.get(count, 'several')} {thing.plural}"


def people_counted(count: int, *, other: bool) -> str:
    """People without a name: "a person", "two people"; "another person", "two other people"."""
    if count == 1:
        return "another person" if other else "a person"
    return f"{WORDS.get(count, 'several')} {'other ' if other else ''}people"


def be(count: int) -> str:
    return "is" if count == 1 else "are"


def capitalised(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
