"""The command line against a running product, and alone where it needs none."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway.media.export import ffmpeg
from gateway.pipeline.frames import picture_at
from kernel.contracts.finding import SearchAnswer
from kernel.contracts.library import STEPS, ImportReport
from kernel.settings import Media
from standalone import running, sample
from standalone.cli import app
from tests.e2e.conftest import Running

Command = Callable[..., Result]
ROWS = [
    {
        "timestamp": second,
        "video_id": "camp-day2",
        "caption": "민지가 잔디밭에서 자고 있다.",
        "faces": [{"group": "NJZ", "member": "Kim Minji", "confidence": 0.75, "bbox": [410, 120, 560, 310]}],
    }
    for second in range(100, 106)
]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Command]:
    """`scenedesk WORDS…` on a data folder of its own, English, 200 columns wide."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"SCENEDESK_OFFLINE": "1", "COLUMNS": "200", "LANG": "en_US.UTF-8", "LC_ALL": ""}.items():
        monkeypatch.setenv(name, value)
    runner = CliRunner()
    return lambda *words: runner.invoke(app, [str(word) for word in words])


@pytest.fixture
def ask(command: Command, product: Running) -> Command:
    """`scenedesk WORDS…` of the data folder on which a product runs."""
    return lambda *words: command("--data-dir", product.settings.data_dir, *words)


@pytest.mark.slow
def test_a_day_at_the_desk(ask: Command, tmp_path: Path) -> None:
    empty = ask("search", "고양이")
    assert (empty.exit_code, "scenedesk ingest" in empty.stdout) == (4, True)
    assert "scenedesk people add" in ask("people", "list").stdout

    people = sample.draw_people(tmp_path / "people")
    assert "2 of 2 pictures used" in ask("people", "add", people).stdout
    assert "Hong Gildong: added" in ask("people", "add", "Hong Gildong", "--group", "Guests").stdout
    listed = ask("people", "list").stdout
    assert "Eileen Collins" in listed
    assert "Hong Gildong" in listed

    film = sample.draw_video(tmp_path / "launch.mp4", ffmpeg(Media()))
    taken = ask("ingest", film, "--title", "발사일")
    assert taken.exit_code == 0, taken.output
    assert "발사일: segments: 6, people: 1" in taken.stdout
    assert "already" in ask("ingest", film).stdout
    assert ask("ingest", "--again", film).stdout.count("kept") == len(STEPS)

    hits = ask("search", "아일린 콜린스가 나오는 장면")
    assert hits.exit_code == 0
    assert "발사일  0:" in hits.stdout
    assert "Eileen Collins 100%" in hits.stdout
    assert "아일린 콜린스 100%" in ask("--lang", "ko", "search", "아일린 콜린스가 나오는 장면").stdout
    answer = SearchAnswer.model_validate_json(ask("search", "--json", "--limit", "1", "콜린스").stdout)
    assert len(answer.hits) == 1

    picture = tmp_path / "still.jpg"
    at_ms = answer.hits[0].span.start_ms + 500
    picture.write_bytes(picture_at(film, at_ms, 320))
    assert "A frame of 발사일, at 0:" in ask("search", "--image", picture).stdout


def test_people_are_merged_renamed_and_forgotten(ask: Command) -> None:
    assert ask("people", "add", "Pham", "Hanni", "--group", "Merging").exit_code == 0
    assert "Pham is Hanni from now on" in ask("people", "merge", "Pham", "Hanni").stdout
    assert "Pham" not in ask("people", "list").stdout
    assert "Pham: 다시 별도의 인물입니다" in ask("--lang", "ko", "people", "unmerge", "Pham").stdout
    assert "Pham" in ask("people", "list").stdout
    assert "Hanni is called Haerin from now on" in ask("people", "rename", "Hanni", "Haerin").stdout
    assert ask("people", "forget", "Nobody", "--yes").exit_code == 1
    assert "Pham is Haerin" in ask("people", "merge", "Pham", "Hanni").stdout
    done = ask("people", "forget", "Haerin", "--yes")
    assert (done.exit_code, "Forgotten: 0 pictures" in done.stdout) == (0, True)
    assert "forgotten with them: Pham" in done.stdout
    listed = ask("people", "list").stdout
    assert not {"Haerin", "Pham"} & set(listed.split())


