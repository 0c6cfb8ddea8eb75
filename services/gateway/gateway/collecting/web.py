"""The program that collects: under the guard, questions on standard input, JSON lines on standard output.

`python -m gateway.collecting.web`, started by `asking.py`. The first line says how to behave; each line after it is a
question, answered by what was found and a last line that ends or refuses. One process a collection, so that robots.txt
is read once a host and its pause is kept.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from hashlib import sha256
from pathlib import Path
from typing import Any, TextIO

import requests
from pydantic import BaseModel, ValidationError

from gateway.collecting import listing
from gateway.collecting.crawling import search
from gateway.collecting.errors import NoPictureThereError
from gateway.collecting.polite import Polite
from gateway.collecting.questions import Brought, Manners, Question
from gateway.collecting.sources import Found, source
from gateway.media import errors
from gateway.media.child import limit_child
from gateway.media.guard import Guard, resolved

MEMORY_BYTES = 2 * 1024**3
CPU_S = 3600
CHUNK = 64 * 1024
# JPEG, PNG, WebP: what references take.
HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")


def main() -> None:
    manners = Manners.model_validate_json(sys.stdin.readline())
    limit_child(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S, file_bytes=manners.max_bytes + CHUNK)
    guard = Guard(resolved(manners.private_hosts))
    guard.install()
    session = Polite(manners.pause_s, robots=manners.robots)
    out = sys.stdout
    with redirect_stdout(sys.stderr):
        for line in sys.stdin:
            guard.refused = False
            _tell(_answers(Question.model_validate_json(line), manners, session), guard, out)


def _tell(answers: Iterable[BaseModel], guard: Guard, out: TextIO) -> None:
    try:
        for answer in answers:
            _say({"found": answer.model_dump()}, out)
        _say({"end": True}, out)
    except (errors.MediaError, requests.RequestException, OSError, ValidationError, ValueError) as error:
        refusal = errors.PrivateAddressError() if guard.refused else _refusal(error)
        _say({"code": refusal.code, "params": refusal.params}, out)


def _say(what: dict[str, Any], out: TextIO) -> None:
    print(json.dumps(what), file=out, flush=True)


def _refusal(error: Exception) -> errors.MediaError:
    if isinstance(error, errors.MediaError):
        return error
    if isinstance(error, requests.Timeout):
        return errors.SilentServerError()
    return errors.UnreachableAddressError()


def _answers(question: Question, manners: Manners, session: Polite) -> Iterator[BaseModel]:
    if question.what == "videos":
        yield from listing.listed(question.of, question.limit)
    elif question.what == "pictures":
        found: list[Found] = search(source(manners.source), session, question.of, question.limit, manners.address)
        yield from found
    else:
        yield _picture(question.of, manners, session)


def _picture(address: str, manners: Manners, session: Polite) -> Brought:
    """Fetch one picture into the folder. Raises MediaError and requests' errors; nothing is left behind then."""
    path = manners.folder / sha256(address.encode()).hexdigest()[:32]
    with session.get(address, stream=True) as answer:
        if not answer.ok:
            raise NoPictureThereError(reason=f"HTTP {answer.status_code}")
        try:
            _copy(answer, path, manners.max_bytes)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Brought(file=path.name, address=answer.url)


def _copy(answer: requests.Response, path: Path, most: int) -> None:
    came = 0
    with path.open("wb") as file:
        for chunk in answer.iter_content(CHUNK):
            if not came and not chunk.startswith(HEADS):
                raise NoPictureThereError(reason=answer.headers.get("Content-Type", "?")[:80])
            came += len(chunk)
            if came > most:
                raise errors.TooManyBytesError(most=most)
            file.write(chunk)
    if not came:
        raise errors.EmptyFileError


if __name__ == "__main__":
    main()
