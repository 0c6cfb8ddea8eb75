"""What is cut from a captioner's text, and that nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caption_service.wording import cleaned, third_person, without_loops

ASKED = "Question: What is the camera wearer doing? Answer:"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" The camera wearer drops a cup.", "The camera wearer drops a cup."),
        (f"{ASKED} drops a cup", "drops a cup"),
        ("Answer: drops a cup", "drops a cup"),
        ("drops a cup. Question: What is he doing? Answer: he", "drops a cup."),
        ("a man and a man and a man and a", "a man and"),
        ("a cat, a cat, a cat, a cat", "a cat,"),
        ("no no no no", "no"),
        ("the man sits, the man stands", "the man sits, the man stands"),
        ("a black and a black and white cat", "a black and a black and white cat"),
        ("two words\x00\x07\ufffdthen", "two words then"),
        ("민지가 웃는다", "민지가 웃는다"),
        ("", ""),
    ],
)
def test_only_echoes_and_loops_are_cut(written: str, kept: str) -> None:
    assert cleaned(written, ASKED) == kept


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("The camera wearer drops a cup", "A person drops a cup"),
        ("#C C drops a plate", "A person drops a plate"),
        ("#c C drops a plate", "A person drops a plate"),
        ("The camera wearer lifts the camera wearer's hat", "A person lifts the person's hat"),
        ("#O A man X walks", "A man walks"),
        ("#C C holds #unsure", "A person holds something"),
        ("a woman reads to the camera wearer", "A woman reads to a person"),
        ("A cat sleeps", "A cat sleeps"),
        ("", ""),
    ],
)
def test_the_camera_wearer_is_somebody(written: str, said: str) -> None:
    assert third_person(written) == said


@given(st.text(max_size=200))
def test_any_text_is_cleaned_to_a_fixed_point(text: str) -> None:
    once = cleaned(text, ASKED)
    assert not set(once) & {"\x00", "\x07", "\n", "\ufffd"}
    assert without_loops(once) == once
    third_person(once)


@given(st.lists(st.sampled_from(["a", "man", "and", "cup"]), min_size=1, max_size=3), st.integers(3, 8))
def test_a_phrase_in_a_loop_is_said_once(phrase: list[str], times: int) -> None:
    said = without_loops(" ".join(phrase * times)).split()
    assert phrase[: len(said)] == said
