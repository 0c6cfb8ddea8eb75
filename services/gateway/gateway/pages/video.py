"""One video: player, timeline, scenes in step with it."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from gateway.library import people, references, segments, tracks, videos
from gateway.pages import cards, lineup, shown_to
from gateway.pages.frame import AtFrame, PageRoute
from gateway.pages.library import cards_of
from gateway.people import merging
from kernel.contracts.errors import Language
from kernel.contracts.library import Person, Segment

router = APIRouter(route_class=PageRoute, include_in_schema=False)

# The page stands with the first rows; the others follow, more at a time.
FIRST_ROWS, ROWS = 40, 300


@router.get("/videos/{video_id}")
async def video(video_id: UUID, frame: AtFrame, t: Annotated[int, Query(ge=0, le=10**10)] = 0) -> HTMLResponse:
    async with frame.desk.database.transaction() as connection:
        shown = await videos.get(connection, video_id)
        card = (await cards_of(connection, [shown], frame.language))[0]
        page = await segments.listing(connection, video_id, limit=FIRST_ROWS)
        covered = await segments.covered(connection, video_id)
        seen = await tracks.spans(connection, video_id) or cards.seen_in(await segments.moments(connection, video_id))
        known = {person.id: person for person in await people.all_people(connection)}
        resolved = await merging.resolved(connection)
        portraits = await references.with_portrait(connection)
        shared = await lineup.editor(connection, video_id, known, frame.sight)
    sees = await shown_to.editor(frame, video_id)
    rows = [_row(segment, resolved, known, frame.language) for segment in page.items]
    seen = [(resolved.get(who, who) if who else None, span) for who, span in seen]
    length = max(shown.duration_ms or 0, covered[-1].end_ms if covered else 0)
    who = frame.say("People nobody has named")
    return frame.show(
        "video.html",
        **shared,
        **sees,
        video=shown,
        card=card,
        rows=rows,
        bars=[] if page.next_cursor else [cards.bar(row) for row in rows],
        blocks=covered if page.next_cursor else [],
        lanes=cards.lanes(seen, known, frame.language, who),
        ticks=cards.ticks(length),
        length=length,
        portraits=portraits,
        poster=f"/v1/videos/{video_id}/thumbnail?at_ms={t}&width=1280" if shown.has_media else None,
        next_address=_following(video_id, page.next_cursor),
    )


@router.get("/parts/videos/{video_id}/segments")
async def more_rows(video_id: UUID, frame: AtFrame, cursor: str) -> HTMLResponse:
    """The next rows, for a page that shows the ones before."""
    async with frame.desk.database.transaction() as connection:
        resolved = await merging.resolved(connection)
        page = await segments.listing(connection, video_id, cursor, ROWS)
        known = {person.id: person for person in await people.all_people(connection)}
    rows = [_row(segment, resolved, known, frame.language) for segment in page.items]
    return frame.show("parts/segment_rows.html", rows=rows, next_address=_following(video_id, page.next_cursor))


def _row(
    segment: Segment, resolved: Mapping[UUID, UUID], known: Mapping[UUID, Person], language: Language
) -> cards.SegmentRow:
    return cards.segment_row(merging.shown_segment(segment, resolved), known, language)


def _following(video_id: UUID, cursor: str | None) -> str | None:
    return f"/parts/videos/{video_id}/segments?cursor={cursor}" if cursor else None