def test_of_people_who_share_a_name_one_is_asked_for_by_group(ask: Command) -> None:
    for group in ("Sharing", "Other"):
        assert ask("people", "add", "Soojin", "--group", group).exit_code == 0
    several = ask("search", "--person", "Soojin")
    assert (several.exit_code, "Sharing/Soojin" in several.stderr, "Other/Soojin" in several.stderr) == (1, True, True)
    assert ask("search", "--person", "Other/Soojin").exit_code == 4  # nothing was found of her
    assert "no such person" in ask("search", "--person", "Nobody/Soojin").stderr


def test_whether_people_are_women_or_men_is_said_of_one_or_of_a_whole_group(ask: Command, tmp_path: Path) -> None:
    faces = [{"group": "Describing", "member": name, "confidence": 0.9} for name in ("Yuna", "Lia")]
    row = {"timestamp": 0, "video_id": "described", "caption": "A man and a woman wash a red bicycle.", "faces": faces}
    rows = tmp_path / "rows.json"
    rows.write_text(json.dumps([row]), encoding="utf-8")
    assert ask("import", rows).exit_code == 0

    def says(words: str) -> bool:
        return words in ask("edit", "list", "described").stdout

    assert "Yuna: woman" in ask("people", "describe", "Yuna", "--group", "Describing", "--sex", "female").stdout
    assert "woman or man" in ask("people", "show", "Yuna").stdout
    assert says("A man and a woman wash")  # of Lia nothing is said
    whole = ask("--lang", "ko", "people", "describe", "--everyone-of", "Describing", "--sex", "female")
    assert whole.stdout.split("\n")[:2] == ["Lia: 여성", "Yuna: 이미 여성"]
    assert says("A person and a woman wash")
    back = ask("people", "describe", "Lia", "Yuna", "--group", "Describing", "--sex", "unsaid")
    assert back.stdout.split("\n")[:2] == ["Lia: not said", "Yuna: not said"]
    assert says("A man and a woman wash")


def test_of_nobody_nothing_is_said(ask: Command) -> None:
    assert ask("people", "add", "Ryujin", "--group", "Saying").exit_code == 0
    nobody = ask("people", "describe", "Ryujin", "Nobody", "--sex", "female")
    assert (nobody.exit_code, "There is no such person: Nobody" in nobody.stderr) == (1, True)
    assert "woman" not in ask("people", "show", "Ryujin").stdout  # all are found before anything is said
    assert "no such group: Strangers" in ask("people", "describe", "--everyone-of", "Strangers", "--sex", "male").stderr
    assert ask("people", "describe", "--sex", "female").exit_code == 2
    assert ask("people", "describe", "Ryujin", "--sex", "girl").exit_code == 2


def test_importing_twice_changes_nothing(ask: Command, tmp_path: Path) -> None:
    file = tmp_path / "older.json"
    file.write_text(json.dumps({"rows": [*ROWS, {"timestamp": -1}], "people": []}), encoding="utf-8")
    first = ask("import", file)
    assert first.exit_code == 0, first.output
    assert "7 rows: 1 videos" in first.stdout
    assert "row 6:" in first.stdout
    again = ImportReport.model_validate_json(ask("import", "--json", file).stdout)
    assert (again.videos, again.people, again.segments) == (0, 0, 0)
    assert again.unchanged > 0


