"""Searches that are kept: what is new to them, found by the job that follows each indexing."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from gateway.finding.watching import watch
from gateway.library import saved_searches
from gateway.work import Pace, Work
from gateway.worker import run_worker
from kernel.clients import EmbedService, Services
from kernel.contracts.errors import UnavailableError
from kernel.contracts.finding import News, PublicHit, SavedSearch, Suggestions
from kernel.contracts.search import Hit, SearchRequest
from kernel.contracts.time import Span
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.wire import Wire
from tests.rooms import Rooms

SLEEPING = {"name": "자는 장면", "question": {"query": "자는 장면"}}


class Archive:
    """A video of three imported rows, and search-service's answer: those of its segments that are named."""

    def __init__(self, rooms: Rooms, door: httpx.AsyncClient, video: UUID, segments: list[Any]) -> None:
        self.rooms, self.door, self.video, self.segments = rooms, door, video, segments

    def finds(self, *moments: tuple[int, ...]) -> None:
        """Each moment is the segments it is made of, the best first."""
        self.rooms.answers = [self._hit(moment) for moment in moments]

    def _hit(self, moment: tuple[int, ...]) -> Hit:
        best = self.segments[moment[0]]
        return Hit(
            segment_id=best["id"],
            video_id=self.video,
            title="camp",
            span=Span.model_validate(best["span"]),
            segments=[self.segments[one]["id"] for one in moment],
            text_ko=None,
            text_en=None,
            origin="import",
            observed=False,
            caption_model=None,
            people=[],
            unknown_faces=0,
            score=0.9,
            evidence=[],
        )

    async def keeps(self) -> SavedSearch:
        kept = await self.door.post("/v1/saved-searches", json=SLEEPING)
        assert kept.status_code == 201, kept.text
        return SavedSearch.model_validate_json(kept.content)

    async def new(self) -> int:
        return News.model_validate_json((await self.door.get("/v1/saved-searches/new")).content).new


@pytest.fixture
async def archive(rooms: Rooms, door: httpx.AsyncClient) -> Archive:
    rows = [{"timestamp": at, "video_id": "camp", "caption": "asleep", "faces": []} for at in (1, 5, 9)]
    report = await door.post("/v1/import", json=rows)
    assert report.json()["segments"] == 3, report.text
    video = (await door.get("/v1/videos")).json()["items"][0]["id"]
    segments = (await door.get(f"/v1/videos/{video}/segments")).json()["items"]
    return Archive(rooms, door, UUID(video), segments)


async def test_only_what_is_found_after_it_was_saved_is_new(archive: Archive, database: Database, wire: Wire) -> None:
    archive.finds((0,))
    kept = await archive.keeps()
    assert (kept.new, kept.address) == (0, "/search?q=%EC%9E%90%EB%8A%94+%EC%9E%A5%EB%A9%B4")
    archive.finds((0,), (1,))
    await watch(database, Services(wire), archive.video, 1)
    await watch(database, Services(wire), archive.video, 1)  # twice changes nothing
    assert archive.rooms.questions[-1].videos == [archive.video]
    assert await archive.new() == 1
    shown = (await archive.door.get(f"/v1/saved-searches/{kept.id}/new")).json()["items"]
    assert [PublicHit.model_validate(one).segment_id for one in shown] == [UUID(archive.segments[1]["id"])]
    looked = SavedSearch.model_validate_json((await archive.door.post(f"/v1/saved-searches/{kept.id}/looked")).content)
    assert (looked.new, looked.looked_at > kept.looked_at, await archive.new()) == (0, True, 0)


async def test_who_was_told_is_told_of_what_came_since_alone(archive: Archive, database: Database, wire: Wire) -> None:
    archive.finds()
    kept = await archive.keeps()
    counts = []
    for found in (((0,),), ((0,), (1,))):
        archive.finds(*found)
        await watch(database, Services(wire), archive.video, 1)
        for way in (archive.door.get, archive.door.post):
            path = f"/v1/saved-searches/{kept.id}" + ("/told" if way == archive.door.post else "")
            said = SavedSearch.model_validate_json((await way(path)).content)
            counts.append((said.new, said.untold))
    assert counts == [(1, 1), (1, 0), (2, 1), (2, 0)]


async def test_a_moment_that_only_grows_is_not_new(archive: Archive, database: Database, wire: Wire) -> None:
    archive.finds((0,))
    await archive.keeps()
    archive.finds((1, 0))  # neighbours that answer together now, another of them best
    await watch(database, Services(wire), archive.video, 1)
    assert await archive.new() == 0
    archive.finds((1, 0), (2,))
    await watch(database, Services(wire), archive.video, 1)
    assert await archive.new() == 1


async def test_what_an_edit_did_not_touch_is_not_new(archive: Archive, database: Database, wire: Wire) -> None:
    archive.finds()
    await archive.keeps()
    archive.finds((1,))
    await watch(database, Services(wire), archive.video, 7)  # no segment is of that version
    assert await archive.new() == 0


async def test_a_search_within_other_videos_is_not_asked(archive: Archive, database: Database, wire: Wire) -> None:
    archive.finds()
    elsewhere = {"name": "elsewhere", "question": {"query": "자는", "videos": [str(uuid4())]}}
    assert (await archive.door.post("/v1/saved-searches", json=elsewhere)).status_code == 201
    asked = len(archive.rooms.questions)
    await watch(database, Services(wire), archive.video, 1)
    assert len(archive.rooms.questions) == asked


async def test_more_than_a_page_of_hits_is_known_to_have_been_there(archive: Archive) -> None:
    archive.finds((0,))
    pages = iter(["b", None, "b", None])
    archive.rooms.answer_to = lambda _question: {"next_cursor": next(pages), "hits": archive.rooms.answers}
    await archive.keeps()
    asked = [(question.limit, question.cursor) for question in archive.rooms.questions]
    assert asked == [(100, None), (100, "b")] * 2


