"""The help of every command in the user's language. English stands beside the commands, Korean here."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import typer
import typer.core
from typer import rich_utils

from kernel.contracts.errors import Language
from standalone.cli.helping_ko import FRAMES, KOREAN, PANELS
from standalone.cli.session import language_of


class Spoken(typer.core.TyperGroup):
    """All commands; which language they are told in is known only once the arguments are."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> Any:
        if language_of(asked_for(sys.argv[1:] if args is None else args)) != "ko":
            return super().main(args, *rest, **more)
        in_korean(self)
        with framed(FRAMES):
            return super().main(args, *rest, **more)


@contextmanager
def framed(words: Mapping[str, str]) -> Iterator[None]:
    """Typer's own words around help and errors, which are constants of a module, replaced for a while."""
    before = {name: getattr(rich_utils, name) for name in words}
    vars(rich_utils).update(words)
    try:
        yield
    finally:
        vars(rich_utils).update(before)


def asked_for(args: Sequence[str]) -> Language | None:
    """What `--lang` says, read before anything is parsed: help is shown while parsing."""
    for place, word in enumerate(args):
        name, equals, value = word.partition("=")
        if name == "--lang":
            said = value if equals else next(iter(args[place + 1 :]), "")
            return {"ko": "ko", "en": "en"}.get(said[:2].lower())  # type: ignore[return-value]
    return None


def in_korean(command: Any) -> None:
    """Put Korean help in place of English, of this command and all below."""
    command.help = KOREAN.get(command.help or "", command.help)
    command.short_help = KOREAN.get(command.short_help or "", command.short_help)
    command.rich_help_panel = PANELS["commands"]
    for said in command.get_params(typer.Context(command)):
        said.help = KOREAN.get(said.help or "", said.help)
        said.rich_help_panel = PANELS["arguments" if isinstance(said, typer.core.TyperArgument) else "options"]
    for below in getattr(command, "commands", {}).values():
        in_korean(below)
