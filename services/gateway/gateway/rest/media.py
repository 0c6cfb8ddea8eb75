"""The picture itself."""

import asyncio
import hashlib
from base64 import b64encode
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse

from gateway.access import previewing
from gateway.access.admission import AtWho
from gateway.desk import AtDesk
from gateway.library import people, references, segments, tracks, videos
from gateway.media import export, previews, waveform
from gateway.media.files import NO_MEDIA, media_path
from gateway.media.ranges import RangedFile, RangeOutsideError
from gateway.people import portraits
from gateway.rest.problems import problems
from kernel.contracts.errors import InvalidError, NotFoundError
from kernel.contracts.finding import NewPreviewLink, PreviewLink
from kernel.contracts.library import Waveform

router = APIRouter(tags=["media"])

WIDTHS = (160, 240, 320, 480, 640, 960, 1280)
KEEP = {"Cache-Control": "private, max-age=86400"}
TYPES = {
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/mp4",  # QuickTime's own type makes Chromium refuse what it can play
    ".ogv": "video/ogg",
    ".ogg": "video/ogg",
    ".avi": "video/x-msvideo",
    ".ts": "video/mp2t",
    ".mpg": "video/mpeg",
    ".mpeg": "video/mpeg",
}
First = Annotated[int, Query(ge=0, le=10**10, description="Its first millisecond")]
Last = Annotated[int, Query(ge=1, le=10**10, description="The millisecond after its last")]
IMAGE: dict[str, object] = {"content": {"image/jpeg": {}}}


@router.head("/videos/{video_id}/media", include_in_schema=False)  # players ask for length and ranges first
@router.get(
    "/videos/{video_id}/media",
    summary="The video file",
    response_class=FileResponse,
    responses={
        200: {"description": "The whole file.", "content": {"video/*": {}}},
        206: {"description": "The bytes that `Range` asked for.", "content": {"video/*": {}}},
        **problems(outside=RangeOutsideError(), no_media=NO_MEDIA),
    },
)
async def video_media(video_id: UUID, desk: AtDesk) -> FileResponse:
    """The file as it came, with byte ranges (`Range`, `If-Range`), so that a player can seek."""
    path = await media_path(desk, video_id)
    kind = TYPES.get(path.suffix.casefold(), "application/octet-stream")
    return RangedFile(path, media_type=kind, headers={"Cache-Control": "private, no-cache"})


@router.get(
    "/videos/{video_id}/thumbnail",
    summary="A picture of a video",
    response_class=FileResponse,
    responses={200: IMAGE, **problems(no_media=NO_MEDIA)},
)
async def thumbnail(
    video_id: UUID,
    desk: AtDesk,
    at_ms: Annotated[int, Query(ge=0, le=10**10, description="Clamped to the length of the video")] = 0,
    width: Annotated[int, Query(ge=1, le=1280, description="Rounded up to one of a few widths")] = 480,
) -> FileResponse:
    """The picture on screen at a millisecond, as JPEG."""
    path = await media_path(desk, video_id)
    async with desk.database.transaction() as connection:
        length = (await videos.get(connection, video_id)).duration_ms
    shown = min(at_ms, max(0, length - 1)) if length else at_ms
    fitting = next(w for w in WIDTHS if w >= width)
    name = f"thumbnails/{video_id}/{shown:09d}-{fitting}.jpg"
    made = await desk.renderings.ensure(name, lambda out: export.thumbnail(path, shown, fitting, out))
    return FileResponse(made, media_type="image/jpeg", headers=KEEP)


@router.get(
    "/videos/{video_id}/waveform",
    summary="How loud a video is through time",
    responses=problems(no_media=NO_MEDIA),
)
async def read_waveform(video_id: UUID, desk: AtDesk, response: Response) -> Waveform:
    """Made once, when it is first asked for: about a second of work for five minutes of sound."""
    path = await media_path(desk, video_id)
    name = f"waveforms/{video_id}.peaks"
    made = await desk.renderings.ensure(name, lambda out: waveform.waveform(path, out, desk.settings.media))
    response.headers.update(KEEP)
    peaks = b64encode(await asyncio.to_thread(made.read_bytes)).decode()
    return Waveform(per_second=waveform.PEAKS_A_SECOND, peaks=peaks)


