"""What an answer may be made of: the hits, as numbered exhibits in which nobody is named. Pure.

Captions are texts of strangers. They travel as strings inside of JSON, are called data, and one that reads like an
order to a model is no exhibit at all. What comes back is checked against the exhibits in any case (support.py).
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.contracts.errors import Language
from kernel.contracts.search import Hit
from kernel.contracts.time import Span
from search_service.answering.stand_ins import Cast

MOST_EXHIBITS = 40
LONGEST_TEXT = 400

_ORDER = re.compile(
    r"(?:ignore|disregard|forget)\s+(?:\w+\s+){0,3}(?:instruction|prompt|rule|above|previous|everything)"
    r"|\b(?:system|assistant|developer)\s*(?:prompt|message|:)|you are (?:now|an? (?:ai|assistant|model))"
    r"|\b(?:respond|reply|answer|say|output|print|write|repeat)(?:\s+(?:only|with|this|exactly|the following)\b|\s*:)"
    r"|as an ai|new instructions?|<\s*/?\s*(?:system|instruction|script|user)|```|\{\{|https?://|www\.|javascript:"
    r"|(?:지시|명령|규칙|프롬프트)\S*\s*(?:를|을|은|는)?\s*(?:\S+\s+)?(?:무시|잊)|이전\s*(?:지시|명령|내용)|시스템\s*(?:프롬프트|메시지)"
    r"|(?:라고|다음과 같이|이렇게)\s*(?:만\s*)?(?:대답|답|출력|말)(?:하|해)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Exhibit:
    """One segment as it may be cited: texts with stand-ins, who is on it by evidence, when."""

    number: int
    segment_id: UUID
    video_id: UUID
    title: str
    span: Span
    people: tuple[UUID, ...]
    unknown_faces: int
    texts: tuple[tuple[Language, str], ...]
    seen_ms: tuple[int, ...]  # for how long each of the people is seen

    def text(self, language: Language) -> str | None:
        """The caption in that language, else in the other."""
        spoken = dict(self.texts)
        return spoken.get(language) or next(iter(spoken.values()), None)


def orders(text: str) -> bool:
    """Whether a text reads like an instruction to a model rather than like a caption."""
    return bool(_ORDER.search(text))


def exhibits(hits: Sequence[Hit], cast: Cast, most: int = MOST_EXHIBITS) -> list[Exhibit]:
    return [_exhibit(number, hit, cast) for number, hit in enumerate(hits[:most], 1)]


def _exhibit(number: int, hit: Hit, cast: Cast) -> Exhibit:
    people = tuple(mention.person_id for mention in hit.people)
    for person in people:
        cast.label(person)
    spoken: Iterable[tuple[Language, str | None]] = (("ko", hit.text_ko), ("en", hit.text_en))
    texts = tuple(
        (language, cast.masked(text[:LONGEST_TEXT], people)) for language, text in spoken if text and not orders(text)
    )
    seen = tuple(min(mention.seen_ms or hit.span.duration_ms, hit.span.duration_ms) for mention in hit.people)
    return Exhibit(number, hit.segment_id, hit.video_id, hit.title, hit.span, people, hit.unknown_faces, texts, seen)


def as_json(question: str, language: Language, shown: Sequence[Exhibit], cast: Cast) -> str:
    """What a model is given. Titles stay here: an answer needs none of their words."""
    videos = {video: f"video {number}" for number, video in enumerate(dict.fromkeys(one.video_id for one in shown), 1)}
    said = {
        "question": question,
        "language": "Korean" if language == "ko" else "English",
        "segments": [
            {
                "number": one.number,
                "video": videos[one.video_id],
                "from": clock(one.span.start_ms),
                "to": clock(one.span.end_ms),
                "people": [cast.label(person) for person in one.people],
                "unknown_people": one.unknown_faces,
                "captions": [text for _, text in one.texts],
            }
            for one in shown
        ],
    }
    return json.dumps(said, ensure_ascii=False)


def clock(ms: int) -> str:
    """mm:ss, with hours when there are any."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
