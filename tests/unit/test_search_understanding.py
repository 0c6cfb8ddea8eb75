"""What is read out of questions, and what of them is left."""

import itertools
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.contracts.embeddings import IndexedName
from search_service.understanding import keyboard
from search_service.understanding.gallery import Gallery
from search_service.understanding.parts import Meaning, Window
from search_service.understanding.question import Circumstances, as_words, settle, understand
from search_service.understanding.rest import as_caption
from search_service.understanding.times import times
from tests.spellings import TODAY, gallery, name, named, read

MINJI = name("김민지", "밍지", english="Kim Minji")
HANNI = name("하니", english="Hanni Pham")
DANI = name("다니엘", english="Danielle Marsh")
SUJI = name("수지", english="Suzy")
NJZ = name("뉴진스", "NewJeans", english="NJZ", kind="group", members=[MINJI.id, HANNI.id, DANI.id])
GALLERY = Gallery([MINJI, HANNI, DANI, SUJI, NJZ])
M, H, D, S = (frozenset({one.id}) for one in (MINJI, HANNI, DANI, SUJI))
# Two of three are there where of any two of them one is.
TWO_OF_THREE = tuple(map(frozenset, itertools.combinations(sorted(M | H | D), 2)))


@pytest.mark.parametrize(
    ("question", "who", "rest"),
    [
        ("민지가 자는 장면", [MINJI], "자는"),
        ("김민지가 소파에서 자는 장면 찾아줘", [MINJI], "소파에서 자는"),
        ("하니랑 밍지가 노래하는 씬", [HANNI, MINJI], "노래하는"),
        ("뉴진스", [NJZ], ""),
        ("민지 나오는 영상 보여줘", [MINJI], ""),
        ("show me scenes where Minji is sleeping", [MINJI], "is sleeping"),
        ("Hanni dancing on a stage", [HANNI], "dancing on a stage"),
        ("Minji's dog", [MINJI], "dog"),
        ("영상 편집하는 사람", [], "편집하는 사람"),
        ("뉴스에서 영상 편집하는 사람", [], "뉴스에서 영상 편집하는 사람"),
        ("수지가 수저로 먹는", [SUJI], "수저로 먹는"),
        ("새벽이가 자는", [], "새벽이가 자는"),
        ("장면", [], ""),
        ("", [], ""),
    ],
)
def test_names_leave_the_question(question: str, who: list[IndexedName], rest: str) -> None:
    reading = understand(question, GALLERY, TODAY)
    assert named(reading, GALLERY) == [one.name_en for one in who]
    assert all(chip.exact for chip in reading.chips)
    assert reading.rest == rest