def test_one_refusal_is_one_line_and_the_rest_goes_on(ask: Command, tmp_path: Path) -> None:
    (tmp_path / "zero.mp4").touch()
    (tmp_path / "notes.mp4").write_text("not a video")
    done = ask("ingest", tmp_path / "zero.mp4", tmp_path / "notes.mp4")
    assert done.exit_code == 1
    assert [line.rpartition("/")[2] for line in done.stdout.splitlines()] == [
        "zero.mp4: The file is empty. Please send it again.",
        "notes.mp4: This file is not a video, whatever its name says.",
    ]
    assert "빈 파일입니다" in ask("--lang", "ko", "ingest", tmp_path / "zero.mp4").stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["ingest", "nowhere.mp4"], 1, "nowhere.mp4: there is no such file"),
        (["people", "add", "no/such/folder"], 1, "no/such/folder: there is no such folder"),
        (["--server", "http://127.0.0.1:9", "people", "list"], 3, "http://127.0.0.1:9 is not available"),
        (["models", "pull", "nothing"], 1, "There is no such pack: nothing"),
        (["search"], 2, "ask something, or give a filter"),
        (["--lang", "ko", "search"], 2, "질문이나 조건을 적어 주세요"),
        (["--server", "nonsense", "people", "list"], 2, "nonsense (http://"),
        (["--lang", "xx", "people", "list"], 2, "xx (ko, en)"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_a_code(ask: Command, words: list[str], code: int, said: str) -> None:
    done = ask(*words)
    assert done.exit_code == code
    assert said in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize(("port", "said"), [("eighty", "정수여야 합니다"), ("99999", "65535 이하여야 합니다")])
def test_a_setting_that_means_nothing_is_named(
    command: Command, monkeypatch: pytest.MonkeyPatch, port: str, said: str
) -> None:
    monkeypatch.setenv("SCENEDESK_PORT", port)
    done = command("--lang", "ko", "people", "list")
    assert done.exit_code == 1
    assert done.stderr == f"설정값을 사용할 수 없습니다: SCENEDESK_PORT: {said}\n"


def test_a_data_folder_that_cannot_be_made_is_one_sentence(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = command("--data-dir", tmp_path / "file" / "folder", "people", "list")
    assert done.exit_code == 1
    assert "can't be used: Not a directory" in done.stderr


def test_up_says_where_it_runs_already(ask: Command, product: Running) -> None:
    assert product.address in ask("up").stdout


def test_a_note_of_a_product_that_died_is_not_believed(tmp_path: Path) -> None:
    with running.announced(tmp_path, "http://127.0.0.1:9"):
        assert running.found(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_models_are_listed_with_their_licence(command: Command) -> None:
    listed = command("models", "list").stdout
    assert "InsightFace model zoo: non-commercial research only" in listed
    assert "scenedesk models pull buffalo_l" in listed


def test_nothing_is_fetched_offline(command: Command) -> None:
    done = command("models", "pull", "edgeface")
    assert done.exit_code == 1
    assert "SCENEDESK_OFFLINE" in done.stdout


def test_an_altered_weight_is_found(command: Command, tmp_path: Path) -> None:
    pack = tmp_path / ".scenedesk" / "models" / "yolox-nano"
    pack.mkdir(parents=True)
    assert command("models", "verify", "edgeface").exit_code == 1
    (pack / "yolox_nano.onnx").write_bytes(b"altered")
    done = command("models", "verify")
    assert done.exit_code == 1
    assert "7 bytes instead of 3660092" in done.stdout


def test_doctor_names_what_is_weak_and_what_mends_it(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENEDESK_CAPTIONS__DETECTOR_DIR", "/nowhere")
    monkeypatch.setenv("SCENEDESK_PORT", "0")
    findings = {found["name"]: found for found in json.loads(command("doctor", "--json").stdout)}
    assert findings["database"]["state"] == "ok"
    assert "pgvector" in findings["database"]["found"]
    assert findings["object detector"]["remedy"] == "scenedesk models pull yolox-nano"
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    broken = command("doctor")
    assert broken.exit_code == 3
    assert "missing database" in " ".join(broken.stdout.split())
