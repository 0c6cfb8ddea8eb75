"""Taking a video in: content that is there already is the video that is there."""

import asyncio
import hashlib
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access.errors import HeldByOthersError
from gateway.access.who import Who
from gateway.desk import Desk
from gateway.library import belonging, runs, videos
from gateway.media import admission, fetch
from gateway.rest.uploads import Upload
from kernel.contracts.errors import InvalidError
from kernel.contracts.library import Accepted, NewVideoByPath, NewVideoByUrl
from kernel.spelling import normal

SUFFIXES = frozenset(
    (
        *("mp4", "m4v", "mov", "mkv", "webm", "avi", "ts", "m2ts", "mts", "mpg", "mpeg", "mpe", "vob", "flv"),
        *("wmv", "asf", "ogv", "ogg", "mxf", "dv", "gif", "h264", "264", "hevc", "265", "3gp"),
    )
)
MOST_TITLE = 500


async def take_upload(desk: Desk, upload: Upload, who: Who) -> tuple[int, Accepted]:
    """Admit an upload, keep it as `media/<sha256>.<ext>`, index it. Raises MediaError; then nothing is kept."""
    if known := await _known(desk, upload.sha256, who):
        return known
    await asyncio.to_thread(admission.admit, upload.path, desk.settings.media)
    name = f"media/{upload.sha256}.{_suffix(upload.filename)}"
    await asyncio.to_thread(_move, upload.path, desk.store.path(name))
    status, accepted = await _added(
        desk,
        videos.NewVideo(
            id=uuid4(),
            title=_title(upload.fields.get("title"), Path(upload.filename).stem),
            source="upload",
            origin=upload.filename,
            content_hash=upload.sha256,
            media=name,
        ),
        who,
    )
    if accepted.existing:
        await _drop_second_copy(desk, accepted.video.id, name)
    return status, accepted


async def _drop_second_copy(desk: Desk, video_id: UUID, name: str) -> None:
    """Two sent the same content at once under two suffixes: the file of the one who came first stays."""
    async with desk.database.transaction() as connection:
        kept = await videos.media(connection, video_id)
    if kept != name:
        desk.store.path(name).unlink(missing_ok=True)


async def take_path(desk: Desk, new: NewVideoByPath, who: Who) -> tuple[int, Accepted]:
    """Admit a file under an allowed root and index it where it is. Raises MediaError."""
    if "\x00" in new.path:
        raise InvalidError(reason="path")
    path = await asyncio.to_thread(admission.allowed_path, Path(new.path), desk.settings.media.roots)
    await asyncio.to_thread(admission.admit, path, desk.settings.media)
    sha256 = await asyncio.to_thread(_sha256, path)
    if known := await _known(desk, sha256, who):
        return known
    return await _added(
        desk,
        videos.NewVideo(
            id=uuid4(),
            title=_title(new.title, path.stem),
            source="path",
            origin=str(path),
            content_hash=sha256,
            media=str(path),
        ),
        who,
    )


async def take_url(desk: Desk, new: NewVideoByUrl, who: Who) -> tuple[int, Accepted]:
    """Remember an address; the run fetches and admits it. Its title is the address until it is fetched.

    Raises AddressError or PrivateAddressError for what needs no network to be refused.
    """
    address = str(new.url)
    fetch.check(address, desk.settings.media)
    return await _added(
        desk, videos.NewVideo(id=uuid4(), title=_title(new.title, address), source="url", origin=address), who
    )


async def _known(desk: Desk, sha256: str, who: Who) -> tuple[int, Accepted] | None:
    async with desk.database.transaction() as connection:
        video = await videos.by_content(connection, sha256)
        if video is None:
            return None
        await _shown_to(connection, video.id, who)
        run = await runs.get(connection, video.run_id) if video.run_id else None
    return 200, Accepted(video=video, run=run, existing=True)


async def _shown_to(connection: AsyncConnection, video_id: UUID, who: Who) -> None:
    """Raises HeldByOthersError: what is there already is not handed to somebody it is hidden from."""
    if not who.sight.whole and await belonging.hidden(connection, "video_id", video_id, who.sight):
        raise HeldByOthersError


async def _added(desk: Desk, new: videos.NewVideo, who: Who) -> tuple[int, Accepted]:
    async with desk.database.transaction() as connection:
        video, is_new = await videos.add(connection, new.model_copy(update={"owner_id": who.account_id}))
        if is_new:
            await runs.start(connection, video.id)
        else:
            await _shown_to(connection, video.id, who)
        video = await videos.get(connection, video.id)
        run = await runs.get(connection, video.run_id) if video.run_id else None
    return (202 if is_new else 200), Accepted(video=video, run=run, existing=not is_new)


def _suffix(filename: str) -> str:
    """Only for players that go by the name: what the file is, admission has found out."""
    suffix = Path(filename).suffix.lstrip(".").casefold()
    return suffix if suffix in SUFFIXES else "video"


def _title(said: str | None, otherwise: str) -> str:
    return (normal(said or "") or normal(otherwise) or "video")[:MOST_TITLE]


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