@pytest.mark.parametrize(
    ("question", "meaning"),
    [
        ("민지와 하니", Meaning(who=(M, H))),
        ("Minji and Hanni together", Meaning(who=(M, H))),
        ("민지, 하니 둘이 같이", Meaning(who=(M, H))),
        ("민지나 하니", Meaning(who=(M | H,))),
        ("민지, 하니 중에 누구든", Meaning(who=(M | H,))),
        ("either Minji or Hanni", Meaning(who=(M | H,))),
        ("any member of NewJeans", Meaning(who=(M | H | D,))),
        ("민지 나오는 거 모아줘", Meaning(who=(M,))),
        ("민지 나온 날", Meaning(who=(M,))),
        ("Minji or Hanni", Meaning(who=(M | H,))),
        ("민지와 하니만", Meaning(who=(M, H), alone=True)),
        ("민지랑 하니 둘만", Meaning(who=(M, H), alone=True)),
        ("only Minji and Hanni", Meaning(who=(M, H), alone=True)),
        ("Minji and Hanni and nobody else", Meaning(who=(M, H), alone=True)),
        ("민지 혼자", Meaning(who=(M,), alone=True)),
        ("민지가 혼자서", Meaning(who=(M,), alone=True)),
        ("다니엘만 나오는 장면", Meaning(who=(D,), alone=True)),
        ("Minji alone", Meaning(who=(M,), alone=True)),
        ("Minji by herself", Meaning(who=(M,), alone=True)),
        ("혼자 있는 민지", Meaning(who=(M,), alone=True)),
        ("민지만 단독으로 나오는", Meaning(who=(M,), alone=True)),
        ("민지 단독샷", Meaning(who=(M,), alone=True)),
        ("민지 원샷", Meaning(who=(M,), alone=True)),
        ("solo shots of Minji", Meaning(who=(M,), alone=True)),
        ("Minji without Hanni, alone", Meaning(who=(M,), without=H, alone=True)),
        ("민지랑 하니 투샷", Meaning(who=(M, H), alone=True)),
        ("two-shot of Minji and Hanni", Meaning(who=(M, H), alone=True)),
        ("민지 하니 단둘이", Meaning(who=(M, H), alone=True)),
        ("every shot of Minji", Meaning(who=(M,))),
        ("뉴진스 떼샷", Meaning(who=(M, H, D))),
        ("group shot of NewJeans", Meaning(who=(M, H, D))),
        ("멤버 다 같이 나오는", Meaning(who=(M, H, D))),
        ("셋이 다 나오는", Meaning(who=(M, H, D))),
        ("하니를 제외한 멤버들", Meaning(who=(M, D), without=H)),
        ("뉴진스", Meaning(who=(M | H | D,))),
        ("뉴진스 멤버", Meaning(who=(M | H | D,))),
        ("뉴진스 전원", Meaning(who=(M, H, D))),
        ("뉴진스 세 명 다", Meaning(who=(M, H, D))),
        ("뉴진스 두 명 다", Meaning(who=TWO_OF_THREE)),
        ("두 명 다 나오는", Meaning(who=TWO_OF_THREE)),
        ("세 명 다 나오는", Meaning(who=(M, H, D))),
        ("all of NJZ", Meaning(who=(M, H, D))),
        ("everyone in NewJeans", Meaning(who=(M, H, D))),
        ("all three members of NJZ", Meaning(who=(M, H, D))),
        ("하니 빼고 다", Meaning(who=(M, D), without=H)),
        ("하니를 뺀 나머지 멤버 전원", Meaning(who=(M, D), without=H)),
        ("everyone but Hanni", Meaning(who=(M, D), without=H)),
        ("everyone except Hanni", Meaning(who=(M, D), without=H)),
        ("everyone in NewJeans except Hanni", Meaning(who=(M, D), without=H)),
        ("all of NJZ but Hanni", Meaning(who=(M, D), without=H)),
        ("하니 빼고 뉴진스 다", Meaning(who=(M, D), without=H)),
        ("하니 없이 나머지 둘", Meaning(who=(M, D), without=H)),
        ("셋이 한 화면에 나오는", Meaning(who=(M, H, D))),
        ("all three in one shot", Meaning(who=(M, H, D))),
        ("민지랑 하니가 한 화면에 나오는", Meaning(who=(M, H))),
        ("Minji and Hanni in the same frame", Meaning(who=(M, H))),
        ("민지는 안 나오고 하니만 나오는", Meaning(who=(H,), without=M, alone=True)),
        ("하니 없이", Meaning(without=H)),
        ("하니 없이 민지", Meaning(who=(M,), without=H)),
        ("민지가 하니 없이", Meaning(who=(M,), without=H)),
        ("하니가 안 나오는 장면", Meaning(without=H)),
        ("민지와 하니 없는 장면", Meaning(without=M | H)),
        ("Minji without Hanni", Meaning(who=(M,), without=H)),
        ("Minji but not Hanni", Meaning(who=(M,), without=H)),
        ("수지 말고 민지", Meaning(who=(M,), without=S)),
        ("다니엘 첫 솔로", Meaning(who=(D,), alone=True, edge="first")),
        ("다니엘의 마지막 솔로", Meaning(who=(D,), alone=True, edge="last")),
        ("first solo of Danielle", Meaning(who=(D,), alone=True, edge="first")),
        ("Danielle's last solo", Meaning(who=(D,), alone=True, edge="last")),
        ("민지가 처음 나오는 장면", Meaning(who=(M,), edge="first")),
        ("민지 첫 등장", Meaning(who=(M,), edge="first")),
        ("last appearance of Minji", Meaning(who=(M,), edge="last")),
        ("마지막 5분 민지", Meaning(who=(M,), windows=(Window(-300_000, None),))),
        ("first 30 seconds of Minji", Meaning(who=(M,), windows=(Window(0, 30_000),))),
        ("처음 10초 안에 민지", Meaning(who=(M,), windows=(Window(0, 10_000),))),
        ("초반에 민지", Meaning(who=(M,), windows=(Window(third=1),))),
        ("영상 후반부에 나오는 민지", Meaning(who=(M,), windows=(Window(third=3),))),
        ("중간쯤 민지", Meaning(who=(M,), windows=(Window(third=2),))),
        ("Minji at the end of the video", Meaning(who=(M,), windows=(Window(third=3),))),
        ("3분 이후", Meaning(windows=(Window(180_000, None),))),
        ("1:20~2:00", Meaning(windows=(Window(80_000, 120_000),))),
        ("1분 20초부터 2분까지", Meaning(windows=(Window(80_000, 120_000),))),
        ("from 1:20 to 2:00", Meaning(windows=(Window(80_000, 120_000),))),
        ("last five minutes", Meaning(windows=(Window(-300_000, None),))),
        ("어제", Meaning(since=date(2026, 11, 27), until=date(2026, 11, 27))),
        ("11월 3일에 찍은", Meaning(since=date(2026, 11, 3), until=date(2026, 11, 3))),
        ("12월 3일", Meaning(since=date(2025, 12, 3), until=date(2025, 12, 3))),
        ("2026-11-03", Meaning(since=date(2026, 11, 3), until=date(2026, 11, 3))),
        ("on November 3rd", Meaning(since=date(2026, 11, 3), until=date(2026, 11, 3))),
        ("last week", Meaning(since=date(2026, 11, 16), until=date(2026, 11, 22))),
        ("지난달", Meaning(since=date(2026, 10, 1), until=date(2026, 10, 31))),
        ("클로즈업", Meaning(scales=frozenset({"close_up", "extreme_close_up"}))),
        ("민지 얼굴 크게 나온 거", Meaning(who=(M,), scales=frozenset({"close_up", "extreme_close_up"}))),
        ("wide shot", Meaning(scales=frozenset({"wide"}))),
        ("사람이 쓴 설명", Meaning(origins=frozenset({"human"}))),
        ("사람이 고친 설명", Meaning(origins=frozenset({"human"}))),
        ("수정한 캡션", Meaning(origins=frozenset({"human"}))),
        ("captions corrected by people", Meaning(origins=frozenset({"human"}))),
        ("machine captions", Meaning(origins=frozenset({"machine"}))),
        ("확실한 민지", Meaning(who=(M,), certain=0.9)),
        ("민지 90% 이상", Meaning(who=(M,), certain=0.9)),
        ("Minji at least 90%", Meaning(who=(M,), certain=0.9)),
        ("80% 이상 확실한 민지", Meaning(who=(M,), certain=0.8)),
    ],
)
def test_what_is_asked_besides_content(question: str, meaning: Meaning) -> None:
    reading = read(question, GALLERY)
    assert reading.meaning == meaning
    assert reading.rest == ""
    assert len({chip.key for chip in reading.chips}) == len(reading.chips)


