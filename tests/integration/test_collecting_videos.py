"""Collecting videos from a local site: a channel, words, and what waits for a yes."""

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx

from gateway.collecting.asking import open_web
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.wire import Wire
from tests.collecting import candidates, run
from tests.fake_site import Site


async def test_a_channel_becomes_videos_and_runs_once(
    door: httpx.AsyncClient, site: Site, online: Settings, database: Database, wire: Wire
) -> None:
    asked = {"channel": site.url("feed"), "rights": "Our own channel"}
    for found in ({"approved": 2, "failed": 1}, {"existing": 2, "failed": 1}):
        answer = await door.post("/v1/collections/videos", json=asked)
        assert answer.status_code == 202, answer.text
        await run(online, database, wire, answer.json()["id"])
        shown = (await door.get(f"/v1/collections/{answer.json()['id']}")).json()
        assert (shown["state"], shown["problem"]) == ("done", None)
        its = [each for each in await candidates(door, kind="videos") if each["collection_id"] == shown["id"]]
        assert {state: [each["state"] for each in its].count(state) for state in found} == found
    videos = (await door.get("/v1/videos")).json()["items"]
    assert {video["title"] for video in videos} == {"직캠 1", "직캠 2"}
    assert len((await door.get("/v1/runs")).json()["items"]) == 2
    assert "/video.mp4" not in {path for path, _ in site.seen}  # naming is not fetching


async def test_videos_wait_when_a_review_is_wanted(
    door: httpx.AsyncClient, site: Site, online: Settings, database: Database, wire: Wire
) -> None:
    asked = {"playlist": site.url("feed"), "rights": "Our own channel", "review": True}
    await run(online, database, wire, (await door.post("/v1/collections/videos", json=asked)).json()["id"])
    yes, no = await candidates(door, state="waiting", kind="videos")
    assert (await door.get("/v1/videos")).json()["items"] == []
    taken = [(await door.post(f"/v1/candidates/{yes['id']}/approve")).json() for _ in range(2)]
    assert taken[0]["video_id"] == taken[1]["video_id"] is not None
    await door.post(f"/v1/candidates/{no['id']}/reject")
    assert len((await door.get("/v1/videos")).json()["items"]) == 1
    await run(online, database, wire, (await door.post("/v1/collections/videos", json=asked)).json()["id"])
    assert await candidates(door, state="waiting", kind="videos") == []


# Words are searched by yt-dlp's search extractors; a small one of their kind answers here, under the guard.
SEARCHING = """
from yt_dlp.extractor.common import SearchInfoExtractor
from gateway.collecting import listing
from gateway.media import guard

class TinySearchIE(SearchInfoExtractor):
    IE_NAME = "tiny:search"
    _SEARCH_KEY = "tinysearch"
    _MAX_RESULTS = 50
    def _search_results(self, query):
        for number in range(50):
            yield self.url_result(f"https://tiny.example/{number}", "Tiny", str(number), f"{query} {number}")

guard.Guard(()).install()
for each in listing.listed("NJZ 직캠", 3, [TinySearchIE()], key="tinysearch"):
    print(each.address, each.title, each.site_id, sep="|")
"""


async def test_words_are_searched_for() -> None:
    asked = [sys.executable, "-c", SEARCHING]
    said = await asyncio.to_thread(subprocess.run, asked, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == [f"https://tiny.example/{n}|NJZ 직캠 {n}|tiny:{n}" for n in range(3)]


async def test_more_than_a_page_of_results_is_asked_for(site: Site, online: Settings, tmp_path: Path) -> None:
    site.results = [f"https://pictures.example/{number}.jpg" for number in range(60)]

    def named() -> list[str]:
        with open_web(online, tmp_path, 1000) as web:
            return [each.address for each in web.pictures("김민지", 50)]

    assert await asyncio.to_thread(named) == site.results[:50]
