"""Who may know whom, and how long a file may get."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 400
KEPT = ("kernel", "services", "standalone", "migrations", "tests", "bench")


def python_files() -> list[Path]:
    return [path for folder in KEPT for path in (ROOT / folder).rglob("*.py")]


def test_every_import_stays_within_its_room() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_linter_sees_a_forbidden_import(tmp_path: Path) -> None:
    """The contracts are no decoration: a service that imports another is found."""
    for name, text in {"gateway": "import face_service\n", "face_service": ""}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(text)
    names = "\n".join(f"    {name}" for name in ("gateway", "face_service"))
    contract = (ROOT / ".importlinter").read_text().split("[importlinter:contract:services]")[1].split("modules =")[0]
    (tmp_path / "contracts").write_text(
        f"[importlinter]\nroot_packages =\n{names}\n[importlinter:contract:services]{contract}modules =\n{names}\n"
    )
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-logo", "--no-cache", "--config", "contracts"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
    )
    assert done.returncode != 0
    assert "face_service" in done.stdout


@pytest.mark.parametrize("path", python_files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_outgrows_its_noun(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{lines} lines: give part of it a noun of its own"


@pytest.mark.parametrize("word", ["manager", "processor", "utils", "helper", "common", "misc"])
def test_no_room_is_named_after_nothing(word: str) -> None:
    named = [path for path in python_files() if word in path.stem.split("_")]
    assert named == []


def test_only_forgetting_may_rewrite_history() -> None:
    """The database refuses to change history; the switch that allows it stands in one place."""
    written = [path for path in (ROOT / "services").rglob("*.py") if "scenedesk.forgetting" in path.read_text()]
    assert [path.relative_to(ROOT / "services/gateway/gateway").as_posix() for path in written] == [
        "library/forgotten.py"
    ]
