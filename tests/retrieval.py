"""The set of captions and questions beside the checkout, and what is measured on it."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Pair:
    """A caption in both languages and a question in each that means it without repeating it."""

    caption_en: str
    caption_ko: str
    query_ko: str
    query_en: str


def pairs(shared: Path) -> list[Pair]:
    with (shared / "retrieval" / "captions_ko_en.tsv").open(encoding="utf-8", newline="") as file:
        return [Pair(**row) for row in csv.DictReader(file, delimiter="\t")]


def distractors(shared: Path) -> list[str]:
    return (shared / "retrieval" / "distractors_en.txt").read_text(encoding="utf-8").splitlines()


def reciprocal_rank(found: list[str], wanted: str) -> float:
    """1 / rank of `wanted`, or 0."""
    return 1 / (1 + found.index(wanted)) if wanted in found else 0.0
