"""Opening modals, and a scene as a card of its own."""

from uuid import UUID

from kernel.contracts.finding import PublicHit, SearchAnswer
from kernel.contracts.history import FoundSegment
from kernel.contracts.library import Person
from kernel.contracts.search import SearchRequest
from kernel.contracts.time import Span
from slack_bot.archive import Archive
from slack_bot.blocks.kit import View
from slack_bot.bot import Bot, Turn
from slack_bot.results import Card, Results


async def view_for(turn: Turn, view: View) -> str:
    """Id of a modal that shows it: a new one, or the one whose button was pressed."""
    pressed_in = (turn.body.get("view") or {}).get("id")
    if pressed_in:
        await turn.bot.slack.views_update(view_id=pressed_in, view=view)
        return str(pressed_in)
    opened = await turn.bot.slack.views_open(trigger_id=turn.body["trigger_id"], view=view)
    return str(opened["view"]["id"])


async def names_in(turn: Turn, segment: FoundSegment) -> dict[UUID, Person]:
    return await turn.names({one.person_id for one in segment.people if one.person_id})


async def alone(bot: Bot, archive: Archive, segment: FoundSegment, span: Span | None = None) -> Results:
    """A segment as a card, without a search that found it; `span` where it shows more than the segment."""
    video = await archive.video(segment.video_id)
    shown = span or segment.span
    address = f"{bot.settings.public_url.rstrip('/')}/videos/{video.id}?t={shown.start_ms}"
    hit = PublicHit(
        segment_id=segment.id,
        video_id=video.id,
        title=video.title,
        span=shown,
        captions=segment.captions,
        people=segment.people,
        score=0,
        evidence=[],
        link=address,
        preview=address if video.has_media else None,
    )
    names = await bot.called(archive, {one.person_id for one in segment.people if one.person_id})
    card = Card(hit, segment.version, gone=segment.state != "live")
    return Results("", SearchRequest(query=""), SearchAnswer(query="", hits=[hit], took_ms=0), (card,), names)
