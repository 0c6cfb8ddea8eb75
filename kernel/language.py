"""Words of Korean and English text: morphemes in dictionary form, names kept whole, small words dropped.

The index and the questions asked of it must cut text in the same way, so both services stand on this module.
Names come from the caller: they are marked for each text rather than added to the tokenizer's dictionary, so
that one tokenizer (330 MB) serves the whole process and a name can also be forgotten.
"""

import functools
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import snowballstemmer
from kiwipiepy import Kiwi

from kernel.spelling import key
from kernel.stems import mended

# Verbs that say nothing of a scene.
LIGHT = frozenset({"있다", "하다", "되다", "이다", "아니다", "않다", "이러다", "그러다", "이렇다", "그렇다", "싶다"})
# Compound verbs as the two words they are as often written with; the tokenizer itself is of two minds.
COMPOUNDS = {"춤추다": ("춤", "추다"), "잠자다": ("잠", "자다"), "잠들다": ("잠", "들다"), "꿈꾸다": ("꿈", "꾸다")}
STOP_WORDS = frozenset(
    "a about above after again against all am an and any are as at be because been before being below between "  # noqa: SIM905
    "both "
    "but by can could did do does doing down during each few for from further had has have having he her here hers "
    "him his how i if in into is it its itself just me more most my no nor not now of off on once only or other our "
    "out over own s same she should so some such t than that the their them then there these they this those through "
    "to too under until up very was we were what when where which while who whom why will with would you your".split()
)
NOUNS = frozenset({"NNG", "NNP", "XR", "SH", "SN", "SL", "NR"})
# What may be glued to a name without making another word of it: particles, "is", endings, -네 and -들, 씨 and 양.
AFTER_A_NAME = ("J", "VCP", "E", "XSN", "NNB")
SENTENCE_END = re.compile(r"(?<=[.!?。])\s+|\s+(?=(?:Question|Answer):)")
ECHO = re.compile(r"\s*Question:", re.IGNORECASE)
BORDER = re.compile(r"^\s*Answer:\s*", re.IGNORECASE)
MOST_SENTENCES = 6
HANGUL = re.compile("[가-힣]")
JAMO = re.compile("[\u1100-\u11ff\u3130-\u318f]")
FOREIGN = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Word:
    """A content word: its lexeme, and where it stands in the text it was read from."""

    lexeme: str
    start: int
    end: int
    known: bool = True  # in the tokenizer's dictionary; a typing error rarely is


@dataclass(frozen=True)
class Mention:
    """A name in a text: `[start, end)` is the name, `[end, stop)` the particles glued to it."""

    start: int
    end: int
    stop: int
    key: str


def kiwi() -> Any:
    """The process's one Korean tokenizer (thread-safe). The first call takes a second: not on an event loop."""
    return _loaded_kiwi()


@functools.cache
def _loaded_kiwi() -> Any:
    # The dictionary of multi-word names would cost 185 MB and 2 s more; our names come from the gallery.
    made = Kiwi(num_workers=1, load_multi_dict=False)
    made.tokenize("")  # the model is read at the first call, not at construction
    return made


class _Stemmers(threading.local):
    """One for each thread: a stemmer keeps the word it is at in itself."""

    def __init__(self) -> None:
        self.english: Any = snowballstemmer.stemmer("english")


_STEMMERS = _Stemmers()


@functools.lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return str(_STEMMERS.english.stemWord(word))


def sentences(text: str) -> list[str]:
    """Sentences of a text that has more than one, each once and in order; a prompt that a captioner echoed is none.

    At most MOST_SENTENCES: what else a text says is in it as a whole.
    """
    found = (BORDER.sub("", part).strip() for part in SENTENCE_END.split(text) if not ECHO.match(part))
    distinct = list(dict.fromkeys(part for part in found if len(part.split()) > 1))
    return distinct[:MOST_SENTENCES] if distinct and distinct != [text] else []


# Another one whenever texts are read otherwise: words that were stored by an older reading are then read again.
READING = 3


