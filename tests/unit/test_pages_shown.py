"""What pages show: names, times, captions, lanes; every message in both languages."""

import hashlib
import json
import re
from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest
from starlette.requests import Request

from gateway.library.segments import Moment
from gateway.models import Models
from gateway.pages import cards, choosing, conditions, extraction, formats, honesty
from gateway.pages.language import reader_language, translations
from gateway.people import display, portraits
from kernel.contracts.captions import CaptionModel
from kernel.contracts.errors import Language
from kernel.contracts.faces import Box, FaceModel
from kernel.contracts.library import Person, PersonInSegment, SegmentCaption
from kernel.contracts.models import ModelCard
from kernel.contracts.time import Span

SPACE = UUID(int=5)
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


# ---- messages


def test_every_message_is_translated_and_none_is_left_over() -> None:
    korean = extraction.renewed("ko")
    for message in korean:
        if not message.id:
            continue
        ids = (message.id,) if isinstance(message.id, str) else message.id
        strings = (message.string,) if isinstance(message.string, str) else message.string
        assert all(strings), f"not translated: {message.id}"
        assert all(set(PLACEHOLDER.findall(s)) == set(PLACEHOLDER.findall(ids[0])) for s in strings), message.id
        assert not message.fuzzy, message.id
    stored = {str(message.id) for message in extraction.stored("ko") if message.id}
    assert stored == {str(message.id) for message in korean if message.id}


def test_messages_are_said_in_the_language() -> None:
    assert translations("ko").gettext("Library") == "보관함"
    assert translations("en").gettext("Library") == "Library"
    assert translations("en").ngettext("%(num)s scene", "%(num)s scenes", 2) == "%(num)s scenes"
    assert translations("ko").ngettext("%(num)s scene", "%(num)s scenes", 1) == "장면 %(num)s개"


def asking(accept: str = "", cookie: str = "", query: str = "") -> Request:
    headers = [(b"accept-language", accept.encode()), (b"cookie", cookie.encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (asking(), "ko"),
        (asking("fr-FR"), "ko"),
        (asking("en-US,en;q=0.9,ko;q=0.8"), "en"),
        (asking("en;q=0.5, ko-KR;q=0.7"), "ko"),
        (asking("en", "lang=ko"), "ko"),
        (asking("ko", "lang=ko", "lang=en"), "en"),
        (asking("en", "lang=xx"), "en"),
        (asking("ko;q=nonsense"), "ko"),
    ],
)
def test_the_readers_language(request_: Request, expected: Language) -> None:
    assert reader_language(request_, "ko") == expected


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "/\\evil", "", "javascript:1", "/\r\nX: y"]
)
def test_choosing_a_language_never_leads_elsewhere(address: str) -> None:
    assert choosing.local(address) == "/"


def test_choosing_a_language_leads_back() -> None:
    assert choosing.local("/search?q=민지") == "/search?q=민지"


# ---- writing


def test_times() -> None:
    assert formats.timecode(3_600_000 + 560_133) == "01:09:20.133"
    assert [formats.clock(ms) for ms in (0, 59_999, 60_000, 3_725_000)] == ["0:00", "0:59", "1:00", "1:02:05"]
    assert [formats.seconds(5_040, "ko"), formats.seconds(5_040, "en"), formats.seconds(80_000, "ko")] == [
        "5.0초",
        "5.0 s",
        "1:20",
    ]


def test_names_in_a_language() -> None:
    assert display.korean("Kim Minji", ["MJ", "김민지", "민지"]) == "김민지"
    assert display.english("김민지", ["민지", "Minji 1"]) == "Minji 1"
    assert display.korean("Hanni", []) == display.english("하니", []).replace("하니", "Hanni") == "Hanni"
    assert display.distinct("하니", ["", " 하니 ", "Hanni", "Hanni "]) == ["Hanni"]


# ---- cards


def person(name: str, colour: int = 0) -> Person:
    return Person(
        id=uuid5(SPACE, name), name=name, name_ko=name, name_en=name, colour=colour, created_at=datetime.now(UTC)
    )


def caption(text: str, language: Language, origin: str = "machine") -> SegmentCaption:
    return SegmentCaption.model_validate({"text": text, "language": language, "origin": origin})


def seen(who: Person | None, probability: float = 0.9, *spans: Span) -> PersonInSegment:
    return PersonInSegment(
        person_id=who.id if who else None, probability=probability, origin="machine", seen=list(spans)
    )


def test_a_humans_caption_stands_first_and_the_readers_language_too() -> None:
    captions = [caption("m", "ko"), caption("e", "en"), caption("사람", "ko", "human")]
    assert [c and c.text for c in (cards.said(captions, "ko").first, cards.said(captions, "ko").second)] == [
        "사람",
        "e",
    ]
    english = cards.said(captions, "en")
    assert [c and c.text for c in (english.first, english.second)] == ["e", "사람"]
    only = cards.said([caption("e", "en")], "ko")
    assert (only.first and only.first.text, only.second) == ("e", None)


