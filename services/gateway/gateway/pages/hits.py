"""What the card of a hit says: captions with the words that answer marked, who is there, why it is a hit. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from markupsafe import Markup, escape

from gateway.pages.cards import Said, said, who_is_in
from kernel import reasons
from kernel.contracts.errors import Language
from kernel.contracts.finding import PublicHit
from kernel.contracts.library import Person
from kernel.contracts.search import Evidence
from kernel.contracts.time import Span

Say = Callable[..., str]

FACES_SHOWN = 4


@dataclass(frozen=True)
class Reason:
    """One line of the evidence card. `track`: the face it rests on, when there is one to see."""

    kind: str
    text: str
    probability: float | None
    track: UUID | None = None
    person: Person | None = None


@dataclass(frozen=True)
class ShownHit:
    """What a hit's card says beside the hit itself."""

    said: Said
    first: Markup
    second: Markup
    named: Sequence[tuple[Person, float]]
    unknown: int
    reasons: Sequence[Reason]
    missing: Sequence[str]
    moments: Sequence[Span] = field(default=())

    @property
    def faces(self) -> list[Reason]:
        """Reasons with a face to look at."""
        return [reason for reason in self.reasons if reason.track][:FACES_SHOWN]


def shown_hit(
    hit: PublicHit, asked: Iterable[Person], known: Mapping[UUID, Person], language: Language, say: Say
) -> ShownHit:
    """`asked`: people the question names; of those not seen in the scene it is said."""
    named, unknown = who_is_in(hit.people, known)
    there = {person.id for person, _ in named}
    captions = said(hit.captions, language)
    unseen = [say("%(name)s is not seen", name=_called(one, language)) for one in asked if one.id not in there]
    return ShownHit(
        said=captions,
        first=marked(captions.first.text, hit.evidence) if captions.first else Markup(),
        second=marked(captions.second.text, hit.evidence) if captions.second else Markup(),
        named=named,
        unknown=unknown,
        reasons=[_reason(reason, hit, known, language) for reason in hit.evidence],
        missing=[*unseen, *(reasons.missing(words, language) for words in hit.missing)],
        moments=hit.moments if hit.moments != [hit.span] else [],
    )


def marked(text: str, evidence: Iterable[Evidence]) -> Markup:
    """The text, with words that answer in `<mark>` and a sentence that does in `<mark class="sentence">`."""
    sentences = [one.text for one in evidence if one.kind in {"meaning", "similar"} and one.text]
    words = [word for one in evidence for word in _words(one)]
    for sentence in sentences:
        start = text.find(sentence)
        if start >= 0 and len(sentence) < len(text):
            before, after = text[:start], text[start + len(sentence) :]
            inner = _marked_words(sentence, words)
            return (
                _marked_words(before, words)
                + Markup('<mark class="sentence">{}</mark>').format(inner)
                + (_marked_words(after, words))
            )
    return _marked_words(text, words)


def _words(reason: Evidence) -> list[str]:
    return [word for word in reason.text.split(", ") if word] if reason.kind in {"words", "translation"} else []


def _marked_words(text: str, words: Sequence[str]) -> Markup:
    if not words:
        return escape(text)
    either = "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))
    parts = re.split(f"((?<![A-Za-z])(?:{either}))", text, flags=re.IGNORECASE)
    return Markup().join(
        Markup("<mark>{}</mark>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def _reason(reason: Evidence, hit: PublicHit, known: Mapping[UUID, Person], language: Language) -> Reason:
    person = _person(reason, hit, known) if reason.kind == "person" else None
    return Reason(
        kind=reason.kind,
        text=reasons.said(reason, language, name=_called(person, language) if person else None),
        probability=reason.probability if reason.kind != "person" else reason.score,
        track=_track(person, hit) if person else None,
        person=person,
    )


def _person(reason: Evidence, hit: PublicHit, known: Mapping[UUID, Person]) -> Person | None:
    """Evidence tells of a person by name: whoever in the scene is called so."""
    there = [known[one.person_id] for one in hit.people if one.person_id and one.person_id in known]
    return next((p for p in there if reason.text in {p.name, p.name_ko, p.name_en, *p.aliases}), None)


def _track(person: Person, hit: PublicHit) -> UUID | None:
    """The face that says so: of the surest mention."""
    theirs = sorted((one for one in hit.people if one.person_id == person.id), key=lambda one: -one.probability)
    return next((track for mention in theirs for track in mention.track_ids), None)


def _called(person: Person, language: Language) -> str:
    return person.name_ko if language == "ko" else person.name_en