class Lexicon:
    """Reads texts knowing some names (any script). Texts must be `spelling.normal`; all methods are pure."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._keys = frozenset(filter(None, map(key, names)))
        self._longest = max(map(len, self._keys), default=0)

    def lexemes(self, text: str) -> list[str]:
        """Distinct lexemes in order of their first appearance."""
        return list(dict.fromkeys(word.lexeme for word in self.words(text)))

    def words(self, text: str) -> list[Word]:
        """Content words in order. Nothing is read from punctuation, lone jamo or symbols."""
        if not HANGUL.search(text):
            return _latin_words(text)
        return list(_content(_morphemes(text, self.mentions(text)), text))

    def mentions(self, text: str) -> list[Mention]:
        """Names in the text, longest first at each place, with the particles after them.

        A name begins where a written word or another name's particles begin. It ends where the tokenizer,
        not told of the name, ends a noun, or where only particles follow: 진 is in "진이" and not in "진한".
        """
        candidates = list(self._candidates(text)) if self._keys else []
        if not candidates or not HANGUL.search(text):
            return candidates
        return settled(text, candidates, morphemes(text))[0]

    def content(self, tokens: Sequence[Any], text: str) -> list[Word]:
        """Content words of a text whose morphemes are known; without any, it is read as Latin."""
        return list(_content(tokens, text)) if tokens else _latin_words(text)

    def _candidates(self, text: str) -> Iterator[Mention]:
        compact, where = _compact(text)
        free_from = 0
        for at, index in enumerate(where):
            if index < free_from or not _begins_word(text, index, free_from):
                continue
            found = self._longest_at(compact, where, at, text)
            if found is not None:
                free_from = found.end
                yield found

    def _longest_at(self, compact: str, where: Sequence[int], at: int, text: str) -> Mention | None:
        for length in range(min(self._longest, len(compact) - at), 0, -1):
            candidate = compact[at : at + length]
            end = where[at + length - 1] + 1
            if candidate in self._keys and not _cuts_latin(text, end):
                return Mention(where[at], end, end, candidate)
        return None


def morphemes(text: str) -> tuple[Any, ...]:
    """A text as the tokenizer cuts it that is told of no name."""
    return tuple(mended(kiwi().tokenize(text)))


def settled(text: str, candidates: Sequence[Mention], plain: Sequence[Any]) -> tuple[list[Mention], Sequence[Any]]:
    """The candidates that end where `plain` ends a noun or where only particles follow, and the morphemes with them."""
    borders = {token.start + token.len for token in plain if token.tag in NOUNS}
    while True:
        tokens = _morphemes(text, candidates) if candidates else plain
        read = [_with_particles(mention, tokens, candidates, text) for mention in candidates]
        kept = [m for m in read if m.stop >= 0 or m.end in borders]
        if len(kept) == len(candidates):
            return [replace(m, stop=max(m.stop, m.end)) for m in kept], tokens
        candidates = [replace(m, stop=m.end) for m in kept]


def latin_lexeme(written: str) -> str:
    """How the index has a Latin word."""
    return _stem(unicodedata.normalize("NFKC", written).casefold())


def _latin_words(text: str) -> list[Word]:
    return [word for found in FOREIGN.finditer(text) for word in _foreign(found.group(), found.start())]


def _compact(text: str) -> tuple[str, list[int]]:
    """The text as `key` would have it, and for each of its characters the index it came from."""
    pairs = [
        (folded, index)
        for index, character in enumerate(text)
        for folded in unicodedata.normalize("NFKC", character).casefold()
        if not folded.isspace()
    ]
    return "".join(folded for folded, _ in pairs), [index for _, index in pairs]


def _begins_word(text: str, index: int, after_name: int) -> bool:
    return index in (0, after_name) or not text[index - 1].isalnum()


def _cuts_latin(text: str, end: int) -> bool:
    """True when the cut would fall inside a run of Latin letters or digits."""
    return end < len(text) and _latin(text[end - 1]) and _latin(text[end])


def _latin(character: str) -> bool:
    return character.isalnum() and not HANGUL.match(character)


def _morphemes(text: str, mentions: Sequence[Mention]) -> list[Any]:
    spans = [(m.start, m.end, "NNP") for m in mentions if " " not in text[m.start : m.end]]
    return mended(kiwi().tokenize(text, pretokenized=spans) if spans else kiwi().tokenize(text))


def _with_particles(mention: Mention, tokens: Sequence[Any], mentions: Sequence[Mention], text: str) -> Mention:
    """The mention with its particles; `stop` is -1 when something else than particles is glued to it."""
    stop = mention.end
    beginnings = {other.start for other in mentions}
    for token in tokens:
        if token.start < mention.end:
            continue
        if " " in text[mention.end : token.start + 1] or token.start in beginnings or _punctuation(token):
            break
        if not token.tag.startswith(AFTER_A_NAME):
            return replace(mention, stop=-1)
        stop = max(stop, token.start + token.len)
    return replace(mention, stop=stop)


def _punctuation(token: Any) -> bool:
    return bool(token.tag.startswith("S")) and token.tag not in NOUNS


def _content(tokens: Sequence[Any], text: str) -> Iterator[Word]:
    for position, token in enumerate(tokens):
        if token.tag in {"SL", "SN"}:
            yield from _foreign(text[token.start : token.start + token.len], token.start)
        elif token.tag in NOUNS and not JAMO.search(token.form):
            form = unicodedata.normalize("NFKC", token.form).casefold().replace(" ", "")
            yield Word(form, token.start, token.start + token.len, known=not token.oov)
        elif token.tag.startswith(("VV", "VA")) and token.lemma not in LIGHT:
            end = _end_of_verb(tokens, position)
            yield from (Word(lexeme, token.start, end) for lexeme in COMPOUNDS.get(token.lemma, (token.lemma,)))


def _end_of_verb(tokens: Sequence[Any], position: int) -> int:
    """Where the endings after a stem end: 자고, not 자."""
    end = tokens[position].start + tokens[position].len
    for token in tokens[position + 1 :]:
        if not token.tag.startswith("E") or token.start > end:
            break
        end = max(end, token.start + token.len)
    return int(end)


def _foreign(written: str, start: int) -> Iterator[Word]:
    folded = unicodedata.normalize("NFKC", written).casefold()
    if not JAMO.search(folded) and folded not in STOP_WORDS:
        yield Word(_stem(folded) if folded.isascii() else folded, start, start + len(written))
