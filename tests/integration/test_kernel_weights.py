"""Packs: found, verified, pulled from a local server with resume, never put in place unverified."""

import functools
import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kernel.contracts.errors import UnavailableError
from kernel.inference.backend import BackendUnavailableError
from kernel.inference.weights import Pack, WeightFile, find, problems, pull

CONTENT = bytes(range(256)) * 4096
ASKED: list[str | None] = []


class Ranged(http.server.SimpleHTTPRequestHandler):
    """Serves one file with byte ranges, and remembers which were asked for."""

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        ASKED.append(asked)
        body = Path(self.translate_path(self.path)).read_bytes()
        first = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(body) - first))
        self.end_headers()
        self.wfile.write(body[first:])

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(CONTENT)
    ASKED.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Ranged, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def pack(url: str | None, content: bytes = CONTENT) -> Pack:
    file = WeightFile("model.onnx", hashlib.sha256(content).hexdigest(), len(content), url)
    return Pack("tiny", (file,), licence="CC0-1.0", source="a test")


def quiet(_file: str, _so_far: int, _in_all: int) -> None:
    return


def test_a_pack_is_pulled_verified_and_not_pulled_again(site: str, tmp_path: Path) -> None:
    tiny, seen = pack(f"{site}/model.onnx"), []
    folder = pull(tiny, tmp_path / "packs", lambda *said: seen.append(said))
    assert problems(tiny, folder) == []
    assert seen[-1] == ("model.onnx", len(CONTENT), len(CONTENT))
    pull(tiny, tmp_path / "packs", quiet)
    assert len(ASKED) == 1
    assert find(tiny, None, tmp_path / "packs") == folder


def test_an_interrupted_pull_goes_on_where_it_was(site: str, tmp_path: Path) -> None:
    partial = tmp_path / "packs" / "tiny" / "model.onnx.part"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(CONTENT[:1000])
    folder = pull(pack(f"{site}/model.onnx"), tmp_path / "packs", quiet)
    assert ASKED == ["bytes=1000-"]
    assert (folder / "model.onnx").read_bytes() == CONTENT


def test_what_has_another_hash_is_never_put_in_place(site: str, tmp_path: Path) -> None:
    lied = pack(f"{site}/model.onnx", content=b"\x01" * len(CONTENT))
    with pytest.raises(UnavailableError, match="SHA-256"):
        pull(lied, tmp_path / "packs", quiet)
    assert list((tmp_path / "packs" / "tiny").iterdir()) == []


def test_an_address_that_does_not_answer_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"127\.0\.0\.1:9"):
        pull(pack("http://127.0.0.1:9/model.onnx"), tmp_path / "packs", quiet, timeout_s=2)


def test_a_missing_or_altered_pack_is_said_with_the_command_that_brings_it(tmp_path: Path) -> None:
    tiny = pack(None)
    with pytest.raises(BackendUnavailableError, match=r"model.onnx is missing.*scenedesk models pull tiny"):
        find(tiny, None, tmp_path)
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "model.onnx").write_bytes(b"\x00" * len(CONTENT))
    with pytest.raises(BackendUnavailableError, match="another SHA-256"):
        find(tiny, None, tmp_path)
