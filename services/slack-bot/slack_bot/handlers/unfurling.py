"""Links of Scenedesk that somebody shared, unfurled: where they are linked, and only what everybody may see.

A channel reads along. What whoever shared it may see and a plain viewer may not stays a bare link.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from kernel.contracts.errors import UpstreamError
from slack_bot.archive import Archive, Caller
from slack_bot.blocks import unfurls
from slack_bot.blocks.kit import Block
from slack_bot.bot import Turn
from slack_bot.people import NotLinkedError

MOST_LINKS = 5
# Not for these eyes, never there, or no address of ours at all.
NOT_SHOWN = (403, 404, 422)


@dataclass(frozen=True)
class Linked:
    """What an address names: a video, and perhaps one segment of it."""

    video_id: UUID
    segment_id: UUID | None


async def shared(turn: Turn) -> None:
    """Whoever is not linked is asked nothing: they only shared a link."""
    event: dict[str, Any] = turn.body.get("event") or {}
    try:
        archive = await turn.archive()
    except NotLinkedError:
        return
    shown = {}
    for link in (event.get("links") or [])[:MOST_LINKS]:
        address = str(link.get("url") or "")
        if blocks := await _blocks(turn, archive, address):
            shown[address] = {"blocks": blocks}
    if shown:
        where = {"channel": event["channel"], "ts": event["message_ts"]}
        if "unfurl_id" in event:  # also while the message is still being written
            where = {"unfurl_id": event["unfurl_id"], "source": event["source"]}
        await turn.bot.slack.api_call("chat.unfurl", json={**where, "unfurls": shown})


async def _blocks(turn: Turn, archive: Archive, address: str) -> list[Block] | None:
    linked = named(address, turn.bot.settings.public_url)
    if linked is None:
        return None
    token = turn.bot.settings.slack.token
    everybody = turn.bot.archive(Caller(token.get_secret_value() if token else "", language=turn.language))
    try:
        await archive.video(linked.video_id)
        return await _shown(turn, everybody, linked, address)
    except UpstreamError as error:
        if error.upstream.status in NOT_SHOWN:
            return None
        raise


async def _shown(turn: Turn, archive: Archive, linked: Linked, address: str) -> list[Block]:
    video = await archive.video(linked.video_id)
    if linked.segment_id is None:
        return unfurls.of_video(video, address, turn.say)
    segment = await archive.segment(linked.segment_id)
    if segment.video_id != video.id or segment.state != "live":
        return unfurls.of_video(video, address, turn.say)
    names = await turn.bot.called(archive, {one.person_id for one in segment.people if one.person_id})
    return unfurls.of_segment(segment, video, address, names, turn.language, turn.say)


def named(address: str, public_url: str) -> Linked | None:
    """None for an address that is none of ours, or names no video."""
    said, ours = urlsplit(address), urlsplit(public_url)
    place = said.path.removeprefix(ours.path.rstrip("/")).strip("/").split("/")
    if said.netloc != ours.netloc or len(place) != 2 or place[0] != "videos":  # noqa: PLR2004 - videos/<id>
        return None
    try:
        segment = parse_qs(said.query).get("segment")
        return Linked(UUID(place[1]), UUID(segment[0]) if segment else None)
    except ValueError:
        return None
