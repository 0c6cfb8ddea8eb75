"""What a question asks for: Korean words and what English captions say for them."""

import numpy as np
import pytest

from kernel.language import Lexicon, Word
from search_service.concepts import ONCE, PLACE, SAME, UNSEEN, Concept, concepts
from search_service.glossary import LOOSE, NEAR, Glossary, glossary
from search_service.question_vectors import OF_ENGLISH, OF_KOREAN, Told, told

SMALL = Glossary(
    [
        "# comment",
        "",
        "다리: bridge",
        "다리: leg, legs",
        "치다: hit, take off",
        "기타 치다, 기타: guitar, play guitar; music",
        "소파: couch, sofa",
        "불나다: fire, flame",
        "칠하다: paint",
        "벌칙: ~penalty, punishment",
        "무대 오르다: on stage, go on stage, hands up",
        ": settee, sofa",
        "이 닦다: brush teeth",
    ]
)


def asked(text: str, known: Glossary = SMALL) -> dict[str, Concept]:
    return {concept.written: concept for concept in concepts(text, Lexicon().words(text), known)}


def test_a_korean_word_is_answered_by_itself_and_by_what_the_glossary_says() -> None:
    bridge = asked("다리 위의 여자")["다리"]
    assert bridge.answers == {("다리",): 1.0, ("bridg",): NEAR, ("leg",): NEAR}
    assert [bridge.known, asked("용접하는 사람")["용접"].known] == [True, False]


def test_words_side_by_side_are_read_together_first() -> None:
    found = asked("기타를 치는 장면")
    assert found["기타를 치는"].answers == {
        ("기타", "치다"): 1.0,
        ("guitar",): NEAR,
        ("play", "guitar"): NEAR,
        ("music",): LOOSE,
    }
    assert "치다" not in found
    assert ("brush", "teeth") in asked("이 닦는 장면")["이 닦는"].answers


def test_what_is_left_of_a_phrase_without_its_small_words_says_nothing() -> None:
    assert ("take",) not in asked("공을 치는 사람")["치는"].answers


def test_an_english_word_is_answered_less_surely_by_words_of_one_sense() -> None:
    assert asked("a sofa")["sofa"].answers == {("sofa",): 1.0, ("sette",): SAME, ("couch",): ONCE}


def test_english_words_that_are_one_term_are_read_together() -> None:
    found = asked("she plays the guitar on a sofa")
    assert found["plays the guitar"].answers == {("play", "guitar"): 1.0, ("guitar",): ONCE}
    assert found["plays the guitar"].share == 1.0
    assert found["sofa"].share == PLACE


def test_one_of_english_words_that_are_read_together_may_be_said_otherwise() -> None:
    known = Glossary([":cut, slice, chop", ":cut cake, divide cake", ":cake, gateau"])
    answers = asked("cutting the cake", known)["cutting the cake"].answers
    same = {("divid", "cake"), ("slice", "cake"), ("chop", "cake"), ("cut", "gateau")}
    assert answers == {("cut", "cake"): 1.0} | dict.fromkeys(same, SAME)


def test_words_side_by_side_that_say_what_is_done_are_no_term_of_english() -> None:
    assert set(asked("hold a flame and go on stage")) == {"hold", "flame", "go", "stage"}


@pytest.mark.parametrize(("text", "term"), [("불나는 장면", "fire"), ("집이 불나고", "fire"), ("칠하는 사람", "paint")])
def test_a_verb_that_the_tokenizer_cuts_is_read_as_written(text: str, term: str) -> None:
    assert any((term,) in concept.answers for concept in asked(text).values())


def test_what_hardly_a_picture_shows_counts_little() -> None:
    assert [asked(text)[word].share for text, word in (("벌칙 받는", "벌칙"), ("a penalty", "penalty"))] == [UNSEEN] * 2


def test_a_small_word_lost_leaves_no_part_of_the_body() -> None:
    assert SMALL.senses(["무대", "오르다"]) == [{("stage",): NEAR, ("go", "stage"): NEAR}]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("소파에서 자는 고양이", {"소파"}),
        ("소파 위에서 자는 고양이", {"소파"}),
        ("강아지와 노는 아이", set()),
        ("소파에게", set()),
        ("sleeping on a sofa", {"sofa"}),
        ("singing in a living room with a dog", {"living", "room"}),
        ("in the park a dog", {"park"}),
    ],
)
def test_where_counts_less_than_what(text: str, places: set[str]) -> None:
    assert {written for written, concept in asked(text).items() if concept.share == PLACE} == places


def test_a_position_is_of_another_word() -> None:
    assert list(asked("소파 옆의 다리")) == ["소파", "다리"]
    assert list(asked("옆")) == ["옆"]


