"""Collecting from a local site: what is found waits, nothing enters unapproved, a kill repeats nothing."""

import asyncio
import multiprocessing
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from gateway.collecting.asking import open_web
from gateway.collecting.sources import Found
from gateway.collecting.work import collect
from gateway.identity import gallery
from gateway.library import collections
from gateway.media import errors
from gateway.worker import run_worker
from kernel.clients import FaceService, Services
from kernel.settings import Collecting, Settings
from kernel.storage.database import Database
from kernel.wire import Wire, open_wire
from tests.collecting import RIGHTS, ask, candidates, person, photo, run, show
from tests.fake_site import Canary, Site
from tests.rooms import NONE, Rooms, open_front_door


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


async def _until(true: Callable[[], bool], within_s: float = 20) -> None:
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110 - the site sends no event
            await asyncio.sleep(0.02)


@pytest.mark.long
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
    # A process that imports everything anew takes its time on a busy machine.
    await _until(lambda: len(fetched) == 3, within_s=120)
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


async def test_a_picture_too_large_is_not_kept(site: Site, online: Settings, tmp_path: Path) -> None:
    show(site, large=b"\xff\xd8\xff" + bytes(200_000))

    def bring() -> None:
        with open_web(online, tmp_path, 100_000) as web:
            web.picture(site.results[0])

    with pytest.raises(errors.TooManyBytesError):
        await asyncio.to_thread(bring)
    assert await asyncio.to_thread(lambda: list(tmp_path.iterdir())) == []
