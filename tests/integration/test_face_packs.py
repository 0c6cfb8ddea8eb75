"""Face packs: what they pin, and how one is pulled that is an archive or states no size."""

import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from face_service.packs import EDGE, PACKS
from kernel.contracts.errors import UnavailableError
from kernel.inference.weights import Pack, WeightFile, problems, pull

DETECTOR, RECOGNISER = b"detector" * 500, bytes(range(256)) * 9000


class Shelf(BaseHTTPRequestHandler):
    """Serves `files`, and remembers what was asked."""

    files: dict[str, bytes]
    asked: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.asked.append((self.path, wanted))
        content = self.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def shelf() -> Iterator[type[Shelf]]:
    class Own(Shelf):
        files, asked = {}, []

    with ThreadingHTTPServer(("127.0.0.1", 0), Own) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        Own.address = f"http://127.0.0.1:{server.server_port}"
        yield Own
        server.shutdown()
        serving.join()


def weight(name: str, content: bytes, url: str | None = None) -> WeightFile:
    return WeightFile(name=name, sha256=hashlib.sha256(content).hexdigest(), size=len(content), url=url)


def pack_of(*files: WeightFile, archive: WeightFile | None = None) -> Pack:
    return Pack(name="pack", files=files, licence="CC0-1.0", source="this test", archive=archive)


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"buffalo/{name}.onnx", content)
    return packed.getvalue()


def archived(shelf: type[Shelf], content: bytes, *files: WeightFile) -> Pack:
    shelf.files["/pack.zip"] = content
    return pack_of(*files, archive=weight("pack.zip", content, f"{shelf.address}/pack.zip"))


def test_a_file_of_unstated_size_is_pulled_whole(shelf: type[Shelf], tmp_path: Path) -> None:
    shelf.files["/det.onnx"] = DETECTOR
    pack = pack_of(replace(weight("det.onnx", DETECTOR, f"{shelf.address}/det.onnx"), size=None))
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "det.onnx.part").write_bytes(b"half")
    reports: list[tuple[str, int, int]] = []
    assert problems(pack, pull(pack, tmp_path, lambda *report: reports.append(report))) == []
    assert reports[-1] == ("det.onnx", len(DETECTOR), len(DETECTOR))
    assert shelf.asked == [("/det.onnx", None)]


def test_a_pack_is_taken_out_of_its_archive_and_the_archive_removed(shelf: type[Shelf], tmp_path: Path) -> None:
    content = zipped(det=DETECTOR, rec=RECOGNISER, sex=b"not needed")
    pack = archived(shelf, content, weight("det.onnx", DETECTOR), weight("rec.onnx", RECOGNISER))
    assert [file.name for file in pack.downloads] == ["pack.zip"]
    place = pull(pack, tmp_path, lambda *_: None)
    assert problems(pack, place) == []
    assert sorted(path.name for path in place.iterdir()) == ["det.onnx", "rec.onnx"]
    pull(pack, tmp_path, lambda *_: None)
    assert len(shelf.asked) == 1


def test_an_archive_with_an_altered_member_gives_nothing_of_it(shelf: type[Shelf], tmp_path: Path) -> None:
    pack = archived(shelf, zipped(det=b"altered"), weight("det.onnx", DETECTOR))
    with pytest.raises(UnavailableError, match="SHA-256"):
        pull(pack, tmp_path, lambda *_: None)
    assert not (tmp_path / "pack" / "det.onnx").exists()


def test_an_archive_without_the_file_says_so(shelf: type[Shelf], tmp_path: Path) -> None:
    pack = archived(shelf, zipped(rec=RECOGNISER), weight("det.onnx", DETECTOR))
    with pytest.raises(UnavailableError, match="does not hold it"):
        pull(pack, tmp_path, lambda *_: None)


def test_a_file_with_no_address_is_to_be_brought_by_hand(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="by hand"):
        pull(pack_of(weight("det.onnx", DETECTOR)), tmp_path, lambda *_: None)


def test_an_address_that_does_not_answer_can_be_tried_again(shelf: type[Shelf], tmp_path: Path) -> None:
    pack = pack_of(weight("det.onnx", DETECTOR, f"{shelf.address}/gone.onnx"))
    with pytest.raises(UnavailableError, match="it resumes"):
        pull(pack, tmp_path, lambda *_: None)


def test_every_pack_says_where_it_is_from_and_pins_every_file() -> None:
    assert len({pack.name for pack in PACKS}) == len(PACKS)
    for pack in PACKS:
        assert pack.licence
        assert pack.source
        for file in (*pack.files, *pack.downloads):
            assert re.fullmatch("[0-9a-f]{64}", file.sha256)
            assert file.url is None or file.url.startswith("https://")


def test_what_is_for_research_only_says_so_before_it_is_pulled() -> None:
    for pack in PACKS:
        if "non-commercial" in pack.licence:
            assert "non-commercial" in (pack.notice or "")
            assert "비상업적" in (pack.notice or "")


def test_the_pack_beside_the_checkout_is_the_pinned_one(shared: Path) -> None:
    assert problems(EDGE, shared / str(EDGE.shared)) == []
