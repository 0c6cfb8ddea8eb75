"""A phrase that a model says again and again is said once. Pure."""

import math

LOOP = 3
LONG = 4  # words: of a phrase so long half of the third time is enough


def without_loops(text: str) -> str:
    """`text` with every phrase that comes three times or more in a row said once; a long one may break off a third."""
    words = text.split()
    alike = [word.strip(".,;:!?").lower() for word in words]
    for size in range(1, len(words) // 2 + 1):
        least = LOOP * size if size < LONG else (2 * LOOP - 1) * size / 2
        for start in range(len(words) - math.ceil(least) + 1):
            end = _end_of_loop(alike, start, size)
            if end - start >= least:
                return without_loops(" ".join(words[: start + size] + words[end:]))
    return text


def _end_of_loop(words: list[str], start: int, size: int) -> int:
    """Where the phrase of `size` words at `start` stops repeating; a part of it at the very end belongs to it."""
    end = start + size
    while end < len(words) and words[end] == words[end - size]:
        end += 1
    sure = end - start >= (2 if size >= LONG else LOOP) * size
    if size > 1 and sure and end == len(words) - 1 and _half(words[end], words[end - size]):
        return len(words)
    return end if end == len(words) else end - (end - start) % size


def _half(word: str, whole: str) -> bool:
    """Whether the last word broke off."""
    return bool(word) and whole.startswith(word)
