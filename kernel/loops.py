"""A phrase that a model says again and again is said once. Pure."""

LOOP = 3


def without_loops(text: str) -> str:
    """`text` with every phrase that comes three times or more in a row said once."""
    words = text.split()
    alike = [word.strip(".,;:!?").lower() for word in words]
    for size in range(1, len(words) // LOOP + 1):
        for start in range(len(words) - LOOP * size + 1):
            end = _end_of_loop(alike, start, size)
            if end - start >= LOOP * size:
                return without_loops(" ".join(words[: start + size] + words[end:]))
    return text


def _end_of_loop(words: list[str], start: int, size: int) -> int:
    """Where the phrase of `size` words at `start` stops repeating; a part of it at the very end belongs to it."""
    end = start + size
    while end < len(words) and words[end] == words[end - size]:
        end += 1
    return end if end == len(words) else end - (end - start) % size
