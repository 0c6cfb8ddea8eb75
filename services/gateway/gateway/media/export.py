"""Thumbnails and previews: pictures and clips made out of a video, to the picture exact.

Written straight to `out`; `Renderings` keeps half-written files out of the store.
"""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from gateway.media.child import bare_environment
from gateway.media.errors import BrokenVideoError, TooCostlyError
from gateway.people import portraits
from gateway.pipeline import frames
from kernel.contracts.errors import UnavailableError, Words
from kernel.contracts.library import FaceAt
from kernel.contracts.time import Span
from kernel.settings import Media
from kernel.telemetry import logger

WIDEST = 8192
"""Pixels; faces are cut from the picture as it is, however wide."""
LONGEST_S = 600
"""Seconds of work after which a preview is given up."""
GIF_FPS, GIF_PICTURES = 6, 60


NO_FFMPEG = Words("It is not on this machine.", "이 컴퓨터에 없습니다.")
REMEDY = Words(
    "Install ffmpeg, or set SCENEDESK_MEDIA__FFMPEG.", "ffmpeg을 설치하거나 SCENEDESK_MEDIA__FFMPEG을 지정하세요."
)


def ffmpeg(media: Media) -> str:
    """The binary: the configured one, the one on PATH, the one a wheel carries. Raises UnavailableError."""
    if media.ffmpeg is not None:
        return str(media.ffmpeg)
    try:
        return shutil.which("ffmpeg") or imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise UnavailableError(what="ffmpeg", reason=NO_FFMPEG, remedy=REMEDY) from error


def thumbnail(path: Path, at_ms: int, width: int, out: Path) -> None:
    """The picture on screen at `at_ms` as a JPEG, upright, at most `width` wide. Raises MediaError."""
    out.write_bytes(frames.picture_at(path, at_ms, width))


def face(path: Path, face_at: FaceAt, side: int, out: Path) -> None:
    """The face of the picture on screen at its very time, with room around it: a JPEG `side` pixels square.

    Raises MediaError.
    """
    with Image.open(BytesIO(frames.picture_at(path, face_at.at_ms, WIDEST))) as picture:
        cut = picture.convert("RGB").crop(portraits.square(face_at.box, picture.size))
    cut.resize((side, side), Image.Resampling.LANCZOS).save(out, "JPEG", quality=88)


def preview(path: Path, span: Span, out: Path, width: int = 480, media: Media | None = None) -> None:
    """Exactly the pictures of `span`, with sound, as a small MP4 every browser plays. Raises MediaError."""
    _cut(path, span, out, _as_clip(width), media)


def animation(path: Path, span: Span, out: Path, media: Media | None = None, width: int = 240) -> None:
    """Pictures of `span` and of nothing else, the first first, evenly through time: a GIF that plays at the film's own
    pace. Raises MediaError.
    """
    _cut(path, span, out, _as_gif(span, width), media)


def _cut(path: Path, span: Span, out: Path, form: list[str], media: Media | None) -> None:
    source = frames.probe(path)
    command = [ffmpeg(media or Media()), *_span_of(path, span, source.start_ms), *form, f"file:{out.absolute()}"]
    try:
        done = subprocess.run(  # noqa: S603 - our own words, numbers, and paths behind `file:`
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LONGEST_S,
            check=False,
            env=bare_environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise TooCostlyError from error
    if done.returncode:
        logger("media").warning("preview failed", status=done.returncode, said=done.stderr[-500:])
        raise BrokenVideoError


def _span_of(path: Path, span: Span, start_ms: int) -> list[str]:
    """A picture belongs to the span when its own time, rounded up to a millisecond, does.

    ffmpeg compares unrounded times: both ends move back by just under a millisecond.
    """
    first_us = max(0, (span.start_ms + start_ms) * 1000 - 999)
    last_us = (span.end_ms + start_ms) * 1000 - 999
    return [
        *("-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file,pipe", "-format_whitelist", frames.CONTAINERS),
        *("-ss", f"{first_us}us", "-t", f"{last_us - first_us}us", "-i", f"file:{path.absolute()}"),
        *("-map", "0:V:0", "-map_metadata", "-1", "-sn", "-dn"),
    ]


def _as_clip(width: int) -> list[str]:
    return [
        *("-map", "0:a:0?", "-vf", f"scale='min({width},iw*sar)':-2,setsar=1", "-fps_mode", "vfr"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "27", "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", "-b:a", "96k", "-ac", "2", "-movflags", "+faststart", "-f", "mp4"),
    ]


def _as_gif(span: Span, width: int) -> list[str]:
    """A GIF is large: few pictures, few colours, and those found for this very span."""
    rate = min(GIF_FPS, GIF_PICTURES * 1000 / span.duration_ms)
    # Rounded up, a picture is shown from its own time on, never before.
    shown = f"setpts=PTS-STARTPTS,fps={rate:.4f}:round=up,scale='min({width},iw*sar)':-2,setsar=1,split[shown][seen]"
    colours = "[seen]palettegen=max_colors=64:stats_mode=diff[colours];[shown][colours]paletteuse=dither=bayer"
    return ["-an", "-vf", f"{shown};{colours}", "-loop", "0", "-f", "gif"]
