"""Videos to pictures: the one place of the pipeline with a codec in it.

Time here is integer milliseconds since the first picture of the video, rounded up from the container's own
presentation timestamps: a picture stamped 200.2 ms is on screen from millisecond 201 on, so at every whole
millisecond the picture named here is the one a player shows, and a player sent to a shot's first
millisecond never shows the last picture of the shot before.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Literal, NamedTuple

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray
from pydantic import Field

from gateway.media.errors import (
    BrokenVideoError,
    NoPictureError,
    TooCostlyError,
    TooLargePictureError,
    UnsupportedError,
)
from gateway.pipeline import shots
from gateway.pipeline.clock import Clock, milliseconds
from gateway.pipeline.transnetv2 import TransNetV2Shots
from kernel.contracts.model import Value
from kernel.contracts.time import Milliseconds, Span
from kernel.settings import Pipeline
from kernel.store import Store

Image = NDArray[np.uint8]

CONTAINERS = (
    "mov,mp4,matroska,webm,mpegts,mpeg,mpegvideo,avi,flv,asf,ogg,mxf,dv,h264,hevc,m4v,gif,"
    "mp3,flac,wav,aac"  # sound alone: opened so that the refusal can say so
)
CODECS = (
    "h264 hevc av1 libdav1d vp8 vp9 libvpx libvpx-vp9 mpeg1video mpeg2video mpeg4 msmpeg4v2 msmpeg4v3 mjpeg prores"
    " dnxhd dvvideo theora wmv1 wmv2 wmv3 vc1 flv h263 ffv1 gif rawvideo"
)
LOOK_METHOD = 2
"""Raised whenever the same video and options would give another `Look`."""

JPEG_QUALITY = 90
_DISPLAY_MATRIX = "DISPLAYMATRIX"
TIMES_MAY_JUMP = 0x0200  # AVFMT_TS_DISCONT of the container's format
_SEEK_BACK_MS = 10_000
_MOST_READ_ERRORS = 50
_MOST_DECODER_BYTES = 400_000_000
_MOST_THREADS = 16


class StoppedError(Exception):
    """The caller asked to stop. The store is as it was."""


class Probe(Value):
    """What a video is: the container's own words, checked against its first picture.

    `width` and `height` are as shown, after rotation and pixel shape.
    """

    format: str
    codec: str
    duration_ms: Milliseconds = Field(description="As the container claims; `Look.duration_ms` is measured")
    width: int
    height: int
    frame_rate: float | None
    rotation: int = Field(description="Degrees by which a player turns the stored picture, counter-clockwise")
    has_audio: bool
    start_ms: Milliseconds = Field(description="How much later than the container's start the first picture is shown")


class LookOptions(Value):
    sample_fps: float = Field(default=5.0, gt=0)
    sample_side: int = Field(default=960, ge=16, description="Longer side of a stored picture, never enlarged to it")
    shots: Literal["scenedetect", "transnetv2"] = "scenedetect"
    method: int = Field(default=LOOK_METHOD, description="Part of the options so that another method looks again")
    transnetv2_python: Path | None = Field(default=None, exclude=True)

    @classmethod
    def of(cls, pipeline: Pipeline) -> "LookOptions":
        return cls.model_validate(pipeline.model_dump(include=set(cls.model_fields)))


class Picture(Value):
    """What is on screen at `at_ms`: a JPEG in the store, upright.

    A picture that stays on screen over several sampling times is listed at each of them under one name.
    """

    name: str
    at_ms: Milliseconds
    width: int
    height: int
    motion: float = Field(ge=0, description="Mean absolute luma difference to the picture listed before, 0-255")


class Look(Value):
    """Everything one decode of a video gives. `shots` cover `[0, duration_ms)` without gap or overlap."""

    shots: tuple[Span, ...]
    pictures: tuple[Picture, ...]
    duration_ms: Milliseconds


def probe(path: Path, most_pixels: int | None = None) -> Probe:
    """Open the container and decode its first picture, unless it claims more than `most_pixels`.

    Raises MediaError.
    """
    with opened(path) as source:
        if most_pixels is not None and source.stream.width * source.stream.height > most_pixels:
            raise TooLargePictureError(width=source.stream.width, height=source.stream.height, most=most_pixels)
        first = next(decoded(source), None)
        if first is None:
            raise BrokenVideoError
        width, height = _shown_size(first, source.stream)
        return Probe(
            format=source.container.format.name,
            codec=source.stream.codec_context.name,
            duration_ms=source.claimed_ms or 0,
            width=width,
            height=height,
            frame_rate=float(source.rate) if source.rate else None,
            rotation=first.rotation % 360,
            has_audio=bool(source.container.streams.audio),
            start_ms=source.start_ms,
        )


def look(
    path: Path,
    store: Store,
    prefix: str,
    options: LookOptions,
    progress: Callable[[float], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Look:
    """Decode once: find the shots, and store what is on screen `sample_fps` times a second.

    Pictures become visible under `prefix` all at once at the end; memory grows by one `Picture` a sample.
    Raises MediaError, StoppedError once `stopped()` says so, BackendUnavailableError for a missing TransNetV2.
    """
    with opened(path) as source, store.filling(prefix) as folder, closing(_detector(options)) as detector:
        sampler = _Sampler(folder, prefix, options, source.stream)
        end_ms, claimed_ms, tiny_maker = 0, source.claimed_ms, VideoReformatter()
        for shown in on_screen(source):
            if stopped():
                raise StoppedError
            tiny = _bgr(tiny_maker, shown.frame, detector.size, detector.scaling)
            detector.push(shown.start_ms, tiny)
            sampler.take(shown, tiny)
            end_ms = shown.end_ms
            progress(min(1.0, end_ms / claimed_ms) if claimed_ms else 0.0)
        if not sampler.pictures:
            raise BrokenVideoError
        return Look(shots=tuple(detector.finish(end_ms)), pictures=tuple(sampler.pictures), duration_ms=end_ms)


def _detector(options: LookOptions) -> shots.ShotDetector:
    if options.shots == "transnetv2":
        return TransNetV2Shots(options.transnetv2_python)
    return shots.SceneDetectShots()


def picture_at(path: Path, at_ms: int, widest: int) -> bytes:
    """What is on screen at `at_ms` (the last picture, when that is later) as an upright JPEG.

    It is at most `widest` pixels wide. Raises MediaError.
    """
    with opened(path) as source:
        if (frame := _sought(source, at_ms)) is not None:
            return _thumbnail(frame, source.stream, widest)
    with opened(path) as source:
        return _thumbnail(_walked_to(source, at_ms), source.stream, widest)


def _sought(source: "Source", at_ms: int) -> VideoFrame | None:
    """From the key frame before `at_ms`; None where seeking can't be trusted."""
    first = next(decoded(source), None)
    if first is None or first.pts is None:
        return None
    for back_ms in (0, _SEEK_BACK_MS):
        wanted = first.pts + int(max(0, at_ms - back_ms) / (1000 * source.base))
        source.container.seek(wanted, stream=source.stream)
        before = None
        for frame in decoded(source):
            shown_ms = milliseconds((frame.pts or 0) - first.pts, source.base)
            if shown_ms > at_ms + _SEEK_BACK_MS:
                return None
            if shown_ms > at_ms:
                break
            before = frame
        if before is not None:
            return before
    return None


