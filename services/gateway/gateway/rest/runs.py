"""Runs: indexing in progress."""

from collections.abc import AsyncGenerator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from gateway.access.admission import AtWho
from gateway.access.listening import while_allowed
from gateway.desk import AtDesk, Desk
from gateway.library import runs as sql
from gateway.library.sight import Sight
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.errors import Language, NotFoundError
from kernel.contracts.library import Page, Run
from kernel.web import language_of

router = APIRouter(tags=["runs"])

NO_RUN = NotFoundError(what="run")
OVER = {"done", "failed", "cancelled"}
HEARTBEAT_S = 15
EVENTS = {
    "description": "Server-sent events named `run`, each a Run: the state now, then every change, until it is over.",
    "content": {
        "text/event-stream": {"schema": {"type": "string"}, "example": 'event: run\ndata: {"state": "running"}\n'}
    },
}


@router.get("/runs", summary="List runs", responses=problems())
async def list_runs(
    request: Request,
    desk: AtDesk,
    who: AtWho,
    video: Annotated[UUID | None, Query(description="Only of this video")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Run]:
    """Newest first."""
    async with desk.database.transaction() as connection:
        page = await sql.listing(connection, cursor, limit, video, sight=who.sight)
    return page.model_copy(update={"items": [sql.worded(run, language_of(request)) for run in page.items]})


@router.get(
    "/runs/events",
    summary="Watch all runs",
    response_class=EventSourceResponse,
    responses={200: EVENTS, **problems()},
)
async def watch_runs(request: Request, desk: AtDesk, who: AtWho) -> EventSourceResponse:
    """Every run that is at work, and every change of any, for as long as you listen and may."""
    events = while_allowed(desk, who, _all_changes(desk, language_of(request), who.sight))
    return EventSourceResponse(events, ping=HEARTBEAT_S)


@router.get("/runs/{run_id}", summary="One run", responses=problems(no_run=NO_RUN))
async def get_run(run_id: UUID, request: Request, desk: AtDesk) -> Run:
    async with desk.database.transaction() as connection:
        return sql.worded(await sql.get(connection, run_id), language_of(request))


@router.post("/runs/{run_id}/cancel", summary="Cancel a run", responses=problems(no_run=NO_RUN))
async def cancel_run(run_id: UUID, request: Request, desk: AtDesk) -> Run:
    """Asks it to stop at its next step; what is done stays. A run that is over stays as it is."""
    async with desk.database.transaction() as connection:
        return sql.worded(await sql.request_cancel(connection, run_id), language_of(request))


@router.get(
    "/runs/{run_id}/events",
    summary="Watch a run",
    response_class=EventSourceResponse,
    responses={200: EVENTS, **problems(no_run=NO_RUN)},
)
async def watch_run(run_id: UUID, request: Request, desk: AtDesk, who: AtWho) -> EventSourceResponse:
    """The run now and at every change; the stream ends when the run is over, or you may not listen any more."""
    async with desk.database.transaction() as connection:
        its = (await sql.get(connection, run_id)).video_id
    events = while_allowed(desk, who, _changes(desk, run_id, language_of(request)), video_id=its)
    return EventSourceResponse(events, ping=HEARTBEAT_S)


async def _changes(desk: Desk, run_id: UUID, language: Language) -> AsyncGenerator[ServerSentEvent, None]:
    told: Run | None = None
    async with desk.feed.watching() as woken:
        while told is None or told.state not in OVER:
            woken.clear()
            async with desk.database.transaction() as connection:
                run = sql.worded(await sql.get(connection, run_id), language)
            if run != told:
                told = run
                yield _event(run)
            if run.state not in OVER:
                await woken.wait()


async def _all_changes(desk: Desk, language: Language, sight: Sight) -> AsyncGenerator[ServerSentEvent, None]:
    """Runs at work, then changes; a run that ends is told once more as it ended."""
    told: dict[UUID, Run] = {}
    async with desk.feed.watching() as woken:
        while True:
            woken.clear()
            async with desk.database.transaction() as connection:
                now = {run.id: run for run in await sql.active(connection, sight)}
                for ended in told.keys() - now.keys():
                    now[ended] = await sql.get(connection, ended)
            for run in now.values():
                if told.get(run.id) != run:
                    yield _event(sql.worded(run, language))
            told = {run.id: run for run in now.values() if run.state not in OVER}
            await woken.wait()


def _event(run: Run) -> ServerSentEvent:
    return ServerSentEvent(run.model_dump_json(), event="run")
