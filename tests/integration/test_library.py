"""The library's SQL: one writer of a version, paging that is stable, keys that make twice the same as once."""

import asyncio
import contextlib
import json
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.editor.timeline import Edit, fold
from gateway.library import edits, idempotency, runs, segments, steps, videos
from gateway.library.steps import Key
from kernel.contracts.errors import ConflictError, InvalidError, NotFoundError
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption
from kernel.contracts.time import Span
from kernel.storage.database import Database

PERSON = uuid4()


def new_video(**more: str) -> videos.NewVideo:
    words = {"title": "Day 2", "source": "upload", "origin": "day2.mp4", **more}
    return videos.NewVideo.model_validate({"id": uuid4(), **words})


async def a_video(database: Database, **more: str) -> UUID:
    async with database.transaction() as tx:
        video, _ = await videos.add(tx, new_video(**more))
    return video.id


def a_segment(video_id: UUID, start: int, version: int, caption: str = "컵") -> Segment:
    return Segment(
        id=uuid4(),
        video_id=video_id,
        span=Span(start_ms=start, end_ms=start + 1000),
        captions=[SegmentCaption(text=caption, language="ko", origin="machine")],
        people=[PersonInSegment(person_id=PERSON, probability=0.9, origin="machine")],
        version=version,
    )


def an_edit(video_id: UUID, version: int, before: list[Segment], after: list[Segment]) -> Edit:
    return Edit(
        video_id=video_id,
        version=version,
        kind="publish",
        actor="machine",
        door="pipeline",
        before=tuple(before),
        after=tuple(after),
    )


async def jobs_waiting(database: Database) -> list[dict[str, object]]:
    async with database.transaction() as tx:
        rows = await tx.execute(text("select entrypoint, payload from jobs.queue order by id"))
        return [{"name": row.entrypoint, **json.loads(row.payload)} for row in rows]


async def test_the_same_content_is_the_same_video(database: Database) -> None:
    async with database.transaction() as tx:
        first, new = await videos.add(tx, new_video(content_hash="abc", title="first"))
        second, again = await videos.add(tx, new_video(content_hash="abc", title="second"))
    assert (new, again) == (True, False)
    assert second == first


async def test_two_uploads_of_one_file_at_once_make_one_video(database: Database) -> None:
    async def upload() -> UUID:
        return await a_video(database, content_hash="same")

    assert len(set(await asyncio.gather(*(upload() for _ in range(5))))) == 1


async def test_a_page_goes_on_where_the_last_one_ended_while_videos_come_in(database: Database) -> None:
    old = [await a_video(database) for _ in range(5)]
    async with database.transaction() as tx:
        first = await videos.listing(tx, limit=2)
    await a_video(database)
    seen = [video.id for video in first.items]
    cursor = first.next_cursor
    while cursor:
        async with database.transaction() as tx:
            page = await videos.listing(tx, cursor, limit=2)
        seen += [video.id for video in page.items]
        cursor = page.next_cursor
    assert seen == old[::-1]


@pytest.mark.parametrize("cursor", ["", "x", "WyJhIl0", "W10", "bnVsbA", "WyIyMDI2LTAxLTAxIiwiYiJd"])
async def test_a_cursor_of_another_making_is_refused(database: Database, cursor: str) -> None:
    async with database.transaction() as tx:
        with pytest.raises(InvalidError):
            await videos.listing(tx, cursor)


async def test_an_edit_writes_history_projection_version_and_job(database: Database) -> None:
    video_id = await a_video(database)
    one, two = a_segment(video_id, 0, 1), a_segment(video_id, 1000, 1)
    async with database.transaction() as tx:
        await edits.append(tx, an_edit(video_id, 1, [], [two, one]))
    changed = one.model_copy(update={"captions": [], "people": [], "version": 2})
    async with database.transaction() as tx:
        await edits.append(tx, an_edit(video_id, 2, [one, two], [changed]))
    async with database.transaction() as tx:
        timeline = await segments.timeline(tx, video_id)
        history = await edits.history(tx, video_id)
        video = await videos.get(tx, video_id)
        assert await segments.changed_at(tx, video_id, 1) == []
    assert timeline.segments == (changed,)
    assert fold(video_id, history) == timeline
    assert (video.version, video.segments, video.people) == (2, 1, [])
    assert [(job["name"], job["version"]) for job in await jobs_waiting(database)] == [
        ("index_segments", 1),
        ("index_segments", 2),
    ]


