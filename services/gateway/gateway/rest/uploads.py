"""A multipart upload written to the store as it arrives, hashed on the way, never held in memory."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar
from uuid import uuid4

from fastapi import Request
from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header

from gateway.media.errors import TooManyBytesError
from kernel.contracts.errors import InvalidError, Language, ScenedeskError, Words
from kernel.store import Store

if TYPE_CHECKING:  # the library has these words only for type checkers
    from python_multipart.multipart import MultipartCallbacks

FLUSH_BYTES = 1 << 20
MOST_FIELD_BYTES = 4096
A_DAY_S = 24 * 3600


class NotMultipartError(ScenedeskError):
    status = 415
    code = "not_multipart"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Send the file as multipart/form-data in the part `file`.",
        "ko": "파일을 multipart/form-data의 `file` 항목으로 보내 주세요.",
    }


@dataclass(frozen=True)
class Upload:
    """A file that has arrived under `incoming/`: its name as the sender said, its SHA-256, the other fields."""

    path: Path
    filename: str
    sha256: str
    fields: dict[str, str]


def sweep(store: Store, now: float) -> None:
    """Remove what processes that died left under `incoming/` more than a day before `now` (seconds since 1970)."""
    folder = store.path("incoming")
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_file() and path.stat().st_mtime < now - A_DAY_S:
            path.unlink(missing_ok=True)


@asynccontextmanager
async def receive(request: Request, store: Store, most_bytes: int) -> AsyncIterator[Upload]:
    """The upload in the part `file`; gone after the block unless it was moved away.

    Raises NotMultipartError, TooManyBytesError as soon as it is known, InvalidError for a broken body.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise NotMultipartError
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most_bytes + FLUSH_BYTES:
        raise TooManyBytesError(most=most_bytes)
    path = store.path(f"incoming/{uuid4()}")
    try:
        yield await _written(request, options[b"boundary"], path, most_bytes)
    finally:
        path.unlink(missing_ok=True)


async def _written(request: Request, boundary: bytes, path: Path, most_bytes: int) -> Upload:
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = _Parts()
    parser = MultipartParser(boundary, parts.callbacks())
    digest = hashlib.sha256()
    size = 0
    with path.open("wb") as file:
        async for chunk in request.stream():
            _fed(parser, chunk)
            if len(parts.waiting) >= FLUSH_BYTES:
                size += await _flush(parts, file, digest)
            if size + len(parts.waiting) > most_bytes:
                raise TooManyBytesError(most=most_bytes)
        _finished(parser)
        await _flush(parts, file, digest)
        await asyncio.to_thread(_to_disk, file)
    if parts.filename is None:
        raise InvalidError(reason="file")
    return Upload(path=path, filename=parts.filename, sha256=digest.hexdigest(), fields=parts.text())


def _fed(parser: MultipartParser, chunk: bytes) -> None:
    try:
        parser.write(chunk)
    except MultipartParseError as error:
        raise InvalidError(reason="multipart/form-data") from error


def _finished(parser: MultipartParser) -> None:
    """Refuse a body that broke off: the last boundary never came."""
    try:
        parser.finalize()
    except MultipartParseError as error:
        raise InvalidError(reason="multipart/form-data") from error


async def _flush(parts: "_Parts", file: BinaryIO, digest: "hashlib._Hash") -> int:
    taken = bytes(parts.waiting)
    parts.waiting.clear()
    await asyncio.to_thread(_write, file, digest, taken)
    return len(taken)


def _write(file: BinaryIO, digest: "hashlib._Hash", content: bytes) -> None:
    file.write(content)
    digest.update(content)


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


@dataclass
class _Parts:
    """What the parser has found so far: bytes of the file not yet written, and the small text fields."""

    waiting: bytearray = field(default_factory=bytearray)
    filename: str | None = None
    fields: dict[str, bytearray] = field(default_factory=dict)
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _into: bytearray | None = None

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_part_data": self._part_data,
        }

    def text(self) -> dict[str, str]:
        return {name: bytes(raw).decode("utf-8", "replace") for name, raw in self.fields.items()}

    def _part_begin(self) -> None:
        self._into = None

    def _header_end(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            self._disposition(bytes(self._value))
        self._header.clear()
        self._value.clear()

    def _disposition(self, value: bytes) -> None:
        _, options = parse_options_header(value)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name != "file":
            self._into = self.fields.setdefault(name[:100], bytearray())
        elif self.filename is None and b"filename" in options:
            self.filename = _base_name(options[b"filename"].decode("utf-8", "replace"))
            self._into = self.waiting

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._into is None:
            return
        if self._into is not self.waiting and len(self._into) + end - start > MOST_FIELD_BYTES:
            en, ko = f"a field longer than {MOST_FIELD_BYTES} bytes", f"항목이 {MOST_FIELD_BYTES}바이트를 넘습니다"
            raise InvalidError(reason=Words(en, ko))
        self._into.extend(data[start:end])


def _base_name(said: str) -> str:
    """The last part of what the sender called it; some send whole paths."""
    return said.replace("\\", "/").rpartition("/")[2].replace("\x00", "")[:255] or "video"
