"""Somebody who is forgotten is found nowhere: no table, no file; and a restored backup forgets them again."""

import asyncio
import subprocess
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from sqlalchemy import func, insert, select, text

import embed_service.app
import gateway.app
import search_service.app
from gateway.editor.timeline import Edit, fold
from gateway.identity.deciding import Verdict, decide
from gateway.library import edits, people, runs, segments, series, steps, track_vectors, tracks, videos
from gateway.library.steps import Key
from gateway.people import joining, renaming, tombstones
from gateway.pipeline.publish import index_segments
from gateway.tables import candidates, collections, idempotency_keys, trainings
from kernel.clients import EmbedService, SearchService
from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt, NewPerson, PersonInSegment, Segment, SegmentCaption, Track
from kernel.contracts.people import LineUp, Receipt
from kernel.contracts.search import ForgetAnswersRequest
from kernel.contracts.time import Span
from kernel.settings import Settings
from kernel.storage.account import account, binaries
from kernel.storage.database import Database, driver_url
from kernel.store import Store
from kernel.vectors import pack
from kernel.wire import open_wire
from tests.rooms import ONE, Rooms, photo
from tests.traces import found_in

FORMER, NAME, ALIAS, OTHER = "옛하니", "하니", "Hanni Pham", "민지"
RAW = (
    'select vector from library.reference_vectors v join library."references" r on r.id = v.reference_id '
    "where person_id = :id"
)
KNOWING = {
    *(f"library.{table}" for table in ("edits", "segments", "steps", "tracks", "trainings", "candidates", "rulings")),
    *(
        "library.idempotency_keys",
        "library.people",
        "index.documents",
        "index.names",
        "jobs.queue",
        "answers.generations",
    ),
}
ALLOWED = {"library.audit", "library.forgotten"}  # by id: who did what, and that it was forgotten


@dataclass
class Door:
    client: httpx.AsyncClient
    database: Database
    settings: Settings
    embed: EmbedService
    search: SearchService


@asynccontextmanager
async def opened(settings: Settings, url: str) -> AsyncIterator[Door]:
    """The front door with a real index behind it."""
    wires: list[httpx.AsyncClient] = []
    app: FastAPI = gateway.app.create_app(settings, url, lambda: wires[0])
    database = Database(url)
    apps = {**Rooms(settings).apps(), "embed-service": embed_service.app.create_app(settings, url), "gateway": app}
    apps["search-service"] = search_service.app.create_app(settings, url, lambda: wires[0])
    try:
        async with open_wire(apps) as wire:
            wires.append(wire)
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                yield Door(client, database, settings, EmbedService(wire), SearchService(wire))
    finally:
        await database.close()


@dataclass
class Known:
    """Somebody the library is full of, and somebody else beside them."""

    hanni: UUID
    minji: UUID
    video: UUID
    traces: list[bytes]


async def add_person(door: Door, name: str, *aliases: str) -> UUID:
    new = {"name": name, "group": "NJZ", "aliases": aliases}
    answer = await door.client.post("/v1/people", json=new, headers={"Idempotency-Key": uuid4().hex})
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


async def add_photo(door: Door, person: UUID, folder: Path, shade: int) -> bytes:
    picture = photo(ONE, folder / f"{shade}.jpg", shade)
    files = {"photo": (picture.name, picture.read_bytes())}
    answer = await door.client.post(f"/v1/people/{person}/references", files=files)
    assert answer.status_code == 201, answer.text
    kept = await door.client.get(f"/v1/references/{answer.json()['id']}/picture")
    return kept.content


def caption(words: str, language: str, origin: str = "machine") -> SegmentCaption:
    return SegmentCaption.model_validate({"text": words, "language": language, "origin": origin})


def a_track(video: UUID, person: UUID | None, left: float) -> Track:
    face = FaceAt(at_ms=100, box=Box(left=left, top=0.1, right=left + 0.1, bottom=0.3))
    return Track(
        id=uuid4(), video_id=video, span=Span(start_ms=0, end_ms=1000), person_id=person, probability=0.9,
        similarity=0.8, faces=[face], model_id="drawn@1",
    )  # fmt: skip


