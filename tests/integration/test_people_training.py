"""Training over REST: refused, live, stale, forgotten."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import numpy as np
import pytest
from sqlalchemy import func, insert, select

from gateway.library import people
from gateway.library import references as references_sql
from gateway.tables import references, trainings
from kernel.contracts.library import NewPerson
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.vectors import Matrix
from tests.rooms import Rooms, open_front_door
from tests.unit.test_training import nuisance

MODEL = "drawn@1"


@pytest.fixture
async def door(settings: Settings, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(Rooms(settings), database_url) as (client, _):
        yield client


async def enrol(database: Database, everybody: list[Matrix], first: int = 0) -> list[UUID]:
    """In the order of their ids, so that every run divides them alike."""
    async with database.transaction() as connection:
        made = [await people.add_person(connection, NewPerson(name=f"P{first + at}")) for at in range(len(everybody))]
    ids = sorted(person.id for person in made)
    for number, (person, vectors) in enumerate(zip(ids, everybody, strict=True), first):
        await teach(database, person, vectors, number)
    return ids


async def teach(database: Database, person: UUID, vectors: Matrix, number: int) -> None:
    async with database.transaction() as connection:
        kept = {}
        for at in range(len(vectors)):
            reference = UUID(int=1000 * (number + 1) + at)
            row = {"id": reference, "person_id": person, "picture": f"{reference}.jpg", "content_hash": str(reference),
                   "source": "site", "perceptual_hash": 0, "address": f"http://site{at % 5}/{at}.jpg"}  # fmt: skip
            await connection.execute(insert(references).values(row))
            kept[reference] = vectors[at]
        await references_sql.put_vectors(connection, MODEL, kept)


async def test_too_few_are_refused_with_how_many_are_needed(door: httpx.AsyncClient) -> None:
    answer = await door.post("/v1/gallery/train")
    assert (answer.status_code, answer.json()["code"]) == (422, "too_few_to_train")
    assert "16" in answer.json()["detail"]
    assert (await door.get("/v1/gallery/training")).status_code == 404


async def test_a_better_head_is_live_until_the_gallery_changes_and_goes_with_whoever_is_forgotten(
    door: httpx.AsyncClient, settings: Settings, database_url: str
) -> None:
    database = Database(database_url)
    everybody = await enrol(database, list(nuisance(1).values()))
    assert (await door.get("/v1/gallery")).json()["scorer"] == "centroids"
    training = (await door.post("/v1/gallery/train")).json()
    assert training["report"]["people"], training
    assert training["report"]["by_source"] == 48
    assert (training["report"]["reason"], training["live"], training["stale"]) == ("better", True, False)
    assert (await door.get("/v1/gallery")).json()["scorer"] == "trained"
    picture = await door.get("/v1/gallery/training/confusion.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert ">P7<" in picture.text
    more = np.random.default_rng(3).normal(size=(1, 64)).astype(np.float32)
    await enrol(database, [more], 99)
    assert (await door.get("/v1/gallery")).json()["scorer"] == "centroids"
    assert (await door.get("/v1/gallery/training")).json()["stale"] is True
    assert (await door.delete(f"/v1/people/{everybody[3]}")).json()["trainings"] == 1
    async with database.transaction() as connection:
        assert (await connection.execute(select(func.count()).select_from(trainings))).scalar_one() == 0
    await database.close()
