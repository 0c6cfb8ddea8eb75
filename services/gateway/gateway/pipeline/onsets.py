"""When pictures come on screen, near some times: so that a cut can be put exactly between two of them.

Read from the container's own timestamps without decoding more than the first picture: 23.976, drop-frame and variable
rates are what they are. Where these can't be trusted the pictures are decoded one after the other.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from pathlib import Path

from gateway.pipeline.clock import milliseconds
from gateway.pipeline.frames import TIMES_MAY_JUMP, Source, decoded, on_screen, opened

# Packets come in the order they are decoded; a picture is at most so much later in it than where it is shown.
REORDERED_MS = 2_000


def snapped(path: Path, times: Iterable[int]) -> dict[int, int]:
    """Each time, in ms, to the first millisecond of the picture that comes on screen nearest to it.

    The end of the last picture counts as one. Raises MediaError.
    """
    wanted = sorted(set(times))
    with opened(path) as source:
        if not source.container.format.flags & TIMES_MAY_JUMP:
            first = next(decoded(source), None)
            if first is not None and first.pts is not None:
                found = {at_ms: _near(source, first.pts, at_ms) for at_ms in wanted}
                if all(found.values()):
                    return {at_ms: _nearest(onsets, at_ms) for at_ms, onsets in found.items()}
    return _walked(path, wanted)


def _near(source: Source, zero: int, at_ms: int) -> list[int]:
    """Onsets around a time, in order, at least one of them not before it unless the video ends; none: not trusted."""
    source.container.seek(zero + int(max(0, at_ms - REORDERED_MS) / (1000 * source.base)), stream=source.stream)
    onsets: set[int] = set()
    end_ms = 0
    for packet in source.container.demux(source.stream):
        if packet.pts is None:
            if packet.size:
                return []
            continue
        shown_ms = milliseconds(packet.pts - zero, source.base)
        if shown_ms >= 0:
            onsets.add(shown_ms)
            end_ms = max(end_ms, milliseconds(packet.pts - zero + (packet.duration or 0), source.base))
        read_ms = shown_ms if packet.dts is None else milliseconds(packet.dts - zero, source.base)
        if read_ms > at_ms + REORDERED_MS and max(onsets) >= at_ms:
            break
    else:
        onsets.add(end_ms)
    return sorted(onsets) if onsets and min(onsets) <= at_ms else []


def _walked(path: Path, wanted: Sequence[int]) -> dict[int, int]:
    onsets: list[int] = []
    with opened(path) as source:
        for shown in on_screen(source):
            onsets.append(shown.start_ms)
            if shown.start_ms > wanted[-1]:
                break
        else:
            onsets += [shown.end_ms] if onsets else []
    return {at_ms: _nearest(onsets, at_ms) for at_ms in wanted} if onsets else {}


def _nearest(onsets: Sequence[int], at_ms: int) -> int:
    """Of two that are equally near, the earlier."""
    place = bisect_left(onsets, at_ms)
    return min(onsets[max(0, place - 1) : place + 1], key=lambda onset: abs(onset - at_ms))