@router.get(
    "/tracks/{track_id}/face.jpg",
    summary="The face of a track",
    response_class=FileResponse,
    responses={200: IMAGE, **problems(no_track=NotFoundError(what="track"), no_media=NO_MEDIA)},
)
async def track_face(
    track_id: UUID,
    desk: AtDesk,
    width: Annotated[int, Query(ge=1, le=640, description="Rounded up to one of a few widths")] = 160,
) -> FileResponse:
    """Cut square, with room around it, from the very picture in which the track's face is clearest."""
    async with desk.database.transaction() as connection:
        track = await tracks.get(connection, track_id)
    path = await media_path(desk, track.video_id)
    if not track.faces:
        raise NotFoundError(what="face")
    best = track.faces[min(track.best, len(track.faces) - 1)]
    side = next(w for w in WIDTHS if w >= width)
    digest = hashlib.sha256(best.model_dump_json().encode()).hexdigest()
    name = f"thumbnails/{track.video_id}/faces/{digest[:32]}-{side}.jpg"
    made = await desk.renderings.ensure(name, lambda out: export.face(path, best, side, out))
    return FileResponse(made, media_type="image/jpeg", headers={"Cache-Control": "private, no-cache"})


@router.head("/segments/{segment_id}/preview.mp4", include_in_schema=False)
@router.get(
    "/segments/{segment_id}/preview.mp4",
    summary="A short clip of a segment",
    response_class=FileResponse,
    responses={200: {"content": {"video/mp4": {}}}, **problems(outside=RangeOutsideError(), no_media=NO_MEDIA)},
)
async def preview(segment_id: UUID, desk: AtDesk) -> FileResponse:
    """Exactly the segment's span as a small MP4 that every browser plays. Spans over a minute are refused."""
    async with desk.database.transaction() as connection:
        segment = await segments.get(connection, segment_id)
    return RangedFile(
        await previews.preview_of(desk, segment.video_id, segment.span), media_type="video/mp4", headers=KEEP
    )


@router.head("/videos/{video_id}/preview.mp4", include_in_schema=False)
@router.get(
    "/videos/{video_id}/preview.mp4",
    summary="A short clip of a moment",
    response_class=FileResponse,
    responses={200: {"content": {"video/mp4": {}}}, **problems(outside=RangeOutsideError(), no_media=NO_MEDIA)},
)
async def preview_of_moment(video_id: UUID, desk: AtDesk, start_ms: First, end_ms: Last) -> FileResponse:
    """Exactly `[start_ms, end_ms)` as a small MP4 that every browser plays. Spans over a minute are refused."""
    made = await previews.preview_of(desk, video_id, previews.moment(start_ms, end_ms))
    return RangedFile(made, media_type="video/mp4", headers=KEEP)


@router.get(
    "/videos/{video_id}/preview.gif",
    summary="A moving picture of a moment",
    response_class=FileResponse,
    responses={200: {"content": {"image/gif": {}}}, **problems(no_media=NO_MEDIA)},
)
async def animation_of_moment(video_id: UUID, desk: AtDesk, start_ms: First, end_ms: Last) -> FileResponse:
    """Pictures of `[start_ms, end_ms)` alone, a few a second, as a GIF: for where no player is. Spans over a minute are
    refused.
    """
    made = await previews.animation_of(desk, video_id, previews.moment(start_ms, end_ms))
    return FileResponse(made, media_type="image/gif", headers=KEEP)


@router.post(
    "/videos/{video_id}/preview-links",
    status_code=201,
    summary="An address that shows one clip",
    responses=problems(no_media=NO_MEDIA, too_long=InvalidError(reason="span > 60000 ms")),
)
async def offer_preview(video_id: UUID, new: NewPreviewLink, desk: AtDesk, who: AtWho) -> PreviewLink:
    """Whoever has it sees that clip without signing in, and nothing else. It is signed, and opens until it expires, as
    long as you may see the video yourself.
    """
    await media_path(desk, video_id)
    span = previews.moment(new.start_ms, new.end_ms)
    return await previewing.offer(desk, who, video_id, span, datetime.now(UTC))


@router.get(
    "/people/{person_id}/portrait",
    summary="A person's face",
    response_class=FileResponse,
    responses={200: IMAGE, **problems(no_portrait=NotFoundError(what="portrait"))},
)
async def portrait(person_id: UUID, desk: AtDesk) -> FileResponse:
    """Cut square from the person's best reference."""
    async with desk.database.transaction() as connection:
        await people.get_person(connection, person_id)
        found = await references.portrait_of(connection, person_id)
    if found is None or not desk.store.path(found.picture).is_file():
        raise NotFoundError(what="portrait")
    picture, box = desk.store.path(found.picture), found.box
    name = portraits.name_of(found.picture, box)
    made = await desk.renderings.ensure(name, lambda out: portraits.cut(picture, box, out))
    return FileResponse(made, media_type="image/jpeg", headers={"Cache-Control": "private, no-cache"})
