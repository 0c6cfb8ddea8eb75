"""Steps `fetch` and `probe`: the file is here, and the library knows what it is."""

import asyncio
import hashlib
import shutil
from pathlib import Path
from typing import ClassVar

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import videos
from gateway.media import admission
from gateway.media.errors import MissingFileError
from gateway.media.fetch import fetch
from gateway.pipeline import frames
from gateway.pipeline.frames import Probe
from gateway.pipeline.run import Progress, RunContext
from kernel.contracts.errors import Language, ScenedeskError
from kernel.contracts.library import Video
from kernel.contracts.model import Value


class SameContentError(ScenedeskError):
    """An address led to a file that is in the library already."""

    status = 409
    code = "media_known"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "That is the same file as “{title}”, which is in the library already.",
        "ko": "이미 보관함에 있는 “{title}”와(과) 같은 파일입니다.",
    }


class File(Value):
    """Where a video's file is: a store name, or an absolute path under an allowed root."""

    media: str
    content_hash: str
    title: str | None = None

    def path(self, run: RunContext) -> Path:
        """Raises MissingFileError when it is not there any more."""
        path = Path(self.media) if self.media.startswith("/") else run.store.path(self.media)
        if not path.is_file():
            raise MissingFileError(path=path.name)
        return path


async def bring(run: RunContext, progress: Progress) -> File:
    """The run's file, downloaded and admitted first when it was named by address. Raises MediaError."""
    async with run.database.transaction() as connection:
        content_hash = await videos.content_hash(connection, run.video.id)
    if run.media is not None and content_hash is not None:
        return File(media=run.media, content_hash=content_hash)
    return await asyncio.to_thread(_downloaded, run, progress)


def _downloaded(run: RunContext, progress: Progress) -> File:
    incoming = run.store.path(f"incoming/{run.video.id}")
    found = fetch(run.video.origin, incoming, run.settings.media, progress.report, progress.stopped)
    admission.admit(found.path, run.settings.media)
    with found.path.open("rb") as file:
        content_hash = hashlib.file_digest(file, "sha256").hexdigest()
    name = f"media/{content_hash}{found.path.suffix.casefold()}"
    target = run.store.path(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    found.path.replace(target)
    shutil.rmtree(incoming, ignore_errors=True)
    return File(media=name, content_hash=content_hash, title=found.title)


async def measure(connection: AsyncConnection, video: Video, file: File, path: Path) -> Probe:
    """Probe the file and write down what it is. Raises SameContentError when another video has it already."""
    probe = await asyncio.to_thread(frames.probe, path)
    same = await videos.by_content(connection, file.content_hash)
    if same is not None and same.id != video.id:
        raise SameContentError(title=same.title)
    await videos.set_media(connection, video.id, file.media, file.content_hash)
    if file.title and video.title == video.origin:
        await videos.set_title(connection, video.id, file.title)
    measured = videos.Measured(**probe.model_dump(include=set(videos.Measured.model_fields)), probe=probe.model_dump())
    await videos.set_measured(connection, video.id, measured)
    return probe
