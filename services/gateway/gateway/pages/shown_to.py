"""Who sees a video, as its page shows and changes it."""

from typing import Any
from uuid import UUID

from gateway.access import seeing
from gateway.library import accounts
from gateway.pages.frame import Frame

COLLEAGUES = 500


async def editor(frame: Frame, video_id: UUID) -> dict[str, Any]:
    """What `parts/shown_to.html` needs; `may_say` is False where nobody has an account, too."""
    shown = await seeing.of_video(frame.desk, video_id)
    async with frame.desk.database.transaction() as connection:
        everybody = (await accounts.listing(connection, limit=COLLEAGUES)).items
    colleagues = [one for one in everybody if one.kind == "person" and not one.disabled]
    may_say = bool(colleagues) and seeing.may_say(frame.who, shown.owner)
    return {"shown_to": shown, "may_say": may_say, "colleagues": colleagues if may_say else []}
