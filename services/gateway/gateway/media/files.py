"""Where a video's file is."""

from pathlib import Path
from uuid import UUID

from gateway.desk import Desk
from gateway.library import videos
from gateway.media import admission
from kernel.contracts.errors import NotFoundError

NO_MEDIA = NotFoundError(what="media")


async def media_path(desk: Desk, video_id: UUID) -> Path:
    """The file of a video. Raises NotFoundError when it has none, or when it is no longer where it was."""
    async with desk.database.transaction() as connection:
        name = await videos.media(connection, video_id)
    if name is None:
        raise NO_MEDIA
    path = Path(name)
    if path.is_absolute():
        return admission.allowed_path(path, desk.settings.media.roots)
    stored = desk.store.path(name)
    if not stored.is_file():
        raise NO_MEDIA
    return stored
