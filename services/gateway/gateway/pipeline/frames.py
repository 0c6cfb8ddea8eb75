"""Videos to pictures: the one place of the pipeline with a codec in it.

Time here is integer milliseconds since the first picture of the video, rounded up from the container's own
presentation timestamps: a picture stamped 200.2 ms is on screen from millisecond 201 on, so at every whole
millisecond the picture named here is the one a player shows, and a player sent to a shot's first
millisecond never shows the last picture of the shot before.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

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
from kernel.contracts.model import Value
from kernel.contracts.time import Milliseconds, Span
from kernel.settings import Pipeline
from kernel.store import Store

Image = NDArray[np.uint8]

CONTAINERS = (
    "mov,mp4,matroska,webm,mpegts,mpeg,mpegvideo,avi,flv,asf,ogg,mxf,dv,h264,hevc,m4v,gif,"
    "mp3,flac,wav,aac"  # sound alone: opened so that the refusal can say so
)
CODECS = frozenset(
    "h264 hevc av1 libdav1d vp8 vp9 libvpx libvpx-vp9 mpeg1video mpeg2video mpeg4 msmpeg4v2 msmpeg4v3 mjpeg prores"
    " dnxhd dvvideo theora wmv1 wmv2 wmv3 vc1 flv h263 ffv1 gif rawvideo".split()
)
JPEG_QUALITY = 90
_DISPLAY_MATRIX = "DISPLAYMATRIX"
_TIMES_MAY_JUMP = 0x0200  # AVFMT_TS_DISCONT of the container's format
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
    shots: str = "scenedetect"

    @classmethod
    def of(cls, pipeline: Pipeline) -> "LookOptions":
        return cls(sample_fps=pipeline.sample_fps, sample_side=pipeline.sample_side, shots=pipeline.shots)


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
    with _opened(path) as source:
        if most_pixels is not None and source.stream.width * source.stream.height > most_pixels:
            raise TooLargePictureError(width=source.stream.width, height=source.stream.height, most=most_pixels)
        first = next(_decoded(source), None)
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

    Pictures become visible under `prefix` all at once at the end. Raises MediaError, or StoppedError after
    `stopped()` said so; then nothing is left behind. Memory grows with the length of the video by one
    `Picture` a sample and nothing else.
    """
    with _opened(path) as source, _all_or_nothing(store, prefix) as folder:
        detector = shots.SceneDetectShots()
        sampler = _Sampler(folder, prefix, options, source.stream)
        claimed_ms, end_ms, tiny_maker = source.claimed_ms or 1, 0, VideoReformatter()
        for shown in _on_screen(source):
            if stopped():
                raise StoppedError
            # Nearest lines are enough to see a cut and cost a hundredth of an averaged picture.
            tiny = _bgr(tiny_maker, shown.frame, (shots.WIDTH, shots.HEIGHT), "FAST_BILINEAR")
            detector.push(shown.start_ms, tiny)
            sampler.take(shown, tiny)
            end_ms = shown.end_ms
            progress(min(1.0, end_ms / claimed_ms))
        if not sampler.pictures:
            raise BrokenVideoError
        return Look(shots=tuple(detector.finish(end_ms)), pictures=tuple(sampler.pictures), duration_ms=end_ms)


class _Source(NamedTuple):
    """An open container and its first stream of moving pictures."""

    container: InputContainer
    stream: VideoStream

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
def _opened(path: Path) -> Iterator[_Source]:
    """Open a plain file and nothing that it may name. Raises MediaError, also for what the block reads wrong."""
    options = {"protocol_whitelist": "file", "format_whitelist": CONTAINERS}
    try:
        with av.open(f"file:{path.absolute()}", options=options, metadata_errors="replace") as container:
            stream = _moving_pictures(container)
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = _threads(stream)
            yield _Source(container, stream)
    except MemoryError as error:
        raise TooCostlyError from error
    except FFmpegError as error:
        raise BrokenVideoError from error


def _moving_pictures(container: InputContainer) -> VideoStream:
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        raise NoPictureError if container.streams.audio else BrokenVideoError
    codec = streams[0].codec_context
    if codec is None or codec.name not in CODECS:
        raise UnsupportedError(kind=codec.name if codec else "?")
    return streams[0]


