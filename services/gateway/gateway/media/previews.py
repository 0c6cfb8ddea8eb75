"""Clips of a moment, made when they are first asked for."""

from pathlib import Path
from uuid import UUID

from gateway.desk import Desk
from gateway.media import export
from gateway.media.files import media_path
from kernel.contracts.errors import InvalidError
from kernel.contracts.time import Span

MOST_MS = 60_000


async def preview_of(desk: Desk, video_id: UUID, span: Span) -> Path:
    """An MP4 of exactly that span. Raises InvalidError when it is over a minute, NotFoundError, MediaError."""
    path, media = await _source(desk, video_id, span), desk.settings.media
    made: Path = await desk.renderings.ensure(
        _name(video_id, span, "mp4"), lambda out: export.preview(path, span, out, media=media)
    )
    return made


async def animation_of(desk: Desk, video_id: UUID, span: Span) -> Path:
    """A moving picture, GIF, of that span. Raises as `preview_of`."""
    path, media = await _source(desk, video_id, span), desk.settings.media
    made: Path = await desk.renderings.ensure(
        _name(video_id, span, "gif"), lambda out: export.animation(path, span, out, media)
    )
    return made


def moment(start_ms: int, end_ms: int) -> Span:
    """Raises InvalidError when it ends before it begins, or is over a minute."""
    if end_ms <= start_ms:
        raise InvalidError(reason="end_ms <= start_ms")
    if end_ms - start_ms > MOST_MS:
        raise InvalidError(reason=f"span > {MOST_MS} ms")
    return Span(start_ms=start_ms, end_ms=end_ms)


async def _source(desk: Desk, video_id: UUID, span: Span) -> Path:
    moment(span.start_ms, span.end_ms)
    return await media_path(desk, video_id)


def _name(video_id: UUID, span: Span, kind: str) -> str:
    return f"previews/{video_id}/{span.start_ms:09d}-{span.end_ms:09d}.{kind}"