def test_a_concept_is_told_once_and_in_the_questions_order() -> None:
    assert list(asked("소파 다리 소파")) == ["소파", "다리"]
    assert asked("") == {}


def test_the_surest_answer_is_the_questions_own_word() -> None:
    sofa = asked("소파")["소파"]
    assert sofa.best({"couch", "소파"}) == (("소파",), 1.0)
    assert sofa.best({"couch"}) == (("couch",), NEAR)
    assert sofa.best({"chair"}) is None


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("낚시하는 장면", "fish"),
        ("춤추는 사람", "danc"),
        ("자고 있는 아이", "sleep"),
        ("설거지하는 모습", "dish"),
        ("전화 통화하는 장면", "phone"),
        ("사다리에 올라가는", "ladder"),
        ("콘서트에서 응원봉 흔드는", "concert"),
        ("팬들에게 손하트 하는", "heart"),
        ("노래방에서 노는 장면", "karaok"),
        ("국회 앞 시위", "protest"),
        ("대통령 기자회견", "presid"),
        ("박수 치는 관객", "clap"),
        ("피곤해 보이는", "tire"),
        ("안대 쓰고 게임하는", "blindfold"),
        ("하트 날리는 컷", "heart"),
        ("빵 터진 장면", "laugh"),
        ("차에서 곯아떨어진", "asleep"),
        ("운전대 잡고 있는", "drive"),
        ("녹음하는 장면", "headphon"),
        ("강아지랑 산책하는 댕댕이", "puppi"),
        ("가면 쓴 사람", "mask"),
        ("차고에 세운 차", "garag"),
        ("지우가 눈사람을 보는", "snowman"),
        ("지우가 뜨개질하면서", "knit"),
        ("지우가 머리띠를 하고", "headband"),
        ("댕댕이 나오는 장면", "dog"),
        ("네일 받는 장면", "nail"),
        ("창밖 보는 민지", "window"),
        ("아무도 없는 무대", "empti"),
        ("마트에 간 하니", "walk"),
        ("물에 빠지는 장면", "pool"),
        ("이불 개는", "blanket"),
        ("지우가 트램펄린을 타는", "trampolin"),
    ],
)
def test_the_glossary_that_comes_with_the_product(korean: str, english: str) -> None:
    found = asked(korean, glossary())
    assert any((english,) in concept.answers for concept in found.values())


def test_a_noun_that_sounds_like_a_verb_is_a_noun() -> None:
    for verb in ("가다", "알다", "서다", "드리다"):  # 가면, 안대, 섬, 드릴
        nouns = {("mask",), ("blindfold",), ("island",), ("drill",)}
        assert not any(nouns & sense.keys() for sense in glossary().senses([verb])), verb
    assert not any(("nail",) in sense for sense in glossary().senses(["일"]))  # 네일
    assert not any(("spring",) in sense for sense in glossary().senses(["보다"]))  # 봄


def test_every_line_of_the_glossary_says_something_in_both_languages() -> None:
    lines = 0
    for lexemes, senses in glossary()._senses.items():
        assert all(lexemes)
        lines += len(senses)
        assert all(NEAR in sense.values() for sense in senses), lexemes
    assert lines > 1_500


def test_a_question_is_told_in_the_words_of_captions_as_far_as_they_are_known() -> None:
    def of(text: str) -> Told:
        return told(text, concepts(text, Lexicon().words(text), SMALL))

    assert of("소파") == Told("소파", "couch sofa", OF_KOREAN)
    assert of("용접하는 소파").words == "couch sofa"
    assert of("용접하는 소파").share == OF_KOREAN / 2
    assert of("a sofa") == Told("a sofa", "sofa settee couch", OF_ENGLISH)
    assert of("용접") == Told("용접")


def test_both_ways_of_telling_are_one_vector() -> None:
    both = Told("소파", "couch", 0.6)
    assert both.texts == ["소파", "couch"]
    together = both.together(np.eye(2, dtype=np.float32))
    assert together == pytest.approx(np.array([0.4, 0.6]) / np.hypot(0.4, 0.6))
    assert Told("소파").together(np.eye(1, 2, dtype=np.float32)) == pytest.approx(np.array([1.0, 0.0]))


def test_two_syllables_that_are_one_word_of_the_glossary_are_that_word() -> None:
    cut = [Word("소", 0, 1), Word("파", 1, 2)]
    assert [concept.own for concept in concepts("소파", cut, SMALL)] == [("소파",)]
    assert [concept.own for concept in concepts("소 파", [cut[0], Word("파", 2, 3)], SMALL)] == [("소",), ("파",)]
