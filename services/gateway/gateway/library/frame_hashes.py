"""SQL of frame hashes: which moment of which video looks like a still."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.finding_tables import frame_hashes
from gateway.library.bits import differing
from gateway.library.sight import Sight
from gateway.pipeline.frame_hashes import FrameHash
from gateway.tables import segments, videos

MOST = 50  # frames looked at: neighbours of one scene look alike


class Moment(NamedTuple):
    """A scene with a frame like the one asked for, where that frame begins, and in how many of 64 bits it differs."""

    segment_id: UUID
    video_id: UUID
    title: str
    at_ms: int
    bits: int


async def replace(connection: AsyncConnection, video_id: UUID, frames: Sequence[FrameHash]) -> None:
    """A video's frames are these from now on."""
    await connection.execute(delete(frame_hashes).where(frame_hashes.c.video_id == video_id))
    if frames:
        rows = [{"video_id": video_id, "at_ms": frame.at_ms, "bits": frame.bits} for frame in frames]
        await connection.execute(insert(frame_hashes), rows)


async def like(connection: AsyncConnection, bits: int, most: int, count: int, sight: Sight) -> list[Moment]:
    """The `count` scenes with the frames most like it, differing in at most `most` bits; the earliest frame of each."""
    number = differing(frame_hashes.c.bits, bits).label("number")
    near = (
        select(frame_hashes.c.video_id, frame_hashes.c.at_ms, number)
        .where(number <= most, sight.of(frame_hashes.c.video_id))
        .order_by(number, frame_hashes.c.video_id, frame_hashes.c.at_ms)
        .limit(MOST)
        .subquery()
    )
    its = (near.c.video_id == segments.c.video_id) & near.c.at_ms.between(segments.c.start_ms, segments.c.end_ms - 1)
    rows = await connection.execute(
        select(segments.c.id, near.c.video_id, videos.c.title, near.c.at_ms, near.c.number)
        .join(segments, its)
        .join(videos, videos.c.id == near.c.video_id)
        .order_by(near.c.number, near.c.video_id, near.c.at_ms, segments.c.end_ms - segments.c.start_ms, segments.c.id)
    )
    found: dict[UUID, Moment] = {}
    for row in rows:
        found.setdefault(row[0], Moment(*row))
    return list(found.values())[:count]
