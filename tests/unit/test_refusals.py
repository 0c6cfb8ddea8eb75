"""What is said when something is not there is said in the reader's language, nouns too."""

import re
from pathlib import Path

import pytest

from kernel.contracts.errors import NOUNS_KO, NotFoundError

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for room in ("kernel", "services", "standalone") for path in (ROOT / room).rglob("*.py"))


def test_every_noun_that_may_be_missing_is_known_in_korean() -> None:
    said = {noun for path in SOURCES for noun in re.findall(r'NotFoundError\(what="([^"]+)"', path.read_text("utf-8"))}
    assert len(said) > 10
    assert said <= NOUNS_KO.keys()


@pytest.mark.parametrize(
    ("what", "korean", "english"),
    [
        ("person: 민지", "해당 항목이 없습니다: 인물: 민지", "There is no such person: 민지."),
        ("track", "해당 항목이 없습니다: 얼굴 추적", "There is no such track."),
        ("thing {brace}", "해당 항목이 없습니다: thing {brace}", "There is no such thing {brace}."),
    ],
)
def test_a_name_behind_the_noun_stays_as_it_was_asked_for(what: str, korean: str, english: str) -> None:
    refusal = NotFoundError(what=what)
    assert (refusal.sentence("ko"), refusal.sentence("en"), str(refusal)) == (korean, english, english)
