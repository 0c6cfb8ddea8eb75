"""Linking somebody of another program to an account: a signed address, opened by whoever that is."""

import asyncio
from datetime import UTC, datetime, timedelta

from gateway.access import keys
from gateway.access.errors import ActForError, LinkUsedError, NoAccountError
from gateway.access.who import Who
from gateway.desk import Desk
from gateway.library import links
from kernel.contracts.accounts import NewLink, OfferedLink
from kernel.contracts.model import Value

# Long enough to sign in first; short enough that an address left lying about opens nothing.
OPENS_FOR = timedelta(minutes=15)
PURPOSE = "link"


class Offer(Value):
    """What is signed: who is to be linked, and until when."""

    new: NewLink
    until: datetime


async def offer(desk: Desk, who: Who, new: NewLink, now: datetime) -> OfferedLink:
    """Nothing is kept until somebody opens it. Raises ActForError for who may not act for others anyway."""
    if not who.acts:
        raise ActForError
    offered = Offer(new=new, until=now + OPENS_FOR)
    said = keys.signed(await signing_key(desk), PURPOSE, offered.model_dump_json())
    return OfferedLink(address=f"{desk.settings.public_url.rstrip('/')}/link/{said}", expires_at=offered.until)


async def opened(desk: Desk, said: str) -> Offer:
    """Raises LinkUsedError for what was never offered, or too long ago."""
    words = keys.unsigned(await signing_key(desk), PURPOSE, said)
    found = Offer.model_validate_json(words) if words is not None else None
    if found is None or found.until < datetime.now(UTC):
        raise LinkUsedError
    return found


async def accept(desk: Desk, who: Who, said: str) -> Offer:
    """Raises LinkUsedError, NoAccountError. Again changes nothing."""
    found = await opened(desk, said)
    if who.account_id is None:
        raise NoAccountError
    async with desk.database.transaction() as connection:
        await links.keep(connection, who.account_id, found.new)
    return found


async def signing_key(desk: Desk) -> str:
    """The installation's own: what it signs, it alone opens."""
    return await asyncio.to_thread(keys.trust, desk.settings.data_dir)
