"""A web site with manners good and bad, and a canary that only counts who comes; both on loopback."""

import html
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

VERSION = '"first"'


class Site(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, video: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.video = video.read_bytes()
        self.seen: list[tuple[str, str | None]] = []
        self.closing = threading.Event()
        # What a search for pictures names, in its order; what is at /picture?name=; what robots.txt says.
        self.results: list[str] = []
        self.pictures: dict[str, bytes] = {}
        self.rules: str | None = None
        self.agents: set[str] = set()
        self.on_picture: Callable[[str], object] = lambda _: None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def url(self, path: str) -> str:
        return f"http://{self.address}/{path}"


class _Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.seen.append((parts.path, self.headers.get("Range")))
        self.server.agents.add(self.headers.get("User-Agent", ""))
        getattr(self, f"_{parts.path.strip('/').split('.')[0].replace('-', '_')}")(parse_qs(parts.query))

    def log_message(self, *_: object) -> None: ...

    def _answer(self, content: bytes, status: int = 200, **headers: str | int) -> None:
        self.send_response(status)
        fields = {"Content-Length": len(content), "Content-Type": "video/mp4"}
        for name, value in (fields | {name.replace("_", "-"): value for name, value in headers.items()}).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(content)

    def _video(self, _: object) -> None:
        self._answer(self.server.video)

    def _to(self, query: dict[str, list[str]]) -> None:
        self._answer(b"", 302, Location=query["url"][0])

    def _loop(self, _: object) -> None:
        self._answer(b"", 302, Location="/loop")

    def _halves(self, _: object) -> None:
        """Breaks off half way, and goes on from there when asked to."""
        video, asked = self.server.video, self.headers.get("Range")
        if asked is None:
            self._answer(video[: len(video) // 2], Content_Length=len(video), ETag=VERSION)
            self.close_connection = True
        else:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            where = f"bytes {start}-{len(video) - 1}/{len(video)}"
            self._answer(video[start:], 206, ETag=VERSION, Content_Range=where)

    def _lying(self, _: object) -> None:
        self._answer(self.server.video, Content_Length=len(self.server.video) * 2)
        self.close_connection = True

    def _stalls(self, _: object) -> None:
        self._answer(self.server.video[:5000], Content_Length=len(self.server.video))
        self.wfile.flush()
        self.server.closing.wait(30)

    def _huge(self, _: object) -> None:
        self._answer(self.server.video[:10], Content_Length=10**12)
        self.close_connection = True

    def _endless(self, _: object) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.server.closing.is_set():
            try:
                self.wfile.write(self.server.video)
            except OSError:
                return

    def _page(self, _: object) -> None:
        self._answer(b"<!doctype html><title>no video</title>" * 200, Content_Type="text/html")

    def _packed(self, _: object) -> None:
        self._answer(b"\x1f\x8b\x08" + bytes(9000), Content_Encoding="gzip")

    def _playlist(self, _: object) -> None:
        self._answer(b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n")

    def _gone(self, _: object) -> None:
        self._answer(b"", 410)

    def _search(self, query: dict[str, list[str]]) -> None:
        """As Bing's picture search: 35 results a page, each a link whose attribute holds JSON."""
        first = int(query["first"][0])
        links = "".join(
            f"<div class='imgpt'><a class='iusc' m='{html.escape(json.dumps(self._named(address)))}'></a></div>"
            for address in self.server.results[first : first + 35]
        )
        self._answer(f"<html><body>{links}</body></html>".encode(), Content_Type="text/html; charset=utf-8")

    def _commons(self, query: dict[str, list[str]]) -> None:
        """As Wikimedia Commons' API: 50 results a page, in any order, each with the number it has."""
        first = int(query["first"][0])
        pages = [
            {
                "title": f"File:Minji {number}.jpg",
                "index": number + 1,
                "imageinfo": [{"url": "https://full.example/", "thumburl": found, "descriptionurl": f"{found}&page"}],
            }
            for number, found in enumerate(self.server.results[first : first + 50], first)
        ]
        said = {"batchcomplete": True} | ({"query": {"pages": pages[::-1]}} if pages else {})
        self._answer(json.dumps(said).encode(), Content_Type="application/json")

    def _named(self, address: str) -> dict[str, str]:
        return {"murl": address, "purl": self.server.url("page"), "t": "무대 위의 민지"}

    def _picture(self, query: dict[str, list[str]]) -> None:
        self.server.on_picture(query["name"][0])
        found = self.server.pictures.get(query["name"][0])
        self._answer(found or b"", 200 if found else 404, Content_Type="image/jpeg")

    def _robots(self, _: object) -> None:
        self._answer((self.server.rules or "").encode(), 404 if self.server.rules is None else 200)

    def _feed(self, _: object) -> None:
        """A channel: RSS, with one item twice and one at a private address."""
        addresses = [self.server.url(f"video.mp4?n={number}") for number in (1, 2, 1)] + ["http://10.0.0.1/video.mp4"]
        items = "".join(
            f"<item><title>직캠 {address[-1]}</title><link>{address}</link></item>" for address in addresses
        )
        feed = f"<?xml version='1.0'?><rss version='2.0'><channel><title>채널</title>{items}</channel></rss>"
        self._answer(feed.encode(), Content_Type="application/rss+xml")


class Canary(ThreadingHTTPServer):
    """Counts connections; nobody may come."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), BaseHTTPRequestHandler)
        self.visits = 0

    def process_request(self, request: object, _: object) -> None:
        self.visits += 1
        self.shutdown_request(request)  # type: ignore[arg-type]


@contextmanager
def serving(server: Site | Canary) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        if isinstance(server, Site):
            server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