@pytest.mark.parametrize(
    "question",
    [
        "첫 키스",
        "마지막 인사",
        "두 사람이 걷는",
        "a wide river",
        "사람이 쓴 모자",
        "눈이 오는",
        "처음 보는 사람",
        "만두를 먹는",
        "the first thing she does",
        "혼자 걷는 사람",
        "a person alone on a bridge",
        "5명이 춤추는",
        "10분의 1",
        "just a dog",
        "후반전 골",
        "a door at the end of the hallway",
        "중간 크기의 개",
        "나 혼자 산다",
        "원샷",
        "a man alone",
        "투샷",
        "no smoking sign",
    ],
)
def test_ordinary_words_stay_words(question: str) -> None:
    assert read(question, GALLERY).chips == []


@pytest.mark.parametrize(
    ("question", "meaning", "rest"),
    [
        ("혼자 밥 먹는 민지", Meaning(who=(M,), alone=True), "밥 먹는"),
        ("민지가 소파에 혼자 앉아 있는 장면", Meaning(who=(M,), alone=True), "소파에 앉아 있는"),
        ("Minji dancing by herself", Meaning(who=(M,), alone=True), "dancing"),
        ("Minji performing on stage alone", Meaning(who=(M,), alone=True), "performing on stage"),
        ("민지랑 하니가 소파에 둘만 앉아 있는", Meaning(who=(M, H), alone=True), "소파에 앉아 있는"),
        ("민지랑 하니가 보는 혼자 걷는 사람", Meaning(who=(M, H)), "보는 혼자 걷는 사람"),
        ("맥주 원샷하는 민지", Meaning(who=(M,)), "맥주 원샷하는"),
        ("민지가 빵을 셋만 먹는", Meaning(who=(M,)), "빵을 셋만 먹는"),
    ],
)
def test_alone_may_be_said_away_from_the_name(question: str, meaning: Meaning, rest: str) -> None:
    reading = read(question, GALLERY)
    assert (reading.meaning, reading.rest) == (meaning, rest)


