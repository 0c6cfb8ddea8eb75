"""Edits as people write them: `수정: 세그먼트ID=… 내용=… 멤버=…`; under a card also in lines, `내용: …`. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from kernel.contracts.errors import Language
from slack_bot import times

NAMES = {
    "segment": ("세그먼트ID", "세그먼트", "segment", "id"),
    "text": ("내용", "설명", "캡션", "text", "caption"),
    "ko": ("한국어", "korean", "ko"),
    "en": ("영어", "english", "en"),
    "people": ("멤버", "인물", "사람", "people", "members"),
    "start": ("시작", "in", "start"),
    "end": ("끝", "out", "end"),
}
_ANY = "|".join(name for names in NAMES.values() for name in names)
MARKED = re.compile(r"^(?:수정|edit)\s*[:：]\s*", re.IGNORECASE)
KEY = re.compile(rf"(?:^|\s)({_ANY})\s*=\s*", re.IGNORECASE)
LINE = re.compile(rf"^[ \t]*({_ANY})[ \t]*[:：=][ \t]*", re.IGNORECASE | re.MULTILINE)
# What somebody begins with who finds something wrong and does not say what would be right.
HINTED = re.compile(
    r"^(?:수정|정정|오타|오류|틀렸|틀린|틀림|잘못|고쳐|바꿔|correction\b|typo\b|wrong\b|incorrect\b|fix\b|should be\b)",
    re.IGNORECASE,
)
HANGUL = re.compile("[가-힣]")


@dataclass(frozen=True)
class Typed:
    """What was written. None: nothing was said of it."""

    segment_id: UUID | None = None
    captions: Mapping[Language, str] = field(default_factory=dict)
    people: tuple[str, ...] | None = None
    start_ms: int | None = None
    end_ms: int | None = None


def is_edit(written: str) -> bool:
    return MARKED.match(written) is not None


def is_correction(written: str) -> bool:
    """Under a card: whether it says what would be right, by a name of what it is about."""
    said = MARKED.sub("", written)
    return bool(LINE.match(said) or KEY.match(said))


def is_hint(written: str) -> bool:
    """Under a card: whether it begins as somebody who finds something wrong. It says nothing that could be made."""
    return HINTED.match(written) is not None and not is_correction(written)


def as_caption(written: str) -> Typed | None:
    """`수정: 민지가 잔다`: words without a name, which may be meant for the caption."""
    said = MARKED.sub("", written).strip() if is_edit(written) else ""
    return Typed(captions=_in_its_language(said)) if said and not is_correction(written) else None


def read(written: str) -> Typed | None:
    """None when it says nothing of a scene, or a time that is none."""
    said = _said(MARKED.sub("", written))
    if not said:
        return None
    start, end = (times.read(said[name]) if name in said else None for name in ("start", "end"))
    if ("start" in said and start is None) or ("end" in said and end is None):
        return None
    try:
        segment_id = UUID(said["segment"]) if "segment" in said else None
    except ValueError:
        return None
    return Typed(segment_id, _captions(said), _people(said), start, end)


def _captions(said: Mapping[str, str]) -> dict[Language, str]:
    named: dict[Language, str] = {language: said[language] for language in ("ko", "en") if language in said}
    return {**(_in_its_language(said["text"]) if "text" in said else {}), **named}


def _in_its_language(text: str) -> dict[Language, str]:
    return {"ko" if HANGUL.search(text) else "en": text}


def _people(said: Mapping[str, str]) -> tuple[str, ...] | None:
    if "people" not in said:
        return None
    return tuple(filter(None, (name.strip() for name in re.split(r"[,，、\n]", said["people"]))))


def _said(written: str) -> dict[str, str]:
    """Each value by the name of its key: a value ends where the next key begins."""
    names = LINE if LINE.match(written) and not KEY.match(written) else KEY
    found = list(names.finditer(written))
    ends = [one.start() for one in found[1:]] + [len(written)]
    return {_name(one[1]): written[one.end() : end].strip() for one, end in zip(found, ends, strict=True)}


def _name(key: str) -> str:
    return next(name for name, keys in NAMES.items() if key.casefold() in (one.casefold() for one in keys))
