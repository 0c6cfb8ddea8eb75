"""Addresses that show one clip to whoever has them, for a while: signed, and kept nowhere."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from gateway.access import keys
from gateway.access.errors import PreviewOverError
from gateway.access.linking import signing_key
from gateway.access.who import Who
from gateway.desk import Desk
from gateway.library import accounts, belonging
from gateway.library.sight import Sight
from kernel.contracts.errors import NotFoundError
from kernel.contracts.finding import PreviewLink
from kernel.contracts.model import Value
from kernel.contracts.time import Span

PURPOSE = "preview"


class Shown(Value):
    """What is signed: one clip, who had the address made (None: nobody with an account), and until when it opens."""

    video_id: UUID
    span: Span
    by: UUID | None
    until: datetime


async def offer(desk: Desk, who: Who, video_id: UUID, span: Span, now: datetime) -> PreviewLink:
    """It shows that clip and nothing else of the archive."""
    until = now + timedelta(minutes=desk.settings.media.preview_link_minutes)
    shown = Shown(video_id=video_id, span=span, by=who.account_id, until=until)
    said = keys.signed(await signing_key(desk), PURPOSE, shown.model_dump_json())
    return PreviewLink(address=f"{desk.settings.public_url.rstrip('/')}/previews/{said}", expires_at=until)


async def opened(desk: Desk, said: str) -> Shown:
    """Raises PreviewOverError: it was never signed, has expired, or who had it made may not see the video any more."""
    words = keys.unsigned(await signing_key(desk), PURPOSE, said)
    shown = Shown.model_validate_json(words) if words is not None else None
    if shown is None or shown.until < datetime.now(UTC) or not await _still_seen(desk, shown):
        raise PreviewOverError
    return shown


async def _still_seen(desk: Desk, shown: Shown) -> bool:
    if shown.by is None:
        return True
    async with desk.database.transaction() as connection:
        try:
            account = await accounts.get(connection, shown.by)
        except NotFoundError:
            return False
        sight = Sight(account.id, account.role)
        return not account.disabled and not await belonging.hidden(connection, "video_id", shown.video_id, sight)
