"""The program `fetch` runs: one question on standard input, JSON lines on standard output.

An address that a named extractor of yt-dlp knows goes through it; any other must be the media itself and
is read by httpx. yt-dlp's generic extractor, which would follow whatever a page embeds, is never used.
"""

import json
import os
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stdout
from hashlib import sha256
from pathlib import Path, PurePosixPath
from time import monotonic
from urllib.parse import unquote, urlsplit

import httpx
from pydantic import BaseModel

from gateway.media import errors, sites
from gateway.media.child import limit_child
from gateway.media.guard import Guard, resolved
from gateway.media.sniff import HEAD_BYTES, refuse_by_kind

Say = Callable[[float], None]

MEMORY_BYTES = 2 * 1024**3
CPU_S = 3600
ATTEMPTS = 4
SUFFIXES = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".ts", ".m2ts", ".mpg", ".mpeg", ".avi", ".flv", ".wmv", ".mxf")
_SLOWEST_BYTES_S, _GRACE_S = 1_000, 60
_RESUMED, _WRONG_RANGE = 206, 416


class Question(BaseModel):
    url: str
    folder: Path
    max_bytes: int
    private_hosts: tuple[str, ...] = ()
    patience_s: float = 20.0

    @property
    def part(self) -> Path:
        """Where bytes wait until all have come; the same address finds them again."""
        return self.folder / f"{sha256(self.url.encode()).hexdigest()[:32]}.part"

    @property
    def validator(self) -> Path:
        """What the server said names this very version of the file."""
        return self.part.with_suffix(".version")


class Downloaded(BaseModel):
    file: str
    title: str


def main() -> None:
    question = Question.model_validate_json(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    limit_child(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S, file_bytes=question.max_bytes + HEAD_BYTES)
    guard = Guard(resolved(question.private_hosts))
    guard.install()
    out = sys.stdout
    with redirect_stdout(sys.stderr):  # what a library prints is not part of the answer
        answer = answer_to(question, guard, lambda share: print(json.dumps({"progress": share}), file=out, flush=True))
    print(answer, file=out, flush=True)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def answer_to(question: Question, guard: Guard, say: Say) -> str:
    """One line of JSON: a `Downloaded`, or a refusal's code and parameters."""
    guard.refused = False
    try:
        return download(question, say).model_dump_json()
    except errors.MediaError as error:
        refusal = errors.PrivateAddressError() if guard.refused else error
        return json.dumps({"code": refusal.code, "params": refusal.params})


def download(question: Question, say: Say) -> Downloaded:
    """Raises MediaError."""
    if sites.knows(question.url):
        path, title = sites.download(question.url, question.folder, question.part.stem, question.max_bytes, say)
        return Downloaded(file=path.name, title=title)
    try:
        return _file(question, say)
    except httpx.InvalidURL as error:
        raise errors.AddressError from error


def _file(question: Question, say: Say) -> Downloaded:
    headers = {"Accept-Encoding": "identity", "User-Agent": "scenedesk"}
    with httpx.Client(
        headers=headers, timeout=question.patience_s, trust_env=False, follow_redirects=True, max_redirects=5
    ) as client:
        for _ in range(ATTEMPTS):
            before = _size(question.part)
            try:
                _read(client, question, say)
            except httpx.HTTPError as error:
                if _size(question.part) <= before:
                    raise _why(error) from error
            else:
                return _finished(question)
    raise errors.IncompleteFetchError


def _why(error: httpx.HTTPError) -> errors.MediaError:
    if isinstance(error, httpx.HTTPStatusError):
        return errors.FetchError(reason=f"HTTP {error.response.status_code}")
    if isinstance(error, httpx.ReadTimeout):
        return errors.SilentServerError()
    return (
        errors.IncompleteFetchError()
        if isinstance(error, httpx.ReadError | httpx.RemoteProtocolError)
        else (errors.UnreachableAddressError())
    )


def _read(client: httpx.Client, question: Question, say: Say) -> None:
    """One request; the part file grows by what comes. Raises httpx.HTTPError and MediaError."""
    with client.stream("GET", question.url, headers=_where_we_were(question)) as response:
        if response.status_code == _WRONG_RANGE:
            question.part.unlink(missing_ok=True)
        response.raise_for_status()
        resumed = response.status_code == _RESUMED
        have = _size(question.part) if resumed else 0
        length = have + int(response.headers.get("Content-Length") or 0)
        if length > question.max_bytes:
            raise errors.TooManyBytesError(most=question.max_bytes)
        _remember_version(question, response)
        with question.part.open("ab" if resumed else "wb") as part:
            _copy(response, part.write, _Meter(have, length, question.max_bytes, say))


def _where_we_were(question: Question) -> dict[str, str]:
    have = _size(question.part)
    if not have or not question.validator.exists():
        return {}
    return {"Range": f"bytes={have}-", "If-Range": question.validator.read_text("ascii")}


def _remember_version(question: Question, response: httpx.Response) -> None:
    """Without a word by which the server knows the file again, a broken download starts over."""
    etag = response.headers.get("ETag", "")
    version = etag if etag.startswith('"') else response.headers.get("Last-Modified", "")
    if version and version.isascii():
        question.validator.write_text(version, "ascii")
    else:
        question.validator.unlink(missing_ok=True)


class _Meter:
    """Counts bytes against the limit and the clock, and tells how far we are."""

    def __init__(self, have: int, length: int, most: int, say: Say) -> None:
        self._have, self._length, self._most, self._say = have, length, most, say
        self._start, self._came, self._told = monotonic(), 0, 0.0

    def count(self, size: int) -> None:
        self._came += size
        if self._have + self._came > self._most:
            raise errors.TooManyBytesError(most=self._most)
        now = monotonic()
        if now - self._start > _GRACE_S and self._came < _SLOWEST_BYTES_S * (now - self._start):
            raise errors.SilentServerError
        if now - self._told > 0.2:  # noqa: PLR2004 - five times a second is often enough to look at
            self._told = now
            self._say(min(1.0, (self._have + self._came) / self._length) if self._length else 0.0)


def _copy(response: httpx.Response, write: Callable[[bytes], int], meter: _Meter) -> None:
    head = b"" if response.status_code != _RESUMED else None
    for chunk in response.iter_raw():
        meter.count(len(chunk))
        write(chunk)
        if head is not None and len(head := head + chunk) >= HEAD_BYTES:
            _refuse_at_once(head)
            head = None
    if head is not None:
        _refuse_at_once(head)


def _refuse_at_once(head: bytes) -> None:
    """Not after fifty gigabytes: the first bytes already tell a page or a playlist from a video."""
    try:
        refuse_by_kind(head[:HEAD_BYTES])
    except errors.NotVideoError as error:
        raise errors.NoVideoThereError from error


def _finished(question: Question) -> Downloaded:
    name = unquote(PurePosixPath(urlsplit(question.url).path).name)
    suffix = PurePosixPath(name).suffix.lower()
    path = question.part.with_suffix(suffix if suffix in SUFFIXES else ".mp4")
    question.part.replace(path)
    question.validator.unlink(missing_ok=True)
    title = PurePosixPath(name).stem if suffix in SUFFIXES else name
    return Downloaded(file=path.name, title=sites.title_of(title or urlsplit(question.url).hostname or "video"))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


if __name__ == "__main__":
    main()
