"""How loud a video is through time, for its timeline."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from gateway.media.child import bare_environment
from gateway.media.errors import BrokenVideoError
from gateway.media.export import ffmpeg
from gateway.pipeline import frames
from kernel.settings import Media

PEAKS_A_SECOND = 20
SAMPLE_RATE = 8_000
SAMPLES_A_PEAK = SAMPLE_RATE // PEAKS_A_SECOND
BYTES_A_PEAK = 2 * SAMPLES_A_PEAK
READ = BYTES_A_PEAK * 1_024


def waveform(path: Path, out: Path, media: Media) -> None:
    """Write one byte for each twentieth of a second from the first picture on: the loudest sample in it, 0 to 255.

    Nothing is written of a video without sound. Memory does not grow with length. Raises BrokenVideoError,
    UnavailableError.
    """
    if not frames.probe(path).has_audio:
        out.write_bytes(b"")
        return
    command = [ffmpeg(media), *_arguments(path)]
    with (
        out.open("wb") as file,
        subprocess.Popen(  # noqa: S603 - our own words, and a path behind `file:`
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=bare_environment()
        ) as child,
    ):
        if child.stdout is None:
            raise BrokenVideoError
        for chunk in _whole_peaks(child.stdout):
            file.write(peaks(chunk))
    if child.returncode and not out.stat().st_size:
        raise BrokenVideoError


def peaks(sound: bytes) -> bytes:
    """The loudest of every SAMPLES_A_PEAK 16-bit samples, as bytes 0 to 255; the last group may be shorter. Pure."""
    samples = np.abs(np.frombuffer(sound, "<i2").astype(np.int32))
    padded = np.zeros(-(-len(samples) // SAMPLES_A_PEAK) * SAMPLES_A_PEAK, np.int32)
    padded[: len(samples)] = samples
    loudest = padded.reshape(-1, SAMPLES_A_PEAK).max(axis=1) * 255 // 32_768
    return bytes(loudest.astype(np.uint8))


def _whole_peaks(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in chunks that no peak crosses; a pipe gives what it has."""
    waiting = b""
    while more := stream.read(READ):
        waiting += more
        whole = len(waiting) // BYTES_A_PEAK * BYTES_A_PEAK
        if whole:
            yield waiting[:whole]
            waiting = waiting[whole:]
    if whole := len(waiting) // 2 * 2:
        yield waiting[:whole]


def _arguments(path: Path) -> list[str]:
    """Sound that begins after the first picture is led by silence, so that both lie on one clock."""
    return [
        *("-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe", "-format_whitelist", frames.CONTAINERS),
        *("-i", f"file:{path.absolute()}", "-map", "0:a:0", "-vn", "-sn", "-dn"),
        *("-af", f"aresample={SAMPLE_RATE}:async=1:first_pts=0", "-ac", "1", "-f", "s16le", "pipe:1"),
    ]
