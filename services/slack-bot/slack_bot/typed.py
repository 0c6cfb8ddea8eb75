"""The text form of an edit, for people who are used to it: `수정: 세그먼트ID=… 내용=… 멤버=…`. Pure."""

import re
from dataclasses import dataclass
from uuid import UUID

from kernel.contracts.errors import Language
from slack_bot import times

MARKED = re.compile(r"^(?:수정|edit)\s*[:：]\s*", re.IGNORECASE)
NAMES = {
    "segment": ("세그먼트ID", "세그먼트", "segment", "id"),
    "text": ("내용", "설명", "캡션", "text", "caption"),
    "people": ("멤버", "인물", "people", "members"),
    "start": ("시작", "in", "start"),
    "end": ("끝", "out", "end"),
}
KEY = re.compile(
    r"(?:^|\s)({})\s*=\s*".format("|".join(name for names in NAMES.values() for name in names)), re.IGNORECASE
)
HANGUL = re.compile("[가-힣]")


@dataclass(frozen=True)
class Typed:
    """What was written. None: nothing was said of it."""

    segment_id: UUID
    text: str | None = None
    people: tuple[str, ...] | None = None
    start_ms: int | None = None
    end_ms: int | None = None

    @property
    def language(self) -> Language:
        return "ko" if HANGUL.search(self.text or "") else "en"


def is_edit(written: str) -> bool:
    return MARKED.match(written) is not None


def read(written: str) -> Typed | None:
    """None when it names no segment, or a time that is none."""
    said = _said(MARKED.sub("", written))
    try:
        segment_id = UUID(said["segment"])
    except (KeyError, ValueError):
        return None
    start, end = (times.read(said[name]) if name in said else None for name in ("start", "end"))
    if ("start" in said and start is None) or ("end" in said and end is None):
        return None
    people = (
        tuple(filter(None, (name.strip() for name in re.split("[,，、]", said["people"]))))
        if "people" in said
        else None
    )
    return Typed(segment_id, said.get("text"), people, start, end)


def _said(written: str) -> dict[str, str]:
    """Each value by the name of its key: a value ends where the next key begins."""
    found = list(KEY.finditer(written))
    ends = [one.start() for one in found[1:]] + [len(written)]
    return {_name(one[1]): written[one.end() : end].strip() for one, end in zip(found, ends, strict=True)}


def _name(key: str) -> str:
    return next(name for name, keys in NAMES.items() if key.casefold() in (one.casefold() for one in keys))
