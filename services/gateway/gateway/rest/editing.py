"""Editing a timeline: one route for every command, whoever sends it."""

import asyncio
import re
from collections.abc import AsyncGenerator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection
from sse_starlette import EventSourceResponse, ServerSentEvent

from gateway.access.admission import AtWho
from gateway.access.admission import seen as seen_by
from gateway.access.listening import while_allowed
from gateway.desk import AtDesk, Desk
from gateway.editor.operations import Refusal
from gateway.identity import learning
from gateway.identity.present import present_gallery
from gateway.library import history, videos
from gateway.media.errors import MediaError
from gateway.media.files import media_path
from gateway.pipeline.onsets import snapped
from gateway.rest.doors import ByWhom
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from gateway.revising import commands, reading
from gateway.revising.arriving import arriving
from gateway.revising.bulk import answering, revise_all
from gateway.revising.commands import Known, Revised, times_of
from gateway.revising.errors import (
    EditConflictError,
    FoundOtherwiseError,
    NoVersionError,
    RefusedEditError,
    TooManyFoundError,
)
from kernel.contracts.editing import MOST_SEGMENTS, ApplyLookBack, BulkEdit, BulkEdited, Command, Edited, NewEdit
from kernel.contracts.errors import InvalidError, NotFoundError
from kernel.contracts.history import Difference, EditEntry, EditSummary, IndexedEvent, RecentEdit, ThreeWay, TimelineAt
from kernel.contracts.library import Page

router = APIRouter(tags=["editing"])

NO_VIDEO = NotFoundError(what="video")
HEARTBEAT_S = 15
EVENTS = {
    "description": "Server-sent events named `edit`, each an EditEvent; the id is the version it made. And `indexed`, "
    "each an IndexedEvent: these versions are searchable from now on.",
    "content": {
        "text/event-stream": {"schema": {"type": "string"}, "example": 'id: 13\nevent: edit\ndata: {"version": 13}\n'}
    },
}
VERSION = re.compile(r'(?:W/)?"?(\d{1,9})"?')


def _seen(
    if_match: Annotated[
        str | None,
        Header(description="The timeline's version that was looked at: the `ETag` or `version` of what was read"),
    ] = None,
) -> int:
    if if_match is None:
        raise NoVersionError
    if (found := VERSION.fullmatch(if_match.strip())) is None:
        raise InvalidError(reason="If-Match")
    return int(found.group(1))


Seen = Annotated[int, Depends(_seen)]
Version = Annotated[int, Path(ge=1, le=2**31 - 1)]
AnyVersion = Annotated[int, Path(ge=0, le=2**31 - 1)]


@router.post(
    "/videos/{video_id}/edits",
    status_code=201,
    summary="Edit a timeline",
    response_model=Edited,
    responses=problems(
        no_video=NO_VIDEO,
        refused=RefusedEditError(Refusal(reason="cut_outside")),
        conflict=EditConflictError(13, []),
        no_version=NoVersionError(),
    ),
)
async def edit(video_id: UUID, new: NewEdit, seen: Seen, desk: AtDesk, once: AtOnce, by: ByWhom) -> Response:
    """One command: all of it, or nothing and the reason.

    `If-Match` says which version was looked at. What others did since to other segments does not matter: the edit is
    made on top of it. When they changed the same segments, 412 shows both sides field by field and nothing is done.
    """
    known = await _known(desk, video_id, new.command)
    made: list[Revised] = []

    async def work(connection: AsyncConnection) -> tuple[int, Edited]:
        made.append(await commands.revise(connection, video_id, new, seen, by, known))
        return 201, made[-1].edited

    answer = await once.answer_within(digest(str(video_id), str(seen), new), work)
    for revised in made:
        learning.remove_pictures(desk, revised.pictures)
        for decision_id in revised.taught_again:
            await learning.learn_again(desk, decision_id, video_id, by)
    return answer


@router.post(
    "/edits",
    status_code=201,
    summary="Edit many segments",
    response_model=BulkEdited,
    responses=problems(
        no_video=NO_VIDEO,
        refused=RefusedEditError(Refusal(reason="unchanged")),
        conflict=EditConflictError(13, []),
        otherwise=FoundOtherwiseError(found=212, counted=208),
        too_many=TooManyFoundError(most=MOST_SEGMENTS),
    ),
)
async def edit_many(bulk: BulkEdit, desk: AtDesk, who: AtWho, once: AtOnce, by: ByWhom) -> Response:
    """One command about segments of several videos, or about all that answer a question: everywhere or nowhere.

    Of a question every hit is meant, page after page, 5,000 segments at most.
    """
    selected = bulk.select if bulk.question is None else await answering(desk, bulk, bulk.question, who.sight)
    await seen_by(desk, who, "video_id", {one.video_id for one in selected})

    async def work(connection: AsyncConnection) -> tuple[int, BulkEdited]:
        return 201, BulkEdited(videos=await revise_all(connection, bulk, selected, by))

    return await once.answer_within(digest(bulk), work)


