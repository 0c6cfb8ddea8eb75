"""What is said when something is not there is said in the reader's language, nouns too."""

import re
from pathlib import Path

import pytest

from face_service.loading import open_recogniser
from kernel.contracts.errors import NOUNS_KO, InvalidError, NotFoundError, Words
from kernel.inference.backend import BackendUnavailableError
from kernel.settings import Faces, Settings

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


def test_a_reason_is_said_in_the_readers_language() -> None:
    refusal = InvalidError(reason=Words("clip.mp4: there is no such file", "clip.mp4: 파일이 없습니다"))
    assert refusal.sentence("en") == str(refusal) == "That can't be used: clip.mp4: there is no such file"
    assert refusal.sentence("ko") == "사용할 수 없는 입력입니다: clip.mp4: 파일이 없습니다"


def test_a_reason_of_several_parts_is_said_in_the_readers_language(tmp_path: Path) -> None:
    with pytest.raises(BackendUnavailableError) as refused:
        open_recogniser(Settings(faces=Faces(backend="edge", model_dir=tmp_path)))
    missing = tmp_path / "det_yunet_n_640.onnx"
    assert f"{missing.name} is missing" in refused.value.sentence("en")
    assert f"{missing.name} 없음" in refused.value.sentence("ko")
    assert "is missing" not in refused.value.sentence("ko")


def test_no_reason_is_a_sentence_in_one_language() -> None:
    """A reason that names a thing (`cursor`, `ids`) reads alike in both; one of words is `Words`."""
    reason = re.compile(r'(?:InvalidError|ConflictError)\(\s*reason=f?"([^"]*)"')
    found = [said for path in SOURCES for said in reason.findall(path.read_text("utf-8"))]
    assert found
    wordy = re.compile(r"\b(is|has|was|than|there|must|holds|while|longer)\b")
    assert [said for said in found if wordy.search(said)] == []