@asynccontextmanager
async def working(settings: Settings, wire: Wire, noted: asyncio.Event) -> Any:
    """A worker whose index is always up to date, and that tells when a search was watched."""

    async def indexed(_database: Database, _embed: EmbedService, _video: UUID, _version: int) -> None:
        return

    async def watched(database: Database, services: Services, video_id: UUID, version: int) -> None:
        await watch(database, services, video_id, version)
        noted.set()

    async def never(_context: object) -> None:
        raise AssertionError("no run is started here")

    stop = asyncio.Event()
    work = Work(index_video=never, index_segments=indexed, watch=watched)
    pace = Pace(lease=timedelta(seconds=2), grace_s=0.2, first_pause_s=0.02)
    worker = asyncio.create_task(run_worker(settings, settings.server_database_url, wire, stop, work=work, pace=pace))
    try:
        yield
    finally:
        stop.set()
        await worker


async def test_the_worker_watches_after_every_indexing(archive: Archive, online: Settings, wire: Wire) -> None:
    archive.finds()
    await archive.keeps()
    archive.finds((2,))
    noted = asyncio.Event()
    async with working(online, wire, noted), asyncio.timeout(60):  # the import's own edit waits to be indexed
        await noted.wait()
    assert await archive.new() == 1


async def test_searches_are_renamed_and_removed(archive: Archive) -> None:
    archive.finds()
    kept = await archive.keeps()
    there = f"/v1/saved-searches/{kept.id}"
    again = await archive.door.post("/v1/saved-searches", json=SLEEPING, headers={"Accept-Language": "ko"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert (await archive.door.put(there, json={"name": "낮잠"})).json()["name"] == "낮잠"
    listed = (await archive.door.get("/v1/saved-searches")).json()["items"]
    assert [one["name"] for one in listed] == ["낮잠"]
    assert (await archive.door.delete(there)).status_code == 204
    for gone in (archive.door.get(there), archive.door.delete(there), archive.door.post(f"{there}/looked")):
        refused = await gone
        assert refused.status_code == 404


@pytest.mark.parametrize("question", [{}, {"query": "  "}, {"only": True}])
async def test_a_question_that_asks_nothing_is_not_kept(archive: Archive, question: dict[str, object]) -> None:
    refused = await archive.door.post("/v1/saved-searches", json={"name": "x", "question": question})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


async def test_what_cannot_be_asked_is_not_kept(archive: Archive, database: Database) -> None:
    archive.rooms.refusal = UnavailableError(what="embed-service", reason="away", remedy="")
    assert (await archive.door.post("/v1/saved-searches", json=SLEEPING)).status_code == 503
    async with database.transaction() as connection:
        assert await saved_searches.every(connection) == []


async def test_questions_asked_before_are_suggested_to_whoever_asked(door: httpx.AsyncClient) -> None:
    for query in ("민지가 자는 장면", "하니가 웃는 장면", "민지가 자는  장면 "):
        assert (await door.put("/v1/past-questions", json={"query": query})).status_code == 204

    async def suggested(typed: str) -> list[str]:
        answer = await door.get("/v1/suggestions", params={"q": typed})
        return [one.query for one in Suggestions.model_validate_json(answer.content).items]

    assert await suggested("") == ["민지가 자는 장면", "하니가 웃는 장면"]
    assert await suggested("웃") == ["하니가 웃는 장면"]
    assert (await door.delete("/v1/past-questions")).status_code == 204
    assert await suggested("") == []


async def test_forgetting_somebody_drops_what_asks_for_them(door: httpx.AsyncClient, database: Database) -> None:
    """By id, by name, by an alias, by a former name that was taken away as a chip; a name inside of a word is none."""
    new = {"name": "옛하니", "aliases": ["Hanni Pham"]}
    hanni = (await door.post("/v1/people", json=new)).json()["id"]
    await door.put(f"/v1/people/{hanni}", json={"name": "하니", "aliases": ["Hanni Pham"]})
    for name, question in (
        ("one", {"people": [hanni]}),
        ("two", {"query": "하니가 자는 장면"}),
        ("Hanni Pham asleep", {"query": "asleep"}),
        ("four", {"query": "누가 자는 장면", "ignored": ["person:옛하니"]}),
        ("민지", {"query": "민지가 자는 장면"}),
        ("일", {"query": "일하니까 힘든 장면"}),
    ):
        kept = await door.post("/v1/saved-searches", json={"name": name, "question": question})
        assert kept.status_code == 201, kept.text
    for query in ("하니가 뭐 했어?", "민지가 뭐 했어?"):
        assert (await door.put("/v1/past-questions", json={"query": query})).status_code == 204
    receipt = (await door.delete(f"/v1/people/{hanni}")).json()
    assert receipt["searches"] == 5
    assert {one["name"] for one in (await door.get("/v1/saved-searches")).json()["items"]} == {"민지", "일"}
    assert [one["query"] for one in (await door.get("/v1/suggestions")).json()["items"]] == ["민지가 뭐 했어?"]
    async with database.transaction() as connection:
        for table in ("saved_searches", "past_questions", "saved_search_hits"):
            rows = await connection.execute(text(f"select t::text from library.{table} t"))  # noqa: S608 - our tables
            said = " ".join(rows.scalars())
            assert not any(mark in said for mark in (hanni, "하니가", "옛하니", "Hanni")), table


def test_a_saved_question_is_read_back_as_it_was() -> None:
    question = SearchRequest(query="자는", people=[uuid4()], since="2026-07-01", certain=0.5, ignored=["person:민지"])
    assert SearchRequest.model_validate(question.model_dump(mode="json")) == question
