"""What of a segment is indexed. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from uuid import UUID

from gateway.pipeline.merge import together, union, unknown_faces
from kernel.contracts.captions import SeenObject, ShotScale
from kernel.contracts.embeddings import Document, PersonMention
from kernel.contracts.errors import Language
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption

# A human's word stands above what an older pipeline said, and that above our own machines.
STANDING = {"human": 0, "import": 1, "machine": 2}

FIRST_YEAR = 1900
_YEAR, _MONTH, _DAY = r"((?:19|20)\d\d)", r"(0[1-9]|1[0-2])", r"(0[1-9]|[12]\d|3[01])"
DATED = re.compile(
    rf"(?<!\d)(?:{_YEAR}\s*[-._/년]\s*(0?[1-9]|1[0-2])\s*[-._/월]\s*([12]\d|3[01]|0?[1-9])"
    rf"|{_YEAR}{_MONTH}{_DAY}|(\d\d){_MONTH}{_DAY})(?!\d)"
)
# How captions name a framing; the closer one first.
FRAMINGS: tuple[tuple[ShotScale, re.Pattern[str]], ...] = (
    ("extreme_close_up", re.compile(r"\bextreme close[- ]?ups?\b|익스트림\s*클로즈\s*업", re.IGNORECASE)),
    ("close_up", re.compile(r"\bclose[- ]?ups?\b|클로즈\s*업", re.IGNORECASE)),
    ("medium", re.compile(r"\b(?:medium|waist|bust)[- ]shot\b|(?:미디엄|바스트|웨이스트)\s*[샷숏]", re.IGNORECASE)),
    ("full", re.compile(r"\bfull[- ](?:body|length)\b|\bfull[- ]shot\b|전신|풀\s*[샷숏]", re.IGNORECASE)),
    (
        "wide",
        re.compile(r"\b(?:wide|aerial|panoramic|bird's[- ]eye)[- ](?:shot|view)\b|와이드\s*[샷숏]", re.IGNORECASE),
    ),
)
NOBODY_MERGED: Mapping[UUID, UUID] = {}


def document_of(
    segment: Segment, title: str, resolved: Mapping[UUID, UUID] = NOBODY_MERGED, added: date | None = None
) -> Document:
    """The document of a segment: its best caption in each language, its people as a set and when they are seen.

    `resolved`: merged people to whom they turned out to be; search knows only these. `added`: the day the video came
    into the library, which it is taken to be of when its title tells no other.
    """
    captions = ranked(segment.captions)
    best = captions[0] if captions else None
    return Document(
        segment_id=segment.id,
        video_id=segment.video_id,
        version=segment.version,
        span=segment.span,
        title=title,
        text_ko=_text(captions, "ko"),
        text_en=_text(captions, "en"),
        origin=best.origin if best else "machine",
        caption_model=best.model_id if best else None,
        observed=best.observed if best else False,
        people=[_mention(person) for person in together(segment.people, resolved) if person.person_id is not None],
        unknown_faces=unknown_faces(segment.people),
        unknown_seen=union(seen for person in segment.people if person.person_id is None for seen in person.seen),
        objects=[*_labels(segment.objects), *segment.tags, *(note.text for note in segment.notes)],
        scale=segment.scale or framing_in(captions),
        day=day_in(title) or added,
    )


def day_in(title: str) -> date | None:
    """The first date a title tells: 2026-11-03, 2026.11.3, 20261103, 2026년 11월 3일, or 261103 as fans write it."""
    for found in DATED.finditer(title):
        year, month, day = (int(part) for part in found.groups() if part is not None)
        with suppress(ValueError):
            return date(year if year >= FIRST_YEAR else 2000 + year, month, day)
    return None


def framing_in(captions: Iterable[SegmentCaption]) -> ShotScale | None:
    """The framing that a caption names: all there is where nobody measured one, as in rows of an older pipeline."""
    texts = [caption.text for caption in captions]
    return next((scale for scale, named in FRAMINGS if any(map(named.search, texts))), None)


def _labels(objects: Sequence[SeenObject]) -> list[str]:
    return [label for seen in objects for label in (seen.label, seen.label_ko)]


def ranked(captions: Sequence[SegmentCaption]) -> list[SegmentCaption]:
    """Captions by standing; the order within one standing is kept."""
    return sorted(captions, key=lambda caption: STANDING[caption.origin])


def _text(captions: Sequence[SegmentCaption], language: Language) -> str | None:
    return next((caption.text for caption in captions if caption.language == language), None)


def _mention(person: PersonInSegment) -> PersonMention:
    if person.person_id is None:
        raise ValueError("an unknown face is counted, not mentioned")
    return PersonMention(
        person_id=person.person_id,
        probability=person.probability,
        seen_ms=sum(seen.duration_ms for seen in person.seen),
        seen=union(person.seen),
        human=person.origin == "human" or person.ruled,
    )
