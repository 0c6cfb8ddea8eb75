"""`scenedesk eval search`: rows through the real import, questions through the real services, a library left alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from standalone.cli import app

MINJI, HANNI = ({"group": "G", "member": name, "confidence": 0.9} for name in ("Kim Minji", "Hanni"))
ROWS: list[dict[str, Any]] = [
    {"timestamp": 1, "video_id": "a", "caption": "a woman is sleeping on a couch", "faces": [MINJI]},
    {"timestamp": 2, "video_id": "a", "caption": "a woman is eating noodles", "faces": [MINJI]},
    {"timestamp": 3.5, "video_id": "a", "caption": "a dog is sleeping on the floor", "faces": [HANNI]},
    {"timestamp": 4, "video_id": "a", "caption": "한 여자가 자고 있다"},
    {"timestamp": -1, "video_id": "a", "caption": "no such second"},
]
QUERIES = [
    {"ko": "Kim Minji가 자는 장면", "en": "Kim Minji sleeping", "caption": "sleep", "members": ["Kim Minji"]},
    {"en": "a dog sleeping", "caption": "dog"},
    {"ko": "실로폰", "caption": "xylophone"},
]


@pytest.fixture
def evaluate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    # Nobody answers there: whatever asks for the real library fails.
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:nothing@127.0.0.1:1/nowhere")
    monkeypatch.setenv("SCENEDESK_OFFLINE", "1")

    def run(corpus: str, queries: str, *more: str, language: str = "en") -> Result:
        (tmp_path / "rows.json").write_text(corpus, encoding="utf-8")
        (tmp_path / "q.json").write_text(queries, encoding="utf-8")
        words = ["--lang", language, "eval", "search", "--corpus", "rows.json", "--queries", "q.json", *more]
        return CliRunner().invoke(app, words)

    return run


def test_figures_questions_and_rows(evaluate: Any) -> None:
    result = evaluate(json.dumps({"rows": ROWS, "people": []}), json.dumps({"queries": QUERIES}), "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["rows"], found["refused"], found["without_truth"]) == (4, 1, 1)
    assert found["en"] == {"p10": 1.0, "ndcg10": 1.0, "mrr": 1.0}
    assert found["people"] == {"ko": found["en"], "en": found["en"]}
    first = found["questions"][0]
    assert first["found"]["ko"][0] == {
        "video_id": "a",
        "timestamp": 1.0,
        "right": True,
        "caption": "a woman is sleeping on a couch",
    }
    assert (first["true"], first["overlap10"], set(first["scores"])) == (1, found["overlap10"], {"ko", "en"})


@pytest.mark.parametrize(
    ("corpus", "queries", "language", "said"),
    [
        ("[", "{}", "en", "rows.json is no JSON"),
        ("[]", json.dumps({"queries": QUERIES}), "en", "No row of rows.json can be used"),
        (json.dumps([{"timestamp": 1}]), json.dumps({"queries": QUERIES}), "en", "video_id: is missing"),
        (json.dumps({"columns": []}), json.dumps({"queries": QUERIES}), "en", "no import"),
        (json.dumps(ROWS), "{}", "en", "queries: is missing"),
        (
            json.dumps(ROWS),
            '{"queries": [{"ko": "가", "caption": "("}]}',
            "ko",
            "queries.0.caption: 올바른 정규 표현식",
        ),
        (json.dumps(ROWS), '{"queries": [{"caption": "a"}]}', "en", "queries.0: has neither ko nor en"),
    ],
)
def test_input_that_means_nothing_is_told_of(
    evaluate: Any, corpus: str, queries: str, language: str, said: str
) -> None:
    result = evaluate(corpus, queries, language=language)
    assert result.exit_code == 1
    assert said in result.stderr
