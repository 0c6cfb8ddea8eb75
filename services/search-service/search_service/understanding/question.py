"""What a question asks, read top to bottom. Pure.

First whom it names, then what is said around the names; then times, days and marks; what is left is to be looked for.
Whatever is read is a chip, and a chip that was taken away leaves its words to be words again.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from kernel.contracts.search import Chip, ReadName
from kernel.language import Word
from kernel.spelling import normal
from search_service.understanding.dates import dates
from search_service.understanding.gallery import Gallery
from search_service.understanding.marks import marks
from search_service.understanding.names import Named, as_meant, names
from search_service.understanding.parts import Meaning, Part, Where, all_of, joined, overlap, part
from search_service.understanding.people import Sets
from search_service.understanding.rest import rest
from search_service.understanding.times import times
from search_service.understanding.titles import Title, titles

FACES = frozenset({"얼굴", "face"})


@dataclass(frozen=True)
class Circumstances:
    """What a question is read with besides the gallery."""

    today: date
    ignored: frozenset[str] = frozenset()  # keys of chips
    meant: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Reading:
    """A question taken apart."""

    text: str
    words: tuple[Word, ...] = ()  # of `text`, without what was read from it
    rest: str = ""
    named: tuple[Named, ...] = ()
    parts: tuple[Part, ...] = ()
    # What only the index can tell: whether a word is an ordinary one, whether there is such a title.
    doubtful: tuple[Named, ...] = ()
    titles: tuple[Title, ...] = ()
    all_words: tuple[Word, ...] = ()

    @property
    def meaning(self) -> Meaning:
        return all_of(self.parts)

    @property
    def chips(self) -> list[Chip]:
        return [one.chip for one in sorted(self.parts, key=lambda one: one.where[:1])]


def understand(question: str, gallery: Gallery, circumstances: Circumstances) -> Reading:
    """Read a question as far as that goes without the index."""
    text = as_meant(normal(question), gallery)
    read = names(text, gallery)
    reading = Reading(
        text=text,
        named=read.certain,
        doubtful=read.doubtful,
        all_words=tuple(gallery.lexicon.content(read.morphemes, text)),
    )
    return _read(replace(reading, titles=tuple(titles(text))), (), gallery, circumstances)


def as_words(question: str, gallery: Gallery) -> Reading:
    """A question of which nothing is to be read but words."""
    text = normal(question)
    return _with_rest(Reading(text=text, all_words=tuple(gallery.lexicon.words(text))), ())


def settle(
    reading: Reading,
    names: Collection[Named],
    titles: Iterable[tuple[Title, tuple[str, ...]]],
    gallery: Gallery,
    circumstances: Circumstances,
) -> Reading:
    """The reading with those doubtful names and titles (with their lexemes) that the index has nothing against."""
    taken = [
        part(
            "video",
            reading.text,
            [title.where],
            (f"제목: {title.written}", f"title: {title.written}"),
            Meaning(titles=(lexemes,)),
        )
        for title, lexemes in titles
    ]
    named = tuple(one for one in reading.doubtful if one in names)
    return _read(
        replace(reading, named=(*reading.named, *named), doubtful=(), titles=()), taken, gallery, circumstances
    )


def _read(reading: Reading, given: Sequence[Part], gallery: Gallery, circumstances: Circumstances) -> Reading:
    """Read, and again without whatever was taken away, until nothing of it is left."""
    dropped: list[Where] = []
    while True:
        parts, said = _parts(reading, given, gallery, circumstances, dropped)
        ignored = [one for one in parts if one.chip.key in circumstances.ignored]
        if not ignored:
            return _with_rest(replace(reading, parts=tuple(parts)), said)
        dropped += [place for one in ignored for place in one.where]


def _parts(
    reading: Reading, given: Sequence[Part], gallery: Gallery, circumstances: Circumstances, dropped: Sequence[Where]
) -> tuple[list[Part], list[Where]]:
    text = reading.text
    found = [one for one in given if not any(overlap(place, dropped) for place in one.where)]
    taken = [*dropped, *(place for one in found for place in one.where)]
    named = [one for one in reading.named if not overlap((one.start, one.end), taken)]
    people = [(one.start, one.stop) for one in named]
    found += times(text, [*taken, *people])
    found += dates(text, circumstances.today, _places(found, taken, people))
    found += marks(text, _places(found, taken, people))
    sets = Sets(text, gallery, circumstances.meant, _places(found, taken))
    found += sets.parts(named)
    return found, [place for place in sets.said_of_all(named, found) if not overlap(place, dropped)]


def _places(found: Iterable[Part], *more: Sequence[Where]) -> list[Where]:
    return [*(place for one in found for place in one.where), *(place for some in more for place in some)]


def _with_rest(reading: Reading, said: Sequence[Where]) -> Reading:
    read = joined([*(place for one in reading.parts for place in one.where), *said])
    left, words = rest(reading.text, read, reading.all_words)
    if reading.meaning.who and FACES.issuperset(word.lexeme for word in words):
        left, words = "", []  # whoever is recognised is so by their face
    return replace(reading, rest=left, words=tuple(words))


def read_names(reading: Reading, gallery: Gallery) -> list[ReadName]:
    """Everybody a question names, for those who do not read chips."""
    asked = [one for one in reading.named if overlap((one.start, one.stop), _places(reading.parts))]
    found = {
        identifier: ReadName(
            id=identifier,
            kind=gallery.by_id[identifier].kind,
            name_ko=gallery.by_id[identifier].name_ko,
            name_en=gallery.by_id[identifier].name_en,
            written=reading.text[one.start : one.end],
            exact=one.exact,
        )
        for one in asked
        for identifier in one.called.ids
    }
    return list(found.values())
