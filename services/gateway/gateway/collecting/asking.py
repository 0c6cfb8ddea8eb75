"""Asking the web through one guarded child process: pictures named, a picture fetched, videos listed."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from gateway.collecting.errors import SearchFailedError
from gateway.collecting.questions import Brought, Listed, Manners, Question
from gateway.collecting.sources import Found
from gateway.media import errors, fetch
from kernel.settings import Settings


class Web:
    """Every method blocks, asks `stopped` several times a second, and raises MediaError."""

    def __init__(
        self, child: subprocess.Popen[bytes], folder: Path, settings: Settings, stopped: Callable[[], bool]
    ) -> None:
        self._child, self._folder, self._settings, self._stopped = child, folder, settings, stopped

    def pictures(self, query: str, limit: int) -> list[Found]:
        answers = self._ask(Question(what="pictures", of=query, limit=limit))
        return [Found.model_validate(answer) for answer in answers]

    def videos(self, asked: str, limit: int) -> list[Listed]:
        """Those of a search's words, of a channel's or of a playlist's address."""
        if asked.startswith(("http://", "https://")):
            fetch.check(asked, self._settings.media)
        answers = self._ask(Question(what="videos", of=asked, limit=limit))
        return [Listed.model_validate(answer) for answer in answers]

    def picture(self, address: str) -> bytes:
        """What is at an address, which begins like a picture."""
        fetch.check(address, self._settings.media)
        brought = Brought.model_validate(next(iter(self._ask(Question(what="picture", of=address)))))
        path = self._folder / brought.file
        content = path.read_bytes()
        path.unlink()
        return content

    def _ask(self, question: Question) -> list[object]:
        stdin: IO[bytes] = self._child.stdin  # type: ignore[assignment]
        try:
            stdin.write(question.model_dump_json().encode() + b"\n")
            stdin.flush()
        except BrokenPipeError as error:
            raise SearchFailedError(reason="web") from error
        return list(self._heard())

    def _heard(self) -> Iterator[object]:
        for said in fetch.said_by(self._child, self._stopped):
            if "found" in said:
                yield said["found"]
            elif "code" in said:
                raise errors.of_code(said["code"], said["params"])
            else:
                return
        raise SearchFailedError(reason="web")


@contextmanager
def open_web(
    settings: Settings, folder: Path, max_bytes: int, stopped: Callable[[], bool] = lambda: False
) -> Iterator[Web]:
    """A web to ask until the block ends; `folder` is where pictures wait to be read."""
    folder.mkdir(parents=True, exist_ok=True)
    how = settings.collecting
    manners = Manners(
        source=how.source,
        address=how.address,
        pause_s=how.pause_s,
        robots=how.robots,
        private_hosts=settings.media.private_hosts,
        folder=folder.absolute(),
        max_bytes=max_bytes,
    )
    with fetch.guarded("gateway.collecting.web", json.loads(manners.model_dump_json())) as child:
        yield Web(child, folder, settings, stopped)
