"""Streams end when whoever listens may no longer: they signed out, were shut out, or their token was revoked."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

from gateway.access.who import Who
from gateway.desk import Desk
from gateway.library import belonging, sessions

LOOKED_EVERY_S = 10.0

Event = TypeVar("Event")


async def while_allowed(
    desk: Desk,
    who: Who,
    events: AsyncGenerator[Event, None],
    *,
    video_id: UUID | None = None,
    every_s: float = LOOKED_EVERY_S,
) -> AsyncGenerator[Event, None]:
    """`events`, each told only to whoever may still hear it: of a video, only while they see that.

    Ends within `every_s` seconds of when they may not.
    """
    coming = asyncio.ensure_future(anext(events, None))
    try:
        while True:
            await asyncio.wait({coming}, timeout=every_s)
            if not await _may_still(desk, who, video_id):
                return
            if coming.done():
                event = coming.result()
                if event is None:
                    return
                yield event
                coming = asyncio.ensure_future(anext(events, None))
    finally:
        coming.cancel()
        with suppress(asyncio.CancelledError):
            await coming
        await events.aclose()


async def _may_still(desk: Desk, who: Who, video_id: UUID | None) -> bool:
    if who.account is None or who.held is None:
        return True
    async with desk.database.transaction() as connection:
        if not await sessions.stands(connection, who.held, who.account):
            return False
        return video_id is None or not await belonging.hidden(connection, "video_id", video_id, who.sight)
