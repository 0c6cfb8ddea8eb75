"""What a question wants to hear, and what of it can be looked for. Pure.

"민지가 공원에서 뭐 했어?" wants to hear what; looked for is "민지가 공원에서". Words that only ask mislead a search.
"""

import re
from dataclasses import dataclass
from typing import Literal

from kernel.contracts.errors import Language
from kernel.language import HANGUL
from kernel.spelling import normal

Wanted = Literal["who", "what", "when", "where", "how_many", "why", "whether", "scenes"]

_PREFIX = re.compile(r"^\s*(?:질문|물음|question|q)\s*[:：]\s*", re.IGNORECASE)
_KOREAN: tuple[tuple[Wanted, str], ...] = (
    ("how_many", r"몇\s*(?:번|명|개|장면|차례|군데|사람|초|분)\S*|얼마나\s*(?:자주|많이)?"),
    ("who", r"누가|누구\S*"),
    ("when", r"언제\S*"),
    ("where", r"어디\S*"),
    ("what", r"(?:뭐|뭘|뭔|무엇|무얼)\S*|무슨|어떤"),
    ("why", r"왜"),
)
_ENGLISH: tuple[tuple[Wanted, str], ...] = (
    ("how_many", r"how (?:many|often|much)(?: times| scenes| people)?"),
    ("who", r"who(?:m|se)?(?:'s| else)?"),
    ("when", r"when|at what time|since when"),
    ("where", r"where(?:'s)?"),
    ("what", r"what(?:'s)?|which"),
    ("why", r"why"),
)
_TELL = re.compile(r"^\s*(?:please\s+)?(?:tell|show)\s+me\s+(?:about\s+)?", re.IGNORECASE)
# A verb that says only that something is done or there; at the end of a question that already asks.
_LIGHT_END = re.compile(
    r"(?:\s|(?<=[을를]))(?:하고\s*(?:있|계)\S*|했\S{0,4}|하(?:나|냐|니|나요|는가|는지|지|죠|고|는\s*거야|는\s*중이야)?|해요?|한대?|할까요?|"
    r"있\S{0,4}|나왔\S{0,3}|나와\S{0,2}|나오\S{0,3}|보여\S{0,2}|보이\S{0,3}|되\S{0,3}|됐\S{0,3})$"
)
_AUXILIARY = re.compile(r"^\s*(?:is|are|was|were|does|do|did|has|have|had|can|could|will|would)\b\s*", re.IGNORECASE)
_LIGHT_ENGLISH = re.compile(
    r"\b(?:doing|does|do|did|happen(?:s|ed|ing)?|going on|seen|shown|appear(?:s|ed|ing)?|there)\b", re.IGNORECASE
)
_YES_NO = re.compile(r"^\s*(?:is|are|was|were|does|do|did|has|have|can)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Question:
    """`text` as it was asked, without a leading "질문:"; `sought`: what of it is looked for."""

    text: str
    sought: str
    wanted: Wanted
    language: Language


def read(text: str, language: Language | None = None) -> Question:
    """A question taken apart; its own language unless another is asked for."""
    asked = _PREFIX.sub("", normal(text)).strip()
    korean = bool(HANGUL.search(asked))
    plain = asked.rstrip("?？!. ")
    sought, wanted = (_korean if korean else _english)(plain)
    return Question(asked, normal(sought), wanted, language or ("ko" if korean else "en"))


def looked_for(text: str) -> str:
    """What a search looks for: of what is marked as a question ("질문: …", "…?") only what it asks about."""
    marked = _PREFIX.match(text) or text.rstrip().endswith(("?", "\uff1f"))
    return (read(text).sought if marked else "") or text


def _wanted(text: str, words: tuple[tuple[Wanted, str], ...]) -> tuple[Wanted, str] | None:
    for wanted, pattern in words:
        if found := re.search(rf"(?<!\S)(?:{pattern})(?=\s|$|[?.,])", text, re.IGNORECASE):
            return wanted, found.group()
    return None


def _korean(plain: str) -> tuple[str, Wanted]:
    asked = _wanted(plain, _KOREAN)
    if asked is None:
        return plain, "whether" if re.search(
            r"(?:있어|있니|있나요|했어|했니|했나요|나와|나오나요)$", plain
        ) else "scenes"
    wanted, word = asked
    left = plain.replace(word, " ", 1).strip()
    for _ in range(2):  # "하고 있" and what is before it
        left = _LIGHT_END.sub("", f" {left}").strip()
    return left, wanted


def _english(plain: str) -> tuple[str, Wanted]:
    plain = _TELL.sub("", plain)
    asked = _wanted(plain, _ENGLISH)
    if asked is None:
        return _AUXILIARY.sub("", plain), "whether" if _YES_NO.match(plain) else "scenes"
    wanted, word = asked
    left = _AUXILIARY.sub("", plain.replace(word, " ", 1).strip())
    return normal(_LIGHT_ENGLISH.sub(" ", left)), wanted
