"""The gallery's names by everything they may be asked with: spelling, sound, initial consonants, nearness. Pure."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from rapidfuzz.distance import OSA

from kernel.contracts.embeddings import IndexedName
from kernel.language import Lexicon
from search_service.understanding import sounds
from search_service.understanding.spellings import Spelling, spellings

ALIKE = 0.25  # readings of a sound that cost about the same are all meant
SURE = 0.5  # a reading as cheap as this may also be misspelt
SURE_INITIALS = 0.3
IMPLIED = 0.05
REMEMBERED = 10_000  # Latin words of questions
IN_ENGLISH = 0.95  # two Latin spellings of one sound: dearer, honey would be Hanni
SURNAME_READINGS, READINGS = 4, 60
SHORTEST_GUESS = 4  # letters: below that everything is like everything
How = Literal["spelt", "sounds", "initials", "near"]


@dataclass(frozen=True)
class Called:
    """Who is called so: several when a name is shared."""

    ids: tuple[UUID, ...]
    how: How
    cost: float = 0.0


class Gallery:
    """The names a question may hold. Made once for each state of the gallery."""

    def __init__(self, names: Iterable[IndexedName]) -> None:
        self.by_id = {name.id: name for name in names}
        self._by_key: dict[str, set[UUID]] = defaultdict(set)
        self._by_sound: dict[str, dict[UUID, float]] = defaultdict(dict)
        self._by_initials: dict[str, set[UUID]] = defaultdict(set)
        told = [(name.id, one) for name in self.by_id.values() for one in _spellings(name)]
        self._learn_keys(told)
        for identifier, spelling in told:
            self._learn_sounds(identifier, spelling)
        self._beginnings = {heard[:length] for heard in self._by_sound for length in range(len(heard) + 1)}
        self._written = {written[:length] for written in self._by_key for length in range(len(written) + 1)}
        self._near = self._with_a_letter_less()
        self._near_latin = self._latin_with_a_letter_less()
        self._latin: dict[str, Called | None] = {}
        self.lexicon = Lexicon(self._by_key)
        self.groups_of: dict[UUID, list[IndexedName]] = defaultdict(list)
        for group in self.by_id.values():
            for member in group.members:
                self.groups_of[member].append(group)

    def _learn_keys(self, told: Sequence[tuple[UUID, Spelling]]) -> None:
        """What is implied counts where nobody has that name outright: whoever shares it may be meant."""
        implied: dict[str, set[UUID]] = defaultdict(set)
        for identifier, spelling in told:
            (implied if spelling.implied else self._by_key)[spelling.key].add(identifier)
        for written, ids in implied.items():
            if written not in self._by_key:
                self._by_key[written] = ids
        self._by_key.pop("", None)

    def _learn_sounds(self, identifier: UUID, spelling: Spelling) -> None:
        for heard, cost in _sounds(spelling):
            known = self._by_sound[heard]
            known[identifier] = min(cost + IMPLIED * spelling.implied, known.get(identifier, 9.0))
        for heard, cost in _sounds(spelling):
            if cost <= SURE_INITIALS:
                self._by_initials[sounds.first_consonants(heard)].add(identifier)

    def _with_a_letter_less(self) -> dict[str, set[str]]:
        """Sounds by themselves and by each of them with one letter left out: near ones meet there."""
        found: dict[str, set[str]] = defaultdict(set)
        for heard, costs in self._by_sound.items():
            if len(heard) >= SHORTEST_GUESS and min(costs.values()) <= SURE:
                for shorter in _shorter(heard):
                    found[shorter].add(heard)
        return found

    def _latin_with_a_letter_less(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for written in self._by_key:
            if written.isascii() and len(written) > SHORTEST_GUESS:
                for shorter in _shorter(written):
                    found[shorter].add(written)
        return found

    def begins(self, written: str) -> bool:
        """Whether some name begins so."""
        return written in self._written

    def spelt(self, written: str) -> Called | None:
        ids = self._by_key.get(written)
        return Called(tuple(sorted(ids)), "spelt") if ids else None

    def called(self, written: str) -> list[IndexedName]:
        """Everybody whose name is written so, by its key, in a stable order."""
        return [self.by_id[identifier] for identifier in sorted(self._by_key.get(written, ()))]

    def may_sound(self, hangul: str) -> bool:
        """Whether some name begins with the sound of these syllables."""
        return sounds.sound(hangul) in self._beginnings

    def sounding(self, hangul: str) -> Called | None:
        """Who sounds like these Hangul syllables."""
        return self._cheapest({sounds.sound(hangul): 0.0}, sounds.LIKELY)

    def sounding_latin(self, word: str) -> Called | None:
        """Who sounds like this Latin word, read as Koreans romanise."""
        latin = sounds.letters(word)
        if latin not in self._latin:
            if len(self._latin) > REMEMBERED:
                self._latin.clear()
            read = sounds.readings_among(latin, self._beginnings.__contains__, IN_ENGLISH)
            self._latin[latin] = self._cheapest(read, IN_ENGLISH)
        return self._latin[latin]

    def _cheapest(self, readings: dict[str, float], dearest: float) -> Called | None:
        costs: dict[UUID, float] = {}
        for heard, cost in readings.items():
            for identifier, its in self._by_sound.get(heard, {}).items():
                costs[identifier] = min(cost + its, costs.get(identifier, 9.0))
        least = min(costs.values(), default=9.0)
        if least > dearest:
            return None
        return Called(tuple(sorted(i for i, cost in costs.items() if cost <= least + ALIKE)), "sounds", least)

    def beginning(self, consonants: str) -> Called | None:
        """Whose syllables begin with these consonants: ㅁㅈ."""
        ids = self._by_initials.get(consonants)
        return Called(tuple(sorted(ids)), "initials") if ids else None

    def near(self, hangul: str) -> Called | None:
        """Who is one letter away, the likeliest slip first; several only when nothing tells them apart."""
        asked = sounds.sound(hangul)
        if len(asked) < SHORTEST_GUESS - 1:
            return None
        met = set().union(*(self._near.get(shorter, ()) for shorter in _shorter(asked)))
        close = {heard for heard in met if OSA.distance(asked, heard, score_cutoff=1) <= 1}
        best = min((sounds.slip(asked, heard) for heard in close), default=None)
        likeliest = [heard for heard in close if sounds.slip(asked, heard) == best]
        ids = {
            identifier
            for heard in likeliest
            for identifier, cost in self._by_sound[heard].items()
            if cost <= SURE and cost <= min(self._by_sound[heard].values()) + ALIKE
        }
        return Called(tuple(sorted(ids)), "near") if ids else None

    def near_latin(self, word: str) -> Called | None:
        """Who is written with one Latin letter less, more or other."""
        asked = sounds.letters(word)
        if len(asked) < SHORTEST_GUESS:
            return None
        met = set().union(*(self._near_latin.get(shorter, ()) for shorter in _shorter(asked)))
        close = [written for written in met if OSA.distance(asked, written, score_cutoff=1) <= 1]
        ids = {identifier for written in close for identifier in self._by_key[written]}
        return Called(tuple(sorted(ids)), "near") if ids else None


def _spellings(name: IndexedName) -> Iterator[Spelling]:
    for written in (name.name_ko, name.name_en, *name.aliases):
        yield from spellings(written, person=name.kind == "person")


def _shorter(heard: str) -> set[str]:
    return {heard, *(heard[:at] + heard[at + 1 :] for at in range(len(heard)))}


def _sounds(spelling: Spelling) -> Iterator[sounds.Reading]:
    """The sounds of a spelling, cheapest first; none of what is neither Hangul nor Latin."""
    heard = [_of_word(word) for word in spelling.words]
    if len(heard) == 1:
        yield from heard[0][: sounds.MOST]
        return
    # Only the word that is hardest to spell may be read freely: all combinations would be tens of thousands.
    few = [one[:SURNAME_READINGS] for one in heard[:-1]]
    yield from sorted(
        (
            ("".join(part for part, _ in parts), round(sum(cost for _, cost in parts), 3))
            for parts in itertools.product(*few, heard[-1][:READINGS])
        ),
        key=lambda reading: reading[1],
    )


def _of_word(word: str) -> list[sounds.Reading]:
    if sounds.is_hangul(word):
        return [(sounds.sound(word), 0.0)]
    latin = sounds.letters(word)
    spelt_out = sounds.spelt_out(word)
    read = sounds.readings(latin) if latin else {}
    return sorted((dict.fromkeys(spelt_out, 0.2) | dict(read)).items(), key=lambda reading: reading[1])
