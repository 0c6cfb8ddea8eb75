"""Two people edit one timeline at once: nothing is overwritten silently."""

import asyncio
import random
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from gateway.editor.settled import all_settled
from gateway.editor.timeline import fold
from gateway.library import edits, segments
from kernel.settings import Settings
from kernel.storage.database import Database
from tests.rooms import Rooms, open_front_door
from tests.timelines import a_timeline, do

EDITS_EACH = 200
SHOTS = 12


@pytest.fixture
async def door(settings: Settings, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(Rooms(settings), database_url) as (client, _):
        yield client


class Editor:
    """Writes captions numbered by themselves on segments they looked at, and looks again now and then."""

    def __init__(self, name: str, door: httpx.AsyncClient, video: UUID, shots: list[UUID]) -> None:
        self.name, self.door, self.video, self.shots = name, door, video, shots
        self.random = random.Random(name)
        self.version = 1
        self.saw: dict[str, str | None] = {}
        self.done: list[tuple[int, str, str | None, str]] = []
        self.refused = 0

    async def look(self) -> None:
        answer = await self.door.get(f"/v1/videos/{self.video}/segments")
        self.version = int(answer.headers["ETag"].strip('"'))
        self.saw = {one["id"]: _human(one) for one in answer.json()["items"]}

    async def work(self) -> None:
        await self.look()
        for number in range(EDITS_EACH):
            target, text = str(self.random.choice(self.shots)), f"{self.name} {number}"
            command = {"op": "caption", "segment_ids": [target], "language": "ko", "text": text}
            answer = await do(self.door, self.video, self.version, command, key=f"{self.name}-{number}")
            if answer.status_code == 201:
                self.done.append((answer.json()["version"], target, self.saw[target], text))
                self.saw[target] = text
            else:
                assert answer.status_code == 412, answer.text
                self.told_both_sides(answer.json(), text)
                self.refused += 1
            if answer.status_code == 412 or self.random.random() < 0.2:
                await self.look()

    def told_both_sides(self, problem: dict[str, object], text: str) -> None:
        [conflict] = problem["conflicts"]
        [field] = conflict["fields"]
        assert field["yours"][0]["text"] == text
        assert field["theirs"][0]["text"] == _human(conflict["theirs"])
        assert conflict["edits"]


def _human(segment: dict[str, object]) -> str | None:
    return next((one["text"] for one in segment["captions"] if one["origin"] == "human"), None)


@pytest.mark.long
async def test_two_editors_of_two_hundred_edits_each_overwrite_nothing(
    door: httpx.AsyncClient, database: Database
) -> None:
    video, shots = await a_timeline(database, shots=SHOTS)
    ids = [one.id for one in shots]
    editors = [Editor("eunji", door, video, ids), Editor("minsu", door, video, ids)]
    await asyncio.gather(*(editor.work() for editor in editors))

    written = sorted(step for editor in editors for step in editor.done)
    assert [version for version, *_ in written] == list(range(2, len(written) + 2))
    now: dict[str, str | None] = {str(one): None for one in ids}
    for _, target, saw, text in written:
        # Whoever wrote had seen exactly what they wrote over.
        assert now[target] == saw
        now[target] = text
    assert sum(editor.refused for editor in editors) > 0
    assert len(written) + sum(editor.refused for editor in editors) == 2 * EDITS_EACH
    shown = (await door.get(f"/v1/videos/{video}/segments")).json()["items"]
    assert {one["id"]: _human(one) for one in shown} == now
    await everything_folds(database, video)


async def everything_folds(database: Database, video: UUID) -> None:
    """The timeline, and what is kept beside history, are what history makes."""
    async with database.transaction() as connection:
        history = await edits.history(connection, video)
        timeline = await segments.timeline(connection, video)
        kept = await edits.settled_spans(connection, video)
    assert fold(video, history) == timeline
    assert all_settled(history) == kept


async def test_both_write_the_same_segment_at_the_same_moment_and_one_is_told(
    door: httpx.AsyncClient, database: Database
) -> None:
    video, [first, *_] = await a_timeline(database)
    said = [{"op": "caption", "segment_ids": [str(first.id)], "language": "ko", "text": text} for text in "가나다라"]
    answers = await asyncio.gather(*(do(door, video, 1, command) for command in said))
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412, 412]


async def test_one_command_sent_many_times_at_once_is_one_edit(door: httpx.AsyncClient, database: Database) -> None:
    video, [first, *_] = await a_timeline(database)
    command = {"op": "split", "segment_id": str(first.id), "at_ms": [5_000]}
    answers = await asyncio.gather(*(do(door, video, 1, command, key="same") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["version"] for answer in answers}) == 1
    await everything_folds(database, video)