def test_everybody_once_surest_first_and_the_unknown_counted() -> None:
    minji, hanni = person("민지"), person("하니")
    known = {p.id: p for p in (minji, hanni)}
    named, unknown = cards.who_is_in(
        [seen(hanni, 0.7), seen(None), seen(minji, 0.6), seen(minji, 0.95), seen(person("gone"))], known
    )
    assert named == [(minji, 0.95), (hanni, 0.7)]
    assert unknown == 2


def test_lanes_count_overlapping_time_once_and_end_with_the_unknown() -> None:
    minji, hanni = person("민지"), person("하니")
    spans = [
        (None, Span(start_ms=0, end_ms=90_000)),
        (minji.id, Span(start_ms=0, end_ms=1000)),
        (hanni.id, Span(start_ms=0, end_ms=2000)),
        (hanni.id, Span(start_ms=1000, end_ms=3000)),
    ]
    made = cards.lanes(spans, {p.id: p for p in (minji, hanni)}, "ko", "모르는 사람")
    assert [(lane.name, lane.total_ms) for lane in made] == [("하니", 3000), ("민지", 1000), ("모르는 사람", 90_000)]


def test_videos_without_tracks_have_lanes_from_their_segments() -> None:
    minji = person("민지")
    span = Span(start_ms=0, end_ms=1000)
    assert cards.seen_in([Moment(span, [minji.id], unknown=True)]) == [(minji.id, span), (None, span)]


def test_an_hour_of_one_second_spans_is_drawn_as_few() -> None:
    spans = [Span(start_ms=at * 2000, end_ms=at * 2000 + 1000) for at in range(1800)]
    lane = cards.Lane(None, "모르는 사람", spans)
    assert (len(lane.drawn(3_600_000)), len(lane.drawn(600_000)), lane.total_ms) == (1, 1800, 1_800_000)
    assert (lane.path(3_600_000).count("M"), lane.path(600_000).count("M")) == (1, 1800)


@pytest.mark.parametrize("length", [1, 999, 14_400, 60_000, 3_600_000, 86_400_000])
def test_a_timeline_has_few_round_ticks(length: int) -> None:
    ticks = cards.ticks(length)
    assert ticks[0] == 0
    assert len(ticks) <= 13
    assert all(tick % 1000 == 0 and tick < length for tick in ticks)


# ---- honesty


def card(**more: object) -> ModelCard:
    base = {"backend": "dlib", "model_id": "m@1", "licence": "x", "source": "y"}
    return ModelCard.model_validate(base | more)


def test_what_must_be_said_of_models() -> None:
    weak = card(weak=True, notice_ko="약합니다.", notice_en="It is weak.")
    models = Models(
        faces=FaceModel(detector=card(), embedder=weak, default_threshold=0.4),
        captions=CaptionModel(captioner=card(backend="observed", weak=True)),
        texts=None,
        missing={"texts": "embed-service is not available"},
    )
    said = honesty.notices(models, "ko", translations("ko").gettext)
    assert [(notice.title, notice.weight) for notice in said] == [
        ("서비스를 사용할 수 없습니다:", "bad"),
        ("지금 쓰는 얼굴 모델은 약합니다.", ""),
        ("설명은 관찰 기록입니다.", "quiet"),
    ]
    assert said[1].text == "약합니다."


def test_licences_that_ask_for_it_are_told() -> None:
    pack = card(backend="insightface", notice_en="For non-commercial research only.")
    models = Models(
        faces=FaceModel(detector=pack, embedder=pack, default_threshold=0.4),
        captions=CaptionModel(captioner=card(backend="eilev")),
        texts=None,
    )
    said = honesty.notices(models, "en", translations("en").gettext)
    assert [(notice.title, notice.text) for notice in said] == [("Licence:", "For non-commercial research only.")]


# ---- pictures and vendored files


@pytest.mark.parametrize("box", [(0.4, 0.4, 0.6, 0.6), (0, 0, 0.1, 0.1), (0.9, 0.9, 1, 1), (0, 0, 1, 1)])
@pytest.mark.parametrize("size", [(640, 360), (100, 900), (1, 1)])
def test_a_portrait_is_a_square_within_the_picture(box: tuple[float, ...], size: tuple[int, int]) -> None:
    left, top, right, bottom = portraits.square(Box(left=box[0], top=box[1], right=box[2], bottom=box[3]), size)
    assert right - left == bottom - top >= 1
    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]


def test_vendored_fonts_are_what_they_say() -> None:
    folder = extraction.PAGES / "static" / "fonts"
    manifest = json.loads((folder / "VENDORED.json").read_text())
    assert (folder / manifest["licence_file"]).read_text().count("SIL OPEN FONT LICENSE")
    files = {path.name for path in folder.glob("*.woff2")}
    assert files == manifest["files"].keys()
    assert sum((folder / name).stat().st_size for name in files) < 1_500_000
    for name, told in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == told["sha256"]


def test_no_page_has_scripts_or_styles_within() -> None:
    for template in (extraction.PAGES / "templates").rglob("*.html"):
        text = template.read_text()
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", text), template.name


def test_what_is_shown_is_never_impossible() -> None:
    assert [conditions.percent(one) for one in (0.0, 0.004, 0.0051, 0.57, 1.0)] == ["<1%", "<1%", "1%", "57%", "100%"]
