"""The job queue (pgqueuer) beside the library, in schema `jobs`: a job is enqueued by the write that causes it."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4

from pgqueuer import Queries
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.ports.driver import Driver
from pgqueuer.types import Channel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

INDEX_VIDEO = "index_video"
INDEX_SEGMENTS = "index_segments"
INDEX_TRACKS = "index_tracks"
COLLECT = "collect"
WATCH = "watch_searches"
WORD_CAPTIONS = "word_captions"
FORGET_ANSWERS = "forget_answers"

# Every name is given, since pgqueuer would take one that is not from environment variables as common as CHANNEL.
SETTINGS = DBSettings(
    prefix="",
    db_schema="jobs",
    channel=Channel("scenedesk_jobs"),
    function="queue_changed",
    statistics_table="statistics",
    queue_status_type="status",
    queue_table="queue",
    queue_table_log="log",
    trigger="queue_changed",
    schedules_table="schedules",
    durability=Durability.durable,
    widen_id=False,
)


AnyQueries = TypeVar("AnyQueries", bound=Queries)


def queries(driver: Driver, kind: type[AnyQueries]) -> AnyQueries:
    """What pgqueuer offers, over our names."""
    return kind(
        driver,
        qbe=QueryBuilderEnvironment(SETTINGS),
        qbq=QueryQueueBuilder(SETTINGS),
        qbs=QuerySchedulerBuilder(SETTINGS),
    )


async def index_video(connection: AsyncConnection, run_id: UUID) -> None:
    """Enqueue the indexing of a run's video, in the caller's transaction; once, however often it is asked."""
    await _enqueue(connection, INDEX_VIDEO, {"run_id": str(run_id)}, _run_key(run_id))


async def index_segments(connection: AsyncConnection, video_id: UUID, version: int) -> None:
    """Enqueue putting into the index what an edit changed, in the caller's transaction."""
    words = {"video_id": str(video_id), "version": version}
    await _enqueue(connection, INDEX_SEGMENTS, words, _segments_key(video_id, version))


async def unindexed(connection: AsyncConnection, edits: Collection[tuple[UUID, int]]) -> set[tuple[UUID, int]]:
    """Those of these edits (video, version) whose segments are not put into the index yet."""
    keys = {_segments_key(*edit): edit for edit in edits}
    # With the words of the queue's own index, so that it is used.
    waiting = "select dedupe_key from jobs.queue where status in ('queued', 'picked') and dedupe_key = any(:keys)"
    return {keys[row.dedupe_key] for row in await connection.execute(text(waiting), {"keys": list(keys)})}


async def indexed(connection: AsyncConnection, video_id: UUID, version: int) -> None:
    """Note that an edit's segments are in the index, in the caller's transaction; its job goes a moment later."""
    done = text("update jobs.queue set dedupe_key = null where dedupe_key = :key")
    await connection.execute(done, {"key": _segments_key(video_id, version)})


async def index_again(connection: AsyncConnection, video_id: UUID, version: int) -> None:
    """As `index_segments`, though that was done before: what is read of these segments has changed without an edit."""
    words = {"video_id": str(video_id), "version": version}
    await _enqueue(connection, INDEX_SEGMENTS, words, f"{INDEX_SEGMENTS}:{video_id}:{version}:{uuid4()}")


async def word_captions(connection: AsyncConnection, video_id: UUID, version: int) -> None:
    """Enqueue saying a video's captions in the other language, in the caller's transaction; once a version."""
    await _enqueue(connection, WORD_CAPTIONS, {"video_id": str(video_id)}, f"{WORD_CAPTIONS}:{video_id}:{version}")


async def forget_answers(connection: AsyncConnection, before: datetime) -> None:
    """Enqueue dropping whatever a language model said before that moment, in the caller's transaction."""
    moment = before.isoformat()
    await _enqueue(connection, FORGET_ANSWERS, {"before": moment}, f"{FORGET_ANSWERS}:{moment}")


async def collect(connection: AsyncConnection, collection_id: UUID) -> None:
    """Enqueue a collection, in the caller's transaction; once, however often it is asked."""
    await _enqueue(connection, COLLECT, {"collection_id": str(collection_id)}, _collection_key(collection_id))


async def index_tracks(connection: AsyncConnection, model_id: str) -> None:
    """Enqueue building the index over a model's track vectors; once, however often it is asked."""
    await _enqueue(connection, INDEX_TRACKS, {"model_id": model_id}, f"{INDEX_TRACKS}:{model_id}")


async def watch_searches(connection: AsyncConnection, video_id: UUID, version: int) -> None:
    """Enqueue asking saved searches again about what an edit changed, in the caller's transaction."""
    words = {"video_id": str(video_id), "version": version}
    await _enqueue(connection, WATCH, words, f"{WATCH}:{video_id}:{version}")


async def missing(connection: AsyncConnection, run_ids: Collection[UUID]) -> list[UUID]:
    """Those of `run_ids` for which no job is waiting or at work."""
    keys = await _waiting(connection, INDEX_VIDEO)
    return [run_id for run_id in run_ids if _run_key(run_id) not in keys]


async def missing_collections(connection: AsyncConnection, collection_ids: Collection[UUID]) -> list[UUID]:
    """Those of `collection_ids` for which no job is waiting or at work."""
    keys = await _waiting(connection, COLLECT)
    return [collection_id for collection_id in collection_ids if _collection_key(collection_id) not in keys]


async def _waiting(connection: AsyncConnection, name: str) -> set[str]:
    """The keys of jobs of that name."""
    query = text("select dedupe_key from jobs.queue where status in ('queued', 'picked') and entrypoint = :name")
    return {row.dedupe_key for row in await connection.execute(query, {"name": name})}


def _collection_key(collection_id: UUID) -> str:
    return f"{COLLECT}:{collection_id}"


def _segments_key(video_id: UUID, version: int) -> str:
    return f"{INDEX_SEGMENTS}:{video_id}:{version}"


def _run_key(run_id: UUID) -> str:
    return f"{INDEX_VIDEO}:{run_id}"


async def _enqueue(connection: AsyncConnection, name: str, words: dict[str, object], dedupe_key: str) -> None:
    # SQLAlchemy begins the transaction with its first statement; below it, the job would be committed alone.
    await connection.execute(text("select 1"))
    raw = (await connection.get_raw_connection()).driver_connection
    await queries(AsyncpgDriver(raw), Queries).enqueue(
        name, json.dumps(words).encode(), dedupe_key=dedupe_key, on_conflict="skip"
    )