async def test_the_people_of_a_video_are_those_in_its_segments(database: Database) -> None:
    video_id = await a_video(database)
    async with database.transaction() as tx:
        await edits.append(tx, an_edit(video_id, 1, [], [a_segment(video_id, 0, 1), a_segment(video_id, 1000, 1)]))
        assert (await videos.get(tx, video_id)).people == [PERSON]


async def test_of_two_edits_of_one_version_one_wins_and_the_other_changes_nothing(database: Database) -> None:
    video_id = await a_video(database)

    async def edit(caption: str) -> str | None:
        try:
            async with database.transaction() as tx:
                await edits.append(tx, an_edit(video_id, 1, [], [a_segment(video_id, 0, 1, caption)]))
        except ConflictError:
            return None
        return caption

    won = [caption for caption in await asyncio.gather(*(edit(str(n)) for n in range(6))) if caption]
    async with database.transaction() as tx:
        timeline = await segments.timeline(tx, video_id)
    assert [segment.captions[0].text for segment in timeline.segments] == won
    assert len(won) == 1
    assert len(await jobs_waiting(database)) == 1


async def test_an_edit_that_is_rolled_back_leaves_no_job(database: Database) -> None:
    video_id = await a_video(database)
    with contextlib.suppress(RuntimeError):
        async with database.transaction() as tx:
            await edits.append(tx, an_edit(video_id, 1, [], [a_segment(video_id, 0, 1)]))
            raise RuntimeError
    assert await jobs_waiting(database) == []


@pytest.mark.parametrize(
    "change",
    [
        "update library.edits set note = 'x'",
        "delete from library.edits",
        "truncate library.edits",
        "truncate library.videos cascade",
        "delete from library.videos",
    ],
)
async def test_history_can_be_neither_changed_nor_removed(database: Database, database_url: str, change: str) -> None:
    video_id = await a_video(database)
    async with database.transaction() as tx:
        await edits.append(tx, an_edit(video_id, 1, [], [a_segment(video_id, 0, 1)]))
    connection = await asyncpg.connect(database_url)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await connection.execute(change)
    await connection.close()
    async with database.transaction() as tx:
        assert len(await edits.history(tx, video_id)) == 1


async def test_segments_are_paged_in_order_of_time(database: Database) -> None:
    video_id = await a_video(database)
    made = [a_segment(video_id, start, 1) for start in (0, 0, 500, 500, 2000)]
    async with database.transaction() as tx:
        await edits.append(tx, an_edit(video_id, 1, [], made[::-1]))
        seen: list[Segment] = []
        cursor: str | None = None
        while cursor or not seen:
            page = await segments.listing(tx, video_id, cursor, limit=2)
            seen, cursor = [*seen, *page.items], page.next_cursor
        assert tuple(seen) == (await segments.timeline(tx, video_id)).segments


async def test_a_video_has_one_run_at_a_time(database: Database) -> None:
    video_id = await a_video(database)
    async with database.transaction() as tx:
        first, new = await runs.start(tx, video_id)
        second, again = await runs.start(tx, video_id)
        assert (await videos.get(tx, video_id)).run_id == first.id
    assert (new, again, second.id) == (True, False, first.id)
    assert len(await jobs_waiting(database)) == 1


async def test_a_waiting_run_is_cancelled_at_once_and_a_new_one_may_start(database: Database) -> None:
    video_id = await a_video(database)
    async with database.transaction() as tx:
        run, _ = await runs.start(tx, video_id)
        assert (await runs.request_cancel(tx, run.id)).state == "cancelled"
        assert await runs.take(tx, run.id) is None
        assert (await videos.get(tx, video_id)).state == "new"
        assert (await runs.start(tx, video_id))[1]
        assert len((await runs.listing(tx, video_id=video_id)).items) == 2


