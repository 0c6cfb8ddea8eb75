"""Library and jobs: what is there, what is being indexed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import people, references, runs, videos
from gateway.pages.cards import VideoCard
from gateway.pages.frame import AtFrame, PageRoute
from kernel.contracts.errors import Language
from kernel.contracts.library import Run, Video

router = APIRouter(route_class=PageRoute, include_in_schema=False)

CARDS = 48
RUNS = 40


@router.get("/")
async def library(
    frame: AtFrame,
    state: Literal["", "new", "indexing", "ready", "failed"] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: str | None = None,
) -> HTMLResponse:
    async with frame.desk.database.transaction() as connection:
        page = await videos.listing(connection, cursor, CARDS, state=state or None, title=q, sight=frame.sight)
        cards = await cards_of(connection, page.items, frame.language)
        portraits = await references.with_portrait(connection)
    return frame.show(
        "library.html",
        cards=cards,
        portraits=portraits,
        state=state,
        q=q,
        next_address=frame.further(page.next_cursor),
        notices=await frame.notices(),
        roots=frame.desk.settings.media.roots,
    )


@router.get("/parts/videos/{video_id}")
async def video_card(video_id: UUID, frame: AtFrame) -> HTMLResponse:
    """One card, for a page that shows it already."""
    async with frame.desk.database.transaction() as connection:
        cards = await cards_of(connection, [await videos.get(connection, video_id)], frame.language)
        portraits = await references.with_portrait(connection)
    return frame.show("parts/video_card.html", card=cards[0], portraits=portraits)


async def cards_of(connection: AsyncConnection, shown: Sequence[Video], language: Language) -> list[VideoCard]:
    """Videos with their newest runs and their people."""
    known = await people.people_of(connection, {person for video in shown for person in video.people})
    newest = await _runs(connection, (video.run_id for video in shown), language)
    return [
        VideoCard(
            video,
            newest.get(video.run_id) if video.run_id else None,
            sorted((known[p] for p in video.people if p in known), key=lambda person: person.name),
        )
        for video in shown
    ]


async def _runs(connection: AsyncConnection, ids: Iterable[UUID | None], language: Language) -> dict[UUID, Run]:
    wanted = [run_id for run_id in ids if run_id is not None]
    return {run.id: runs.worded(run, language) for run in await runs.several(connection, wanted)}


@dataclass(frozen=True)
class RunRow:
    run: Run
    video: Video | None


@router.get("/runs")
async def jobs(frame: AtFrame, cursor: str | None = None) -> HTMLResponse:
    async with frame.desk.database.transaction() as connection:
        page = await runs.listing(connection, cursor, RUNS, sight=frame.sight)
        rows = await _rows(connection, page.items, frame.language)
    return frame.show(
        "runs.html",
        rows=rows,
        next_address=frame.further(page.next_cursor),
        notices=await frame.notices(all_of_them=False),
    )


@router.get("/parts/runs/{run_id}")
async def run_row(run_id: UUID, frame: AtFrame) -> HTMLResponse:
    """One row, for a page that shows it already."""
    async with frame.desk.database.transaction() as connection:
        rows = await _rows(connection, [await runs.get(connection, run_id)], frame.language)
    return frame.show("parts/run_row.html", row=rows[0])


async def _rows(connection: AsyncConnection, shown: Sequence[Run], language: Language) -> list[RunRow]:
    known = {video.id: video for video in await videos.several(connection, {run.video_id for run in shown})}
    return [RunRow(runs.worded(run, language), known.get(run.video_id)) for run in shown]
