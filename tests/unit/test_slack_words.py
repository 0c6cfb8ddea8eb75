"""Times as people write them, the form's changes, text that can call nobody, messages within Slack's limits."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import catalogues
from kernel.contracts.errors import LANGUAGES, Language, Problem
from kernel.contracts.finding import PublicHit, SearchAnswer
from kernel.contracts.library import ListedSegment, PersonInSegment, SegmentCaption
from kernel.contracts.search import Chip, Evidence, SearchRequest
from kernel.contracts.time import Span
from slack_bot import times, typed
from slack_bot.blocks import cards, corrections, differences, kit, modals, notices
from slack_bot.changes import Following, Form, changes, form_of, read, shown
from slack_bot.kept import Kept
from slack_bot.results import Card, Results
from slack_bot.words import LOCALE, ROOM, speaker
from tests.slack_limits import message_faults, view_faults

LONG = "가<&>" * 1000


def a_segment(text: str = "a cup") -> ListedSegment:
    return ListedSegment(
        id=uuid4(),
        video_id=uuid4(),
        span=Span(start_ms=1000, end_ms=2000),
        captions=[SegmentCaption(text=text, language="en", origin="machine")],
        people=[PersonInSegment(person_id=UUID(int=1), probability=0.9, origin="machine")],
        version=1,
    )


@given(st.integers(min_value=0, max_value=10**9))
def test_a_time_that_is_shown_is_read_again(milliseconds: int) -> None:
    assert times.read(times.shown(milliseconds)) == milliseconds


@pytest.mark.parametrize(
    ("written", "read"), [("1:02,48", 62_480), (" 62 ", 62_000), ("soon", None), ("", None), ("1:", None)]
)
def test_times_are_read_as_people_write_them(written: str, read: int | None) -> None:
    assert times.read(written) == read


def test_only_what_differs_is_changed() -> None:
    segment = a_segment()
    was = form_of(segment)
    assert changes(segment.id, was, was) == []
    form = Form(1000, 1500, {"ko": "컵", "en": "a cup"}, (UUID(int=2),))
    assert [one.field for one in changes(segment.id, was, form)] == ["ko", "people", "span"]
    assert [one.field for one in changes(segment.id, was, Form(0, 1, deed="delete"))] == ["delete"]


def test_a_form_says_by_itself_what_it_was_filled_in_with() -> None:
    """Whoever reads it may have been started after it was opened."""
    segment, following, say = a_segment("두 줄\n<컵>"), a_segment(), speaker("ko")
    view = modals.form(segment, {}, "ko", say, following=following, since=[])
    was, wrong = read(shown(view["blocks"]), say)
    assert (was, wrong) == (replace(form_of(segment), people=()), {})
    merge = Following(following.id, following.span.start_ms, following.span.end_ms)
    assert Following.of(merge.written) == merge


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("내용: 민지가 = 잔다", {"captions": {"ko": "민지가 = 잔다"}}),
        ("Caption: asleep\nsecond line", {"captions": {"en": "asleep\nsecond line"}}),
        ("english: Minji (민지) sleeps", {"captions": {"en": "Minji (민지) sleeps"}}),
        ("사람： 민지、하니", {"people": ("민지", "하니")}),
        ("people:", {"people": ()}),
        ("edit: text=asleep end=0:05", {"captions": {"en": "asleep"}, "end_ms": 5000}),
        ("수정: 설명: 잔다\n시작: 1", {"captions": {"ko": "잔다"}, "start_ms": 1000}),
    ],
)
def test_a_correction_is_read_as_it_is_written(written: str, read: dict[str, Any]) -> None:
    assert typed.is_correction(written)
    assert not typed.is_hint(written)
    assert typed.read(written) == typed.Typed(**read)


@pytest.mark.parametrize("written", ["시작: 곧", "수정: 세그먼트ID=none 내용=잔다"])
def test_a_correction_that_cannot_be_read_says_nothing(written: str) -> None:
    assert typed.read(written) is None


@given(st.text(max_size=300))
def test_any_text_is_a_correction_a_hint_or_talk(text: str) -> None:
    assert not (typed.is_correction(text) and typed.is_hint(text))
    found = typed.as_caption(text)
    assert found is None or (typed.is_hint(text) or typed.is_edit(text))
    if typed.is_correction(text) and (said := typed.read(text)) is not None:
        assert said != typed.Typed()


@given(st.text(max_size=4000), st.integers(min_value=1, max_value=3000))
def test_clipped_text_is_no_longer_than_asked_and_cuts_no_entity(text: str, most: int) -> None:
    made = kit.clipped(kit.escaped(text), most)
    assert len(made) <= most
    assert "<" not in made
    assert made.count("&") == made.count("&amp;") + made.count("&lt;") + made.count("&gt;") or len(text) <= most


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_of_everything_is_within_slacks_limits(language: Language) -> None:
    say, hit = speaker(language), a_hit()
    chip = Chip(key="person:" + "k" * 90, kind="person", written="w", label_ko=LONG[:200], label_en=LONG[:200])
    answer = SearchAnswer(query=LONG[:500], hits=[hit] * 5, chips=[chip] * 30, next_cursor="c" * 1000, took_ms=1)
    question = SearchRequest(query=LONG[:500])
    made = tuple(Card(hit, 2**31, picture="F" * 11) for _ in range(5))
    found = Results("r" * 12, question, answer, made)
    shown = cards.results(found, language, say)
    assert message_faults(shown.blocks, shown.text) == []
    for note in (LONG[:1000], '"\n' * 500):
        shared = cards.shared(made[0], found, language, say, by="U1", note=note)
        assert message_faults(shared.blocks, shared.text) == []
        value = next(one["value"] for one in shared.blocks[-1]["elements"] if one["action_id"] == "card:edit")
        assert json.loads(value)["b"] == "U1", "by that a card in a thread is known"
    offered = corrections.offer({"s": "s", "v": 1, "t": "1.1"}, LONG[:3000], say)
    assert message_faults(offered.blocks, offered.text) == []
    which = corrections.which([(LONG[:3000], {"s": "s", "v": 1, "t": "1.1"})] * 20, say)
    assert message_faults(which.blocks, which.text) == []
    form = modals.form(
        a_segment(LONG[:2000]), {}, language, say, following=a_segment(), since=modals.stale([LONG], say)
    )
    assert view_faults(form) == []
    long = a_segment(LONG[:2000])
    made_of = changes(long.id, form_of(long), Form(0, 1, {"ko": LONG[:2000], "en": ""}, ()))
    assert view_faults(modals.preview(made_of, {}, say)) == []
    refused = Problem(type="t", title="t", status=503, code="c", detail=LONG[:5000])
    assert message_faults(notices.refused(refused, say).blocks, "t") == []
    assert message_faults(differences.conflict(refused, {"s": "s", "v": 1}, {}, language, say).blocks, "t") == []


def a_hit() -> PublicHit:
    segment = a_segment(LONG[:2000])
    return PublicHit(
        segment_id=segment.id,
        video_id=segment.video_id,
        title=LONG[:300],
        span=segment.span,
        captions=segment.captions,
        people=segment.people * 100,
        score=1,
        evidence=[Evidence(kind="words", text=LONG[:500], score=1)] * 20,
        missing=[LONG[:300]] * 5,
        link="http://127.0.0.1:8000/videos/x?t=0",
    )


def test_what_is_kept_is_bounded_in_number_and_time() -> None:
    now = 0.0
    kept: Kept[int] = Kept(10, most=2, clock=lambda: now)
    assert [kept.first(key, 1) for key in "aab"] == [True, False, True]
    kept.put("c", 3)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (None, 1, 3)
    now = 11.0
    assert kept.get("c") is None


def test_everything_that_is_said_is_said_in_korean() -> None:
    said = {str(message) for message in catalogues.messages(ROOM)}
    korean = {str(message.id): str(message.string) for message in catalogues.stored(LOCALE, "ko") if message.id}
    assert korean.keys() == said, "run python -m slack_bot.words"
    assert [message for message, translated in korean.items() if not translated] == []
