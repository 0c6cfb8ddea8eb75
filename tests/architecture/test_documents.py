"""Documentation under test: what it says of settings, routes, commands and make targets is so."""

import re
from pathlib import Path

import pytest
import typer.main
from click import Command, Group

from kernel.settings import Settings
from standalone import reference
from standalone.cli import app

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.ko.md")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def code_blocks(name: str) -> list[str]:
    """Lines of every sh block, comments and prompts taken off."""
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [line.split("  #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def make_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+):.*## ", text, re.MULTILINE))


def commands(group: Command, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    if not isinstance(group, Group):
        return {path}
    return {found for name, command in group.commands.items() for found in commands(command, (*path, name))}


@pytest.mark.parametrize(("page", "text"), reference.pages().items(), ids=lambda value: getattr(value, "name", ""))
def test_reference_pages_are_what_the_code_says(page: Path, text: str) -> None:
    assert page.read_text(encoding="utf-8") == text, "run: make docs"


def test_every_setting_says_what_it_is_for() -> None:
    silent = [setting.name for _, found in reference.settings() for setting in found if not setting.description]
    assert silent == []


def test_the_example_environment_is_the_defaults(tmp_path: Path) -> None:
    """Every commented line, uncommented, leaves the settings as they are without it."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    settings = [line.removeprefix("# ") for line in lines if re.match(r"# SCENEDESK_[A-Z0-9_]+=", line)]
    (tmp_path / ".env").write_text("\n".join(settings), encoding="utf-8")
    assert len(settings) > 20
    assert Settings(_env_file=tmp_path / ".env") == Settings(_env_file=None)


def test_every_make_target_is_explained_and_told_of() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())
    assert phony == make_targets()
    told = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
    untold = {target for target in make_targets() if f"make {target}" not in told}
    assert untold <= {"clean", "constraints"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages_name_only_make_targets_that_exist(page: Path) -> None:
    named = re.findall(r"`make ([a-z0-9-]+)", page.read_text(encoding="utf-8"))
    assert set(named) <= make_targets()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages_name_only_settings_and_commands_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    known = {setting.name for _, found in reference.settings() for setting in found}
    compose = set(re.findall(r"SCENEDESK_[A-Z0-9_]+", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert set(re.findall(r"SCENEDESK_[A-Z0-9_]*[A-Z0-9]", text)) <= known | compose
    real = commands(typer.main.get_command(app))
    for words in re.findall(r"`scenedesk ([a-z ]+)", text):
        said = tuple(words.split())
        assert any(path[: len(said)] == said[: len(path)] for path in real), said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    broken = [link for link in links if not link.startswith("http") and not (page.parent / link).exists()]
    assert broken == []


def test_both_readmes_give_the_same_commands() -> None:
    english, korean = (code_blocks(name) for name in READMES)
    assert english == korean


@pytest.mark.parametrize("line", code_blocks("README.md"))
def test_a_command_of_the_readme_is_a_command(line: str) -> None:
    program, *words = line.split()
    if program == "make":
        assert words[0] in make_targets()
    elif program == "scenedesk":
        real = commands(typer.main.get_command(app))
        assert any(path == tuple(words[: len(path)]) for path in real), line
    else:
        assert line in {
            ". .venv/bin/activate",
            "cp .env.example .env",
            "docker compose up --build --detach",
        }
