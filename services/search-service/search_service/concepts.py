"""What a question asks for, one thing at a time, and the words by which a document may answer each. Pure.

A Korean word is answered by itself, and in English captions by what the glossary says for it; an English word by itself
and, less surely, by words that mean the same. Where something happens counts less than what happens.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kernel.language import HANGUL, Word
from search_service.glossary import Glossary, Terms

SAME = 0.75  # how surely another English word of one sense means what was asked
ONCE = 0.6  # where only one Korean word has both
PLACE = 0.6  # what a place counts beside what happens there
UNSEEN = 0.1  # what counts of "for a penalty", "because it is hot", which captions hardly say
PLACE_KO = re.compile(r"(?:\s?(?:안|속|위|앞|옆|뒤|아래|밑))?(?:에서|에는|에(?!게)|으로|로)")
# "on", "in front of": of another word, and nothing by themselves.
POSITIONS = frozenset({"위", "앞", "뒤", "옆", "안", "속", "아래", "밑"})
PLACE_EN = re.compile(
    r"\b(?:in|on|at|near|by|under|through|inside|outside|behind|beside|along|across)\b", re.IGNORECASE
)
MOST_CONCEPTS = 16
MOST_ANSWERS = 12  # of one concept, the surest
MOST_SAID = 3  # words of one concept that are told to a text model


@dataclass(frozen=True, eq=False)
class Concept:
    """One thing asked for: how the question writes it, its own lexemes, and terms that answer it.

    `share`: what it counts beside the question's other concepts, 0 to 1. `known`: to the glossary. `said`: in words of
    English captions, the usual ones first; an English one first as the question has it.
    """

    written: str
    own: tuple[str, ...]
    answers: Terms
    share: float = 1.0
    known: bool = True
    said: tuple[str, ...] = ()

    @property
    def lexemes(self) -> set[str]:
        return {lexeme for term in self.answers for lexeme in term}

    @functools.cached_property
    def surest_first(self) -> Sequence[tuple[tuple[str, ...], float]]:
        return sorted(self.answers.items(), key=lambda answer: (-answer[1], answer[0] != self.own))

    def best(self, lexemes: set[str] | frozenset[str]) -> tuple[tuple[str, ...], float] | None:
        """The surest term all of whose lexemes are there, its own first."""
        return next((found for found in self.surest_first if lexemes.issuperset(found[0])), None)


def concepts(text: str, words: Sequence[Word], glossary: Glossary) -> tuple[Concept, ...]:
    """Concepts of a question in its order; `words` are its content words in `text`. Each is told once."""
    found = list(_read(text, _whole(text, words, glossary), glossary))
    things = [concept for concept in found if not POSITIONS.issuperset(concept.own)]
    distinct = {concept.own: concept for concept in reversed(things or found)}
    return tuple(sorted(distinct.values(), key=lambda concept: text.find(concept.written)))[:MOST_CONCEPTS]


def _whole(text: str, words: Sequence[Word], glossary: Glossary) -> list[Word]:
    """The words, of which two syllables that are written as one word of the glossary are that word: 소파 is cut after
    a name.
    """
    found: list[Word] = []
    for word in words:
        before = found[-1] if found else word
        written = text[before.start : word.end]
        syllables = len(before.lexeme) == len(word.lexeme) == 1 and before.end == word.start
        if syllables and glossary.longest([written]):
            found[-1] = replace(before, lexeme=written, end=word.end, known=True)
        else:
            found.append(word)
    return found


def _read(text: str, words: list[Word], glossary: Glossary) -> Iterator[Concept]:
    at, place = 0, False
    while at < len(words):
        taken = max(1, glossary.longest([word.lexeme for word in words[at:]]))
        these = words[at : at + taken]
        place = _is_place(text, words, at, taken, after_place=place)
        share = UNSEEN if glossary.unseen([word.lexeme for word in these]) else PLACE if place else 1.0
        yield _concept(text, these, glossary, share)
        at += taken


def _is_place(text: str, words: Sequence[Word], at: int, taken: int, *, after_place: bool) -> bool:
    last = words[at + taken - 1]
    if HANGUL.search(text):
        return PLACE_KO.match(text, last.end) is not None
    before = text[words[at - 1].end if at else 0 : words[at].start]
    # "in a living room": what directly follows a place still tells of it.
    return PLACE_EN.search(before) is not None or (after_place and not before.strip())


def _concept(text: str, words: Sequence[Word], glossary: Glossary, share: float) -> Concept:
    own, written = tuple(word.lexeme for word in words), text[words[0].start : words[-1].end]
    said = glossary.said(own)
    korean = HANGUL.search("".join(own))
    if korean:
        terms = _merged(glossary.senses(own))
    else:
        terms = {term: SAME if often > 1 else ONCE for term, often in glossary.same(own).items()}
        terms |= dict.fromkeys(sorted(_by_parts(own, glossary) - terms.keys()), SAME)
        said = [written, *said]
    # What a question cuts into pieces a caption may have whole: 트램펄린.
    whole = {(written,): 1.0} if korean and len(own) > 1 and " " not in written else {}
    answers = {own: 1.0} | whole | dict(sorted(terms.items(), key=lambda term: -term[1])[:MOST_ANSWERS])
    return Concept(written, own, answers, share, known=bool(terms), said=tuple(said[:MOST_SAID]))


def _by_parts(own: tuple[str, ...], glossary: Glossary) -> set[tuple[str, ...]]:
    """Words that are read together with one of them said otherwise: slice cake, of cut cake. None for a single word."""
    if len(own) == 1:
        return set()
    others = (
        (at, other) for at, word in enumerate(own) for other, often in glossary.same((word,)).items() if often > 1
    )
    return {(*own[:at], *other, *own[at + 1 :]) for at, other in others if not set(other) & set(own)}


def _merged(several: Iterable[Terms]) -> dict[tuple[str, ...], float]:
    found: dict[tuple[str, ...], float] = {}
    for terms in several:
        for term, surely in terms.items():
            found[term] = max(surely, found.get(term, 0.0))
    return found


def lexemes_of(asked: Iterable[Concept]) -> list[str]:
    """Every lexeme that may answer, in order and once."""
    return list(dict.fromkeys(lexeme for concept in asked for term in concept.answers for lexeme in term))


def documents_with(concept: Concept, frequencies: Mapping[str, int]) -> int:
    """About how many documents answer a concept surely; loosely, when none does surely. Never fewer than there are."""
    for least in (max(concept.answers.values()), 0.0):
        counts = [
            min(frequencies.get(lexeme, 0) for lexeme in term)
            for term, surely in concept.answers.items()
            if surely >= least
        ]
        if any(counts):
            return sum(counts)
    return 0
