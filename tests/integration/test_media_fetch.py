"""Fetching from web addresses: what is refused reaches nobody, and what breaks off is gone on with."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.media import errors, fetch
from kernel.settings import Media
from tests.fake_site import Canary, Site, serving
from tests.media_samples import encode

Ask = Callable[..., dict[str, str]]

# Answers many questions in one guarded process: what `python -m gateway.media.download` does for one.
RUNNER = """
import json, sys
from yt_dlp.extractor.common import InfoExtractor
from gateway.media import download, errors, guard, sites

class TinyIE(InfoExtractor):
    _VALID_URL = r"tiny:(?P<media>.+)"
    def _real_extract(self, url):
        media = self._match_valid_url(url).group("media")
        return {"id": "1", "title": "A tiny\\nvideo", "formats": [{"format_id": "1", "url": media, "ext": "mp4"}]}

allowed = guard.resolved(sys.argv[1:])
watch = guard.Guard(allowed)
watch.install()

def from_tiny(question, url):
    try:
        path, title = sites.download(url, question.folder, "fixed", question.max_bytes, print_nothing, [TinyIE()])
        return json.dumps({"file": path.name, "title": title})
    except errors.MediaError as error:
        refused = watch.refused
        watch.refused = False
        return json.dumps({"code": "address_private" if refused else error.code})

def print_nothing(_): pass

for line in sys.stdin:
    question = download.Question.model_validate_json(line)
    if question.url.startswith(("tiny:", "generic:")):
        answer = from_tiny(question, question.url)
    else:
        answer = download.answer_to(question, watch, print_nothing)
    print(answer, flush=True)
"""


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("site") / "video.mp4"
    encode(path, seconds=1)
    return path


@pytest.fixture(scope="module")
def site(video: Path) -> Iterator[Site]:
    server = Site(video)
    with serving(server):
        yield server


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    server = Canary()
    with serving(server):
        yield server
    assert server.visits == 0, "somebody reached an address nobody may reach"


@pytest.fixture(scope="module")
def ask(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Put a question to the guarded process. It may reach the fake site and nothing else that is private."""
    folder = tmp_path_factory.mktemp("fetched")
    with subprocess.Popen(
        [sys.executable, "-c", RUNNER, site.address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin
        assert child.stdout

        def answer(url: str, max_bytes: int = 10**7, patience_s: float = 5.0) -> dict[str, str]:
            question = {"url": url, "folder": str(folder), "max_bytes": max_bytes, "patience_s": patience_s}
            child.stdin.write(json.dumps(question) + "\n")  # type: ignore[union-attr]
            child.stdin.flush()  # type: ignore[union-attr]
            return json.loads(child.stdout.readline())  # type: ignore[union-attr]

        yield answer
        child.stdin.close()
        child.wait(10)


HOSTS = [
    *(
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.0.0.1.",
        "0",
        "0.0.0.0",  # noqa: S104 - not bound to, but asked for
    ),
    *("localhost", "localhost.", "LOCALHOST", "LocalHost.", "①②⑦.0.0.1", "127。0。0。1"),
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"),
    *("[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[fe80::1]", "[fd00:ec2::254]", "[fec0::1]", "[::1%25lo]"),
    *("169.254.169.254", "0xa9fea9fe", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "198.18.0.1"),
    *("224.0.0.1", "255.255.255.255", "user@127.0.0.1", "example.com@127.0.0.1", socket.gethostname()),
]
ODD = [
    *("", "-", "--exec=id", "-http://{}", "//{}", "file:///etc/passwd", "file://localhost/etc/passwd"),
    *("ftp://{}/", "gopher://{}/", "dict://{}/", "data:video/mp4;base64,AAAA", "javascript:1", "unix:/run/x.sock"),
    *("http://", "http:///{}", "http://[::1", "http://{}:x/", "http://{}/\r\nHost: x", "http://{}\\@example.com/"),
    *("rtmp://{}/", "tiny://{}/", "http+unix://%2Frun%2Fx/", "ytsearch:{}", "http://\x00{}/"),
]


@pytest.mark.parametrize("host", HOSTS)
def test_private_addresses_are_never_connected_to(ask: Ask, canary: Canary, host: str) -> None:
    answer = ask(f"http://{host}:{canary.server_port}/")

    assert answer["code"] in {"address_private", "address_unreachable", "address_invalid"}
    assert canary.visits == 0


@pytest.mark.parametrize("url", ODD)
def test_what_is_no_web_address_is_refused_before_anything_starts(tmp_path: Path, canary: Canary, url: str) -> None:
    with pytest.raises(errors.AddressError):
        fetch.check(url.replace("{}", f"127.0.0.1:{canary.server_port}"), Media())
    assert canary.visits == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "0x7f000001", "[::ffff:127.0.0.1]", "localhost", "[::]"])
