"""What a question wants to hear, and what of it is looked for."""

import pytest

from search_service.answering.questions import looked_for, read


@pytest.mark.parametrize(
    ("asked", "wanted", "sought"),
    [
        ("질문: 민지가 공원에서 뭐 했어?", "what", "민지가 공원에서"),
        ("공원에 누가 있어?", "who", "공원에"),
        ("하니는 언제 노래해?", "when", "하니는 노래해"),
        ("민지가 몇 번 웃었어?", "how_many", "민지가 웃었어"),
        ("민지는 어디에서 자?", "where", "민지는 자"),
        ("민지랑 하니는 무엇을 하고 있나요", "what", "민지랑 하니는"),
        ("해린이가 뭘 먹어?", "what", "해린이가 먹어"),
        ("누가 춤을 추고 있어", "who", "춤을 추고"),
        ("왜 울어?", "why", "울어"),
        ("몇 명이 나와?", "how_many", ""),
        ("민지가 자고 있어?", "whether", "민지가 자고 있어"),
        ("민지 뭐해", "what", "민지"),
        ("하니가 무대에서 뭐 하니?", "what", "하니가 무대에서"),
        ("Q: Who is dancing on stage?", "who", "dancing on stage"),
        ("What is Minji doing in the park?", "what", "Minji in the park"),
        ("How many times does Minji smile?", "how_many", "Minji smile"),
        ("When does Hanni sing", "when", "Hanni sing"),
        ("Is Minji sleeping?", "whether", "Minji sleeping"),
        ("what happens in the kitchen?", "what", "in the kitchen"),
        ("Where is the red car?", "where", "the red car"),
    ],
)
def test_questions_are_taken_apart(asked: str, wanted: str, sought: str) -> None:
    question = read(asked)
    assert (question.wanted, question.sought) == (wanted, sought)
    assert question.language == ("ko" if any("가" <= letter <= "힣" for letter in asked) else "en")


@pytest.mark.parametrize("sought", ["민지가 자는 장면", "a cup on the table", "민지", "하니 노래", "질문", "", "?"])
def test_what_is_looked_for_is_no_question(sought: str) -> None:
    assert read(sought).wanted == "scenes"


def test_an_answer_may_be_wanted_in_the_other_language() -> None:
    assert read("민지 뭐 해?", "en").language == "en"


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("질문: 민지가 공원에서 뭐 했어?", "민지가 공원에서"),
        ("민지가 뭐 했어?", "민지가"),
        ("what is Minji doing in the park?", "Minji in the park"),
        ("Tell me what Minji does in the park?", "Minji in the park"),
        ("질문: 뭐 했어?", "질문: 뭐 했어?"),  # nothing is left: what was typed is all there is to go by
        ("a can of beer", "a can of beer"),
        ("민지가 자는 장면", "민지가 자는 장면"),
    ],
)
def test_a_search_looks_for_what_a_marked_question_asks_about(written: str, sought: str) -> None:
    assert looked_for(written) == sought
