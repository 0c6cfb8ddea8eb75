"""Captions written before a look at the gate, each with what is right of it (`tests/captions_written/*.txt`).

`echo`, `spam`, `loop`, `cut`: a caption, ` => `, and what may be shown of it: sentences apart by `||`, `-` for nothing,
`=` for all of it. `good`: to be shown as they are. `people`: under `@ FM?` (a letter for everybody on screen at once:
a woman, a man, `U` of whom it is not stated, `?` a face nobody knows) captions, with the words behind `!` that may not
be left.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from gateway.captions.people import Seen
from kernel.contracts.errors import Language
from kernel.contracts.library import Sex
from kernel.language import HANGUL

WRITTEN = Path(__file__).parent / "captions_written"
SEXES: dict[str, Sex | None] = {"F": "female", "M": "male", "U": None}
Kind = Literal["echo", "spam", "loop", "cut"]
Verdict = Literal["right", "held", "short", "shown"]


class Bad(NamedTuple):
    text: str
    right: list[str]  # "" where it may be held back


class Against(NamedTuple):
    text: str
    seen: Seen
    wrong: list[str]


def language(text: str) -> Language:
    return "ko" if HANGUL.search(text) else "en"


def good() -> list[str]:
    return _lines("good")


def bad(kind: Kind) -> list[Bad]:
    parted = (line.partition(" => ") for line in _lines(kind))
    return [Bad(text, [{"=": text, "-": ""}.get(one, one) for one in right.split("||")]) for text, _, right in parted]


def against() -> Iterator[Against]:
    seen = Seen([], 0, 0)
    for line in _lines("people"):
        if line.startswith("@"):
            seen = _seen(line.split()[1])
            continue
        text, *wrong = line.split(" !")
        yield Against(text, seen, wrong)


def judge(line: Bad, shown: str | None) -> Verdict:
    """Right; held back though some of it was fit; too much cut away; or shown with something of the fault."""
    fit = [_words(one) for one in line.right if one]
    if shown is None:
        return "right" if "" in line.right else "held"
    words = _words(shown)
    if words in fit:
        return "right"
    return "short" if any(not Counter(words) - Counter(one) for one in fit) else "shown"


def says(text: str | None, wrong: str) -> bool:
    end = "" if HANGUL.search(wrong) else r"\b"
    return text is not None and re.search(rf"(?<![\w#]){re.escape(wrong)}{end}", text, re.IGNORECASE) is not None


def _lines(name: str) -> list[str]:
    return [line for line in (WRITTEN / f"{name}.txt").read_text(encoding="utf-8").splitlines() if line]


def _seen(cast: str) -> Seen:
    if cast == "none":
        return Seen([], 0, 0)
    known = [SEXES[one] for one in cast if one != "?"]
    return Seen(known, len(known), cast.count("?"))


def _words(text: str) -> list[str]:
    return re.findall(r"[\w#@$%']+", text.lower())
