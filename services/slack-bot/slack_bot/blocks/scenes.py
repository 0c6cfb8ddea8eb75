"""What is said of a scene: its captions, who is in it, why it was found."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

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


def why(evidence: Sequence[Evidence], missing: Sequence[str], say: Say) -> str:
    told = [_reason(reason, say) for reason in evidence[:MOST_REASONS]]
    return " · ".join([*told, *(say("nothing of “%(words)s”", words=words) for words in missing)])


def _reason(reason: Evidence, say: Say) -> str:
    score, text = f"{reason.score:.2f}", reason.text
    told: dict[str, Callable[[], str]] = {
        "person": lambda: say("face %(name)s %(sure)s", name=text, sure=score),
        "words": lambda: say("caption “%(words)s”", words=text),
        "object": lambda: say("object %(name)s", name=text),
        "translation": lambda: say("“%(asked)s” → “%(words)s”", asked=reason.asked or "", words=text),
        "set": lambda: say("together: %(names)s", names=text),
        "similar": lambda: say("looks alike %(score)s", score=score),
    }
    return told.get(reason.kind, lambda: say("meaning %(score)s", score=score))()