@pytest.mark.parametrize(
    ("question", "meant"),
    [("민쥐가 자는", MINJI), ("카메라를 보는 하뉘", HANNI), ("하뉘처럼 웃는", HANNI), ("Suzi", SUJI)],
)
def test_what_is_nearly_a_name_is_only_a_guess(question: str, meant: IndexedName) -> None:
    reading = understand(question, GALLERY, TODAY)
    assert reading.chips == []
    [guess] = reading.doubtful
    taken = settle(reading, [guess], [], GALLERY, TODAY)
    assert [(chip.id, chip.exact) for chip in taken.chips] == [(meant.id, False)]
    written = reading.text[guess.start : guess.end]
    assert written in reading.rest
    assert written not in taken.rest


def test_words_of_the_dictionary_are_no_guesses() -> None:
    assert understand("수저로 먹는", Gallery([SUJI]), TODAY).doubtful == ()


def test_names_can_be_left_alone() -> None:
    reading = as_words("민지가 자는 장면", GALLERY)
    assert (reading.chips, reading.doubtful, reading.rest) == ([], (), "민지가 자는")


def test_chips_are_stable_and_each_can_be_taken_away() -> None:
    question = "다니엘 첫 솔로 클로즈업, 마지막 5분, 어제"
    whole = read(question, GALLERY)
    assert [chip.key for chip in read(question, GALLERY).chips] == [chip.key for chip in whole.chips]
    for chip in whole.chips:
        less = read(question, GALLERY, Circumstances(TODAY.today, frozenset({chip.key})))
        assert chip.key not in [one.key for one in less.chips]
        assert chip.written.split()[-1] in less.text
        if chip.kind != "person":  # first and alone speak of somebody
            assert {one.key for one in less.chips} >= {one.key for one in whole.chips} - {chip.key}


def test_a_name_taken_away_is_a_word() -> None:
    less = read("민지랑 하니가 웃는", GALLERY, Circumstances(TODAY.today, frozenset({"person:하니"})))
    assert [chip.key for chip in less.chips] == ["person:민지"]
    assert less.rest == "하니가 웃는"


