"""A video from a web address, by a child process that can reach public addresses only."""

import json
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import IO, Any
from urllib.parse import urlsplit

from gateway.media import errors, guard
from gateway.media.child import bare_environment
from kernel.contracts.model import Value
from kernel.settings import Media

SILENCE_S = 90
"""A child that says nothing for so long is ended."""
_LOOK_S = 0.3
_LONGEST_URL = 4096


class Fetched(Value):
    """A downloaded file, not yet admitted, and what its page or address calls it."""

    path: Path
    title: str


def check(url: str, media: Media) -> None:
    """Refuse at once what needs no network to refuse. Raises AddressError or PrivateAddressError."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError as error:
        raise errors.AddressError from error
    odd = len(url) > _LONGEST_URL or any(ord(sign) <= ord(" ") or sign == "\\" for sign in url)
    if odd or parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        raise errors.AddressError
    address = guard.literal(host)
    if (
        address
        and not guard.is_public(address)
        and {f"{host}:{port}", f"[{host}]:{port}", f"{address}:{port}"}.isdisjoint(media.private_hosts)
    ):
        raise errors.PrivateAddressError


def fetch(
    url: str,
    into: Path,
    media: Media,
    progress: Callable[[float], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
    patience_s: float = 20.0,
) -> Fetched:
    """Download `url` into the folder `into`. Blocks; asks `stopped` several times a second.

    A server silent for `patience_s` is given up. What an earlier call for the same address left unfinished in
    `into` is gone on with, when the server can. Raises MediaError.
    """
    check(url, media)
    into.mkdir(parents=True, exist_ok=True)
    question = {
        "url": url,
        "folder": str(into.absolute()),
        "max_bytes": media.max_bytes,
        "private_hosts": media.private_hosts,
        "patience_s": patience_s,
    }
    with guarded("gateway.media.download", question) as child:
        for said in said_by(child, stopped):
            if "progress" in said:
                progress(said["progress"])
            elif "code" in said:
                raise errors.of_code(said["code"], said["params"])
            else:
                return Fetched(path=into / said["file"], title=said["title"])
    raise errors.IncompleteFetchError


@contextmanager
def guarded(program: str, question: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    """A program that goes to the network under the guard. It ends when its input does, so it can't outlive us."""
    command = [sys.executable, "-m", program]
    with subprocess.Popen(  # noqa: S603 - a fixed argv; the question goes over stdin
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=bare_environment() | {"YTDLP_NO_PLUGINS": "1"},
    ) as child:
        try:
            stdin: IO[bytes] = child.stdin  # type: ignore[assignment]
            stdin.write(json.dumps(question).encode() + b"\n")
            stdin.flush()
            yield child
        finally:
            child.kill()


def said_by(child: subprocess.Popen[bytes], stopped: Callable[[], bool]) -> Iterator[dict[str, Any]]:
    """The child's JSON lines until it ends. Raises CancelledFetchError or SilentServerError."""
    pending, heard = b"", monotonic()
    stdout: IO[bytes] = child.stdout  # type: ignore[assignment]
    while True:
        if stopped():
            raise errors.CancelledFetchError
        if monotonic() - heard > SILENCE_S:
            raise errors.SilentServerError
        if not select.select([stdout], [], [], _LOOK_S)[0]:
            continue
        if not (chunk := stdout.read1()):  # type: ignore[attr-defined]
            return
        heard = monotonic()
        *lines, pending = (pending + chunk).split(b"\n")
        yield from map(json.loads, lines)