async def a_timeline(door: Door, hanni: UUID, minji: UUID) -> tuple[UUID, Track]:
    """A video of both, one of whose captions a person wrote, renamed since, with a ruling and kept results."""
    async with door.database.transaction() as connection:
        new = videos.NewVideo(id=uuid4(), title="Day 2", source="upload", origin="day2.mp4")
        video = (await videos.add(connection, new))[0].id
        hers, others = a_track(video, hanni, 0.1), a_track(video, minji, 0.5)
        await tracks.replace(connection, video, [hers, others])
        rows = np.eye(2, 8, dtype=np.float32)
        await track_vectors.put(connection, [hers.id, others.id], pack(rows, "drawn@1"))
        said = [
            caption(f"{FORMER}와 민지가 보인다.", "ko"),
            caption(f"{ALIAS} and 민지 are on screen.", "en"),
            caption(f"{FORMER} on stage", "en", "import"),
        ]
        on = [
            PersonInSegment(person_id=track.person_id, probability=0.9, origin="machine", seen=[track.span],
                            track_ids=[track.id])
            for track in (hers, others)
        ]  # fmt: skip
        shown = Segment(
            id=uuid4(), video_id=video, span=Span(start_ms=0, end_ms=1000), captions=said, people=on, version=1
        )
        edit = Edit(
            video_id=video, version=1, kind="publish", actor="machine", door="pipeline", note=f"{NAME}가 나온다",
            before=(), after=(shown,),
        )  # fmt: skip
        await edits.append(connection, edit)
        for step in ("tracks", "identify", "captions", "merge", "look"):
            told = f'{{"says":"{FORMER if step == "captions" else ""}","who":"{hanni if step == "identify" else ""}"}}'
            await steps.keep(connection, Key(video, step, "f"), zlib.compress(told.encode()), 1)
        await series.declare(connection, video, LineUp(people=[hanni, minji]))
    return video, hers


async def filled(door: Door, folder: Path) -> Known:
    """A library that knows Hanni in every way there is, and Minji."""
    hanni, minji = await add_person(door, FORMER, ALIAS), await add_person(door, OTHER)
    picture, _ = await add_photo(door, hanni, folder, 90), await add_photo(door, minji, folder, 160)
    portrait = (await door.client.get(f"/v1/people/{hanni}/portrait")).content
    video, track = await a_timeline(door, hanni, minji)
    answer = await door.client.put(f"/v1/people/{hanni}", json={"name": NAME, "aliases": [ALIAS]})
    assert answer.status_code == 200
    await decide(
        door.database, [Verdict(track.id, "is", hanni)], kind="rule", actor="person", door="rest", note=f"{NAME}가 맞다"
    )
    await beside(door, hanni)
    async with door.database.transaction() as connection:
        version = (await videos.get(connection, video)).version
        raw = (await connection.execute(text(RAW), {"id": hanni})).scalar_one()
    for number in range(1, version + 1):
        await index_segments(door.database, door.embed, video, number)
    return Known(hanni, minji, video, [picture, portrait, raw, raw.hex().encode()])


async def beside(door: Door, hanni: UUID) -> None:
    """What is trained, searched for and answered about her."""
    store, hashed = Store(door.settings.store_dir), "ab" * 32
    for name in (f"candidates/{hashed}.jpg", f"upscaled/{hashed}-x4.png", "thumbnails/other.jpg"):
        with store.writing(name) as partial:
            partial.write_bytes(f"picture {name}".encode())
    search = {"id": uuid4(), "kind": "people", "person_id": hanni, "query": NAME, "rights": "mine"}
    found = {"id": uuid4(), "collection_id": search["id"], "address": "http://site/1", "title": f"{NAME} 직캠",
             "picture": f"candidates/{hashed}.jpg", "content_hash": hashed}  # fmt: skip
    learnt = {"id": uuid4(), "model_id": "drawn@1", "fingerprint": "f", "live": True, "report": {"who": NAME},
              "weights": NAME.encode()}  # fmt: skip
    async with door.database.transaction() as connection:
        await connection.execute(insert(collections).values(search))
        await connection.execute(insert(candidates).values(found))
        await connection.execute(insert(trainings).values(learnt))
        failed = "insert into jobs.queue (priority, status, entrypoint, payload) values (0, 'failed', 'old', :said)"
        await connection.execute(text(failed), {"said": f'{{"person_id": "{hanni}"}}'.encode()})
        assert (await connection.execute(select(func.count()).select_from(idempotency_keys))).scalar_one() == 2
        said = "insert into answers.generations (key, task, model_id, result) values (:key, 'wording', 'm', :said)"
        for key, result in (("1", f'"{ALIAS} walks"'), ("2", '"somebody else walks"')):
            await connection.execute(text(said), {"key": key, "said": result})


async def do_the_job(door: Door) -> None:
    """What the worker does of the job that a forgetting leaves when it could not ask search-service itself."""
    async with door.database.transaction() as connection:
        query = "select convert_from(payload, 'UTF8') from jobs.queue where entrypoint = 'forget_answers'"
        [payload] = (await connection.execute(text(query))).scalars()
    await door.search.forget_answers(ForgetAnswersRequest.model_validate_json(payload))


@pytest.fixture
async def door(settings: Settings, database_url: str) -> AsyncIterator[Door]:
    async with opened(settings, database_url) as door:
        yield door


