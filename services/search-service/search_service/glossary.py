"""What English captions say for Korean words of scenes, and which English words say the same. Pure.

`glossary.txt` was written for this product (docs/decisions/0111-korean-questions-english-captions.md). It is read once.
"""

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files

from kernel.language import COMPOUNDS, HANGUL, STOP_WORDS, Lexicon
from kernel.particles import particle

# How surely a caption that says it means what was asked.
NEAR, LOOSE = 1.0, 0.35
LONGEST = 3  # words of an entry
# Sentences in which the tokenizer cuts nouns otherwise than alone.
AROUND = (("지우가 ", "를 보는"), ("", " 나오는 장면"), ("하니가 ", "랑 같이"), ("누가 ", "하면서 웃는"))
# "take off" without its second word is any taking: such a term says nothing.
HOLLOW = frozenset("be come do get give go have hold look make put stand take turn walk".split())  # noqa: SIM905

Terms = Mapping[tuple[str, ...], float]  # lexemes that stand together, to how surely they mean it


class Glossary:
    """Senses by Korean lexemes, and by the English lexemes that say them. A sense is what English says for it."""

    def __init__(self, lines: Iterable[str]) -> None:
        lexicon = Lexicon()
        self._senses: dict[tuple[str, ...], list[Terms]] = {}
        self._english: dict[tuple[str, ...], list[Terms]] = {}
        entries = list(_entries(lines))
        for words, sense in entries:
            for word in words:
                if written := _lexemes(word, lexicon):
                    self._senses.setdefault(written, []).append(sense)
            for term, surely in sense.items():
                if surely == NEAR:
                    self._english.setdefault(term, []).append(sense)
        whole = frozenset(self._senses)
        for word, sense in ((word, sense) for words, sense in entries for word in words):
            for reading in _in_pieces(word, lexicon) - whole:
                self._senses.setdefault(reading, []).append(sense)

    def senses(self, lexemes: Sequence[str]) -> list[Terms]:
        """Senses of Korean words read together; none when the glossary does not know them."""
        return self._senses.get(tuple(lexemes), [])

    def longest(self, lexemes: Sequence[str]) -> int:
        """How many of the first words are read together; 0 when not even the first is known."""
        beginnings = (tuple(lexemes[:n]) for n in range(min(LONGEST, len(lexemes)), 0, -1))
        return next((len(one) for one in beginnings if one in self._senses or one in self._english), 0)

    def same(self, lexemes: Sequence[str]) -> set[tuple[str, ...]]:
        """What other English terms say in some sense of English words read together."""
        own = tuple(lexemes)
        found = (term for sense in self._english.get(own, []) for term, how in sense.items() if how == NEAR)
        return {term for term in found if term != own}


def _entries(lines: Iterable[str]) -> Iterator[tuple[list[str], Terms]]:
    for line in lines:
        if line.strip() and not line.startswith("#"):
            korean, english = line.split(":")
            yield [word.strip() for word in korean.split(",")], _sense(english)


def _sense(english: str) -> Terms:
    near, _, loose = english.partition(";")
    terms: dict[tuple[str, ...], float] = {}
    for group, surely in ((near, NEAR), (loose, LOOSE)):
        for term in group.split(","):
            if lexemes := _english(term):
                terms.setdefault(lexemes, surely)
    return terms


def _english(term: str) -> tuple[str, ...]:
    written = re.findall(r"[a-z0-9]+", term)
    lexemes = tuple(Lexicon().lexemes(" ".join(written)))
    cut = any(word in STOP_WORDS for word in written)
    return () if cut and len(lexemes) == 1 and lexemes[0] in HOLLOW else lexemes


def _lexemes(korean: str, lexicon: Lexicon) -> tuple[str, ...]:
    """As a question's words are cut.

    Verbs stand in dictionary form, and what the tokenizer takes alone for a particle is a noun here (이, 등).
    """
    found: list[str] = []
    for word in korean.split():
        verb = word.endswith("다") and len(word) > 1
        found += COMPOUNDS.get(word, (word,)) if verb else _noun(word, lexicon) or lexicon.lexemes(word) or [word]
    return tuple(found)


def _in_pieces(word: str, lexicon: Lexicon) -> set[tuple[str, ...]]:
    """How else nouns are cut in the middle of a sentence: 눈사람 as 눈 and 사람, 댕댕이 as 댕댕, 뜨개질 as 뜨개."""
    parts = word.split()
    if len(parts) == 1:
        return set(_pieces(word, lexicon))
    several = [{_lexemes(part, lexicon), *_pieces(part, lexicon)} for part in parts]
    return {tuple(itertools.chain.from_iterable(pieces)) for pieces in itertools.product(*several)}


@functools.lru_cache(maxsize=4_000)
def _pieces(word: str, lexicon: Lexicon) -> frozenset[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    if word.endswith("다") or not HANGUL.search(word):
        return frozenset()
    for before, after in AROUND:
        start, end = len(before), len(before) + len(word)
        read = [one for one in lexicon.words(f"{before}{word}{after}") if start <= one.start and one.end <= end]
        pieces = tuple(one.lexeme for one in read)
        whole = len(pieces) > 1 and "".join(pieces) == word
        stem = len(pieces) == 1 and len(word) - len(pieces[0]) == 1
        if pieces == (word,) or whole or (stem and (word.endswith("질") or not read[0].known)):
            found.add(pieces)
    return frozenset(found)


def _noun(word: str, lexicon: Lexicon) -> list[str]:
    """The word when it is a noun: 가면을 is a mask, where 가면 alone is read as "if one goes", and 네일 as 일."""
    read = lexicon.words(f"{word}{particle(word, '을', '를')}")
    if [(one.lexeme, one.known) for one in read] == [(word, True)]:
        return [word]
    alone = lexicon.lexemes(word)
    return [word] if len(alone) == 1 and word.endswith(alone[0]) else []


@functools.cache
def glossary() -> Glossary:
    """The one that comes with the product. The first call takes a second: not on an event loop."""
    return Glossary(files("search_service").joinpath("glossary.txt").read_text(encoding="utf-8").splitlines())