def test_redirects_into_the_private_network_end_there(ask: Ask, site: Site, canary: Canary, host: str) -> None:
    answer = ask(site.url(f"to?url=http://{host}:{canary.server_port}/"))

    assert answer["code"] == "address_private"
    assert canary.visits == 0


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"])
def test_redirects_to_other_schemes_end_there(ask: Ask, site: Site, url: str) -> None:
    assert ask(site.url(f"to?url={url}"))["code"] == "address_unreachable"


def test_literal_private_addresses_are_refused_without_a_child() -> None:
    for host in ("127.0.0.1", "127.1", "0x7f000001", "[::1]", "169.254.169.254", "10.1.2.3"):
        with pytest.raises(errors.PrivateAddressError):
            fetch.check(f"http://{host}/", Media())
    fetch.check("http://127.0.0.1:9000/", Media(private_hosts=("127.0.0.1:9000",)))
    fetch.check("https://[2606:4700::1111]/a.mp4", Media())


def test_extractors_are_guarded_too_and_keep_the_fixed_name(ask: Ask, site: Site, canary: Canary) -> None:
    assert ask(f"tiny:{site.url('video.mp4')}") == {"file": "fixed.mp4", "title": "A tiny video"}
    assert ask(f"tiny:http://127.0.0.1:{canary.server_port}/x.mp4")["code"] == "address_private"
    assert ask(f"tiny:{site.url(f'to?url=http://localhost:{canary.server_port}/')}")["code"] == "address_private"
    assert canary.visits == 0


def test_the_generic_extractor_is_off(ask: Ask, site: Site) -> None:
    assert ask(f"generic:{site.url('page')}")["code"] == "address_failed"
    assert ("/page", None) not in site.seen


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("page.html", "address_no_video"),
        ("packed.mp4", "address_no_video"),
        ("playlist.mp4", "media_playlist"),
        ("huge.mp4", "media_too_many_bytes"),
        ("endless.mp4", "media_too_many_bytes"),
        ("lying.mp4", "address_incomplete"),
        ("loop", "address_unreachable"),
        ("gone.mp4", "address_failed"),
    ],
)
def test_bad_answers_get_a_clear_refusal(ask: Ask, site: Site, path: str, code: str) -> None:
    assert ask(site.url(path))["code"] == code


def test_a_server_that_stalls_is_given_up(ask: Ask, site: Site) -> None:
    assert ask(site.url("stalls.mp4"), patience_s=0.3)["code"] in {"address_silent", "address_incomplete"}


def test_a_broken_download_goes_on_where_it_was(site: Site, video: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    fetched = fetch.fetch(
        site.url("halves.mp4?name=x"), tmp_path, Media(private_hosts=(site.address,)), progress=shares.append
    )

    assert fetched.path.read_bytes() == video.read_bytes()
    assert (fetched.title, fetched.path.suffix) == ("halves", ".mp4")
    assert ("/halves.mp4", f"bytes={video.stat().st_size // 2}-") in site.seen
    assert [file.name for file in tmp_path.iterdir()] == [fetched.path.name]
    assert shares


def test_cancelling_ends_the_child_and_keeps_what_came(site: Site, tmp_path: Path) -> None:
    begun = threading.Event()
    with pytest.raises(errors.CancelledFetchError):
        fetch.fetch(
            site.url("stalls.mp4"),
            tmp_path,
            Media(private_hosts=(site.address,)),
            progress=lambda _: begun.set(),
            stopped=begun.is_set,
        )
    assert [file.suffix for file in tmp_path.iterdir()] == [".part"]


def test_a_refusal_in_the_child_is_the_callers_error(canary: Canary, tmp_path: Path) -> None:
    with pytest.raises(errors.PrivateAddressError):
        fetch.fetch(f"http://localhost:{canary.server_port}/x.mp4", tmp_path, Media())
    assert canary.visits == 0