async def forget(door: Door, person: UUID, **params: str) -> Receipt:
    answer = await door.client.delete(f"/v1/people/{person}", params=params)
    assert answer.status_code == 200, answer.text
    return Receipt.model_validate_json(answer.content)


async def test_no_table_and_no_file_knows_them_any_more(door: Door, tmp_path: Path) -> None:
    known = await filled(door, tmp_path)
    names, ids = [NAME, FORMER, ALIAS], [str(known.hanni), known.hanni.hex]
    everywhere = set(await found_in(door, [*names, *ids, *known.traces]))
    assert everywhere >= KNOWING
    receipt = await forget(door, known.hanni)
    assert await found_in(door, [*names, *known.traces]) == []
    assert set(await found_in(door, ids)) <= {*ALLOWED, tombstones.NAME}
    assert receipt.model_dump(exclude={"person_id", "at", "files", "edits"}) == {
        "references": 1, "vectors": 2, "pictures": 2, "tracks": 1, "rulings": 1, "segments": 1, "captions": 3,
        "documents": 1, "trainings": 1, "answers": 1, "candidates": 1, "steps": 3, "searches": 0, "human_texts": [],
    }  # fmt: skip
    assert (receipt.files, receipt.edits) == (2, 3)
    listed = (await door.client.get("/v1/forgotten")).json()["items"]
    assert [Receipt.model_validate(one) for one in listed] == [receipt]


async def test_everybody_else_stays_and_history_still_folds(door: Door, tmp_path: Path) -> None:
    known = await filled(door, tmp_path)
    await forget(door, known.hanni)
    async with door.database.transaction() as connection:
        timeline = await segments.timeline(connection, known.video)
        assert fold(known.video, await edits.history(connection, known.video)) == timeline
        assert await series.declared(connection, known.video) == LineUp(people=[known.minji])
    [segment] = timeline.segments
    said = {one.text for one in segment.captions}
    assert said == {"한 사람과 민지가 보인다.", "A person and 민지 are on screen.", "A person on stage"}
    assert [one.person_id for one in segment.people] == [known.minji, None]
    assert (await door.client.get(f"/v1/people/{known.minji}/portrait")).status_code == 200
    assert (await door.client.get(f"/v1/people/{known.hanni}")).status_code == 404
    assert (await door.client.delete(f"/v1/people/{known.hanni}")).status_code == 404


async def test_a_run_at_work_writes_nothing_it_had_read(door: Door, tmp_path: Path) -> None:
    known = await filled(door, tmp_path)
    async with door.database.transaction() as connection:
        run, _ = await runs.start(connection, known.video)
        taken = await runs.take(connection, run.id)
        assert taken
    await forget(door, known.hanni)
    async with door.database.transaction() as connection:
        assert not (await runs.standing(connection, taken)).ours
        again = await runs.take(connection, run.id)
        assert again
        assert (await runs.standing(connection, again)).ours
        assert again.fruitless == 1


async def test_a_picture_somebody_else_needs_stays(door: Door, tmp_path: Path) -> None:
    one, other = await add_person(door, "해린"), await add_person(door, "혜인")
    both = [await add_photo(door, person, tmp_path, 90) for person in (one, other)]
    assert both[0] == both[1]
    assert (await forget(door, one)).pictures == 0
    assert (await door.client.get(f"/v1/people/{other}/portrait")).status_code == 200


async def test_what_a_person_wrote_stays_and_is_told_of(door: Door, tmp_path: Path) -> None:
    known = await filled(door, tmp_path)
    async with door.database.transaction() as connection:
        timeline = await segments.timeline(connection, known.video, lock=True)
        [before] = timeline.segments
        version = timeline.version + 1
        words = [*before.captions, caption(f"{NAME}가 웃는다", "ko", "human")]
        after = before.model_copy(update={"captions": words, "version": version})
        edit = Edit(video_id=known.video, version=version, kind="import", actor="person", door="rest",
                    before=(before,), after=(after,))  # fmt: skip
        await edits.append(connection, edit)
    receipt = await forget(door, known.hanni)
    assert receipt.human_texts == [f"segment {before.id}"]
    async with door.database.transaction() as connection:
        [now] = (await segments.timeline(connection, known.video)).segments
    assert now.captions[-1].text == f"{NAME}가 웃는다"


async def test_history_cannot_be_rewritten_by_anything_else(door: Door, tmp_path: Path) -> None:
    await filled(door, tmp_path)
    await forget(door, (await filled_again(door, tmp_path)).hanni)
    with pytest.raises(Exception, match="append-only"):
        async with door.database.transaction() as connection:
            await connection.execute(text("update library.edits set note = 'x'"))


