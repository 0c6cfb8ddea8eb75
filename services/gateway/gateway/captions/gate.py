"""Whether what a captioner wrote is a caption: prompts said back, web spam, loops, sentences that break off. Pure.

What can be mended is mended, the rest is held back; which and why is kept beside it, and what was written stays.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from gateway.captions.echoes import without_echo
from gateway.captions.ends import VERB, whole
from gateway.captions.repeats import said_once
from gateway.captions.web import without_spam
from kernel.contracts.errors import Language
from kernel.contracts.library import CaptionFault

FEWEST_WORDS = 3
FEWEST_KOREAN = 2
# What names somebody or something at its beginning is a caption without a verb too: "a girl with an umbrella".
_NAMES = re.compile(
    r"^(?:an?|the|this|one|two|three|four|five|six|several|some|many|people|women|men|girls|boys|she|he|they|there|her|his|their"
    r"|someone|#\w+|[A-Z]|(?:[a-z]+ ){0,2}(?:woman|man|girl|boy|person|group|couple|close up))\b(?!')|\b(?:is|are)\b",
    re.IGNORECASE,
)


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
    enough = _enough(said, language, faults)
    return Judged(_tidy(said) if enough else None, tuple(faults))


def _enough(said: str, language: Language, faults: list[CaptionFault]) -> bool:
    """Enough words, and a verb where one may be missing: of an end that is gone, of an advertisement."""
    words = re.findall(r"[^\W_]+", re.sub(r"#\w+ ", "", said))
    if language == "ko":
        return len(words) >= FEWEST_KOREAN and bool(VERB.search(said))
    named = bool(_NAMES.search(said))
    return (
        len(words) >= FEWEST_WORDS
        and (named or "spam" not in faults)
        and bool(VERB.search(said) or (named and "cut_off" not in faults))
    )


def _tidy(said: str) -> str:
    plain = said.strip(" ,;:-|–—")
    return plain[:1].upper() + plain[1:]


MENDING: tuple[tuple[CaptionFault, Callable[[str, Language], str]], ...] = (
    ("prompt_echo", lambda text, _: without_echo(text)),
    ("spam", lambda text, _: without_spam(text)),
    ("loop", lambda text, _: said_once(text)),
    ("cut_off", lambda text, language: whole(text, language == "ko")),
)
