"""Saying who may see a video."""

from uuid import UUID

from gateway.access.errors import NotAllowedError
from gateway.access.who import Who
from gateway.desk import Desk
from gateway.library import accounts, visibility
from kernel.contracts.accounts import Visibility, VisibilityOfVideo


async def of_video(desk: Desk, video_id: UUID) -> VisibilityOfVideo:
    """Raises NotFoundError."""
    async with desk.database.transaction() as connection:
        said = await visibility.said(connection, "video", video_id)
        holds = await visibility.of_video(connection, video_id)
        owner = await visibility.owner(connection, video_id)
        names = await accounts.names(connection, [str(one) for one in (owner, *holds.accounts) if one is not None])
    return VisibilityOfVideo(said=said, holds=holds, owner=owner, names=names)


async def say_of_video(desk: Desk, who: Who, video_id: UUID, said: Visibility | None) -> VisibilityOfVideo:
    """Raises NotFoundError; NotAllowedError for what somebody else brought."""
    async with desk.database.transaction() as connection:
        owner = await visibility.owner(connection, video_id)
        if not may_say(who, owner):
            raise NotAllowedError(role="admin")
        await visibility.say(connection, "video", video_id, said)
    return await of_video(desk, video_id)


def may_say(who: Who, owner: UUID | None) -> bool:
    """Whether they may say who sees what `owner` brought."""
    return who.may("admin") or (who.may("editor") and owner in (None, who.account_id))
