"""What is read out of questions."""

from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.contracts.embeddings import IndexedName
from search_service.understand import Gallery, accept, as_caption, understand

SPACE = UUID(int=3)


def name(korean: str, english: str, *aliases: str, **more: object) -> IndexedName:
    return IndexedName(
        **({"id": uuid5(SPACE, english), "kind": "person", "name_ko": korean, "name_en": english} | more),
        aliases=list(aliases),
    )


MINJI = name("김민지", "Kim Minji", "밍지")
OTHER_MINJI = name("박민지", "Park Minji")
HANNI = name("하니", "Hanni Pham")
SUJI = name("수지", "Suzy")
NJZ = name("뉴진스", "NJZ", "NewJeans", kind="group", members=[MINJI.id, HANNI.id])
GALLERY = Gallery([MINJI, HANNI, SUJI, NJZ])


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
        ("영상 편집하는 사람", [], "편집하는 사람"),
        ("뉴스에서 영상 편집하는 사람", [], "뉴스에서 영상 편집하는 사람"),
        ("수지가 수저로 먹는", [SUJI], "수저로 먹는"),
        ("새벽이가 자는", [], "새벽이가 자는"),
        ("장면", [], ""),
        ("", [], ""),
    ],
)
def test_names_leave_the_question(question: str, who: list[IndexedName], rest: str) -> None:
    reading = understand(question, GALLERY)
    assert [read.id for read in reading.names] == [one.id for one in who]
    assert all(read.exact for read in reading.names)
    assert reading.rest == rest


def test_a_group_stands_for_its_members() -> None:
    assert understand("뉴진스 춤", GALLERY).who == (frozenset({MINJI.id, HANNI.id}),)


def test_two_names_ask_for_both_people() -> None:
    assert understand("민지와 하니", GALLERY).who == (frozenset({MINJI.id}), frozenset({HANNI.id}))


def test_a_name_two_people_share_asks_for_either() -> None:
    gallery = Gallery([name("김민지", "Kim Minji", "민지"), name("박민지", "Park Minji", "민지")])
    reading = understand("민지가 자는", gallery)
    assert reading.who == (frozenset({MINJI.id, OTHER_MINJI.id}),)


def test_a_given_name_that_two_people_have_is_nobody_in_particular() -> None:
    assert understand("민지가 자는", Gallery([MINJI, OTHER_MINJI])).names == ()


@pytest.mark.parametrize(("question", "meant"), [("민쥐가 자는", MINJI), ("카메라를 보는 한니", HANNI), ("Suzi", SUJI)])
def test_what_is_nearly_a_name_is_only_a_guess(question: str, meant: IndexedName) -> None:
    reading = understand(question, GALLERY)
    assert reading.names == ()
    assert len(reading.guesses) == 1
    taken = accept(reading, reading.guesses, GALLERY)
    assert [(read.id, read.exact) for read in taken.names] == [(meant.id, False)]
    assert reading.guesses[0].written in reading.rest
    assert reading.guesses[0].written not in taken.rest


def test_words_of_the_dictionary_are_no_guesses() -> None:
    assert understand("수저로 먹는 민주", Gallery([SUJI])).guesses == ()


def test_names_can_be_left_alone() -> None:
    reading = understand("민지가 자는 장면", GALLERY, names=False)
    assert (reading.names, reading.guesses, reading.rest) == ((), (), "민지가 자는")


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
    reading = understand(question, GALLERY)
    taken = accept(reading, reading.guesses, GALLERY)
    assert as_caption(taken.rest) is not None
    assert len(taken.who) >= len(reading.who)
