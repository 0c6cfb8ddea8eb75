"""Videos to pictures: the one place of the pipeline with a codec in it.

Time here is integer milliseconds since the first picture of the video, rounded up from the container's own
presentation timestamps: a picture stamped 200.2 ms is on screen from millisecond 201, so at every whole
millisecond the picture named here is the one a player shows, and a player sent to a shot's first
millisecond never shows the last picture of the shot before.
"""

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
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray
from pydantic import Field

from gateway.media.errors import BrokenVideoError, NoPictureError, NotVideoError
from gateway.pipeline import shots
from kernel.contracts.model import Value
from kernel.contracts.time import Milliseconds, Span
from kernel.settings import Pipeline
from kernel.store import Store

Image = NDArray[np.uint8]

CONTAINERS = (
    "mov,mp4,matroska,webm,mpegts,mpeg,mpegvideo,avi,flv,asf,ogg,mxf,h264,hevc,m4v,gif,"
    # Sound only; known so that the refusal can say so.
    "mp3,flac,wav,aac"
)
JPEG_QUALITY = 90
_TS_DISCONT = 0x0200  # AVFMT_TS_DISCONT: timestamps of this container may jump
_LONGEST_GAP_S = 10
_MOST_READ_ERRORS = 50


class StoppedError(Exception):
    """The caller asked to stop. The store is as it was."""


class Probe(Value):
    """What a container says of itself; `width` and `height` as shown, after rotation and pixel shape."""

    format: str
    codec: str
    duration_ms: Milliseconds
    width: int
    height: int
    frame_rate: float | None
    rotation: int
    has_audio: bool
    start_ms: int = Field(description="How much later than the container's start the first picture is shown")


class LookOptions(Value):
    sample_fps: float = 5.0
    sample_side: int = 960
    shots: str = "scenedetect"

    @classmethod
    def of(cls, pipeline: Pipeline) -> "LookOptions":
        return cls(sample_fps=pipeline.sample_fps, sample_side=pipeline.sample_side, shots=pipeline.shots)


class Picture(Value):
    """What is on screen at `at_ms`: a JPEG in the store, upright.

    A picture that stays on screen over several sampling times is listed at each, under one name.
    """

    name: str
    at_ms: Milliseconds
    width: int
    height: int
    motion: float = Field(description="Mean absolute luma difference to the picture listed before, 0-255")


class Look(Value):
    """Everything one decode of a video gives."""

    shots: tuple[Span, ...]
    pictures: tuple[Picture, ...]
    duration_ms: Milliseconds


