"""What the jobs do, and at what pace. Heavy rooms are entered when a job needs them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from gateway.pipeline.run import RunContext
from kernel.clients import EmbedService, Services
from kernel.settings import Settings
from kernel.storage.database import Database


async def collect(settings: Settings, database: Database, services: Services, collection_id: UUID) -> None:
    from gateway.collecting.work import collect  # noqa: PLC0415 - few workers ever collect

    await collect(settings, database, services, collection_id)


async def watch(database: Database, services: Services, video_id: UUID, version: int) -> None:
    from gateway.finding.watching import watch  # noqa: PLC0415 - many libraries have no saved search

    await watch(database, services, video_id, version)


@dataclass(frozen=True)
class Work:
    """What the jobs do."""

    index_video: Callable[[RunContext], Awaitable[None]]
    index_segments: Callable[[Database, EmbedService, UUID, int], Awaitable[object]]
    collect: Callable[[Settings, Database, Services, UUID], Awaitable[None]] = collect
    watch: Callable[[Database, Services, UUID, int], Awaitable[None]] = watch


@dataclass(frozen=True)
class Pace:
    """`lease`: a job whose worker was not heard of for so long is taken by another. `grace_s`: time to finish
    when asked to stop. `first_pause_s`: before a first retry, doubled each time up to `longest_pause_s`.
    """

    lease: timedelta = timedelta(seconds=30)
    grace_s: float = 5.0
    first_pause_s: float = 1.0
    longest_pause_s: float = 300.0

    def pause(self, failures: int) -> timedelta:
        return timedelta(seconds=min(self.longest_pause_s, self.first_pause_s * 2.0 ** min(failures, 20)))


def the_pipeline() -> Work:
    from gateway.pipeline.process import process  # noqa: PLC0415 - pulls in codecs, which a caller may not need
    from gateway.pipeline.publish import index_segments  # noqa: PLC0415

    return Work(index_video=process, index_segments=index_segments)