async def filled_again(door: Door, folder: Path) -> Known:
    return Known(await add_person(door, "해린"), UUID(int=0), UUID(int=0), [])


async def test_a_forgetting_cut_short_is_finished_when_the_gateway_opens(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    async with opened(settings, database_url) as door:
        known = await filled(door, tmp_path)
        tombstones.write(tombstones.path_in(settings.data_dir), [known.hanni])
        with tombstones.path_in(settings.data_dir).open("a") as file:
            file.write('{"person_id": "cut sh')
    async with opened(settings, database_url) as door:
        assert (await door.client.get(f"/v1/people/{known.hanni}")).status_code == 404
        assert (await door.client.get("/v1/forgotten")).json()["items"][0]["person_id"] == str(known.hanni)
        await door.client.post("/v1/search", json={"query": "민지"})
        await do_the_job(door)
        assert await found_in(door, [NAME, FORMER, ALIAS, *known.traces]) == []


async def test_a_restored_backup_forgets_them_again(
    settings: Settings, database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    async with opened(settings, database_url) as door:
        known = await filled(door, tmp_path)
        tools, backup = binaries(account()), tmp_path / "backup.sql"
        await asyncio.to_thread(_run, tools / "pg_dump", "--no-owner", "-f", str(backup), driver_url(database_url))
        await forget(door, known.hanni)
    await asyncio.to_thread(_run, tools / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(backup), empty_database_url)
    connection = await asyncpg.connect(empty_database_url)
    assert await connection.fetchval("select count(*) from library.people where id = $1", known.hanni) == 1
    await connection.close()
    async with opened(settings, empty_database_url) as door:
        assert (await door.client.get(f"/v1/people/{known.hanni}")).status_code == 404
        await door.client.post("/v1/search", json={"query": "민지"})
        await do_the_job(door)
        assert await found_in(door, [NAME, FORMER, ALIAS, *known.traces]) == []


def _run(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True, capture_output=True)


async def test_merged_people_are_forgotten_together_only_when_that_is_meant(door: Door, tmp_path: Path) -> None:
    known = await filled(door, tmp_path)
    async with door.database.transaction() as connection:
        await joining.merge(connection, known.hanni, known.minji)
    refused = await door.client.delete(f"/v1/people/{known.minji}")
    assert (refused.status_code, refused.json()["code"]) == (409, "others_merged")
    assert (await door.client.get(f"/v1/people/{known.hanni}")).status_code == 200
    await forget(door, known.minji, merged="true")
    assert await found_in(door, [NAME, FORMER, ALIAS, OTHER, *known.traces]) == []


async def test_somebody_merged_is_forgotten_alone(door: Door, tmp_path: Path) -> None:
    known = await filled(door, tmp_path)
    danielle = await add_person(door, "다니엘")
    async with door.database.transaction() as connection:
        await joining.merge(connection, known.hanni, danielle)
        said = (await segments.timeline(connection, known.video)).segments[0].captions
    assert "다니엘과 민지가 보인다." in [one.text for one in said]
    await forget(door, known.hanni)
    async with door.database.transaction() as connection:
        left = (await segments.timeline(connection, known.video)).segments[0].captions
        assert (await people.get_person(connection, danielle)).name == "다니엘"
    assert "한 사람과 민지가 보인다." in [one.text for one in left]


async def test_a_namesake_keeps_what_is_said_of_them(door: Door) -> None:
    async with door.database.transaction() as connection:
        one = (await people.add_person(connection, NewPerson(name="수빈", group="A"))).id
        other = (await people.add_person(connection, NewPerson(name="수빈", group="B"))).id
        new = videos.NewVideo(id=uuid4(), title="Day 2", source="upload", origin="day2.mp4")
        video = (await videos.add(connection, new))[0].id
        shown = [
            Segment(id=uuid4(), video_id=video, span=Span(start_ms=at, end_ms=at + 1),
                    captions=[caption("수빈이 보인다.", "ko")], version=1,
                    people=[PersonInSegment(person_id=who, probability=1, origin="machine")])
            for at, who in enumerate((one, other))
        ]  # fmt: skip
        edit = Edit(
            video_id=video, version=1, kind="publish", actor="m", door="pipeline", before=(), after=tuple(shown)
        )
        await edits.append(connection, edit)
    await forget(door, one)
    async with door.database.transaction() as connection:
        said = [segment.captions[0].text for segment in (await segments.timeline(connection, video)).segments]
        await renaming.rename(connection, other, name="예원", aliases=[])
        renamed = [segment.captions[0].text for segment in (await segments.timeline(connection, video)).segments]
    assert said == ["한 사람이 보인다.", "수빈이 보인다."]
    assert renamed == ["한 사람이 보인다.", "예원이 보인다."]