def probe(path: Path) -> Probe:
    """What the container says; no picture is decoded. Raises MediaError."""
    with _opened(path) as (container, stream):
        width, height, rotation = _shown_size(stream)
        return Probe(
            format=container.format.name,
            codec=stream.codec_context.name,
            duration_ms=_claimed_ms(container, stream) or 0,
            width=width,
            height=height,
            frame_rate=float(stream.average_rate) if stream.average_rate else None,
            rotation=rotation,
            has_audio=bool(container.streams.audio),
            start_ms=_start_ms(container, stream),
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
    `stopped()` said so; then nothing is left behind. Memory does not grow with the video's length
    but for one `Picture` each.
    """
    with _opened(path) as (container, stream), _all_or_nothing(store, prefix) as folder:
        detector = shots.SceneDetectShots()
        sampler = _Sampler(folder, prefix, options)
        claimed_ms = _claimed_ms(container, stream) or 1
        end_ms, tiny = 0, VideoReformatter()
        for shown in _on_screen(container, stream):
            if stopped():
                raise StoppedError
            small = _bgr(tiny, shown.frame, shots.WIDTH, shots.HEIGHT, "FAST_BILINEAR")
            detector.push(shown.start_ms, small)
            sampler.take(shown, small)
            end_ms = shown.end_ms
            progress(min(1.0, end_ms / claimed_ms))
        if not sampler.pictures:
            raise BrokenVideoError
        return Look(shots=tuple(detector.finish(end_ms)), pictures=tuple(sampler.pictures), duration_ms=end_ms)


class Shown(NamedTuple):
    """A decoded picture and the half-open range of milliseconds in which it is on screen."""

    frame: VideoFrame
    start_ms: int
    end_ms: int


class _Sampler:
    """Stores what is on screen at every multiple of the sampling step."""

    def __init__(self, folder: Path, prefix: str, options: LookOptions) -> None:
        self.pictures: list[Picture] = []
        self._folder, self._prefix, self._options = folder, prefix, options
        self._due, self._reformatter = 0, VideoReformatter()
        self._luma: NDArray[np.int16] | None = None

    def take(self, shown: Shown, tiny: Image) -> None:
        if self._due_ms >= shown.end_ms:
            return
        name = f"{self._due_ms:09d}.jpg"
        image = self._upright(shown.frame)
        (self._folder / name).write_bytes(_jpeg(image))
        height, width = image.shape[:2]
        motion = self._motion(tiny)
        while (at_ms := self._due_ms) < shown.end_ms:
            self.pictures.append(
                Picture(name=f"{self._prefix}/{name}", at_ms=at_ms, width=width, height=height, motion=motion)
            )
            self._due += 1
            motion = 0.0

    @property
    def _due_ms(self) -> int:
        return round(self._due * 1000 / self._options.sample_fps)

    def _upright(self, frame: VideoFrame) -> Image:
        aspect = frame.width / frame.height
        scale = min(1.0, self._options.sample_side / max(frame.width, frame.height))
        del aspect
        width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
        return _turned(_bgr(self._reformatter, frame, width, height, "AREA"), frame.rotation)

    def _motion(self, tiny: Image) -> float:
        luma = tiny.mean(axis=2).astype(np.int16)
        before, self._luma = self._luma, luma
        return 0.0 if before is None else float(np.abs(luma - before).mean())


def _jpeg(image: Image) -> bytes:
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return encoded.tobytes()


def _bgr(reformatter: VideoReformatter, frame: VideoFrame, width: int, height: int, interpolation: str) -> Image:
    """`[height, width, 3]`. One reformatter a size: setting one up costs more than using it."""
    small = reformatter.reformat(frame, width, height, "bgr24", interpolation=interpolation, threads=1)
    return np.asarray(small.to_ndarray(), dtype=np.uint8)


def _turned(image: Image, rotation: int) -> Image:
    """Upright; `rotation` in degrees counter-clockwise, as the display matrix has it."""
    return np.ascontiguousarray(np.rot90(image, round(rotation / 90) % 4))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The container, read from a plain file and nothing else, and its first stream of moving pictures."""
    try:
        container = av.open(
            f"file:{path.absolute()}",
            options={"protocol_whitelist": "file", "format_whitelist": CONTAINERS},
            metadata_errors="replace",
        )
    except FFmpegError as error:
        raise NotVideoError from error
    with container:
        moving = [s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
        if not moving:
            raise NoPictureError
        moving[0].thread_type = "AUTO"
        yield container, moving[0]


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Every picture that can be decoded, in order; what is broken between them is left out."""
    errors = 0
    while errors < _MOST_READ_ERRORS:
        try:
            for packet in container.demux(stream):
                try:
                    yield from packet.decode()
                except FFmpegError:
                    continue
        except FFmpegError:
            errors += 1
        else:
            return


def _on_screen(container: InputContainer, stream: VideoStream) -> Iterator[Shown]:
    clock = _Clock(container, stream)
    timed = ((frame, at) for frame in _frames(container, stream) if (at := clock.read(frame)) is not None)
    last = None
    for (frame, at), (_, until) in pairwise(timed):
        yield Shown(frame, at, until)
    if (last := clock.last) is not None:
        yield Shown(last, clock.last_ms, clock.end_ms)


class _Clock:
    """Presentation timestamps to milliseconds since the first picture, never going back."""

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._base = Fraction(stream.time_base or Fraction(1, 1000))
        rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        self._step = max(1, round(1 / (Fraction(rate) * self._base)))
        jumpy = bool(container.format.flags & _TS_DISCONT)
        claimed_ms = _claimed_ms(container, stream)
        self._farthest = None if jumpy or not claimed_ms else int((claimed_ms / 1000 + _LONGEST_GAP_S) / self._base)
        self._longest_gap = int((_LONGEST_GAP_S if jumpy else 3600) / self._base)
        self._offset: int | None = None
        self._ticks = -1
        self.last: VideoFrame | None = None

    def read(self, frame: VideoFrame) -> int | None:
        """The picture's first millisecond on screen, or None when it comes no later than the one before."""
        if self._offset is None:
            self._offset = frame.pts or 0
            ticks = 0
        else:
            ticks = self._continued(frame.pts)
        if self._ms(ticks) <= self._ms(self._ticks) and self.last is not None:
            return None
        self._ticks, self.last = ticks, frame
        return self._ms(ticks)

    @property
    def last_ms(self) -> int:
        return self._ms(self._ticks)

    @property
    def end_ms(self) -> int:
        duration = self.last.duration if self.last is not None else 0
        step = duration if 0 < duration <= self._longest_gap else self._step
        return max(self.last_ms + 1, self._ms(self._ticks + step))

    def _continued(self, pts: int | None) -> int:
        """Ticks since the first picture; a jump of the container's clock is taken as one picture's time."""
        expected = self._ticks + self._step
        if pts is None or self._offset is None:
            return expected
        ticks = pts - self._offset
        back = ticks < self._ticks - round(1 / self._base)
        ahead = ticks - self._ticks > self._longest_gap or (self._farthest is not None and ticks > self._farthest)
        if back or ahead:
            self._offset = pts - expected
            return expected
        return ticks

    def _ms(self, ticks: int) -> int:
        return -(-ticks * 1000 * self._base.numerator // self._base.denominator)


def _claimed_ms(container: InputContainer, stream: VideoStream) -> int | None:
    if stream.duration and stream.time_base:
        return int(stream.duration * stream.time_base * 1000)
    return container.duration // 1000 if container.duration else None


def _start_ms(container: InputContainer, stream: VideoStream) -> int:
    if stream.start_time is None or not stream.time_base or container.start_time is None:
        return 0
    return max(0, round(stream.start_time * stream.time_base * 1000 - container.start_time / 1000))


def _shown_size(stream: VideoStream) -> tuple[int, int, int]:
    return stream.width, stream.height, 0


@contextmanager
def _all_or_nothing(store: Store, prefix: str) -> Iterator[Path]:
    """A folder that becomes `prefix` when the block ends well, and vanishes when it does not."""
    target = store.path(prefix)
    target.parent.mkdir(parents=True, exist_ok=True)
    for left_by_a_killed_run in target.parent.glob(f".part-{target.name}-*"):
        shutil.rmtree(left_by_a_killed_run, ignore_errors=True)
    folder = target.parent / f".part-{target.name}-{uuid4().hex}"
    folder.mkdir()
    try:
        yield folder
        if target.exists():
            target.rename(target.parent / f".part-{target.name}-{uuid4().hex}-old")
        folder.rename(target)
    finally:
        for leftover in target.parent.glob(f".part-{target.name}-*"):
            shutil.rmtree(leftover, ignore_errors=True)