def test_a_name_two_people_share_asks_which_and_covers_both() -> None:
    other = name("박민지", english="Park Minji")
    shared = Gallery([MINJI, other, NJZ])
    [chip] = (reading := read("민지가 자는", shared)).chips
    assert {choice.id for choice in chip.choices} == {MINJI.id, other.id}
    assert reading.meaning.who == (frozenset({MINJI.id, other.id}),)
    meant = read("민지가 자는", shared, Circumstances(TODAY.today, meant=frozenset({other.id})))
    assert meant.meaning.who == (frozenset({other.id}),)
    assert read("뉴진스 민지", shared).meaning.who == (M,)
    assert read("Minji of NJZ", shared).meaning.who == (M,)
    assert read("박민지", shared).meaning.who == (frozenset({other.id}),)


def test_romanised_names_of_a_group_are_asked_in_korean() -> None:
    known = gallery("romanised")
    reading = read("민지랑 다니엘이 혜인 없이 춤추는", known)
    assert [(chip.kind, chip.label_en) for chip in reading.chips] == [
        ("person", "Kim Minji"),
        ("person", "Danielle Marsh"),
        ("without", "without Lee Hyein"),
    ]
    assert reading.rest == "춤추는"
    [_, minji] = understand("클로즈업 민지", known, TODAY).chips  # cut as 민 + 지 by the tokenizer
    assert (minji.label_en, minji.exact) == ("Kim Minji", True)


def test_a_question_typed_on_the_other_keyboard() -> None:
    assert read("alswlrk wksms wkdaus", GALLERY).rest == "자는"
    assert keyboard.as_korean("dhksvywlsk") == "완표지나"
    assert keyboard.as_korean("minji") is None
    assert keyboard.as_latin("민지") == "alswl"


@given(st.text(alphabet="가각간괄닭뷁쀍의왜꿈", min_size=1, max_size=6))
def test_keyboards_go_there_and_back(korean: str) -> None:
    latin = keyboard.as_latin(korean)
    assert latin is not None
    assert keyboard.as_korean(latin) == korean


@given(st.integers(0, 5 * 3_600))
def test_a_clock_is_read_as_it_is_written(seconds: int) -> None:
    hours, minutes, rest = seconds // 3_600, seconds // 60 % 60, seconds % 60
    clock = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    [part] = times(f"after {clock}")
    assert part.meaning.windows == (Window(seconds * 1_000, None),)


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("소파에서 자는", "소파에서 자고 있다"),
        ("우는", "울고 있다"),
        ("의자에 앉아 있는", "의자에 앉아 있다"),
        ("소파에서 자는 고양이", "소파에서 자는 고양이"),
        ("빨간 옷을 입은", "빨간 옷을 입은"),
        ("sleeping", "sleeping"),
        ("", ""),
    ],
)
def test_a_question_is_said_as_a_caption_would(rest: str, said: str) -> None:
    assert as_caption(rest) == said


@given(st.text(max_size=40))
def test_any_question_is_read(question: str) -> None:
    reading = understand(question, GALLERY, TODAY)
    taken = settle(reading, reading.doubtful, [], GALLERY, TODAY)
    assert as_caption(taken.rest) is not None
    assert len(taken.chips) >= len(reading.chips)


ASKING = (
    "민지 하니랑 다니엘만 없이 빼고 다 처음 마지막 5분 only without NJZ "
    "전원 클로즈업 어제 3:20 ~ and or Minji 혼자 자는"
)


@given(st.lists(st.sampled_from(ASKING.split()), max_size=8))
def test_any_words_of_asking_are_read_and_each_chip_can_be_taken_away(words: list[str]) -> None:
    question = " ".join(words)
    reading = read(question, GALLERY)
    none = read(question, GALLERY, Circumstances(TODAY.today, frozenset(chip.key for chip in reading.chips)))
    assert not {chip.key for chip in none.chips} & {chip.key for chip in reading.chips}
    assert all(isinstance(identifier, UUID) for anybody in reading.meaning.who for identifier in anybody)
