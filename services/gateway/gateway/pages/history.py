"""What happened to a video or to one scene: newest first, each with its difference and its way back."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.library import history, people, videos
from gateway.pages import telling
from gateway.pages.frame import AtFrame, PageRoute
from gateway.revising import lineage, reading

router = APIRouter(route_class=PageRoute, include_in_schema=False)

ENTRIES = 30
INDEXING = ("publish", "import")


@router.get("/parts/videos/{video_id}/history")
async def entries(
    video_id: UUID, frame: AtFrame, segment: UUID | None = None, cursor: str | None = None
) -> HTMLResponse:
    async with frame.desk.database.transaction() as connection:
        newest = await videos.version(connection, video_id)
        if segment is None:
            page = await history.listing(connection, video_id, cursor, ENTRIES)
        else:
            mine = await lineage.with_ancestors(connection, video_id, segment)
            page = await history.of_segments(connection, video_id, mine, cursor, ENTRIES)
    names = {entry.actor: entry.by for entry in page.items if entry.by}
    return frame.show(
        "parts/history.html",
        entries=page.items,
        newest=newest,
        kinds=telling.kinds(frame.say),
        doors=telling.doors(frame.say),
        undoable=telling.UNDOABLE,
        by=lambda actor: telling.by(actor, names, frame.say),
        next_address=frame.further(page.next_cursor),
    )


@router.get("/parts/videos/{video_id}/edits/{version}")
async def difference(video_id: UUID, version: int, frame: AtFrame) -> HTMLResponse:
    async with frame.desk.database.transaction() as connection:
        entry = await reading.entry(connection, video_id, version)
        known = await people.all_people(connection)
        met = await reading.three_way(connection, video_id, version) if entry.kind in INDEXING else None
    called = {p.id: p.name_ko if frame.language == "ko" else p.name_en for p in known}
    told = telling.changes(entry, called, frame.say)
    return frame.show(
        "parts/difference.html",
        changes=told,
        more=max(0, len(entry.changes) - len(told)),
        opinions=telling.opinions(met, called, frame.say) if met else [],
    )
