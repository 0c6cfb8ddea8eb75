"""History in words: every kind and door has one, every field reads as somebody would say it."""

from typing import get_args
from uuid import uuid4

import pytest

from gateway.editor.fields import difference
from gateway.pages import telling
from gateway.pages.language import translations
from kernel.contracts.errors import LANGUAGES
from kernel.contracts.history import Door, EditKind
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption
from kernel.contracts.time import Span

VIDEO, MINJI = uuid4(), uuid4()


def scene(**changed: object) -> Segment:
    plain = Segment(id=VIDEO, video_id=VIDEO, span=Span(start_ms=0, end_ms=1000), captions=[], people=[], version=1)
    return plain.model_copy(update=changed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_and_door_has_a_word(language: str) -> None:
    say = translations(language).gettext
    assert telling.kinds(say).keys() == set(every(EditKind))
    assert telling.doors(say).keys() == set(get_args(Door))
    assert all(telling.kinds(say).values())


def every(kind: object) -> list[str]:
    return [word for part in get_args(kind) for word in (get_args(part) or [part])]


def test_fields_read_as_words() -> None:
    before = scene(captions=[SegmentCaption(text="전", language="ko", origin="human")], tags=["하이라이트"])
    after = scene(
        span=Span(start_ms=500, end_ms=1500),
        span_origin="human",
        captions=[SegmentCaption(text="후", language="ko", origin="human")],
        people=[PersonInSegment(person_id=MINJI, probability=1, origin="human")],
    )
    changes = difference([before], [after])
    told = {
        field.name: (field.before, field.after)
        for field in telling._told(changes[0], after.span, {MINJI: "민지"}, telling.fields(str)).fields
    }
    assert told["In and out"] == ("00:00:00.000 – 00:00:01.000", "00:00:00.500 – 00:00:01.500")
    assert told["Caption (Korean)"] == ("전", "후")
    assert told["Tag"] == ("하이라이트", "")
    assert told["Person"] == ("", "민지")
