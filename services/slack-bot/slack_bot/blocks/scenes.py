"""What is said of a scene: its captions, who is in it, why it was found."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from kernel import reasons
from kernel.contracts.errors import Language
from kernel.contracts.library import Person, PersonInSegment, SegmentCaption
from kernel.contracts.search import Evidence
from kernel.contracts.time import Span
from slack_bot import times
from slack_bot.words import Say

Names = Mapping[UUID, Person]
MOST_REASONS = 6


def called(person: Person, language: Language) -> str:
    return person.name_ko if language == "ko" else person.name_en


def other(language: Language) -> Language:
    return "en" if language == "ko" else "ko"


def caption(captions: Iterable[SegmentCaption], language: Language) -> SegmentCaption | None:
    """A person's word stands above a machine's."""
    said = [one for one in captions if one.language == language]
    return next((one for one in said if one.origin == "human"), said[0] if said else None)


def text_of(captions: Iterable[SegmentCaption], language: Language) -> str:
    found = caption(captions, language)
    return found.text if found else ""


def between(span: Span) -> str:
    return f"{times.shown(span.start_ms)} – {times.shown(span.end_ms)}"


def who(people: Iterable[PersonInSegment], names: Names, language: Language, say: Say) -> str:
    """`민지 0.91, 하니 0.88, 모르는 얼굴 1`: everybody once, as sure as their surest mention; empty for nobody."""
    sure: dict[UUID, float] = {}
    unknown = 0
    for one in people:
        if one.person_id is None:
            unknown += 1
        elif one.person_id in names:
            sure[one.person_id] = max(one.probability, sure.get(one.person_id, 0))
    named = [f"{called(names[one], language)} {certain:.2f}" for one, certain in sure.items()]
    return ", ".join([*named, *([say("unknown faces: %(n)s", n=unknown)] if unknown else [])])


def why(evidence: Sequence[Evidence], missing: Sequence[str], names: Names, language: Language) -> str:
    told = [reasons.said(one, language, name=_named(one, names, language)) for one in evidence[:MOST_REASONS]]
    return " · ".join([*told, *(reasons.missing(words, language) for words in missing)])


def _named(reason: Evidence, names: Names, language: Language) -> str | None:
    """Evidence tells of a person by one of their names."""
    if reason.kind != "person":
        return None
    meant = (one for one in names.values() if reason.text in {one.name, one.name_ko, one.name_en, *one.aliases})
    return next((called(one, language) for one in meant), None)
