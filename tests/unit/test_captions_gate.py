"""What captioners write, through the gate: a labelled sample of our own, and what stands beside the checkout."""

from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest

from gateway.captions.entry import Gallery, entered, named_as_seen
from gateway.captions.gate import judged
from gateway.captions.people import Seen, fitting
from kernel.contracts.errors import Language
from kernel.contracts.library import PersonInSegment, SegmentCaption, Sex
from kernel.contracts.time import Span
from kernel.language import HANGUL
from tests import caption_lines, caption_sample, retrieval

SHARED = Path(__file__).parents[3] / "shared" / "data"
MINJI, HANNI = UUID(int=1), UUID(int=2)
GALLERY = Gallery(
    called={
        name: frozenset({who})
        for name, who in (("민지", MINJI), ("Kim Minji", MINJI), ("하니", HANNI), ("Hanni", HANNI))
    },
    sexes={MINJI: "female", HANNI: "female"},
)


def language(text: str) -> Language:
    return "ko" if HANGUL.search(text) else "en"


def on(*people: UUID | None) -> list[PersonInSegment]:
    span = Span(start_ms=0, end_ms=1000)
    return [PersonInSegment(person_id=one, probability=0.9, origin="machine", seen=[span]) for one in people]


def caption(text: str, **more: object) -> SegmentCaption:
    return SegmentCaption.model_validate({"text": text, "language": language(text), "origin": "machine"} | more)


@pytest.mark.parametrize(("fault", "sentences"), caption_sample.bad().items())
def test_less_than_one_in_a_hundred_of_each_is_shown_as_it_is(fault: str, sentences: list[str]) -> None:
    passed = [text for text in sentences if not judged(text, language(text)).faults]
    assert len(sentences) >= 80
    assert len(passed) < 0.01 * len(sentences), passed


@pytest.mark.parametrize(
    ("kind", "most"), [("echo", 0.01), ("spam", 0.03), ("loop", 0.02), ("cut", 0.035)]
)  # measured: 0, 2.4, 1.7 and 3.3 %
def test_of_captions_written_before_a_look_at_the_gate_few_are_shown_with_their_fault(
    kind: caption_lines.Kind, most: float
) -> None:
    lines = caption_lines.bad(kind)
    found = [(line.text, judged(line.text, language(line.text)).text) for line in lines]
    verdicts = [caption_lines.judge(line, shown) for line, (_, shown) in zip(lines, found, strict=True)]
    wrong = [pair for pair, verdict in zip(found, verdicts, strict=True) if verdict == "shown"]
    assert len(lines) > 100
    assert len(wrong) < most * len(lines) + 1e-9, wrong
    assert verdicts.count("held") + verdicts.count("short") < 0.03 * len(lines)


def test_of_good_captions_that_look_dangerous_less_than_one_in_a_hundred_is_touched() -> None:
    good = caption_lines.good()
    touched = [(text, judged(text, language(text)).text) for text in good if judged(text, language(text)).faults]
    assert len(good) > 450
    assert len(touched) < 0.01 * len(good), touched


def test_captions_over_casts_written_before_a_look_at_the_gate() -> None:
    lines = list(caption_lines.against())
    fits = [fitting(line.text, language(line.text), line.seen) for line in lines]
    shown = [
        (line, fit)
        for line, fit in zip(lines, fits, strict=True)
        if any(caption_lines.says(fit, one) for one in line.wrong)
    ]
    good = [(line, fit) for line, fit in zip(lines, fits, strict=True) if not line.wrong]
    touched = [(line, fit) for line, fit in good if fit != line.text]
    assert len(lines) > 350
    assert not shown
    assert len(touched) < 0.055 * len(good), touched  # measured: 4.5 %, half of them relatives


def test_what_is_mended_has_no_fault_left() -> None:
    for text in (text for sentences in caption_sample.bad().values() for text in sentences):
        mended = judged(text, language(text)).text
        if mended is not None:
            assert judged(mended, language(mended)).faults == (), text


def test_what_is_mended_still_tells_what_was_seen() -> None:
    """Whoever looks for the scene finds it: the sentence before the fault is there to the word."""
    told = 0
    mended = [judged(text, "en").text or "" for texts in caption_sample.bad().values() for text in texts]
    for text in mended:
        told += any(scene in text.lower() for scene in caption_sample.SCENES)
    assert told > 0.85 * len(mended)


