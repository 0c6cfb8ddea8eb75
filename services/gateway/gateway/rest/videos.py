"""Videos: take them in, list them, what is in them."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from gateway.access.admission import AtWho
from gateway.access.errors import HeldByOthersError
from gateway.desk import AtDesk
from gateway.library import runs, segments, tracks, videos
from gateway.media.errors import (
    EmptyFileError,
    NoPictureError,
    NotVideoError,
    OutsideRootsError,
    PrivateAddressError,
    TooManyBytesError,
)
from gateway.people import merging
from gateway.pipeline.run import kept_of
from gateway.rest import intake
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from gateway.rest.uploads import NotMultipartError, receive
from gateway.revising import reading
from kernel.contracts.errors import ConflictError, NotFoundError
from kernel.contracts.library import (
    Accepted,
    ListedSegment,
    NewVideoByPath,
    NewVideoByUrl,
    Page,
    Run,
    Shots,
    Track,
    Video,
)
from kernel.contracts.time import Span

router = APIRouter(tags=["videos"])

NO_VIDEO = NotFoundError(what="video")
EXISTING: dict[int | str, dict[str, Any]] = {
    200: {"model": Accepted, "description": "The same content is there already; this is its video."}
}
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
                        "title": {"type": "string", "maxLength": 500},
                    },
                },
                "example": {"file": "(the bytes of day2.mp4)", "title": "여름 캠프 2일차"},
            }
        },
    }
}


class _Cut(BaseModel):
    """Of what `look` found the shots alone: its pictures are thousands."""

    shots: list[Span]


@router.get("/videos", summary="List videos", responses=problems())
async def list_videos(
    desk: AtDesk,
    who: AtWho,
    state: Annotated[
        Literal["new", "indexing", "ready", "failed"] | None, Query(description="Only in this state")
    ] = None,
    q: Annotated[str, Query(max_length=200, description="Part of the title")] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Video]:
    """Newest first."""
    async with desk.database.transaction() as connection:
        return await videos.listing(connection, cursor, limit, state=state, title=q, sight=who.sight)


@router.post(
    "/videos",
    status_code=202,
    summary="Upload a video",
    response_model=Accepted,
    openapi_extra=UPLOAD,
    responses={
        **EXISTING,
        **problems(
            too_large=TooManyBytesError(most=50_000_000_000),
            not_multipart=NotMultipartError(),
            elsewhere=HeldByOthersError(),
            empty=EmptyFileError(),
            not_video=NotVideoError(),
            no_picture=NoPictureError(),
        ),
    },
)
async def upload_video(request: Request, desk: AtDesk, who: AtWho, once: AtOnce) -> Response:
    """Checks the file, keeps it and begins to index it. The part `title` is optional; the file's name otherwise."""
    async with receive(request, desk.store, desk.settings.media.max_bytes) as upload:
        body = digest(upload.sha256, upload.filename, upload.fields.get("title", ""))
        return await once.answer(body, lambda: intake.take_upload(desk, upload, who))


@router.post(
    "/videos/by-path",
    status_code=202,
    summary="Add a video by path",
    response_model=Accepted,
    responses={
        **EXISTING,
        **problems(elsewhere=HeldByOthersError(), outside=OutsideRootsError(roots="/media"), not_video=NotVideoError()),
    },
)
async def add_by_path(new: NewVideoByPath, desk: AtDesk, who: AtWho, once: AtOnce) -> Response:
    """The file stays where it is; only folders named in SCENEDESK_MEDIA__ROOTS are looked into."""
    return await once.answer(digest(new), lambda: intake.take_path(desk, new, who))


@router.post(
    "/videos/by-url",
    status_code=202,
    summary="Add a video by address",
    response_model=Accepted,
    responses={**EXISTING, **problems(elsewhere=HeldByOthersError(), private=PrivateAddressError(host="localhost"))},
)
async def add_by_url(new: NewVideoByUrl, desk: AtDesk, who: AtWho, once: AtOnce) -> Response:
    """Answers at once; the run fetches the file, and says so when it can't."""
    return await once.answer(digest(new), lambda: intake.take_url(desk, new, who))


@router.get("/videos/{video_id}", summary="One video", responses=problems(no_video=NO_VIDEO))
async def get_video(video_id: UUID, desk: AtDesk) -> Video:
    async with desk.database.transaction() as connection:
        return await videos.get(connection, video_id)


@router.get("/videos/{video_id}/segments", summary="Segments of a video", responses=problems(no_video=NO_VIDEO))
async def list_segments(
    video_id: UUID, desk: AtDesk, response: Response, limit: Limit = 200, cursor: Cursor = None
) -> Page[ListedSegment]:
    """In order of time. `ETag` is the timeline's version, to be sent as `If-Match` with an edit."""
    async with desk.database.transaction() as connection:
        # Before the segments: should an edit come between, whoever looked at them looked at the older version.
        response.headers["ETag"] = f'"{await videos.version(connection, video_id)}"'
        page = await segments.listing(connection, video_id, cursor, limit)
        return Page(items=await reading.listed(connection, page.items), next_cursor=page.next_cursor)


@router.get("/videos/{video_id}/shots", summary="Shots of a video", responses=problems(no_video=NO_VIDEO))
async def list_shots(video_id: UUID, desk: AtDesk) -> Shots:
    """Cuts as they were found in the last indexing, whatever became of the segments since."""
    async with desk.database.transaction() as connection:
        await videos.get(connection, video_id)
    found = await kept_of(desk.database, video_id, "look", _Cut)
    return Shots(shots=found.shots if found else [])


@router.get("/videos/{video_id}/tracks", summary="Face tracks of a video", responses=problems(no_video=NO_VIDEO))
async def list_tracks(video_id: UUID, desk: AtDesk, limit: Limit = 200, cursor: Cursor = None) -> Page[Track]:
    """Every face followed through time, with where it was in the picture and who it was taken for."""
    async with desk.database.transaction() as connection:
        await videos.get(connection, video_id)
        page, who = await tracks.listing(connection, video_id, cursor, limit), await merging.resolved(connection)
    return page.model_copy(update={"items": [merging.shown_track(track, who) for track in page.items]})


@router.post(
    "/videos/{video_id}/reindex",
    status_code=202,
    summary="Index a video again",
    response_model=Run,
    responses={
        200: {"model": Run, "description": "It is being indexed already; this is the run."},
        **problems(no_video=NO_VIDEO, no_file=ConflictError(reason="no media")),
    },
)
async def reindex(video_id: UUID, desk: AtDesk, once: AtOnce) -> Response:
    """What is done with the same inputs and models is kept, not done again; human values are never overwritten."""

    async def work() -> tuple[int, Run]:
        async with desk.database.transaction() as connection:
            video = await videos.get(connection, video_id)
            if video.source == "import" and not video.has_media:
                raise ConflictError(reason="no media")
            run, is_new = await runs.start(connection, video_id)
        return (202 if is_new else 200), run

    return await once.answer(digest(str(video_id)), work)
