"""Pictures of people: on what ground they are kept, until when they match, and what is written down of it."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from gateway import tables
from gateway.account_tables import audit as audit_rows
from gateway.identity import gallery
from gateway.library import audit
from gateway.library import references as sql
from kernel.settings import Settings
from kernel.storage.database import Database
from tests.rooms import ONE, ONE_BLURRED, ONE_SMALL, TWO_ALIKE, Rooms, open_front_door, photo

MODEL = "drawn@1"
NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def rooms(settings: Settings) -> Rooms:
    return Rooms(settings)


@pytest.fixture
async def door(rooms: Rooms, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(rooms, database_url) as (client, _):
        yield client


async def somebody(door: httpx.AsyncClient, name: str = "하니") -> str:
    answer = await door.post("/v1/people", json={"name": name, "group": "NJZ"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def send(door: httpx.AsyncClient, person: str, picture: Path, **said: str) -> httpx.Response:
    content = await asyncio.to_thread(picture.read_bytes)
    files = {"photo": (picture.name, content)}
    return await door.post(f"/v1/people/{person}/references", files=files, data=said)


async def pictures(door: httpx.AsyncClient, person: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await door.get(f"/v1/people/{person}/references")).json()["items"]
    return items


async def told(door: httpx.AsyncClient, **asked: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await door.get("/v1/audit", params={"limit": "200", **asked})).json()["items"]
    return items


async def known(database: Database, now: datetime | None = None) -> set[UUID]:
    async with database.transaction() as connection:
        return {each.reference_id for each in await sql.known_vectors(connection, MODEL, now=now)}


# ---- rights


async def test_a_picture_says_where_it_is_from(door: httpx.AsyncClient, tmp_path: Path) -> None:
    person = await somebody(door)
    said = {
        "source": "press kit 2026",
        "address": "https://example.org/kit/1.jpg",
        "rights": "© Agency, editorial use",
        "consent": "press_kit",
        "expires_at": "2027-01-01T12:00:00Z",
    }
    made = (await send(door, person, photo(ONE, tmp_path / "a.jpg"), **said)).json()
    assert made["rights"] == {k: said[k] for k in ("rights", "consent", "expires_at")}
    assert (made["source"], made["address"], made["usable"]) == (said["source"], said["address"], True)
    changed = {"rights": "© Agency", "consent": "contract", "expires_at": None}
    answer = await door.put(f"/v1/references/{made['id']}", json=changed)
    assert (answer.json()["rights"], answer.json()["address"]) == (changed, None)
    [row, before, _] = await told(door, person=person)
    assert (row["action"], row["details"]) == ("reference_changed", {"consent": "contract"})
    assert before["details"]["expires_at"] == "2027-01-01T12:00:00+00:00"


@pytest.mark.parametrize("at", ["2027-01-01T12:00:00", "tomorrow", "9999-12-31T23:59:59-23:00", "0001-01-01T00:00:00Z"])
async def test_a_time_that_means_nothing_is_refused(door: httpx.AsyncClient, tmp_path: Path, at: str) -> None:
    person = await somebody(door)
    answer = await send(door, person, photo(ONE, tmp_path / "a.jpg"), expires_at=at)
    assert answer.status_code == 422
    assert (await door.get(f"/v1/people/{person}")).json()["references"] == 0


async def test_an_expired_picture_matches_nothing_from_that_very_moment(
    door: httpx.AsyncClient, tmp_path: Path, database: Database
) -> None:
    person = await somebody(door)
    stays = UUID((await send(door, person, photo(ONE, tmp_path / "a.jpg", 10))).json()["id"])
    made = await send(door, person, photo(ONE, tmp_path / "b.jpg", 200), expires_at=NOON.isoformat())
    ends = UUID(made.json()["id"])
    just_before, just_after = NOON - timedelta(microseconds=1), NOON + timedelta(microseconds=1)
    assert await known(database, just_before) == {stays, ends}
    for moment in (NOON, just_after, NOON + timedelta(days=4000)):
        assert await known(database, moment) == {stays}
    fingerprints = []
    async with database.transaction() as connection:
        for moment in (just_before, NOON, just_after):
            vectors = await sql.vectors_of(connection, MODEL, now=moment)
            fingerprints.append(gallery.fingerprint(vectors))
        reasons = {
            each.id: each.reason
            for each in (await sql.list_references(connection, UUID(person), limit=9, now=NOON)).items
        }
    assert reasons == {stays: None, ends: "expired"}
    assert fingerprints[0] != fingerprints[1] == fingerprints[2]


async def test_what_expired_is_noted_once_and_again_when_it_was_put_off(
    door: httpx.AsyncClient, tmp_path: Path, database: Database
) -> None:
    person = await somebody(door)
    made = await send(door, person, photo(ONE, tmp_path / "a.jpg"), expires_at=NOON.isoformat())
    reference = UUID(made.json()["id"])

    async def noted(now: datetime) -> int:
        async with database.transaction() as connection:
            return await audit.note_expired(connection, now=now)

    assert await noted(NOON - timedelta(microseconds=1)) == 0
    at_once = await asyncio.gather(*(noted(NOON) for _ in range(4)))
    assert sorted(at_once) == [0, 0, 0, 1]
    async with database.transaction() as connection:
        await sql.vectors_of(connection, MODEL, now=NOON + timedelta(days=1))
    later = NOON + timedelta(days=30)
    await door.put(f"/v1/references/{reference}", json={"expires_at": later.isoformat()})
    assert await noted(later - timedelta(microseconds=1)) == 0
    assert await noted(later) == 1
    rows = [row for row in await told(door, person=person) if row["action"] == "reference_expired"]
    assert [row["details"]["expires_at"] for row in rows] == [
        "2027-01-31T12:00:00.000000Z",
        "2027-01-01T12:00:00.000000Z",
    ]
    assert {(row["reference_id"], row["door"]) for row in rows} == {(str(reference), "pipeline")}


async def test_a_withdrawn_picture_matches_nothing_and_is_no_portrait(
    door: httpx.AsyncClient, tmp_path: Path, database: Database
) -> None:
    person = await somebody(door)
    reference = (await send(door, person, photo(ONE, tmp_path / "a.jpg"))).json()["id"]
    assert (await door.get(f"/v1/people/{person}/portrait")).status_code == 200
    for _ in range(2):
        answer = await door.post(f"/v1/references/{reference}/withdraw", headers={"Scenedesk-Door": "page"})
        assert (answer.status_code, answer.json()["usable"], answer.json()["reason"]) == (200, False, "withdrawn")
    assert await known(database) == await known(database, NOON) == set()
    assert (await door.get(f"/v1/people/{person}/portrait")).status_code == 404
    shown = (await door.get(f"/v1/people/{person}")).json()
    assert (shown["references"], shown["usable_references"]) == (1, 0)
    assert [(row["action"], row["door"]) for row in await told(door, person=person)][:2] == [
        ("reference_withdrawn", "page"),
        ("reference_added", "rest"),
    ]
    await door.put(f"/v1/references/{reference}", json={"consent": "written"})
    assert await known(database) == set()


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["put_off", "unlimited", "withdraw"]), st.integers(0, 2), st.integers(0, 9)),
        max_size=6,
    )
)
@hypothesis_settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_expired_or_withdrawn_ever_matches(
    cloned_once: Database, runner: asyncio.Runner, steps: list[tuple[str, int, int]]
) -> None:
    runner.run(_held_against_a_model(cloned_once, steps))


async def _held_against_a_model(database: Database, steps: list[tuple[str, int, int]]) -> None:
    ids = [UUID(int=number + 1) for number in range(3)]
    expires: dict[UUID, datetime | None] = dict.fromkeys(ids, None)
    withdrawn: set[UUID] = set()
    async with database.transaction() as connection:
        await connection.execute(update(tables.references).values(expires_at=None, withdrawn_at=None))
        for step, which, day in steps:
            reference = ids[which]
            if step == "withdraw":
                await sql.withdraw_reference(connection, reference)
                withdrawn.add(reference)
            else:
                expires[reference] = NOON + timedelta(days=day) if step == "put_off" else None
                rights = sql.Rights(expires_at=expires[reference])
                await sql.change_reference(connection, reference, rights=rights, address=None)
        for day in range(11):
            now = NOON + timedelta(days=day)
            matching = {each.reference_id for each in await sql.known_vectors(connection, MODEL, now=now)}
            assert matching == {i for i in ids if i not in withdrawn and ((end := expires[i]) is None or now < end)}


# ---- the gate


async def test_a_blurred_face_is_kept_and_not_used(door: httpx.AsyncClient, tmp_path: Path) -> None:
    person = await somebody(door)
    made = [
        (await send(door, person, photo(width, tmp_path / f"{width}.jpg"))).json() for width in (ONE_BLURRED, ONE_SMALL)
    ]
    assert [(each["usable"], each["reason"]) for each in made] == [(False, "blurred"), (False, "small")]
    shown = (await door.get(f"/v1/people/{person}")).json()
    assert (shown["references"], shown["usable_references"]) == (2, 0)


async def test_of_several_faces_one_is_chosen(door: httpx.AsyncClient, tmp_path: Path) -> None:
    one, other = await somebody(door), await somebody(door, "민지")
    picture = photo(TWO_ALIKE, tmp_path / "two.jpg")
    refused = (await send(door, one, picture)).json()
    assert refused["code"] == "several_faces"
    assert [(each["face"], each["box"]["left"]) for each in refused["faces"]] == [(0, 0.05), (1, 0.55)]
    assert (await send(door, one, picture, face="2")).json()["code"] == "no_such_face"
    assert (await send(door, one, picture, face="0")).status_code == 201
    assert (await send(door, other, picture, face="1")).status_code == 201
    korean = await door.post(
        f"/v1/people/{one}/references",
        files={"photo": ("x.jpg", photo(TWO_ALIKE, tmp_path / "x.jpg", 9).read_bytes())},
        headers={"Accept-Language": "ko"},
    )
    assert "얼굴이 2개" in korean.json()["detail"]


# ---- what is written down


async def test_everything_done_is_written_down_once_and_without_a_name(door: httpx.AsyncClient, tmp_path: Path) -> None:
    person = await somebody(door)
    reference = (await send(door, person, photo(ONE, tmp_path / "a.jpg"))).json()["id"]
    await send(door, person, photo(ONE, tmp_path / "a.jpg"))  # there already: nothing was done
    await send(door, person, photo(TWO_ALIKE, tmp_path / "b.jpg"))  # refused
    await door.put(f"/v1/references/{reference}", json={"consent": "written"})
    await door.post(f"/v1/references/{reference}/withdraw")
    await door.delete(f"/v1/references/{reference}")
    await door.put(f"/v1/people/{person}", json={"name": "Hanni", "aliases": ["하니"]})
    rows = await told(door)
    assert [row["action"] for row in reversed(rows)] == [
        "person_added", "reference_added", "reference_changed", "reference_withdrawn", "reference_removed",
        "person_renamed",
    ]  # fmt: skip
    assert {row["person_id"] for row in rows} == {person}
    assert "하니" not in str(rows)
    assert "Hanni" not in str(rows)
    assert "NJZ" not in str(rows)


@pytest.mark.parametrize("seed", range(3))
async def test_there_are_as_many_entries_as_things_done(door: httpx.AsyncClient, tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    person, done, there, withdrawn = await somebody(door), 1, list[str](), set[str]()
    sent: list[Path] = []
    for step in range(30):
        doing = draw.choice(["add", "add again", "refuse", "change", "withdraw", "remove", "rename"])
        reference = draw.choice(there) if there else str(uuid4())
        if doing == "add":
            sent.append(photo(ONE, tmp_path / f"{step}.jpg", shade=step))
            made = await send(door, person, sent[-1])
            there.append(made.json()["id"])
            done += 1
        elif doing == "add again" and there:
            known = set(there)
            made = await send(door, person, draw.choice(sent))
            if made.status_code == 201:  # it had been removed meanwhile
                assert made.json()["id"] not in known
                there.append(made.json()["id"])
                done += 1
        elif doing == "refuse":
            assert (await send(door, person, photo(TWO_ALIKE, tmp_path / "two.jpg"))).status_code == 422
        elif doing == "change":
            done += (await door.put(f"/v1/references/{reference}", json={"rights": "x"})).is_success
        elif doing == "withdraw":
            answer = await door.post(f"/v1/references/{reference}/withdraw")
            done += answer.is_success and reference not in withdrawn
            withdrawn.add(reference)
        elif doing == "remove":
            done += (await door.delete(f"/v1/references/{reference}")).is_success
            there = [each for each in there if each != reference]
        elif doing == "rename":
            done += (await door.put(f"/v1/people/{person}", json={"name": f"하니{step}"})).is_success
        assert len(await told(door)) == done, (step, doing)


async def test_the_audit_is_paged_and_never_changed(door: httpx.AsyncClient, database: Database) -> None:
    people = [await somebody(door, name) for name in ("하니", "민지", "해린")]
    first = (await door.get("/v1/audit", params={"limit": 2})).json()
    rest = (await door.get("/v1/audit", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [row["person_id"] for row in (*first["items"], *rest["items"])] == people[::-1]
    assert [row["person_id"] for row in await told(door, person=people[1])] == [people[1]]
    for statement in (update(audit_rows).values(actor="x"), delete(audit_rows)):
        with pytest.raises(Exception, match="append-only"):
            async with database.transaction() as connection:
                await connection.execute(statement)
    async with database.transaction() as connection:
        assert len((await connection.execute(select(audit_rows.c.id))).all()) == 3


# ---- a database for many examples


@pytest.fixture(scope="module")
def runner() -> Any:
    with asyncio.Runner() as opened:
        yield opened


@pytest.fixture(scope="module")
def cloned_once(cloned: Any, runner: asyncio.Runner) -> Any:
    database = Database(cloned("references_model"))
    runner.run(_three_references(database))
    yield database
    runner.run(database.close())


async def _three_references(database: Database) -> None:
    person = UUID(int=99)
    async with database.transaction() as connection:
        await connection.execute(tables.people.insert().values(id=person, name="하니", colour=0))
        for number in range(3):
            row = {
                "id": UUID(int=number + 1),
                "person_id": person,
                "picture": "x",
                "content_hash": str(number),
                "source": "x",
            }
            await connection.execute(tables.references.insert().values(row))
            vector = {"reference_id": row["id"], "model_id": MODEL, "vector": bytes(32)}
            await connection.execute(tables.reference_vectors.insert().values(vector))
