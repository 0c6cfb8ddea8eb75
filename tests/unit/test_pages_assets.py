"""Scripts and styles: kept by browsers under their version, asked about under any other name; all modules are known."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gateway.pages import assets


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.mount("/static", assets.Files())
    with TestClient(app) as opened:
        yield opened


@pytest.mark.parametrize("name", ["js/video.js", "css/base.css", "icon.svg"])
def test_a_file_is_kept_under_its_version_only(client: TestClient, name: str) -> None:
    kept, old, bare = (client.get(f"/static/{at}{name}") for at in (f"{assets.version()}/", "0123456789ab/", ""))
    assert [each.status_code for each in (kept, old, bare)] == [200, 200, 200]
    assert kept.content == old.content == bare.content == (assets.STATIC / name).read_bytes()
    assert "immutable" in kept.headers["cache-control"]
    assert old.headers["cache-control"] == bare.headers["cache-control"] == "no-cache"


def test_nothing_outside_is_served(client: TestClient) -> None:
    assert client.get(f"/static/{assets.version()}/../assets.py").status_code == 404
    assert client.get(f"/static/{assets.version()}/js/nothing.js").status_code == 404


def test_everything_a_script_imports_is_asked_for_at_once() -> None:
    video = assets.modules()["video"]
    assert {"page.js", "drafts.js", "picker.js"} <= set(video)
    assert len(video) == len(set(video))
    for name in ["video.js", *video]:
        source = (assets.STATIC / "js" / name).read_text("utf-8")
        assert set(re.findall(r'from "\./(.*?)"|import "\./(.*?)"', source)) <= {
            pair for each in video for pair in ((each, ""), ("", each))
        }
