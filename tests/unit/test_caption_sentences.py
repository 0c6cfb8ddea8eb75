"""What observed captions say, in both languages, and what they must never say."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caption_service import korean, sentences
from caption_service.coco import BY_LABEL, THINGS
from caption_service.scene import Scene
from kernel.contracts.captions import Clip, ClipPicture, SeenObject, SeenPerson
from kernel.contracts.faces import Box
from kernel.contracts.time import Span
from kernel.particles import ends_in_consonant, with_particle

COLLINS = SeenPerson(name_ko="아일린 콜린스", name_en="Eileen Collins", share=0.9)
MINJI = SeenPerson(name_ko="김민지", name_en="Kim Minji", share=0.8)
SEOYEON = SeenPerson(name_ko="이서연", name_en="Lee Seoyeon", share=0.5)
HANI = SeenPerson(name_ko="하니", name_en="Hanni", share=0.3)


def seen(label: str, count: int = 1, height: float = 0.6) -> SeenObject:
    return SeenObject(
        label=label,
        label_ko=BY_LABEL[label].ko,
        count=count,
        score=0.9,
        picture="a.jpg",
        box=Box(left=0.1, top=0.05, right=0.4, bottom=0.05 + height),
    )


def scene(*objects: SeenObject, pictures: int = 3, **clip: object) -> Scene:
    taken = [ClipPicture(name=f"{at}.jpg", at_ms=at) for at in range(pictures)]
    return Scene(Clip(key="k", span=Span(start_ms=0, end_ms=1000), pictures=taken, **clip), (), objects)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("컵", "컵이"), ("의자", "의자가"), ("아일린 콜린스", "아일린 콜린스가"),
        ("김민선", "김민선이"), ("연필", "연필이"),
        ("의자 2개", "의자 2개가"), ("사람 3명", "사람 3명이"), ("에이티즈 8", "에이티즈 8이"),
        ("투애니원 2NE1", "투애니원 2NE1이"),
        ("카메라 2", "카메라 2가"), ("10", "10이"), ("김민지(NJZ)", "김민지(NJZ)가"), ("박준 [앵커]", "박준 [앵커]이"),
        ("RM", "RM이"), ("BTS", "BTS가"), ("SBS", "SBS가"), ("YTN", "YTN이"), ("Kim", "Kim이"), ("Anna", "Anna가"),
        ("Jane", "Jane이"), ("Jack", "Jack이"), ("Park", "Park가"), ("Chris", "Chris가"), ("Young", "Young이"),
        ("Mike", "Mike가"), ("Scott", "Scott이"), ("Kate", "Kate가"), ("Paul", "Paul이"), ("Lee", "Lee가"),
        ("'뉴스룸'", "'뉴스룸'이"), ("…", "…가"), ("", "가"), ("😀", "😀가"), ("ㅋ", "ㅋ가"), ("(주)", "(주)가"),
    ],
)  # fmt: skip
def test_the_subject_particle_follows_the_last_sound(word: str, expected: str) -> None:
    assert korean.subject(word) == expected


@pytest.mark.parametrize(
    ("word", "pair", "expected"),
    [
        ("컵", ("을", "를"), "컵을"), ("의자", ("을", "를"), "의자를"), ("김민선", ("은", "는"), "김민선은"),
        ("김민지", ("은", "는"), "김민지는"), ("책", ("과", "와"), "책과"), ("소파", ("과", "와"), "소파와"),
    ],
)  # fmt: skip
def test_every_particle_pair_follows_the_last_sound(word: str, pair: tuple[str, str], expected: str) -> None:
    assert with_particle(word, *pair) == expected


def test_words_are_listed_as_prose() -> None:
    assert korean.listed(["컵"]) == "컵"
    assert korean.listed(["컵", "의자"]) == "컵과 의자"
    assert korean.listed(["컵", "의자", "책"]) == "컵, 의자와 책"


@pytest.mark.parametrize(
    ("shown", "english", "korean_text"),
    [
        (
            scene(seen("cup", 2), seen("dining table"), people=[COLLINS], largest_face=0.4),
            "Eileen Collins is on screen in a close-up. Two cups and a dining table are in the picture.",
            "아일린 콜린스가 클로즈업으로 보인다. 화면에 컵 2개와 식탁이 있다.",
        ),
        (
            scene(seen("person", 2), people=[SEOYEON, MINJI], largest_face=0.2),
            "Kim Minji and Lee Seoyeon are on screen in a medium shot.",
            "김민지와 이서연이 미디엄 숏으로 보인다.",
        ),
        (
            scene(seen("person", 5), people=[MINJI, SEOYEON, HANI], largest_face=0.1),
            "Kim Minji, Lee Seoyeon, Hanni and two other people are on screen in a full shot.",
            "김민지, 이서연, 하니와 다른 두 사람이 풀 숏으로 보인다.",
        ),
        (
            scene(people=[MINJI], unknown_faces=1, largest_face=0.8),
            "Kim Minji and another person are on screen in an extreme close-up.",
            "김민지와 다른 한 사람이 익스트림 클로즈업으로 보인다.",
        ),
        (scene(seen("person")), "A person is on screen in a full shot.", "한 사람이 풀 숏으로 보인다."),
        (
            scene(unknown_faces=7, largest_face=0.02),
            "Several people are on screen in a wide shot.",
            "여러 사람이 와이드 숏으로 보인다.",
        ),
        (scene(people=[HANI]), "Hanni is on screen.", "하니가 보인다."),
        (scene(seen("dog", 2)), "Two dogs are in the picture.", "화면에 개 2마리가 있다."),
        (scene(seen("scissors")), "A pair of scissors is in the picture.", "화면에 가위가 있다."),
        (scene(seen("umbrella")), "An umbrella is in the picture.", "화면에 우산이 있다."),
        (
            scene(seen("tv"), seen("mouse")),
            "A TV and a computer mouse are in the picture.",
            "화면에 텔레비전과 마우스가 있다.",
        ),
        (scene(seen("book", 9)), "Several books are in the picture.", "화면에 책 여러 권이 있다."),
        (scene(), "Nothing was recognised in this scene.", "알아본 것이 없는 장면이다."),
        (
            scene(seen("car"), motion=15.0),
            "A car is in the picture. There is a lot of movement.",
            "화면에 자동차가 있다. 화면의 움직임이 크다.",
        ),
        (
            scene(seen("cat"), motion=0.0),
            "A cat is in the picture. The picture is still.",
            "화면에 고양이가 있다. 정지 화면이다.",
        ),
        (scene(seen("cat"), motion=0.0, pictures=1), "A cat is in the picture.", "화면에 고양이가 있다."),
        (scene(seen("cat"), motion=3.0), "A cat is in the picture.", "화면에 고양이가 있다."),
    ],
)  # fmt: skip
def test_golden_sentences(shown: Scene, english: str, korean_text: str) -> None:
    assert sentences.english(shown) == english
    assert sentences.korean(shown) == korean_text


def test_of_a_crowd_with_names_the_longest_seen_are_named() -> None:
    crowd = [SeenPerson(name_ko=f"배우{n}", name_en=f"Actor {n}", share=n / 10) for n in range(1, 10)]
    said = sentences.korean(scene(people=crowd))
    assert said == "배우9, 배우8, 배우7, 배우6, 배우5, 배우4와 다른 세 사람이 보인다."


def test_a_person_without_an_english_name_keeps_the_korean_one() -> None:
    assert sentences.english(scene(people=[SeenPerson(name_ko="하니", name_en="", share=1)])) == "하니 is on screen."


def test_a_name_typed_on_a_mac_is_put_together() -> None:
    """Folders of macOS have names in parts (NFD): the particle and the search would miss them."""
    apart = unicodedata.normalize("NFD", "이서연")
    assert sentences.korean(scene(people=[SeenPerson(name_ko=apart, name_en="", share=1)])) == "이서연이 보인다."
    assert ends_in_consonant(apart)


def test_the_same_person_is_named_once() -> None:
    assert sentences.korean(scene(people=[MINJI, MINJI.model_copy(update={"share": 0.1})])) == "김민지가 보인다."


def test_every_thing_has_a_name_in_both_languages() -> None:
    assert len(THINGS) == len(BY_LABEL) == 80
    for thing in THINGS:
        assert re.fullmatch(r"[가-힣 ]+", thing.ko), thing
        assert korean.counted(thing, 2).endswith(f"2{thing.counter}")


names = st.text(min_size=1, max_size=20)
shares = st.floats(0, 1)
people = st.lists(st.builds(SeenPerson, name_ko=names, name_en=names, share=shares), max_size=9)
things = st.lists(
    st.builds(seen, st.sampled_from(sorted(BY_LABEL)), st.integers(1, 30), st.floats(0, 0.9)), max_size=12
)
scenes = st.builds(
    lambda objects, **clip: scene(*objects, **clip),
    things,
    people=people,
    unknown_faces=st.integers(0, 50),
    largest_face=st.none() | st.floats(0, 1),
    motion=st.none() | st.floats(0, 255),
)
ONLY_OURS = re.compile(r"[A-Za-z가-힣0-9 ,.\-]+")


@given(scenes)
def test_any_scene_makes_whole_sentences_on_one_line(shown: Scene) -> None:
    for said in (sentences.english(shown), sentences.korean(shown)):
        assert said.endswith(".")
        assert len(said.splitlines()) == 1
        assert "  " not in said


@given(things, st.integers(0, 9), st.none() | st.floats(0, 1))
def test_nobody_is_named_who_was_not_given(objects: list[SeenObject], unknown: int, face: float | None) -> None:
    """With no person given, every word comes from the templates and the table of things."""
    shown = scene(*objects, unknown_faces=unknown, largest_face=face)
    told = {person.name_ko for person in (COLLINS, MINJI, SEOYEON, HANI)}
    assert ONLY_OURS.fullmatch(sentences.korean(shown))
    assert not any(name in sentences.korean(shown) for name in told)
    fresh = re.sub(r"^[A-Z]", lambda first: first.group().lower(), sentences.english(shown))
    assert set(re.findall(r"(?<!\. )\b[A-Z]\w+", fresh)) <= {"TV", "TVs"}


actors = st.builds(
    SeenPerson, name_ko=st.from_regex(r"[가-힣]{3}\d", fullmatch=True), name_en=st.just(""), share=shares
)


@given(st.lists(actors, max_size=9))
def test_everybody_named_was_given(given_people: list[SeenPerson]) -> None:
    shown = scene(people=given_people)
    for said in (sentences.english(shown), sentences.korean(shown)):
        assert set(re.findall(r"[가-힣]{3}\d", said)) <= {one.name_ko for one in given_people}
    assert bool(given_people) == ("보인다" in sentences.korean(shown))
