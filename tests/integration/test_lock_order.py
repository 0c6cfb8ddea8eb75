"""Renaming, line-ups and forgetting beside a run that publishes and a person who edits: nobody waits in a circle."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.editor.timeline import Edit
from gateway.identity.deciding import Verdict, decide
from gateway.library import edits, people, runs, segments, videos
from gateway.library.runs import Taken
from gateway.people import renaming
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import NewPerson, PersonInSegment, Segment, SegmentCaption
from kernel.contracts.time import Span
from kernel.settings import Settings
from kernel.storage.database import Database
from tests.rooms import Rooms, open_front_door

WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


async def begun(database: Database, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """The work, once it waits for what somebody else holds (or is over)."""
    task = asyncio.create_task(work)
    while not task.done():
        async with database.transaction() as connection:
            if await connection.scalar(text(WAITING)):
                break
    return task


async def a_person(database: Database) -> UUID:
    async with database.transaction() as connection:
        return (await people.add_person(connection, NewPerson(name="하니"))).id


async def a_video(connection: AsyncConnection) -> UUID:
    video, _ = await videos.add(
        connection, videos.NewVideo(id=uuid4(), title="Day 2", source="upload", origin="day2.mp4", media="videos/a.mp4")
    )
    return video.id


def edit_of(video_id: UUID, person_id: UUID) -> Edit:
    shown = Segment(
        id=uuid4(),
        video_id=video_id,
        span=Span(start_ms=0, end_ms=1000),
        captions=[SegmentCaption(text="하니가 보인다.", language="ko", origin="machine", observed=True)],
        people=[PersonInSegment(person_id=person_id, probability=0.9, origin="machine")],
        version=1,
    )
    return Edit(
        video_id=video_id, version=1, kind="publish", actor="machine", door="pipeline", before=(), after=(shown,)
    )


async def taken(database: Database, video_id: UUID) -> Taken:
    async with database.transaction() as connection:
        run, _ = await runs.start(connection, video_id)
        found = await runs.take(connection, run.id)
    assert found is not None
    return found


async def test_a_rename_waits_for_who_publishes_and_is_in_what_they_published(database: Database) -> None:
    hani = await a_person(database)
    async with database.transaction() as connection:
        video_id = await a_video(connection)
    run = await taken(database, video_id)

    async def rename() -> None:
        async with database.transaction() as connection:
            await renaming.rename(connection, hani, name="하니 팜", aliases=[])

    async with database.transaction() as publishing:
        assert (await runs.standing(publishing, run, lock=True)).ours
        renamed = await begun(database, rename())
        await segments.timeline(publishing, video_id, lock=True)
        await edits.append(publishing, edit_of(video_id, hani))
    await renamed
    async with database.transaction() as connection:
        told = (await segments.timeline(connection, video_id)).segments[0].captions[0].text
        assert not (await runs.standing(connection, run)).ours
    assert told == "하니 팜이 보인다."


@pytest.mark.parametrize("way", ["declare", "leave open", "into a series", "change the series", "remove the series"])
async def test_a_line_up_waits_for_who_publishes(
    settings: Settings, database: Database, database_url: str, way: str
) -> None:
    hani = await a_person(database)
    line_up = {"people": [str(hani)], "groups": []}
    async with open_front_door(Rooms(settings), database_url) as (door, _):
        made = await door.post(
            "/v1/series", json={"name": "무대", "line_up": line_up}, headers={"Idempotency-Key": str(uuid4())}
        )
        series = f"/v1/series/{made.json()['id']}"
        async with database.transaction() as connection:
            video_id = await a_video(connection)
            await edits.append(connection, edit_of(video_id, hani))
        if "the series" in way:
            await door.put(f"/v1/videos/{video_id}/series", json={"series_id": made.json()["id"]})
        run = await taken(database, video_id)
        asked = {
            "declare": door.put(f"/v1/videos/{video_id}/line-up", json=line_up),
            "leave open": door.delete(f"/v1/videos/{video_id}/line-up"),
            "into a series": door.put(f"/v1/videos/{video_id}/series", json={"series_id": made.json()["id"]}),
            "change the series": door.put(series, json={"name": "무대", "line_up": {"people": [], "groups": []}}),
            "remove the series": door.delete(series),
        }
        mine = asked.pop(way)
        for other in asked.values():
            other.close()
        async with database.transaction() as publishing:
            assert (await runs.standing(publishing, run, lock=True)).ours
            said = await begun(database, mine)
            await segments.timeline(publishing, video_id, lock=True)
        assert (await said).is_success
        async with database.transaction() as connection:
            assert not (await runs.standing(connection, run)).ours


async def test_an_edit_made_while_somebody_is_forgotten_names_nobody(
    settings: Settings, database: Database, database_url: str
) -> None:
    hani = await a_person(database)
    async with open_front_door(Rooms(settings), database_url) as (door, _):
        async with database.transaction() as connection:
            video_id = await a_video(connection)
        async with database.transaction() as editing:
            await segments.timeline(editing, video_id, lock=True)
            forgotten = await begun(database, door.delete(f"/v1/people/{hani}"))
            await edits.append(editing, edit_of(video_id, hani))
        assert (await forgotten).status_code == 200
        async with database.transaction() as connection:
            history = await edits.history(connection, video_id)
    kept = "".join(edit.model_dump_json() for edit in history)
    assert "하니" not in kept
    assert str(hani) not in kept


async def test_a_ruling_on_somebody_who_is_forgotten_meanwhile_is_refused(database: Database) -> None:
    hani = await a_person(database)
    async with database.transaction() as connection:
        video_id, track_id = await a_video(connection), uuid4()
        await connection.execute(
            text(
                "insert into library.tracks (id, video_id, start_ms, end_ms, probability, model_id, faces)"
                " values (:id, :video, 0, 1000, 0, 'drawn@1', '[[0, 0.1, 0.1, 0.3, 0.4]]')"
            ),
            {"id": track_id, "video": video_id},
        )
    async with database.transaction() as forgetting:
        await videos.lock(forgetting)
        verdict = Verdict(track_id, "is", hani)
        said = await begun(database, decide(database, [verdict], kind="rule", actor="person", door="rest"))
        await forgetting.execute(text("delete from library.people where id = :id"), {"id": hani})
    with pytest.raises(NotFoundError):
        await said
