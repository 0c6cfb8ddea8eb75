"""A request, read: what it is about, whom it names, what its filters leave."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.errors import InvalidError, Language, Words
from kernel.contracts.search import SearchRequest
from kernel.language import HANGUL, Word
from search_service import paging
from search_service.answering.questions import looked_for
from search_service.concepts import Concept, concepts, lexemes_of
from search_service.glossary import glossary
from search_service.index import words
from search_service.index.scope import Scope
from search_service.paging import Cursor
from search_service.understanding.gallery import Gallery
from search_service.understanding.names import Named
from search_service.understanding.parts import NOTHING, Edge, Meaning, overlap
from search_service.understanding.people import members
from search_service.understanding.question import Circumstances, Reading, as_words, settle, understand
from search_service.understanding.titles import Title

MOST_FILTERS = 32
REMEMBERED = 2_000  # readings of questions


@dataclass(frozen=True)
class Asked:
    """A question that has been read."""

    request: SearchRequest
    reading: Reading
    gallery: Gallery
    scope: Scope
    concepts: tuple[Concept, ...] = ()
    edge: Edge | None = None  # of each video only the first or last that answers
    keywords: bool = False  # whether a language model's words are among what answers it

    @property
    def language(self) -> Language:
        return "ko" if HANGUL.search(self.reading.text) else "en"

    @property
    def lexemes(self) -> list[str]:
        """Every lexeme that may answer some of it."""
        return lexemes_of(self.concepts)

    @property
    def cursor(self) -> Cursor | None:
        return paging.decode(self.request.cursor, self.request) if self.request.cursor else None


class Readings:
    """Reads questions. What needs no index is read once for each state of the gallery; the latest are remembered."""

    def __init__(self) -> None:
        self._gallery: Gallery | None = None
        self._understood = functools.lru_cache(REMEMBERED)(understand)
        self._as_words = functools.lru_cache(REMEMBERED)(as_words)

    def understood(self, question: str, gallery: Gallery, circumstances: Circumstances) -> Reading:
        self._meet(gallery)
        return self._understood(question, gallery, circumstances)

    def as_words(self, question: str, gallery: Gallery) -> Reading:
        self._meet(gallery)
        return self._as_words(question, gallery)

    def _meet(self, gallery: Gallery) -> None:
        """Readings by other names would never be asked for again, and hold those names in memory."""
        if gallery is not self._gallery:
            self._understood.cache_clear()
            self._as_words.cache_clear()
            self._gallery = gallery


async def read(connection: AsyncConnection, request: SearchRequest, gallery: Gallery, readings: Readings) -> Asked:
    """Read a request against the gallery and the index. Raises InvalidError for too many filters."""
    reading = await _reading(connection, request, gallery, readings)
    asked = _filters(request, gallery).and_(reading.meaning)
    if reading.text and not reading.rest and asked == NOTHING:
        # Nothing could be read from it ("😀", "장면 찾아줘"): what was typed is then all there is to go by.
        reading = replace(reading, rest=reading.text)
    also = replace(asked, who=(), edge=None if reading.rest else asked.edge)
    scope = Scope(asked.who, tuple(request.videos), also, tuple(request.hidden))
    return Asked(request, reading, gallery, scope, _concepts(reading), asked.edge)


def _concepts(read: Reading) -> tuple[Concept, ...]:
    return _concepts_of(read.text, read.words)


@functools.lru_cache(REMEMBERED)
def _concepts_of(text: str, words: tuple[Word, ...]) -> tuple[Concept, ...]:
    return concepts(text, words, glossary())


async def _reading(
    connection: AsyncConnection, request: SearchRequest, gallery: Gallery, readings: Readings
) -> Reading:
    if not request.understand:
        return readings.as_words(request.query, gallery)
    today = datetime.now(UTC).astimezone().date()
    circumstances = Circumstances(today, frozenset(request.ignored), frozenset(request.meant))
    reading = readings.understood(looked_for(request.query), gallery, circumstances)
    if not reading.doubtful and not reading.titles:
        return reading
    taken = [named for named in reading.doubtful if not await _is_a_word(connection, named, reading.text)]
    titled = await _titled(connection, reading.titles, gallery)
    return settle(reading, taken, titled, gallery, circumstances)


async def _is_a_word(connection: AsyncConnection, named: Named, text: str) -> bool:
    return await words.is_written(connection, text[named.start : named.end], named.unless)


async def _titled(
    connection: AsyncConnection, titles: Sequence[Title], gallery: Gallery
) -> list[tuple[Title, tuple[str, ...]]]:
    """Those that some video has in its title, the longest at each place."""
    found: list[tuple[Title, tuple[str, ...]]] = []
    for title in titles:
        lexemes = tuple(gallery.lexicon.lexemes(title.written))
        free = not overlap(title.where, [one.where for one, _ in found])
        if lexemes and free and await words.in_a_title(connection, lexemes):
            found.append((title, lexemes))
    return found


def _filters(request: SearchRequest, gallery: Gallery) -> Meaning:
    """What a request says outright. An unknown group has nobody. Raises InvalidError for too many."""
    if len(request.people) + len(request.groups) > MOST_FILTERS:
        raise InvalidError(
            reason=Words(f"more than {MOST_FILTERS} people and groups", f"인물과 그룹은 {MOST_FILTERS}개까지입니다")
        )
    groups = [gallery.by_id.get(group) for group in request.groups]
    return Meaning(
        who=(
            *(frozenset({person}) for person in request.people),
            *(frozenset(members([group] if group else [])) for group in groups),
        ),
        without=frozenset(request.without),
        alone=request.only,
        scales=frozenset(request.scales),
        origins=frozenset(request.origins),
        since=request.since,
        until=request.until,
        certain=request.certain,
    )
