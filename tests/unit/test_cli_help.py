"""Help of the command line: every command and option is told in Korean as in English."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from standalone.cli import app
from standalone.cli.helping import asked_for
from standalone.cli.helping_ko import KOREAN

HANGUL = re.compile(r"[가-힣]")
QUOTED = re.compile(r"“[^”]*”")


def commands(command: Any = None, *words: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    command = command or typer.main.get_command(app)
    yield words, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, *words, name)


def said(command: Any) -> set[str]:
    parts = (command.help, command.short_help, *(getattr(one, "help", None) for one in command.params))
    return {part for part in parts if part}


def test_all_that_is_said_is_said_in_korean() -> None:
    english = set().union(*(said(command) for _, command in commands()))
    assert english <= KOREAN.keys()
    assert not [text for text in english if HANGUL.search(QUOTED.sub("", text))]
    assert KOREAN.keys() - english == {"Show this message and exit."}


@pytest.mark.parametrize("words", [(), ("search",), ("people", "add"), ("edit", "merge")], ids=" ".join)
def test_help_is_in_the_language_asked_for(words: tuple[str, ...]) -> None:
    korean = CliRunner().invoke(app, ["--lang", "ko", *words, "--help"], env={"LANG": "C"})
    by_terminal = CliRunner().invoke(app, [*words, "--help"], env={"LANG": "ko_KR.UTF-8", "LC_ALL": ""})
    english = CliRunner().invoke(app, ["--lang=en", *words, "--help"], env={"LANG": "ko_KR.UTF-8"})
    assert [one.exit_code for one in (korean, by_terminal, english)] == [0, 0, 0]
    assert korean.output == by_terminal.output
    assert "이 도움말을" in korean.output
    assert "Show this message" not in korean.output
    assert "Show this message" in english.output


def test_what_is_wrong_with_a_command_is_framed_in_its_language() -> None:
    korean = CliRunner().invoke(app, ["--lang", "ko", "ingest"])
    english = CliRunner().invoke(app, ["--lang", "en", "ingest"])
    assert korean.exit_code == english.exit_code == 2
    assert "오류" in korean.stderr
    assert "오류" not in english.stderr
    assert "Error" in english.stderr


def test_the_language_is_read_before_anything_is_parsed() -> None:
    assert asked_for(["--lang", "ko", "people"]) == asked_for(["people", "--lang=KO"]) == "ko"
    assert asked_for(["--lang=en"]) == "en"
    assert asked_for(["--lang"]) is asked_for(["search", "ko"]) is asked_for(["--lang", "fr"]) is None