def _threads(stream: VideoStream) -> int:
    """As many as there are cores, fewer for huge pictures: every thread holds one."""
    picture_bytes = max(1, stream.width * stream.height * 3)
    return max(1, min(os.cpu_count() or 1, _MOST_THREADS, _MOST_DECODER_BYTES // picture_bytes))


def _decoded(source: _Source) -> Iterator[VideoFrame]:
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


def _on_screen(source: _Source) -> Iterator[Shown]:
    clock = _Clock(source)
    times = ((frame, at_ms) for frame in _decoded(source) if (at_ms := clock.read(frame)) is not None)
    frame = None
    for (before, at_ms), (frame, until_ms) in pairwise(times):  # noqa: B007 - the last one is needed after the loop
        yield Shown(before, at_ms, until_ms)
    if (last := clock.last) is not None:
        yield Shown(last, clock.at_ms, clock.end_ms)


class _Clock:
    """Presentation timestamps to milliseconds since the first picture, never going back.

    Where the container's clock jumps (recordings joined together, a broken index) time goes on by one
    picture. A jump is a step back of a second, a step ahead of ten in containers whose clock may jump,
    and in the others a step past the end they claim.
    """

    def __init__(self, source: _Source) -> None:
        self._base = Fraction(source.stream.time_base or Fraction(1, 1000))
        self._second = round(1 / self._base)
        self._step = max(1, round(self._second / (source.rate or 25)))
        may_jump = bool(source.container.format.flags & _TIMES_MAY_JUMP)
        self._widest_gap = self._second * (10 if may_jump else 3600)
        claimed_s = None if may_jump or not source.claimed_ms else source.claimed_ms / 1000
        self._latest = int((claimed_s + 10) * self._second) if claimed_s else None
        self._zero, self._ticks = 0, -1
        self.last: VideoFrame | None = None

    def read(self, frame: VideoFrame) -> int | None:
        """The picture's first millisecond on screen; None when it is no later than the one before."""
        if self.last is None:
            self._zero, ticks = frame.pts or 0, 0
        else:
            ticks = self._since_zero(frame.pts)
            if self._ms(ticks) <= self.at_ms:
                return None
        self._ticks, self.last = ticks, frame
        return self.at_ms

    @property
    def at_ms(self) -> int:
        return self._ms(self._ticks)

    @property
    def end_ms(self) -> int:
        """Until when the last picture read is on screen."""
        claimed = (self.last.duration or 0) if self.last is not None else 0
        step = claimed if 0 < claimed <= self._widest_gap else self._step
        return max(self.at_ms + 1, self._ms(self._ticks + step))

    def _since_zero(self, pts: int | None) -> int:
        expected = self._ticks + self._step
        if pts is None:
            return expected
        ticks = pts - self._zero
        back = ticks < self._ticks - self._second
        ahead = ticks > self._ticks + self._widest_gap or (self._latest is not None and ticks > self._latest)
        if not (back or ahead):
            return ticks
        self._zero = pts - expected
        return expected

    def _ms(self, ticks: int) -> int:
        return -(-ticks * 1000 * self._base.numerator // self._base.denominator)


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
        size = max(1, round(width * scale)), max(1, round(height * scale))
        return _turned(_bgr(self._reformatter, frame, size, "AREA"), frame)

    def _motion(self, tiny: Image) -> float:
        luma = tiny.mean(axis=2, dtype=np.float32)
        before, self._luma = self._luma, luma
        return 0.0 if before is None else float(np.abs(luma - before).mean())


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


@contextmanager
def _all_or_nothing(store: Store, prefix: str) -> Iterator[Path]:
    """A folder that becomes `prefix` when the block ends well, and vanishes when it does not."""
    target = store.path(prefix)
    target.parent.mkdir(parents=True, exist_ok=True)
    for left_by_a_killed_run in target.parent.glob(f".part-{target.name}-*"):
        shutil.rmtree(left_by_a_killed_run, ignore_errors=True)
    folder = target.with_name(f".part-{target.name}-{uuid4().hex}")
    replaced = folder.with_name(f"{folder.name}-replaced")
    folder.mkdir()
    try:
        yield folder
        if target.exists():
            target.rename(replaced)
        folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(replaced, ignore_errors=True)
