"""Collecting from a local site: what is found waits, nothing enters unapproved, a kill repeats nothing."""

import asyncio
import io
import multiprocessing
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text

from gateway.collecting.asking import open_web
from gateway.collecting.sources import Found
from gateway.collecting.work import collect
from gateway.identity import gallery
from gateway.library import collections
from gateway.media import errors
from gateway.worker import run_worker
from kernel.clients import FaceService, Services
from kernel.settings import Collecting, Media, Settings
from kernel.storage.database import Database
from kernel.wire import Wire, open_wire
from tests.fake_site import Canary, Site, serving
from tests.media_samples import encode
from tests.rooms import NONE, ONE, Rooms, open_front_door

RIGHTS = "Press pictures, agreement of 2026-03-01"


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("site") / "video.mp4"
    encode(path, seconds=1)
    return path


@pytest.fixture
def site(footage: Path) -> Iterator[Site]:
    server = Site(footage)
    with serving(server):
        yield server


@pytest.fixture
def canary() -> Iterator[Canary]:
    server = Canary()
    with serving(server):
        yield server


@pytest.fixture
def online(settings: Settings, site: Site) -> Settings:
    """May reach the site and nothing else that is private; does not pause between requests."""
    address = site.url("search?q={query}&first={first}")
    return settings.model_copy(
        update={
            "offline": False,
            "collecting": Collecting(address=address, pause_s=0),
            "media": Media(private_hosts=(site.address,)),
        }
    )


@pytest.fixture
def rooms(online: Settings) -> Rooms:
    return Rooms(online)


