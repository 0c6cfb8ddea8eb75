"""What English captions say for Korean words of scenes, and which English words say the same. Pure.

`glossary.txt` was written for this product (docs/decisions/0111-korean-questions-english-captions.md). It is read once.
"""

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files

from kernel.language import COMPOUNDS, HANGUL, STOP_WORDS, Lexicon, Word
from kernel.particles import RIEUL, ends_in_rieul

# How surely a caption that says it means what was asked.
NEAR, LOOSE = 1.0, 0.35
UNSEEN = "~"
LONGEST = 3  # words of an entry
# Sentences in which the tokenizer cuts nouns otherwise than alone.
ASKED = ("지우가 ", "를 보는")
AROUND = (ASKED, ("", " 나오는 장면"), ("누가 ", "하면서 웃는"))
SHORT = 2  # syllables
# "take off" without its second word is any taking, "hands up" is any hand: such a term says nothing.
HOLLOW = frozenset(
    "arm back be come do eye face feet foot get give go hair hand have head hold knee leg look make put stand take "  # noqa: SIM905
    "turn walk".split()
)

Terms = Mapping[tuple[str, ...], float]  # lexemes that stand together, to how surely they mean it


class Glossary:
    """Senses by Korean lexemes, and by the English lexemes that say them. A sense is what English says for it."""

    def __init__(self, lines: Iterable[str]) -> None:
        lexicon = Lexicon()
        self._senses: dict[tuple[str, ...], list[Terms]] = {}
        self._english: dict[tuple[str, ...], list[Terms]] = {}
        self._terms: set[tuple[str, ...]] = set()  # in English
        self._unseen: set[tuple[str, ...]] = set()
        self._written: dict[tuple[str, ...], str] = {}  # how English terms are written
        pieces: list[tuple[tuple[str, ...], Terms]] = []
        for words, sense, seen, written_so in _entries(lines):
            for term, said in written_so.items():
                self._written.setdefault(term, said)
            # Two words of a line may be read alike (절, 절하다): the sense is theirs once.
            readings = {read for word in words for read in _readings(word, lexicon)}
            for written in readings:
                self._senses.setdefault(written, []).append(sense)
            pieces += ((cut, sense) for word in words for cut in _in_pieces(word, lexicon))
            self._unseen |= set() if seen else {*readings, *sense}
            self._say_same(sense, words)
        whole = frozenset(self._senses)
        for cut, sense in ((cut, sense) for cut, sense in pieces if cut not in whole):
            self._senses.setdefault(cut, []).append(sense)

    def _say_same(self, sense: Terms, words: Sequence[str]) -> None:
        """English terms of a sense say the same. Said of English alone, it is about English: it counts twice."""
        for term in (term for term, surely in sense.items() if surely == NEAR):
            self._english.setdefault(term, []).extend([sense] if any(words) else [sense, sense])
            if len(term) == 1 or not all(map(_done, words)):
                self._terms.add(term)

    def senses(self, lexemes: Sequence[str]) -> list[Terms]:
        """Senses of Korean words read together; none when the glossary does not know them."""
        return self._senses.get(tuple(lexemes), [])

    def said(self, lexemes: Sequence[str]) -> list[str]:
        """How English captions say words read together, in their first sense; English ones otherwise than they are."""
        own = tuple(lexemes)
        first = next((list(sense) for sense in self._senses.get(own, []) if sense), None)
        return [self._written[term] for term in first or self.same(own) if term in self._written]

    def unseen(self, lexemes: Sequence[str]) -> bool:
        """Whether they say what hardly a picture shows."""
        return tuple(lexemes) in self._unseen

    def longest(self, lexemes: Sequence[str]) -> int:
        """How many of the first words are read together; 0 when not even the first is known."""
        beginnings = (tuple(lexemes[:n]) for n in range(min(LONGEST, len(lexemes)), 0, -1))
        return next((len(one) for one in beginnings if one in self._senses or one in self._terms), 0)

    def same(self, lexemes: Sequence[str]) -> dict[tuple[str, ...], int]:
        """What other English terms say in some sense of English words read together, what most senses say first."""
        own = tuple(lexemes)
        found = Counter(term for sense in self._english.get(own, []) for term, how in sense.items() if how == NEAR)
        return {term: found[term] for term in sorted(found.keys() - {own}, key=lambda term: (-found[term], term))}


def _entries(lines: Iterable[str]) -> Iterator[tuple[list[str], Terms, bool, dict[tuple[str, ...], str]]]:
    """Korean words of a line, its sense, whether that is something to be seen, and how its terms are written."""
    for line in lines:
        if line.strip() and not line.startswith("#"):
            korean, english = line.split(":")
            seen, near = not english.lstrip().startswith(UNSEEN), english.partition(";")[0].split(",")
            written = {_english(term): term.strip(f" {UNSEEN}") for term in reversed(near)}
            yield [word.strip() for word in korean.split(",")], _sense(english), seen, written


