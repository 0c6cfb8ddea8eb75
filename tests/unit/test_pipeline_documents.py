"""What of a segment is indexed."""

from datetime import date
from uuid import UUID

import pytest

from gateway.pipeline.documents import day_in, document_of, framing_in
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption
from kernel.contracts.time import Span

VIDEO, MINJI = UUID(int=1), UUID(int=10)


def span(start: int, end: int) -> Span:
    return Span(start_ms=start, end_ms=end)


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("2026-11-03 vlog", date(2026, 11, 3)),
        ("직캠 2026.11.3 인천", date(2026, 11, 3)),
        ("fancam_20261103.mp4", date(2026, 11, 3)),
        ("2026년 11월 3일 브이로그", date(2026, 11, 3)),
        ("261103 NJZ 직캠", date(2026, 11, 3)),
        ("261399 NJZ", None),
        ("2026-02-30", None),
        ("takes 1234567", None),
        ("Day 2", None),
        ("", None),
    ],
)
def test_a_title_may_tell_the_day(title: str, day: date | None) -> None:
    assert day_in(title) == day


def test_a_document_says_when_exactly_its_people_and_strangers_are_seen() -> None:
    minji = PersonInSegment(person_id=MINJI, probability=0.9, origin="machine", seen=[span(10, 20), span(15, 30)])
    strangers = [
        PersonInSegment(person_id=None, probability=0, origin="machine", seen=[span(0, 5 + n)]) for n in (0, 9)
    ]
    segment = Segment(
        id=UUID(int=2),
        video_id=VIDEO,
        span=span(0, 40),
        captions=[],
        people=[minji, *strangers],
        version=1,
        scale="wide",
    )
    document = document_of(segment, "Day 2", added=date(2026, 11, 28))
    assert [mention.seen for mention in document.people] == [[span(10, 30)]]
    assert (document.unknown_faces, document.unknown_seen) == (2, [span(0, 14)])
    assert (document.scale, document.day) == ("wide", date(2026, 11, 28))
    assert document_of(segment, "2026-11-03", added=date(2026, 11, 28)).day == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("a close up of a woman's face", "close_up"),
        ("an extreme close-up of an eye", "extreme_close_up"),
        ("an aerial view of a city", "wide"),
        ("한 여자의 클로즈업", "close_up"),
        ("a woman close to a door", None),
        ("a wide river", None),
    ],
)
def test_a_caption_may_tell_the_framing_where_nobody_measured_it(text: str, scale: str | None) -> None:
    caption = SegmentCaption(text=text, language="en", origin="import")
    assert framing_in([caption]) == scale
    segment = Segment(id=UUID(int=2), video_id=VIDEO, span=span(0, 40), captions=[caption], people=[], version=1)
    assert document_of(segment, "").scale == scale
    assert document_of(segment.model_copy(update={"scale": "full"}), "").scale == "full"
