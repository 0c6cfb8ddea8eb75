"""Collecting by the command line, against a running product and a local site."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from kernel.settings import Collecting, Media, Settings
from standalone import sample
from standalone.cli import app
from tests.e2e.conftest import Running, running
from tests.fake_site import Site, serving
from tests.media_samples import encode


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two photographs of one person each, and a feed of two videos."""
    folder = tmp_path_factory.mktemp("site")
    encode(folder / "video.mp4", seconds=1)
    server = Site(folder / "video.mp4")
    for path in sorted(sample.draw_people(folder / "people").rglob("*.jpg")):
        server.pictures[path.stem] = path.read_bytes()
        server.results.append(server.url(f"picture?name={path.stem}"))
    with serving(server):
        yield server


@pytest.fixture(scope="module")
def product(site: Site, cloned: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A product that may reach this site and nothing else that is private."""
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path_factory.mktemp("collecting") / "data",
        DATABASE_URL=SecretStr(cloned(f"e2e_{uuid4().hex}")),
        collecting=Collecting(address=site.url("search?q={query}&first={first}"), pause_s=0),
        media=Media(private_hosts=(site.address,)),
        offline=False,
    )
    with running(settings) as opened:
        yield opened


def test_collected_by_the_command_line(
    product: Running, site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {"COLUMNS": "200", "LANG": "en_US.UTF-8", "LC_ALL": ""}.items():
        monkeypatch.setenv(name, value)

    def ask(*words: object) -> Result:
        return CliRunner().invoke(app, ["--data-dir", str(product.settings.data_dir), *map(str, words)])

    assert "Nothing" in ask("people", "review").stdout
    collected = ask("people", "collect", "Eileen Collins", "--group", "Crew", "--rights", "Public domain")
    assert collected.exit_code == 0, collected.output
    assert f"Found {len(site.results)}; {len(site.results)} wait for a yes" in collected.stdout
    waiting = json.loads(ask("people", "review", "--json").stdout)
    assert [each["address"] for each in waiting] == site.results
    assert "Eileen Collins" in ask("people", "review").stdout
    done = ask("people", "review", "--approve", waiting[0]["id"][:8], "--reject", waiting[1]["id"])
    assert done.exit_code == 0, done.output
    assert [site.results[0] in done.stdout, site.results[1] in done.stdout] == [True, True]
    assert len(json.loads(ask("people", "review", "--json").stdout)) == len(site.results) - 2
    assert ask("people", "review", "--approve", "nobody").exit_code == 1

    videos = ask("videos", "collect", site.url("feed"), "--rights", "Our own channel", "--review")
    assert videos.exit_code == 0, videos.output
    assert "2 wait for a yes" in videos.stdout
    told = ask("--lang", "ko", "videos", "collect", "http://10.0.0.1/feed", "--rights", "x")
    assert (told.exit_code, "사설 네트워크" in told.stdout) == (1, True)