def _sense(english: str) -> Terms:
    near, _, loose = english.partition(";")
    terms: dict[tuple[str, ...], float] = {}
    for group, surely in ((near, NEAR), (loose, LOOSE)):
        for term in group.split(","):
            if lexemes := _english(term):
                terms.setdefault(lexemes, surely)
    return terms


@functools.lru_cache(maxsize=10_000)
def _english(term: str) -> tuple[str, ...]:
    written = re.findall(r"[a-z0-9]+", term)
    lexemes = tuple(Lexicon().lexemes(" ".join(written)))
    cut = any(word in STOP_WORDS for word in written)
    return () if cut and len(lexemes) == 1 and lexemes[0] in HOLLOW else lexemes


def _readings(korean: str, lexicon: Lexicon) -> set[tuple[str, ...]]:
    """In dictionary form, and as the tokenizer cuts a verb in a question."""
    return {_lexemes(korean, lexicon), *(_conjugated(korean, lexicon) if " " not in korean else ())} - {()}


@functools.lru_cache(maxsize=4_096)
def _conjugated(verb: str, lexicon: Lexicon) -> frozenset[tuple[str, ...]]:
    """불나고 and 불나는 are (불, 나다), 칠하는 is 칠; 여는 has lost the ㄹ of 열다. Nothing of another word.

    What is cut to one word says less than was written, unless all that it lost is 하다.
    """
    if not _verb(verb):
        return frozenset()
    stem, whole = verb[:-1], (verb.removesuffix("하다"),)
    short = chr(ord(stem[-1]) - RIEUL) if ends_in_rieul(stem) else stem[-1]
    forms = (f"{stem}고", f"{stem[:-1]}{short}는")
    read = (tuple(word.lexeme for word in lexicon.words(form)) for form in forms)
    return frozenset(one for one in read if len(one) > 1 or one == whole)


def _lexemes(korean: str, lexicon: Lexicon) -> tuple[str, ...]:
    """As a question's words are cut.

    Verbs stand in dictionary form, and what the tokenizer takes alone for a particle is a noun here (이, 등).
    """
    found: list[str] = []
    for word in korean.split():
        found += COMPOUNDS.get(word, (word,)) if _verb(word) else _noun(word, lexicon)
    return tuple(found)


def _done(korean: str) -> bool:
    """Something is done: what English says for it are words side by side, and no name of a thing (ice cream)."""
    return _verb(korean) or " " in korean


def _verb(word: str) -> bool:
    return word.endswith("다") and len(word) > 1


def _in_pieces(word: str, lexicon: Lexicon) -> set[tuple[str, ...]]:
    """How else nouns are cut in the middle of a sentence: 눈사람 as 눈 and 사람, 댕댕이 as 댕댕, 뜨개질 as 뜨개."""
    parts = word.split()
    if len(parts) == 1:
        return set(_pieces(word, lexicon))
    several = [{_lexemes(part, lexicon), *_pieces(part, lexicon), *_conjugated(part, lexicon)} for part in parts]
    return {tuple(itertools.chain.from_iterable(pieces)) for pieces in itertools.product(*several)}


@functools.lru_cache(maxsize=4_096)
def _pieces(word: str, lexicon: Lexicon) -> frozenset[tuple[str, ...]]:
    """Short words hardly ever are cut; each sentence costs 0.2 ms."""
    found: set[tuple[str, ...]] = set()
    if _verb(word) or not HANGUL.search(word):
        return frozenset()
    for before, after in AROUND if len(word) > SHORT else AROUND[:1]:
        read = _between(before, after, word, lexicon)
        pieces = tuple(one.lexeme for one in read)
        whole = len(pieces) > 1 and "".join(pieces) == word
        stem = len(pieces) == 1 and len(word) - len(pieces[0]) == 1
        if pieces == (word,) or whole or (stem and (word.endswith("질") or not read[0].known)):
            found.add(pieces)
    return frozenset(found)


@functools.lru_cache(maxsize=4_096)
def _between(before: str, after: str, word: str, lexicon: Lexicon) -> list[Word]:
    """As it is read there."""
    start, end = len(before), len(before) + len(word)
    return [one for one in lexicon.words(f"{before}{word}{after}") if start <= one.start and one.end <= end]


@functools.lru_cache(maxsize=4_096)
def _noun(word: str, lexicon: Lexicon) -> Sequence[str]:
    """The word when it is a noun: 가면을 is a mask, where 가면 alone is read as "if one goes", and 네일 as 일.

    A word of which the tokenizer leaves a part or another word stands as written.
    """
    read = _between(*ASKED, word, lexicon)
    if [(one.lexeme, one.known) for one in read] == [(word, True)]:
        return [word]
    alone = lexicon.lexemes(word)
    return alone if len(alone) > 1 or alone == [word.casefold()] else [word]


@functools.cache
def glossary() -> Glossary:
    """The one that comes with the product. The first call takes two to three seconds: not on an event loop."""
    return Glossary(files("search_service").joinpath("glossary.txt").read_text(encoding="utf-8").splitlines())
