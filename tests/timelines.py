"""Timelines to edit: a video in the library with segments that a machine made."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid4

import httpx

from gateway.editor.publish import publish
from gateway.editor.timeline import Edit
from gateway.library import edits, segments, tracks, videos
from gateway.pipeline.merge import people_in
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption, Track
from kernel.contracts.search import Hit
from kernel.contracts.time import Span
from kernel.storage.database import Database

SHOT_MS = 10_000


def a_segment(video_id: UUID, span: Span, people: Sequence[PersonInSegment] = ()) -> Segment:
    said = SegmentCaption(text=f"a cup at {span.start_ms}", language="en", origin="machine", model_id="drawn@1")
    return Segment(
        id=uuid4(),
        video_id=video_id,
        span=span,
        captions=[said],
        people=list(people),
        version=0,
    )


async def a_timeline(
    database: Database, shots: int = 3, followed: Sequence[Track] = (), media: Path | None = None
) -> tuple[UUID, list[Segment]]:
    """A video of `shots` shots of ten seconds at version 1; `followed` are its face tracks."""
    async with database.transaction() as connection:
        new = videos.NewVideo(
            id=uuid4(), title="Day 2", source="path", origin="day2.mp4", media=str(media) if media else None
        )
        video, _ = await videos.add(connection, new)
        await videos.set_length(connection, video.id, shots * SHOT_MS)
        await tracks.replace(connection, video.id, [one.model_copy(update={"video_id": video.id}) for one in followed])
        spans = [Span(start_ms=place * SHOT_MS, end_ms=(place + 1) * SHOT_MS) for place in range(shots)]
        made = [a_segment(video.id, span, people_in(span, _during(span, followed))) for span in spans]
        first = Edit(
            video_id=video.id,
            version=1,
            kind="publish",
            actor="machine",
            door="pipeline",
            before=(),
            after=tuple(one.model_copy(update={"version": 1}) for one in made),
        )
        await edits.append(connection, first)
    return video.id, list(first.after)


async def index_again(database: Database, video: UUID, opinion: list[Segment]) -> int:
    """What a machine says of the video, published as the pipeline does."""
    async with database.transaction() as connection:
        timeline = await segments.timeline(connection, video, lock=True)
        settled = await edits.settled_spans(connection, video)
        edit = publish(timeline, opinion, actor="machine", door="pipeline", settled=settled)
        if edit is not None:
            await edits.append(connection, edit)
    return edit.version if edit else timeline.version


def said_anew(segment: Segment, text: str) -> Segment:
    said = SegmentCaption(text=text, language="en", origin="machine", model_id="other@2")
    return segment.model_copy(update={"captions": [said], "version": 0})


def _during(span: Span, followed: Sequence[Track]) -> list[Track]:
    return [track for track in followed if track.span.overlap_ms(span)]


def a_hit(video: UUID, segment: Segment) -> Hit:
    return Hit(
        segment_id=segment.id,
        video_id=video,
        title="Day 2",
        span=segment.span,
        segments=[segment.id],
        text_ko=None,
        text_en="a cup",
        origin="machine",
        observed=False,
        caption_model=None,
        people=[],
        unknown_faces=0,
        score=1.0,
        evidence=[],
    )


async def do(
    door: httpx.AsyncClient,
    video: UUID,
    version: int,
    command: dict[str, object],
    *,
    key: str | None = None,
    note: str | None = None,
) -> httpx.Response:
    headers = {"If-Match": f'"{version}"', **({"Idempotency-Key": key} if key else {})}
    return await door.post(f"/v1/videos/{video}/edits", json={"command": command, "note": note}, headers=headers)
