"""What every command has: settings, the reader's language, a console, one way to fail."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, NoReturn, TypeVar

import pydantic
import typer
from pydantic import BaseModel
from rich.console import Console

from kernel.contracts.errors import Language, ScenedeskError, Words
from kernel.contracts.malformed import MalformedError
from kernel.settings import Settings
from kernel.telemetry import configure_logs
from standalone.cli.words import word

Result = TypeVar("Result")

# Exit codes. 2 is Typer's own, for a command line that makes no sense; 130 is Ctrl-C's.
FAILED, MISSING, NOTHING = 1, 3, 4
UNAVAILABLE = 503


class SettingsError(MalformedError):
    code = "settings"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "A setting can't be used: {reason}",
        "ko": "설정값을 사용할 수 없습니다: {reason}",
    }


class DataFolderError(ScenedeskError):
    status = 422
    code = "data_folder"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The data folder {path} can't be used: {reason}. Choose another with --data-dir.",
        "ko": "데이터 폴더 {path}을(를) 사용할 수 없습니다: {reason}. --data-dir로 다른 폴더를 지정해 주세요.",
    }


def no_file(path: object) -> Words:
    """The reason of a path where nothing is."""
    return Words(f"{path}: there is no such file", f"{path}: 파일이 없습니다")


@dataclass(frozen=True)
class Session:
    """Handed to every command as `context.obj`."""

    settings: Settings
    language: Language
    server: str | None = None
    verbose: bool = False
    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))

    def say(self, key: str, style: str | None = None, **params: object) -> None:
        self.console.print(word(key, self.language, **params), style=style, markup=False)

    def word(self, key: str, **params: object) -> str:
        return word(key, self.language, **params)

    def print_json(self, value: BaseModel | list[Any] | dict[str, Any]) -> None:
        plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
        sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2) + "\n")

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a command's coroutine; what goes wrong becomes one red line and an exit code."""
        try:
            with self._logs():
                return asyncio.run(work)
        except ScenedeskError as error:
            work.close()
            fail(error, self.language)
        except KeyboardInterrupt:
            raise typer.Exit(130) from None

    @property
    def log(self) -> Path:
        return self.settings.data_dir / "logs" / "scenedesk.log"

    @contextmanager
    def _logs(self) -> Iterator[None]:
        """Logs go to a file while the block runs, since the terminal shows something else; or here, when asked for."""
        root = logging.getLogger()
        before = root.handlers
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataFolderError(path=self.settings.data_dir, reason=error.strerror) from error
        with self.log.open("a", encoding="utf-8", buffering=1) as file:
            if self.verbose:
                configure_logs(self.settings.model_copy(update={"log_json": False}))
            else:
                configure_logs(self.settings, file)
            try:
                yield
            finally:
                root.handlers = before


def session(context: typer.Context) -> Session:
    found: Session = context.obj
    return found


def load_settings(data_dir: Path | None) -> Settings:
    """The environment's settings. Raises SettingsError naming the one that is wrong."""
    try:
        return Settings.load() if data_dir is None else Settings(data_dir=data_dir)
    except pydantic.ValidationError as error:
        raise SettingsError([{**found, "loc": (_variable(found["loc"]),)} for found in error.errors()]) from error


def _variable(loc: tuple[int | str, ...]) -> str:
    """The environment variable of a setting: `("media", "roots", 0)` is SCENEDESK_MEDIA__ROOTS."""
    names = [part.upper() for part in loc if isinstance(part, str)]
    return names[0] if names[:1] == ["DATABASE_URL"] else "SCENEDESK_" + "__".join(names)


def language_of(asked: str | None) -> Language:
    """`--lang`, else the terminal's locale; English when neither is Korean."""
    spoken = asked or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ko" if spoken.lower().startswith("ko") else "en"


def fail(error: ScenedeskError, language: Language) -> NoReturn:
    """Say it in one red line on standard error. Exit code 3 when something needed is missing, else 1."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(error.sentence(language), style="red", markup=False)
    raise typer.Exit(MISSING if error.problem(language).status == UNAVAILABLE else FAILED)
