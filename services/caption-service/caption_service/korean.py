"""Korean grammar that a template needs: lists with their particles, counted nouns. Pure."""

from collections.abc import Sequence

from caption_service.coco import Thing
from kernel.particles import with_particle

NATIVE = {1: "한", 2: "두", 3: "세", 4: "네"}
MANY = 5


def subject(word: str) -> str:
    return with_particle(word, "이", "가")


def listed(words: Sequence[str]) -> str:
    """Words as prose: "가", "가와 나", "가, 나와 다"."""
    if len(words) <= 1:
        return "".join(words)
    *most, before_last, last = words
    return ", ".join([*most, with_particle(before_last, "과", "와")]) + f" {last}"


def counted(thing: Thing, count: int) -> str:
    """A thing and how many: "컵", "컵 2개", "컵 여러 개". A small detector's counts over four mean little."""
    if count == 1:
        return thing.ko
    return f"{thing.ko} {count}{thing.counter}" if count < MANY else f"{thing.ko} 여러 {thing.counter}"


def people_counted(count: int) -> str:
    """People without a name: "한 사람", "두 사람", "여러 사람"."""
    return f"{NATIVE.get(count, '여러')} 사람"
