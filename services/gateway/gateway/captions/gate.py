"""Whether what a captioner wrote is a caption: prompts said back, web spam, loops, sentences that break off. Pure.

What can be mended is mended, the rest is held back; which and why is kept beside it, and what was written stays.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from gateway.captions.signs import (
    BORDER,
    CLAUSE_OPEN,
    ECHO,
    HANGING,
    KOREAN_OPEN,
    OBJECT,
    OPEN_END,
    RELATIVE,
    REMNANT,
    SPAM,
    VERB,
    WEAK_END,
)
from kernel.contracts.errors import Language
from kernel.contracts.library import CaptionFault
from kernel.loops import without_loops

FEWEST_WORDS = 3


class Judged(NamedTuple):
    """The text that may be shown, None when there is none, and what was wrong with what was written."""

    text: str | None
    faults: tuple[CaptionFault, ...]


def judged(text: str, language: Language) -> Judged:
    """A caption as it may be shown. One without a fault comes back to the letter."""
    faults: list[CaptionFault] = []
    said = " ".join(text.split())
    for fault, mend in MENDING:
        mended = mend(said, language)
        if mended != said:
            faults.append(fault)
            said = mended
    if not faults:
        return Judged(text, ())
    enough = _enough(said, language)
    return Judged(_tidy(said) if enough else None, tuple(faults))


def _enough(said: str, language: Language) -> bool:
    words = re.findall(r"[^\W_]+", said)
    return len(words) >= (2 if language == "ko" else FEWEST_WORDS) and bool(VERB.search(said))


def _without_echo(text: str, _: Language) -> str:
    while (left := " ".join(ECHO.sub(" ", text).split())) != text:
        text = left
    return text.strip(" -:|") if left != text or ECHO.search(text) else text


def _without_spam(text: str, _: Language) -> str:
    """What comes before the part of the text in which the spam begins; without such parts, before the spam."""
    found = SPAM.search(text)
    if found is None:
        return text
    borders = [border.start() for border in BORDER.finditer(text) if border.start() <= found.start()]
    return text[: borders[-1] if borders else found.start()].rstrip()


def _once(text: str, _: Language) -> str:
    """Loops of words said once, and a clause that comes twice in a row."""
    once = without_loops(text)
    parts = re.split(
        r"(?<=[.!?])\s+|,\s+(?:and\s+)?|\s+and then\s+|\s+and\s+(?=(?:an?|the)\s+\w+\s+(?:is|are)\b)", once
    )
    kept: list[str] = []
    for part in parts:
        plain = part.strip(" .!?").lower()
        if not kept or plain != kept[-1].strip(" .!?").lower() or len(plain.split()) < FEWEST_WORDS:
            kept.append(part)
    return once if len(kept) == len(parts) else ". ".join(part.rstrip(" .") for part in kept)


def _whole(text: str, language: Language) -> str:
    """Without the words at the end that wait for more."""
    if text.endswith((".", "!", "?", "”", '"')) and not re.search(rf"\s(?:{WEAK_END})\.$", text, re.IGNORECASE):
        return text
    said = text.rstrip(" .")
    if language == "ko":
        return "" if KOREAN_OPEN.search(said) else text
    if OBJECT.search(said) or (RELATIVE.search(said) and said[-1].isalnum() and not CLAUSE_OPEN.search(said)):
        return text
    if not OPEN_END.search(said) and not HANGING.search(said):
        return text
    while said and (OPEN_END.search(said) or HANGING.search(said)):
        said = said[:-1].rstrip() if not said[-1].isalnum() else said.rpartition(" ")[0]
        said = REMNANT.sub("", said)
    return said


def _tidy(said: str) -> str:
    plain = said.strip(" ,;:-|–—")
    return plain[:1].upper() + plain[1:]


MENDING: tuple[tuple[CaptionFault, Callable[[str, Language], str]], ...] = (
    ("prompt_echo", _without_echo),
    ("spam", _without_spam),
    ("loop", _once),
    ("cut_off", _whole),
)
