"""A request, read: what it is about, whom it names, what its filters leave."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.errors import InvalidError, Language, Words
from kernel.contracts.search import SearchRequest
from kernel.language import HANGUL
from search_service import paging
from search_service.concepts import Concept, concepts, lexemes_of
from search_service.glossary import glossary
from search_service.index import words
from search_service.index.names import Names
from search_service.index.scope import Scope
from search_service.paging import Cursor
from search_service.understand import Gallery, Reading, accept, members, understand

MOST_FILTERS = 32


@dataclass(frozen=True)
class Asked:
    """A question that has been read."""

    request: SearchRequest
    reading: Reading
    gallery: Gallery
    scope: Scope
    concepts: tuple[Concept, ...] = ()

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


async def read(connection: AsyncConnection, request: SearchRequest, names: Names) -> Asked:
    """Read a request against the gallery and the index. Raises InvalidError for too many filters."""
    gallery = await names.current(connection)
    read = understand(request.query, gallery, names=request.understand)
    unknown = [guess for guess in read.guesses if not await words.is_known(connection, guess.written)]
    if unknown:
        read = accept(read, unknown, gallery)
    scope = Scope(who=tuple(dict.fromkeys((*_filters(request, gallery), *read.who))), videos=tuple(request.videos))
    if read.text and not read.rest and not scope.who:
        # Nothing could be read from it ("😀", "장면 찾아줘"): what was typed is then all there is to go by.
        read = replace(read, rest=read.text)
    return Asked(request, read, gallery, scope, _concepts(read))


def _concepts(read: Reading) -> tuple[Concept, ...]:
    return concepts(read.text, read.words, glossary())


def _filters(request: SearchRequest, gallery: Gallery) -> Iterator[frozenset[UUID]]:
    """Of each set, somebody must be in the scene. An unknown group has nobody. Raises InvalidError for too many."""
    if len(request.people) + len(request.groups) > MOST_FILTERS:
        raise InvalidError(
            reason=Words(f"more than {MOST_FILTERS} people and groups", f"인물과 그룹은 {MOST_FILTERS}개까지입니다")
        )
    yield from (frozenset({person}) for person in request.people)
    for group in request.groups:
        known = gallery.by_id.get(group)
        yield frozenset(members([known] if known else []))
