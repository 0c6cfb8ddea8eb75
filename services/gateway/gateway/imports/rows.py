"""Rows of an older pipeline, read into what the library knows; a row that means nothing is refused with a reason.

A row is one second of one video::

    {"timestamp": 100, "video_id": "...", "caption": "...",
     "faces": [{"group": "NJZ", "member": "Kim Minji", "confidence": 0.75, "bbox": [l, t, r, b]}]}

The file is a list of rows, or `{"rows": [...], "people": [{"member", "group", "aliases": [...], "sex"}]}`.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid5

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.captions.entry import NOBODY, Gallery, entered
from kernel.contracts.errors import InvalidError, Language
from kernel.contracts.library import PersonInSegment, RefusedRow, Segment, SegmentCaption, Sex
from kernel.contracts.malformed import said
from kernel.contracts.time import Span

ROW_MS = 1000
SECOND: dict[Language, str] = {
    "en": "a second row for {row.timestamp} s of {row.video_id}",
    "ko": "{row.video_id}의 {row.timestamp}초에 대한 행이 이미 있습니다",
}
SPACE = UUID("8d9f3c6e-0b0e-5d0e-9a55-4f2b8a4d1c77")  # names the ids of imported videos


def _text(value: str) -> str:
    """NFC, no NUL (PostgreSQL stores none), no space around it."""
    return unicodedata.normalize("NFC", value.replace("\x00", "")).strip()


Text = Annotated[str, AfterValidator(_text)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class ImportFormError(InvalidError):
    sentences: ClassVar[dict[Language, str]] = {
        "en": 'That is no import: expected a list of rows, or {{"rows": […], "people": […]}}',
        "ko": '가져올 수 없는 형식입니다. 행 목록이나 {{"rows": […], "people": […]}} 형식이어야 합니다',
    }


class Lenient(BaseModel):
    """Older pipelines carry columns of their own: those are left aside, not an error."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True, str_min_length=0)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:
        """An explicit null says no more than a field that is left out."""
        return {name: value for name, value in given.items() if value is not None} if isinstance(given, dict) else given


class FaceRow(Lenient):
    group: Text | None = None
    member: Text | None = None
    confidence: float = Field(default=1.0, ge=0, le=1)
    bbox: tuple[Finite, Finite, Finite, Finite] | None = None


class Row(Lenient):
    timestamp: float = Field(
        ge=0, le=10_000_000, description="Seconds from the start of the video", strict=True, allow_inf_nan=False
    )
    video_id: Annotated[Text, Field(min_length=1, max_length=500)]
    caption: Annotated[Text, Field(max_length=2000)] = ""
    faces: tuple[FaceRow, ...] = ()


class NamedPerson(Lenient):
    member: Annotated[Text, Field(min_length=1, max_length=200)]
    group: Text | None = None
    aliases: tuple[Text, ...] = ()
    sex: Sex | None = None


Who = tuple[str | None, str]  # group, member


@dataclass(frozen=True)
class ImportedRows:
    """What a file says: rows by video in order of time, everybody named in it, and the rows refused."""

    rows: int
    videos: dict[str, list[Row]]
    people: dict[Who, tuple[str, ...]]
    refused: list[RefusedRow] = field(default_factory=list)
    sexes: dict[Who, Sex] = field(default_factory=dict)


def read(payload: Any, language: Language = "en") -> ImportedRows:
    """Read the file's JSON; reasons are in `language`. Raises ImportFormError when it is neither of the two forms."""
    raw_rows, raw_people = _parts(payload)
    videos: dict[str, list[Row]] = defaultdict(list)
    people: dict[Who, tuple[str, ...]] = {}
    sexes: dict[Who, Sex] = {}
    refused: list[RefusedRow] = []
    seen: set[tuple[str, int]] = set()
    for index, raw in enumerate(raw_rows):
        try:
            row = Row.model_validate(raw)
        except ValidationError as error:
            refused.append(RefusedRow(row=index, reason=_reason(error, language)))
            continue
        moment = (row.video_id, round(row.timestamp * 1000))
        if moment in seen:
            refused.append(RefusedRow(row=index, reason=SECOND[language].format(row=row)))
            continue
        seen.add(moment)
        videos[row.video_id].append(row)
        people.update({who: () for face in row.faces if (who := who_is(face)) is not None and who not in people})
    for index, raw in enumerate(raw_people):
        try:
            person = NamedPerson.model_validate(raw)
        except ValidationError as error:
            refused.append(RefusedRow(row=index, part="people", reason=_reason(error, language)))
        else:
            people[_key(person.group, person.member)] = person.aliases
            if person.sex:
                sexes[_key(person.group, person.member)] = person.sex
    for rows in videos.values():
        rows.sort(key=lambda row: row.timestamp)
    return ImportedRows(len(raw_rows), dict(videos), people, refused, sexes)


def _parts(payload: Any) -> tuple[list[Any], list[Any]]:
    """Rows and people as they are written."""
    if isinstance(payload, list):
        return payload, []
    if isinstance(payload, dict):
        rows, people = payload.get("rows"), payload.get("people") or []
        if isinstance(rows, list) and isinstance(people, list):
            return rows, people
    raise ImportFormError


def _reason(error: ValidationError, language: Language) -> str:
    return said(error.errors(include_url=False)[0], language, whole="row")


def _key(group: str | None, member: str) -> Who:
    return (group or None, member)


def who_is(face: FaceRow) -> Who | None:
    """Group and member of a face, or None when the older pipeline did not know either."""
    return _key(face.group, face.member) if face.member and face.member.casefold() != "unknown" else None


def video_uuid(external_id: str) -> UUID:
    return uuid5(SPACE, external_id)


def segments_of(
    video_id: UUID, rows: Iterable[Row], person_id: Callable[[Who], UUID], gallery: Gallery = NOBODY
) -> list[Segment]:
    """One segment a row, `[timestamp, timestamp + 1 s)`; ids depend only on video and time.

    Of the `gallery` a caption names only whom its row's faces show.
    """
    return [_segment(video_id, row, person_id, gallery) for row in rows]


def _segment(video_id: UUID, row: Row, person_id: Callable[[Who], UUID], gallery: Gallery) -> Segment:
    start = round(row.timestamp * 1000)
    span = Span(start_ms=start, end_ms=start + ROW_MS)
    people = _people(row, span, person_id)
    captions, held = entered([_caption(row.caption)] if row.caption else [], people, gallery)
    return Segment(
        id=uuid5(video_id, f"{span.start_ms}-{span.end_ms}"),
        video_id=video_id,
        span=span,
        captions=captions,
        held=held,
        people=people,
        version=0,
    )


def _caption(text: str) -> SegmentCaption:
    return SegmentCaption(text=text, language=language_of(text), origin="import")


def language_of(caption: str) -> Language:
    return "ko" if any("\uac00" <= character <= "\ud7a3" for character in caption) else "en"


def _people(row: Row, span: Span, person_id: Callable[[Who], UUID]) -> list[PersonInSegment]:
    """Everybody once: an older pipeline that named a member twice in one second is taken at its surer word."""
    named: dict[UUID, PersonInSegment] = {}
    unknown: list[PersonInSegment] = []
    for face in sorted(row.faces, key=lambda f: -f.confidence):
        who = who_is(face)
        person = PersonInSegment(
            person_id=person_id(who) if who else None,
            probability=face.confidence,
            origin="import",
            seen=[span],
            imported_box=face.bbox,
        )
        if person.person_id is None:
            unknown.append(person)
        else:
            named.setdefault(person.person_id, person)
    return [*named.values(), *unknown]