async def test_only_the_newest_taker_of_a_run_holds_it(database: Database) -> None:
    video_id = await a_video(database)
    async with database.transaction() as tx:
        run, _ = await runs.start(tx, video_id)
        first, second = await runs.take(tx, run.id), await runs.take(tx, run.id)
        assert first
        assert second
        assert not (await runs.standing(tx, first)).ours
        await runs.finish(tx, first, "done")
        assert (await runs.get(tx, run.id)).state == "running"
        await runs.finish(tx, second, "done")
        assert (await runs.get(tx, run.id)).state == "done"
        assert not (await runs.standing(tx, second)).ours


async def test_a_failed_run_tells_why_in_both_languages(database: Database) -> None:
    video_id = await a_video(database)
    async with database.transaction() as tx:
        run, _ = await runs.start(tx, video_id)
        taken = await runs.take(tx, run.id)
        assert taken
        await runs.finish(tx, taken, "failed", NotFoundError(what="file"))
        failed = await runs.get(tx, run.id)
        assert (await videos.get(tx, video_id)).state == "failed"
    korean, english = runs.worded(failed, "ko").problem, runs.worded(failed, "en").problem
    assert korean
    assert english
    assert (korean.code, korean.status) == ("not_found", 404)
    assert korean.detail == "해당 항목이 없습니다: 파일"
    assert english.detail == "There is no such file."


async def test_a_later_result_of_a_step_takes_the_place_of_the_former(database: Database) -> None:
    video_id = await a_video(database)
    one, two = Key(video_id, "faces", "one"), Key(video_id, "faces", "two")
    async with database.transaction() as tx:
        await steps.keep(tx, one, b"1", 5)
        await steps.keep(tx, two, b"2", 5)
        assert await steps.find(tx, one) == (b"1", False)
        assert await steps.find(tx, two) == (b"2", True)
        await steps.make_current(tx, one)
        assert await steps.find(tx, one) == (b"1", True)
        assert await steps.find(tx, two) == (b"2", False)
        assert await steps.find(tx, Key(uuid4(), "faces", "one")) is None


async def test_a_key_is_claimed_once_and_then_tells_the_answer(database: Database) -> None:
    async with database.transaction() as tx:
        assert await idempotency.begin(tx, "k", "/v1/videos", "hash") is None
        assert await idempotency.begin(tx, "k", "/v1/videos", "hash") == ("hash", None, None)
        assert await idempotency.begin(tx, "k", "/v1/people", "hash") is None
        await idempotency.finish(tx, "k", "/v1/videos", 201, {"id": 1})
        await idempotency.release(tx, "k", "/v1/videos")
        assert await idempotency.begin(tx, "k", "/v1/videos", "other") == ("hash", 201, {"id": 1})
        await idempotency.release(tx, "k", "/v1/people")
        assert await idempotency.begin(tx, "k", "/v1/people", "hash") is None


async def test_a_claim_whose_process_died_can_be_taken_later(database: Database) -> None:
    async with database.transaction() as tx:
        await idempotency.begin(tx, "k", "/v1/videos", "hash")
        await tx.execute(text("update library.idempotency_keys set created_at = now() - interval '2 hours'"))
        assert await idempotency.begin(tx, "k", "/v1/videos", "hash") is None


async def test_a_video_that_is_not_there_is_said_so(database: Database) -> None:
    async with database.transaction() as tx:
        for question in (videos.get, videos.media, segments.timeline, segments.get, runs.get):
            with pytest.raises(NotFoundError):
                await question(tx, uuid4())


async def test_a_statement_that_fails_rolls_the_transaction_back(database: Database) -> None:
    with contextlib.suppress(DBAPIError):
        async with database.transaction() as tx:
            await videos.add(tx, new_video(content_hash="gone"))
            await tx.execute(text("select 1/0"))
    async with database.transaction() as tx:
        assert await videos.by_content(tx, "gone") is None