def _walked_to(source: "Source", at_ms: int) -> VideoFrame:
    shown = None
    for shown in on_screen(source):
        if shown.end_ms > at_ms:
            break
    if shown is None:
        raise BrokenVideoError
    return shown.frame


class Source(NamedTuple):
    """An open container and its first stream of moving pictures."""

    container: InputContainer
    stream: VideoStream

    @property
    def base(self) -> Fraction:
        return Fraction(self.stream.time_base or Fraction(1, 1000))

    @property
    def rate(self) -> Fraction | None:
        return self.stream.average_rate or self.stream.guessed_rate

    @property
    def claimed_ms(self) -> int | None:
        if self.stream.duration and self.stream.time_base:
            return int(self.stream.duration * self.stream.time_base * 1000)
        return self.container.duration // 1000 if self.container.duration else None

    @property
    def start_ms(self) -> int:
        if self.stream.start_time is None or not self.stream.time_base:
            return 0
        container_start = (self.container.start_time or 0) / 1000
        return max(0, round(self.stream.start_time * self.stream.time_base * 1000 - container_start))


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open a plain file and nothing that it may name. Raises MediaError, also for what the block reads wrong."""
    options = {"protocol_whitelist": "file", "format_whitelist": CONTAINERS}
    try:
        with av.open(f"file:{path.absolute()}", options=options, metadata_errors="replace") as container:
            stream = _moving_pictures(container)
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = _threads(stream)
            yield Source(container, stream)
    except MemoryError as error:
        raise TooCostlyError from error
    except FFmpegError as error:
        raise BrokenVideoError from error


def _moving_pictures(container: InputContainer) -> VideoStream:
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        raise NoPictureError if container.streams.audio else BrokenVideoError
    codec = streams[0].codec_context
    if codec is None or codec.name not in CODECS.split():
        raise UnsupportedError(kind=codec.name if codec else "?")
    return streams[0]


def _threads(stream: VideoStream) -> int:
    """As many as there are cores, fewer for huge pictures: every thread holds one."""
    picture_bytes = max(1, stream.width * stream.height * 3)
    return max(1, min(os.cpu_count() or 1, _MOST_THREADS, _MOST_DECODER_BYTES // picture_bytes))


def decoded(source: Source) -> Iterator[VideoFrame]:
    """Every picture that can be decoded, in the order shown; what is broken between them is left out."""
    errors = 0
    while errors < _MOST_READ_ERRORS:
        try:
            for packet in source.container.demux(source.stream):
                try:
                    yield from packet.decode()
                except MemoryError:
                    raise
                except FFmpegError:
                    continue
        except MemoryError:
            raise
        except FFmpegError:
            errors += 1
        else:
            return


class Shown(NamedTuple):
    """A decoded picture and the half-open range of milliseconds in which it is on screen."""

    frame: VideoFrame
    start_ms: int
    end_ms: int


def on_screen(source: Source) -> Iterator[Shown]:
    may_jump = bool(source.container.format.flags & TIMES_MAY_JUMP)
    clock = Clock(source.base, source.rate, may_jump=may_jump, claimed_ms=source.claimed_ms)
    held: tuple[VideoFrame, int] | None = None
    for frame in decoded(source):
        if (at_ms := clock.read(frame.pts, frame.duration)) is None:
            continue
        if held:
            yield Shown(*held, at_ms)
        held = frame, at_ms
    if held:
        yield Shown(*held, clock.end_ms)


class _Sampler:
    """Stores what is on screen at every multiple of the sampling step."""

    def __init__(self, folder: Path, prefix: str, options: LookOptions, stream: VideoStream) -> None:
        self.pictures: list[Picture] = []
        self._folder, self._prefix, self._options, self._stream = folder, prefix, options, stream
        self._count, self._reformatter = 0, VideoReformatter()
        self._luma: NDArray[np.float32] | None = None

    def take(self, shown: Shown, tiny: Image) -> None:
        if self._due_ms >= shown.end_ms:
            return
        image, motion = self._upright(shown.frame), self._motion(tiny)
        file = f"{self._due_ms:09d}.jpg"
        (self._folder / file).write_bytes(_jpeg(image))
        height, width = image.shape[:2]
        while (at_ms := self._due_ms) < shown.end_ms:
            name = f"{self._prefix}/{file}"
            self.pictures.append(Picture(name=name, at_ms=at_ms, width=width, height=height, motion=motion))
            self._count, motion = self._count + 1, 0.0

    @property
    def _due_ms(self) -> int:
        return round(self._count * 1000 / self._options.sample_fps)

    def _upright(self, frame: VideoFrame) -> Image:
        width, height = _square_pixels(frame, self._stream)
        scale = min(1.0, self._options.sample_side / max(width, height))
        return _scaled(self._reformatter, frame, (width, height), scale)

    def _motion(self, tiny: Image) -> float:
        luma = tiny.mean(axis=2, dtype=np.float32)
        before, self._luma = self._luma, luma
        return 0.0 if before is None else float(np.abs(luma - before).mean())


def _scaled(reformatter: VideoReformatter, frame: VideoFrame, size: tuple[int, int], scale: float) -> Image:
    """Upright; `size` is that of the stored picture with square pixels."""
    small = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    return _turned(_bgr(reformatter, frame, small, "AREA"), frame)


def _thumbnail(frame: VideoFrame, stream: VideoStream, widest: int) -> bytes:
    scale = min(1.0, widest / _shown_size(frame, stream)[0])
    return _jpeg(_scaled(VideoReformatter(), frame, _square_pixels(frame, stream), scale))


def _jpeg(image: Image) -> bytes:
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return encoded.tobytes()


def _bgr(reformatter: VideoReformatter, frame: VideoFrame, size: tuple[int, int], interpolation: str) -> Image:
    """`[height, width, 3]`. A reformatter a size: setting one up costs ten times a tiny picture."""
    small = reformatter.reformat(frame, *size, "bgr24", interpolation=interpolation, threads=1)
    return np.asarray(small.to_ndarray(), dtype=np.uint8)


def _square_pixels(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Size of the stored picture once its pixels are square: the longer way out, so that nothing is lost."""
    shape = stream.sample_aspect_ratio or Fraction(1)
    if not Fraction(1, 4) <= shape <= 4:  # noqa: PLR2004 - beyond that a header is wrong, not a lens
        return frame.width, frame.height
    if shape >= 1:
        return round(frame.width * shape), frame.height
    return frame.width, round(frame.height / shape)


def _shown_size(frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    width, height = _square_pixels(frame, stream)
    return (height, width) if frame.rotation % 180 else (width, height)


def _turned(image: Image, frame: VideoFrame) -> Image:
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image