@router.get("/edits", summary="Recent edits", responses=problems())
async def list_recent_edits(
    desk: AtDesk,
    who: AtWho,
    people: Annotated[bool, Query(description="Only what people did, not the machine's and imports'")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RecentEdit]:
    """Of every video that you may see, newest first."""
    async with desk.database.transaction() as connection:
        return await history.recent(connection, who.sight, cursor, limit, by_people=people)


async def _known(desk: Desk, video_id: UUID, command: Command) -> Known:
    """What takes long, before the timeline is held. Raises RefusedEditError where pictures' times are not known."""
    gallery = await present_gallery(desk) if isinstance(command, ApplyLookBack) else None
    times = times_of(command)
    if not times:
        return Known(gallery)
    try:
        path = await media_path(desk, video_id)
        return Known(gallery, await asyncio.to_thread(snapped, path, times))
    except (NotFoundError, MediaError):
        raise RefusedEditError(Refusal(reason="no_frames")) from None


@router.get("/videos/{video_id}/edits", summary="History of a timeline", responses=problems(no_video=NO_VIDEO))
async def list_edits(video_id: UUID, desk: AtDesk, limit: Limit = 50, cursor: Cursor = None) -> Page[EditSummary]:
    """Newest first: who did what, when, through which door, and why."""
    async with desk.database.transaction() as connection:
        await videos.get(connection, video_id)
        return await history.listing(connection, video_id, cursor, limit)


@router.get(
    "/videos/{video_id}/edits/events",
    summary="Watch a timeline",
    response_class=EventSourceResponse,
    responses={200: EVENTS, **problems(no_video=NO_VIDEO)},
)
async def watch_edits(
    video_id: UUID,
    desk: AtDesk,
    who: AtWho,
    since: Annotated[int | None, Query(ge=0, le=2**31 - 1, description="Edits after this version; from now on")] = None,
    last_event_id: Annotated[int | None, Header(ge=0, le=2**31 - 1, description="As a browser sends it again")] = None,
) -> EventSourceResponse:
    """Every edit of the video as it is made, whoever makes it, for as long as you listen and may."""
    async with desk.database.transaction() as connection:
        now = await videos.version(connection, video_id)
    first = next(one for one in (last_event_id, since, now) if one is not None)
    events = while_allowed(desk, who, _events(desk, video_id, first), video_id=video_id)
    return EventSourceResponse(events, ping=HEARTBEAT_S)


async def _events(desk: Desk, video_id: UUID, since: int) -> AsyncGenerator[ServerSentEvent, None]:
    async for event in arriving(desk, video_id, since):
        if isinstance(event, IndexedEvent):
            yield ServerSentEvent(event.model_dump_json(), event="indexed")
        else:
            yield ServerSentEvent(event.model_dump_json(), event="edit", id=str(event.version))


@router.get(
    "/videos/{video_id}/edits/{version}",
    summary="One edit",
    responses=problems(no_edit=NotFoundError(what="edit")),
)
async def get_edit(video_id: UUID, version: Version, desk: AtDesk) -> EditEntry:
    """With whole segments before and after it, and the difference field by field."""
    async with desk.database.transaction() as connection:
        return await reading.entry(connection, video_id, version)


@router.get(
    "/videos/{video_id}/versions/{version}",
    summary="A timeline as it was",
    responses=problems(no_edit=NotFoundError(what="edit")),
)
async def get_version(video_id: UUID, version: AnyVersion, desk: AtDesk) -> TimelineAt:
    """Every segment as it was at a version; 0 is before anything was known."""
    async with desk.database.transaction() as connection:
        return await reading.at(connection, video_id, version)


@router.get(
    "/videos/{video_id}/difference",
    summary="What changed between two versions",
    responses=problems(no_edit=NotFoundError(what="edit")),
)
async def get_difference(
    video_id: UUID,
    desk: AtDesk,
    from_version: Annotated[int, Query(alias="from", ge=0, le=2**31 - 1)],
    to_version: Annotated[int, Query(alias="to", ge=0, le=2**31 - 1)],
) -> Difference:
    """Segment by segment and field by field."""
    async with desk.database.transaction() as connection:
        return await reading.between(connection, video_id, from_version, to_version)


@router.get(
    "/videos/{video_id}/three-way",
    summary="Machine before, machine now, human",
    responses=problems(no_video=NO_VIDEO),
)
async def get_three_way(
    video_id: UUID,
    desk: AtDesk,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Of an indexing; the newest")] = None,
) -> ThreeWay:
    """What the newest indexing says otherwise where people had spoken. What they said stands."""
    async with desk.database.transaction() as connection:
        await videos.version(connection, video_id)
        return await reading.three_way(connection, video_id, version)