def test_less_than_two_in_a_hundred_good_captions_are_touched() -> None:
    good = caption_sample.good()
    if SHARED.is_dir():
        good += [text for pair in retrieval.pairs(SHARED) for text in (pair.caption_en, pair.caption_ko)]
        good += retrieval.distractors(SHARED)
    touched = [text for text in good if judged(text, language(text)).text != text]
    assert len(good) > 130
    assert len(touched) < 0.02 * len(good), touched


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a man and a woman are walking", "a person and a woman are walking"),
        ("A man puts his hat on", "A person puts their hat on"),
        ("two men are dancing", "two people are dancing"),
        ("두 남자가 춤을 춘다", "두 사람이 춤을 춘다"),
        ("한 남자가 노래한다", "한 사람이 노래한다"),
        ("two women are dancing", "two women are dancing"),
        ("a woman is dancing alone", "a woman is dancing"),
        ("an empty room", None),
        ("there is no one on the stage", None),
        ("아무도 없다", None),
    ],
)
def test_what_contradicts_two_known_women_is_made_neutral(text: str, fits: str | None) -> None:
    assert fitting(text, language(text), Seen(["female", "female"], 2, 0)) == fits


SEXES: dict[str, Sex] = {"f": "female", "m": "male"}


def test_of_captions_against_known_people_less_than_one_in_a_hundred_is_shown_and_few_good_ones_are_touched() -> None:
    shown, touched, count = list[tuple[str, str]](), list[tuple[str, str]](), Counter[bool]()
    for text, cast, wrong in caption_sample.against_people():
        as_told = fitting(text, "en", Seen([SEXES[one] for one in cast], len(cast), 0)) == text
        count[wrong] += 1
        if wrong and as_told:
            shown.append((text, cast))
        if not wrong and not as_told:
            touched.append((text, cast))
    assert min(count.values()) > 300
    assert len(shown) < 0.01 * count[True], shown[::5]
    assert len(touched) < 0.02 * count[False], touched[::5]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("two men are dancing", "two people are dancing"),
        ("a group of young women on a stage", "a group of people on a stage"),
        ("a man and a woman are walking", "a man and a woman are walking"),
        ("두 남자가 춤을 춘다", "두 사람이 춤을 춘다"),
        ("두 명의 여자가 걷는다", "두 명의 사람이 걷는다"),
        ("한 남자가 한 여자를 본다", "한 남자가 한 여자를 본다"),
    ],
)
def test_of_one_woman_and_one_man_neither_are_several(text: str, fits: str) -> None:
    assert fitting(text, language(text), Seen(["female", "male"], 2, 0)) == fits


def test_where_somebody_may_be_anybody_nothing_is_contradicted() -> None:
    man = "a man is walking"
    assert fitting(man, "en", Seen(["female"], 1, 1)) == man
    assert fitting(man, "en", Seen(["female", None], 2, 0)) == man
    assert fitting(man, "en", Seen(["female", "male"], 2, 0)) == man
    assert fitting("an empty room", "en", Seen([], 0, 2)) == "an empty room"
    assert fitting("two women are dancing", "en", Seen([None] * 3, 3, 0)) == "several women are dancing"


def test_a_caption_names_only_who_is_seen_there() -> None:
    said = "Hanni and Kim Minji are on a stage"
    assert named_as_seen(said, "en", on(MINJI, HANNI), GALLERY) == said
    assert named_as_seen(said, "en", on(MINJI), GALLERY) == "A person and Kim Minji are on a stage"
    assert named_as_seen("하니가 노래한다", "ko", on(MINJI), GALLERY) == "한 사람이 노래한다"


def test_captions_enter_mended_with_what_was_written_or_are_held_with_a_reason() -> None:
    came = [
        caption("a woman is singing and", model_id="eilev"),
        caption("Question: What is the camera wearer doing?", model_id="eilev"),
        caption("Hanni is singing on a stage", origin="import"),
        caption("Question: who wrote this", origin="human"),
        caption("Nothing was recognised and", observed=True),
    ]
    kept, held = entered(came, on(MINJI), GALLERY)
    assert [(one.text, one.faults, one.original) for one in kept] == [
        ("A woman is singing", ["cut_off"], "a woman is singing and"),
        ("A person is singing on a stage", ["unsupported_name"], "Hanni is singing on a stage"),
        ("Question: who wrote this", [], None),
        ("Nothing was recognised and", [], None),
    ]
    assert [(one.text, one.faults, one.model_id) for one in held] == [
        ("Question: What is the camera wearer doing?", ["prompt_echo"], "eilev")
    ]