@pytest.fixture
async def door(rooms: Rooms, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(rooms, database_url) as (client, _):
        yield client


@pytest.fixture
async def wire(rooms: Rooms) -> AsyncIterator[Wire]:
    async with open_wire(rooms.apps()) as client:
        yield lambda: client


def photo(seed: int, width: int = ONE, kind: str = "JPEG", quality: int = 95) -> bytes:
    """A picture whose coarse pattern, and so its perceptual hash, is its own."""
    coarse = np.random.default_rng(seed).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    made = io.BytesIO()
    Image.fromarray(coarse).resize((width, 240), Image.Resampling.BICUBIC).save(made, kind, quality=quality)
    return made.getvalue()


def show(site: Site, **pictures: bytes) -> None:
    site.pictures |= pictures
    site.results += [site.url(f"picture?name={name}") for name in pictures]


async def person(door: httpx.AsyncClient) -> str:
    return str((await door.post("/v1/people", json={"name": "김민지", "group": "NJZ"})).json()["id"])


async def ask(door: httpx.AsyncClient, who: str, **more: Any) -> str:
    answer = await door.post(f"/v1/people/{who}/collect", json={"rights": RIGHTS} | more)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def run(online: Settings, database: Database, wire: Wire, collection: str) -> None:
    await collect(online, database, Services(wire), UUID(collection))


async def candidates(door: httpx.AsyncClient, **asked: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await door.get("/v1/candidates", params=asked)).json()["items"]
    return found


async def test_findings_wait_and_none_enters_without_a_yes(
    door: httpx.AsyncClient, site: Site, online: Settings, database: Database, wire: Wire, rooms: Rooms
) -> None:
    show(site, a=photo(1), b=photo(2, kind="PNG"), nobody=photo(3, NONE), page=b"<html>no picture</html>")
    site.results.append(site.url("picture?name=gone"))
    who = await person(door)
    collection = await ask(door, who, consent="press_kit")
    await run(online, database, wire, collection)
    shown = (await door.get(f"/v1/collections/{collection}")).json()
    assert (shown["state"], shown["found"], shown["looked_at"], shown["waiting"], shown["taken"]) == (
        "done",
        5,
        5,
        2,
        0,
    )
    waiting = await candidates(door, state="waiting", kind="people")
    assert {(each["page"], each["title"], each["person_id"]) for each in waiting} == {
        (site.url("page"), "무대 위의 민지", who)
    }
    reasons = {each["reason"] for each in await candidates(door, state="failed")}
    assert reasons == {"no_face", "address_no_picture"}
    assert (await door.get(f"/v1/people/{who}/references")).json()["items"] == []
    assert await gallery.vectors_by_person(database, FaceService(wire), rooms.face_model) == {}
    assert all(agent.startswith("Scenedesk/") for agent in site.agents)

    first, second = (each["id"] for each in waiting)
    assert (await door.get(f"/v1/candidates/{first}/picture")).headers["content-type"] == "image/jpeg"
    for _ in range(2):  # said twice, done once
        taken = await door.post(f"/v1/candidates/{first}/approve")
        assert (taken.status_code, taken.json()["state"]) == (200, "approved")
    (reference,) = (await door.get(f"/v1/people/{who}/references")).json()["items"]
    assert (reference["rights"]["rights"], reference["rights"]["consent"]) == (RIGHTS, "press_kit")
    assert reference["address"] == site.url("page")
    assert reference["id"] == taken.json()["reference_id"]
    assert reference["usable"]

    for _ in range(2):
        assert (await door.post(f"/v1/candidates/{second}/reject")).json()["state"] == "rejected"
    assert (await door.get(f"/v1/candidates/{second}/picture")).status_code == 404
    assert (await door.post(f"/v1/candidates/{second}/approve")).json()["code"] == "candidate_decided"
    assert (await door.post(f"/v1/candidates/{first}/reject")).status_code == 409
    assert list((online.store_dir / "candidates").iterdir()) == []
    audit = (await door.get("/v1/audit", params={"person": who})).json()["items"]
    said = [(each["action"], each["details"].get("candidate_id")) for each in audit]
    assert said.count(("candidate_rejected", second)) == 1


async def test_what_was_decided_or_is_nearly_the_same_is_not_shown_again(
    door: httpx.AsyncClient, site: Site, online: Settings, database: Database, wire: Wire
) -> None:
    show(site, a=photo(1), b=photo(2))
    who = await person(door)
    await run(online, database, wire, await ask(door, who))
    yes, no = await candidates(door, state="waiting")
    await door.post(f"/v1/candidates/{yes['id']}/approve")
    await door.post(f"/v1/candidates/{no['id']}/reject")
    # The same two addresses, their very pixels elsewhere, and one that is new.
    show(site, copy_a=photo(1), copy_b=photo(2), c=photo(4))
    again = await ask(door, who, limit=3)
    await run(online, database, wire, again)
    shown = (await door.get(f"/v1/collections/{again}")).json()
    assert (shown["state"], shown["found"], shown["waiting"]) == ("done", 3, 1)
    assert [each["address"] for each in await candidates(door, state="waiting")] == [site.url("picture?name=c")]
    assert {each["reason"] for each in await candidates(door, state="existing")} == {"same"}
    (new,) = await candidates(door, state="waiting")
    assert new["similarity"] is not None  # she has a reference now


async def test_nearly_a_refused_picture_is_not_shown_again(
    door: httpx.AsyncClient, site: Site, online: Settings, database: Database, wire: Wire
) -> None:
    show(site, a=photo(1))
    who = await person(door)
    await run(online, database, wire, await ask(door, who))
    (no,) = await candidates(door, state="waiting")
    await door.post(f"/v1/candidates/{no['id']}/reject")
    show(site, coarser=photo(1, quality=70), other=photo(5))
    await run(online, database, wire, await ask(door, who))
    assert [each["address"] for each in await candidates(door, state="waiting")] == [site.url("picture?name=other")]
    assert {each["reason"] for each in await candidates(door, state="existing")} == {"similar"}


async def test_who_is_merged_shares_what_was_said(
    door: httpx.AsyncClient, site: Site, online: Settings, database: Database, wire: Wire
) -> None:
    show(site, yes=photo(1), no=photo(2))
    once, now = (
        await person(door),
        str((await door.post("/v1/people", json={"name": "민지", "group": "G"})).json()["id"]),
    )
    await run(online, database, wire, await ask(door, once))
    yes, no = sorted(await candidates(door, state="waiting"), key=lambda each: each["address"], reverse=True)
    await door.post(f"/v1/candidates/{no['id']}/reject")
    assert (await door.post(f"/v1/people/{once}/merge", json={"into": now})).status_code == 200
    assert (await door.post(f"/v1/candidates/{yes['id']}/approve")).json()["state"] == "approved"
    (reference,) = (await door.get(f"/v1/people/{now}/references")).json()["items"]
    assert reference["person_id"] == now
    again = await ask(door, now)
    await run(online, database, wire, again)
    shown = (await door.get(f"/v1/collections/{again}")).json()
    assert (shown["state"], shown["waiting"]) == ("done", 0)
    assert await candidates(door, state="waiting") == []


async def test_commons_is_read(site: Site, online: Settings, tmp_path: Path) -> None:
    site.results = [f"https://pictures.example/{number}.jpg" for number in range(60)]
    how = Collecting(source="commons", address=site.url("commons?q={query}&first={first}"), pause_s=0)
    commons = online.model_copy(update={"collecting": how})

    def named() -> list[Found]:
        with open_web(commons, tmp_path, 1000) as web:
            return web.pictures("김민지", 55)

    found = await asyncio.to_thread(named)
    assert [each.address for each in found] == site.results[:55]
    assert (found[0].title, found[0].page) == ("Minji 0.jpg", f"{site.results[0]}&page")


async def test_private_addresses_are_reached_by_nobody(
    door: httpx.AsyncClient, site: Site, canary: Canary, online: Settings, database: Database, wire: Wire
) -> None:
    inside = f"http://127.0.0.1:{canary.server_port}/a.jpg"
    site.results = [inside, site.url(f"to?url={inside}"), "http://[::1]/a.jpg", "file:///etc/passwd"]
    who = await person(door)
    await run(online, database, wire, await ask(door, who))
    failed = {each["address"]: each["reason"] for each in await candidates(door, state="failed")}
    assert list(failed.values()) == ["address_private"] * 3 + ["address_invalid"]
    assert canary.visits == 0


async def test_a_search_may_not_lead_inside_either(
    door: httpx.AsyncClient, site: Site, canary: Canary, online: Settings, database: Database, wire: Wire
) -> None:
    inside = f"http://127.0.0.1:{canary.server_port}/search"
    led = online.model_copy(update={"collecting": Collecting(address=site.url(f"to?url={inside}"), pause_s=0)})
    collection = await ask(door, await person(door))
    await run(led, database, wire, collection)
    shown = (await door.get(f"/v1/collections/{collection}", headers={"Accept-Language": "ko"})).json()
    assert (shown["state"], canary.visits) == ("failed", 0)
    assert "사설 네트워크" in shown["problem"]


async def test_robots_txt_is_respected(
    door: httpx.AsyncClient, site: Site, online: Settings, database: Database, wire: Wire
) -> None:
    show(site, a=photo(1))
    site.rules = "User-agent: Scenedesk\nDisallow: /picture\n"
    who = await person(door)
    await run(online, database, wire, await ask(door, who))
    assert [each["reason"] for each in await candidates(door)] == ["address_robots"]
    assert "/picture" not in {path for path, _ in site.seen}


async def test_rights_are_required_and_offline_is_said(
    door: httpx.AsyncClient, rooms: Rooms, settings: Settings, database_url: str, site: Site
) -> None:
    who = await person(door)
    for body in ({}, {"rights": ""}, {"rights": "  "}):
        assert (await door.post(f"/v1/people/{who}/collect", json=body)).status_code == 422
        assert (await door.post("/v1/collections/videos", json={"query": "x"} | body)).status_code == 422
    nobody = "3f2a9c1e-5b7d-4e0a-9a53-0c4d6f1b2e77"
    assert (await door.post(f"/v1/people/{nobody}/collect", json={"rights": RIGHTS})).status_code == 404
    async with open_front_door(Rooms(settings), database_url) as (offline, _):
        refused = await offline.post(f"/v1/people/{who}/collect", json={"rights": RIGHTS})
    assert (refused.status_code, refused.json()["code"]) == (409, "collecting_offline")
    assert site.seen == []


async def test_a_cancelled_collection_stops_and_keeps_what_it_has(
    door: httpx.AsyncClient, site: Site, online: Settings, database: Database, wire: Wire
) -> None:
    show(site, a=photo(1))
    release = threading.Event()
    site.on_picture = lambda _: release.wait(30)
    collection = await ask(door, await person(door))
    work = asyncio.create_task(run(online, database, wire, collection))
    await _until(lambda: "/picture" in {path for path, _ in site.seen})
    assert (await door.post(f"/v1/collections/{collection}/cancel")).json()["state"] == "cancelled"
    await asyncio.wait_for(work, 20)
    release.set()
    assert (await door.get(f"/v1/collections/{collection}")).json()["state"] == "cancelled"
    assert await candidates(door) == []
    assert not (online.store_dir / "incoming" / f"collection-{collection}").exists()


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - the site sends no event
            await asyncio.sleep(0.02)


async def test_killed_and_begun_again_nothing_is_fetched_twice(
    door: httpx.AsyncClient, site: Site, online: Settings, database: Database, wire: Wire
) -> None:
    """A real process is killed while a picture is on its way; its child that downloads dies with it."""
    show(site, **{f"p{number}": photo(number) for number in range(4)})
    who = await person(door)
    collection = await ask(door, who)
    fetched: list[str] = []
    release = threading.Event()

    def held_at_the_third(name: str) -> None:
        fetched.append(name)
        if len(fetched) == 3:
            release.wait(30)

    site.on_picture = held_at_the_third
    killed = multiprocessing.get_context("spawn").Process(
        target=collect_in_process, args=(online, database.url, collection), daemon=True
    )
    await asyncio.to_thread(killed.start)
    await _until(lambda: len(fetched) == 3)
    killed.kill()
    await asyncio.to_thread(killed.join)
    release.set()
    async with database.transaction() as connection:
        before = await collections.get(connection, UUID(collection))
    assert (before.state, before.looked_at) == ("running", 2)
    await run(online, database, wire, collection)
    after = (await door.get(f"/v1/collections/{collection}")).json()
    assert (after["state"], after["found"], after["waiting"]) == ("done", 4, 4)
    assert sorted(fetched) == ["p0", "p1", "p2", "p2", "p3"]


def collect_in_process(settings: Settings, url: str, collection: str) -> None:
    async def work() -> None:
        database = Database(url)
        async with open_wire(Rooms(settings).apps()) as client:
            await collect(settings, database, Services(lambda: client), UUID(collection))

    asyncio.run(work())


async def test_the_worker_collects_even_when_its_job_was_lost(
    door: httpx.AsyncClient, site: Site, online: Settings, database: Database, wire: Wire
) -> None:
    show(site, a=photo(1))
    collection = await ask(door, await person(door))
    async with database.transaction() as connection:
        await connection.execute(text("delete from jobs.queue"))
    stop = asyncio.Event()
    working = asyncio.create_task(run_worker(online, database.url, wire, stop))
    state = "queued"
    async with asyncio.timeout(30):
        while state in ("queued", "running"):
            await asyncio.sleep(0.1)  # as the command line looks
            state = (await door.get(f"/v1/collections/{collection}")).json()["state"]
    stop.set()
    await working
    shown = (await door.get("/v1/collections")).json()["items"]
    assert [(each["state"], each["waiting"], each["problem"]) for each in shown] == [("done", 1, None)]


# ---- videos


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


async def test_a_picture_too_large_is_not_kept(site: Site, online: Settings, tmp_path: Path) -> None:
    show(site, large=b"\xff\xd8\xff" + bytes(200_000))

    def bring() -> None:
        with open_web(online, tmp_path, 100_000) as web:
            web.picture(site.results[0])

    with pytest.raises(errors.TooManyBytesError):
        await asyncio.to_thread(bring)
    assert await asyncio.to_thread(lambda: list(tmp_path.iterdir())) == []
