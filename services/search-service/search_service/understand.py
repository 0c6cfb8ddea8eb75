"""What a question asks: who must be in the scene, and what is left to look for. Pure.

Names are read first and leave the question: they filter exactly, and a model of meaning only stumbles over
them (with "민지가 … 장면" around it, the right caption was first 22 of 37 times; without, 30 of 37).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from rapidfuzz.distance import Levenshtein

from kernel.contracts.embeddings import IndexedName
from kernel.contracts.search import ReadName
from kernel.language import HANGUL, Lexicon, Mention, Word, kiwi
from kernel.spelling import key, normal

# Words people put around what they look for, dropped at both ends of a question only: in the middle
# they may be meant (영상 편집하는 사람).
SCENE_WORDS = frozenset(
    {"장면", "씬", "컷", "영상", "클립", "부분", "순간", "모습", "나오다", "등장", "출연", "찾다", "보이다", "보여주다"}
    | {
        "알리다",
        "검색",
        "모두",
        "전부",
        "scene",
        "show",
        "find",
        "search",
        "clip",
        "shot",
        "footage",
        "video",
        "moment",
    }
)
CONNECTORS = re.compile(r"^(?:(?:where|with|of|when|in|which|that|the|all|for|me|a)\b\s*)+|[\s?.!,~]+$", re.IGNORECASE)
# What may follow a misspelt name in its word.
PARTICLES = re.compile("(?:이|가|은|는|을|를|와|과|랑|하고|의|도|만|씨|님|양|군|에게|한테|아|야|네|들|부터|까지)*")
SURNAMES = frozenset(
    "ahn an bae baek cha cho choi chung han heo hong hwang im jang jeon jeong jin jo joo jung kang kim ko "  # noqa: SIM905
    "kwon lee lim min moon na nam noh oh park roh ryu seo shim shin sim sohn son song suh won woo yang yoo yoon yu "
    "yun".split()
)
GIVEN_NAME = 2  # syllables
MOST_NAMES = 8
SHORTEST_GUESS = 4  # jamo or letters: below that everything is like everything


@dataclass(frozen=True)
class Guess:
    """A word that is nearly a name: to be taken for it only where the index does not know the word."""

    written: str
    start: int
    stop: int
    key: str


@dataclass(frozen=True)
class Reading:
    """A question taken apart."""

    text: str
    mentions: tuple[Mention, ...]
    guesses: tuple[Guess, ...]
    names: tuple[ReadName, ...]
    who: tuple[frozenset[UUID], ...]  # of each set, somebody must be in the scene
    rest: str
    words: tuple[Word, ...]  # of `text`, without names and scene words


class Gallery:
    """The names a question may hold, by how they may be written."""

    def __init__(self, names: Iterable[IndexedName]) -> None:
        self.by_id = {name.id: name for name in names}
        self._by_key: dict[str, set[UUID]] = defaultdict(set)
        for name in self.by_id.values():
            for written in (name.name_ko, name.name_en, *name.aliases):
                self._by_key[key(written)].add(name.id)
        self._add_given_names()
        self._by_key.pop("", None)
        self.lexicon = Lexicon(self._by_key)
        self._guessable = {_jamo(written): written for written in self._by_key if len(_jamo(written)) >= SHORTEST_GUESS}

    def _add_given_names(self) -> None:
        """민지 for 김민지 and minji for Kim Minji, where nobody else could be meant."""
        implied: dict[str, set[UUID]] = defaultdict(set)
        for name in self.by_id.values():
            if name.kind == "person":
                for written in (name.name_ko, name.name_en, *name.aliases):
                    for given in _given_names(written):
                        implied[given].add(name.id)
        for given, ids in implied.items():
            if len(ids) == 1 and given not in self._by_key:
                self._by_key[given] = ids

    def called(self, written: str) -> list[IndexedName]:
        """Everybody of that name, in a stable order."""
        return [self.by_id[identifier] for identifier in sorted(self._by_key[written])]

    def like(self, written: str) -> str | None:
        """The name one jamo or letter away from a written one, when there is exactly one."""
        asked = _jamo(key(written))
        near = {
            known for jamo, known in self._guessable.items() if Levenshtein.distance(asked, jamo, score_cutoff=1) == 1
        }
        return near.pop() if len(near) == 1 else None

    def lengths(self) -> set[int]:
        return {len(known) for known in self._guessable.values()}


def _given_names(written: str) -> Iterator[str]:
    parts = normal(written).casefold().split()
    if len(parts) == 1 and len(written) == GIVEN_NAME + 1 and all(map(HANGUL.match, written)):
        yield written[1:]
    if len(parts) == 2:  # noqa: PLR2004 - Kim Minji, Minji Kim, Hanni Pham
        others = [part for part in parts if part not in SURNAMES]
        yield from map(key, others[:1])


def _jamo(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def understand(question: str, gallery: Gallery, *, names: bool = True) -> Reading:
    """Read a question. With `names` off, names stay words."""
    text = normal(question)
    mentions = tuple(_first(gallery.lexicon.mentions(text))) if names else ()
    reading = Reading(text, mentions, (), _read(text, mentions, gallery), _who(mentions, gallery), "", ())
    words = gallery.lexicon.words(text)
    reading = replace(reading, guesses=tuple(_guesses(reading, words, gallery)) if names else ())
    return _with_rest(reading, words)


def _first(mentions: Iterable[Mention]) -> Iterator[Mention]:
    """Mentions of the first MOST_NAMES different names; what a question costs stays bounded."""
    seen: set[str] = set()
    for mention in mentions:
        if len(seen | {mention.key}) <= MOST_NAMES:
            seen.add(mention.key)
            yield mention


def accept(reading: Reading, guesses: Sequence[Guess], gallery: Gallery) -> Reading:
    """The reading with some guesses taken for names, flagged as not exact."""
    mentions = tuple(Mention(guess.start, guess.start + len(guess.written), guess.stop, guess.key) for guess in guesses)
    taken = replace(
        reading,
        mentions=(*reading.mentions, *mentions),
        guesses=(),
        names=(*reading.names, *_read(reading.text, mentions, gallery, exact=False)),
        who=(*reading.who, *_who(mentions, gallery)),
    )
    return _with_rest(taken, gallery.lexicon.words(reading.text))


def _read(text: str, mentions: Iterable[Mention], gallery: Gallery, *, exact: bool = True) -> tuple[ReadName, ...]:
    return tuple(
        ReadName(
            id=name.id,
            kind=name.kind,
            name_ko=name.name_ko,
            name_en=name.name_en,
            written=text[mention.start : mention.end],
            exact=exact,
        )
        for mention in _different(mentions)
        for name in gallery.called(mention.key)
    )


def _who(mentions: Iterable[Mention], gallery: Gallery) -> tuple[frozenset[UUID], ...]:
    """A name that several people share asks for any of them; a group, for any of its members."""
    return tuple(frozenset(members(gallery.called(mention.key))) for mention in _different(mentions))


def _different(mentions: Iterable[Mention]) -> list[Mention]:
    """One mention of each name."""
    return list({mention.key: mention for mention in mentions}.values())


def members(names: Iterable[IndexedName]) -> Iterator[UUID]:
    for name in names:
        yield from name.members if name.kind == "group" else (name.id,)


def _guesses(reading: Reading, words: Sequence[Word], gallery: Gallery) -> Iterator[Guess]:
    """Written words that begin one jamo away from a name and go on with particles at most."""
    known = {(word.start, word.end) for word in words if word.known and HANGUL.match(word.lexeme)}
    lengths = sorted(gallery.lengths(), reverse=True)
    for found in re.finditer(r"\S+", reading.text):
        if any(mention.start < found.end() and found.start() < mention.stop for mention in reading.mentions):
            continue
        for length in lengths:
            written, tail = found.group()[:length], found.group()[length:]
            span = (found.start(), found.start() + len(written))
            if len(written) == length and PARTICLES.fullmatch(tail) and span not in known:
                like = gallery.like(written)
                if like is not None:
                    yield Guess(written, found.start(), found.end(), like)
                    break


def _with_rest(reading: Reading, words: Sequence[Word]) -> Reading:
    """Cut names, and scene words at both ends, out of the question."""
    left = [word for word in words if not any(m.start < word.end and word.start < m.stop for m in reading.mentions)]
    first, last = 0, len(left)
    while last > first and left[last - 1].lexeme in SCENE_WORDS:
        last -= 1
    while first < last and left[first].lexeme in SCENE_WORDS:
        first += 1
    if first == last:
        return replace(reading, rest="", words=())
    begin = left[first - 1].end if first else 0
    end = left[last].start if last < len(left) else len(reading.text)
    rest = CONNECTORS.sub("", _without(reading.text, reading.mentions, begin, end).strip())
    return replace(reading, rest=rest, words=tuple(left[first:last]))


def _without(text: str, mentions: Iterable[Mention], begin: int, end: int) -> str:
    pieces, at = [], begin
    for mention in sorted(mentions, key=lambda mention: mention.start):
        pieces.append(text[at : max(at, min(mention.start, end))])
        at = max(at, mention.stop)
    return normal(" ".join([*pieces, text[at:end]]))


def as_caption(rest: str) -> str:
    """The rest of a question as a caption would say it: "소파에서 자는" becomes "소파에서 자고 있다".

    A lone 자는 means little to a model (0.20 against "a woman is sleeping on a sofa"), 자고 있다 does
    (0.48). Over 37 questions this left the right one first as often and in the first five more often.
    """
    if not HANGUL.search(rest):
        return rest
    # A subject before and a noun after, as it stood in the question: alone, 우는 would be read as a noun.
    subject, noun = "사람이 ", " 장면"
    tokens = [token for token in kiwi().tokenize(subject + rest + noun) if token.start >= len(subject)][:-1]
    if len(tokens) < 2 or tokens[-1].tag != "ETM" or tokens[-1].form != "는":  # noqa: PLR2004
        return rest
    stem = tokens[-2]
    if not stem.tag.startswith(("VV", "XSV", "VX")):
        return rest
    lasting = [] if stem.form == "있" else [("고", "EC"), ("있", "VX")]
    return str(kiwi().join([(token.form, token.tag) for token in tokens[:-1]] + [*lasting, ("다", "EF")]))
