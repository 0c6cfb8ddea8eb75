"""What a scene looks like: a moving picture on its card, a clip with sound on demand."""

import asyncio
import json
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackClientError

from kernel.contracts.errors import ScenedeskError
from kernel.contracts.time import Span
from kernel.telemetry import logger
from slack_bot.archive import Archive
from slack_bot.blocks import clips
from slack_bot.bot import Bot, Turn
from slack_bot.results import Card, Picture, Results

PATIENCE_S = 15.0


async def pictured(bot: Bot, archive: Archive, found: Results) -> Results:
    """Those of its cards that have none, with a picture: moving where that is made in time, else still."""
    bare = [card for card in found.cards if card.clip and card.picture is None and not card.gone]
    made = await asyncio.gather(*(_of(bot, archive, card) for card in bare))
    pictures = {card.hit.segment_id: one for card, one in zip(bare, made, strict=True) if one}
    return found.with_pictures(pictures) if pictures else found


async def _of(bot: Bot, archive: Archive, card: Card) -> Picture | None:
    """None where neither can be had: a card is worth showing without."""
    return await _moving(bot, archive, card) or await _still(bot, archive, card)


async def _moving(bot: Bot, archive: Archive, card: Card) -> Picture | None:
    clip, video_id = card.clip, card.hit.video_id
    if clip is None:
        return None
    key = f"moving:{video_id}:{clip.start_ms}:{clip.end_ms}"
    try:
        if (known := bot.pictures.get(key)) is None:
            async with asyncio.timeout(PATIENCE_S):
                content = await archive.moving(video_id, clip)
            known = await bot.uploaded(archive, key, content, "scene.gif", **_its(card))
        return Picture(known, still=False)
    except (ScenedeskError, SlackClientError, TimeoutError) as error:
        logger("slack").warning("no moving picture", video=str(video_id), error=repr(error))
        return None


async def _still(bot: Bot, archive: Archive, card: Card) -> Picture | None:
    at_ms, video_id = card.hit.span.start_ms, card.hit.video_id
    key = f"still:{video_id}:{at_ms}"
    try:
        if (known := bot.pictures.get(key)) is None:
            content = await archive.thumbnail(video_id, at_ms)
            known = await bot.uploaded(archive, key, content, "scene.jpg", **_its(card))
        return Picture(known, still=True)
    except (ScenedeskError, SlackClientError) as error:
        logger("slack").warning("no picture", video=str(video_id), error=repr(error))
        return None


def _its(card: Card) -> dict[str, UUID]:
    return {"video_id": card.hit.video_id, "segment_id": card.hit.segment_id}


async def played(turn: Turn) -> None:
    """Clip was pressed: an address for them alone, which shows it and expires."""
    said: dict[str, Any] = json.loads(turn.pressed.get("value") or "{}")
    start_ms, end_ms = said["t"]
    span = Span(start_ms=start_ms, end_ms=end_ms)
    link = await (await turn.archive()).clip_link(UUID(said["video"]), span)
    await turn.reply.tell(clips.ready(span, link, turn.say))
