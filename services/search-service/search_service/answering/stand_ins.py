"""People as P1, P2, … while a language model works, and as themselves afterwards. Pure.

No name of the gallery reaches the model or its cache; what comes back says names as they are now, with the particles
these take.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from kernel.contracts.embeddings import IndexedName
from kernel.contracts.errors import Language
from kernel.language import Lexicon
from kernel.spelling import normal
from kernel.wording import renamed
from search_service.understanding.gallery import Gallery

LETTERS = "PXZQW"


class Cast:
    """Stand-ins in order of first mention, so that the same material is the same text whoever is in it."""

    def __init__(self, gallery: Gallery, texts: Iterable[str]) -> None:
        """`texts`: everything that will be said; the stand-ins' letter is one that none of them uses so."""
        every = "\n".join(texts)
        self._letter = next((one for one in LETTERS if not re.search(rf"(?<![A-Za-z0-9]){one}\d", every)), "PERSON")
        self._gallery = gallery
        self._label: dict[UUID, str] = {}
        self._said = re.compile(rf"(?<![A-Za-z0-9])({self._letter}\d+)(?![0-9A-Za-z])")

    def label(self, person: UUID) -> str:
        return self._label.setdefault(person, f"{self._letter}{len(self._label) + 1}")

    def masked(self, text: str, here: Collection[UUID] = ()) -> str:
        """The text with every person of the gallery as their stand-in. Of namesakes, whoever is `here` is meant."""
        plain = normal(text)
        pieces, at = [], 0
        for mention in self._gallery.lexicon.mentions(plain):
            people = [one.id for one in self._gallery.called(mention.key) if one.kind == "person"]
            if people:
                who = next((one for one in people if one in here), people[0])
                pieces += [plain[at : mention.start], self.label(who)]
                at = mention.end
        return "".join([*pieces, plain[at:]])

    def named(self, text: str, language: Language) -> str:
        """The text with everybody's name again."""
        names = {label: self._name(person, language) for person, label in self._label.items()}
        for label in sorted(names, key=len, reverse=True):
            text = renamed(text, language, label, names[label])
        return self._said.sub(lambda found: names.get(found[1], found[1]), text)

    def people(self, text: str) -> set[UUID | None]:
        """Whom the text speaks of; None for a stand-in that was never given."""
        by_label: Mapping[str, UUID] = {label: person for person, label in self._label.items()}
        return {by_label.get(found) for found in self._said.findall(text)}

    def unnamed(self, text: str, word: str, language: Language = "en") -> str:
        """The text with one and the same word for everybody; in Korean with the particles that word takes."""
        if language == "ko":
            for label in set(self._said.findall(text)):
                text = renamed(text, language, label, word)
        return self._said.sub(word, text)

    def speaks_of_others(self, text: str) -> bool:
        """Whether a name of the gallery stands in the text itself: the model cannot have it from what it was given."""
        return any(self._gallery.called(mention.key) for mention in self.lexicon.mentions(normal(text)))

    @property
    def lexicon(self) -> Lexicon:
        return self._gallery.lexicon

    def _name(self, person: UUID, language: Language) -> str:
        known: IndexedName | None = self._gallery.by_id.get(person)
        if known is None:
            return "한 사람" if language == "ko" else "a person"
        return known.name_ko if language == "ko" else known.name_en
