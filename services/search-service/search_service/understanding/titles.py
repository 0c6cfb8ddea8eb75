"""Titles of videos that a question may name; only the index knows whether they are any. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search_service.understanding.parts import Where, overlap

MOST = 6
_QUOTED = r"""["“”'‘「『《](?P<q>[^"“”'’「」『』《》]{2,80})["“”'’」』》]"""
TITLES: tuple[str, ...] = (
    rf"(?:제목|title|video|영상)\s*[:=]\s*(?:{_QUOTED}|(?P<t>\S+))",
    rf"(?:in\s+(?:the\s+)?)?(?:video|clip)\s+(?:called\s+|titled\s+|named\s+)?{_QUOTED}",
    rf"(?:in\s+)?{_QUOTED}(?:라는|이라는)?\s*(?:영상|비디오|동영상|편|video|clip)?(?:에서|에|의|속)?",
    r"제목(?:이|에)\s*(?P<t>\S+?)(?:인|이|가|라는|들어간|있는)(?![가-힣])(?:\s*(?:들어간|있는))?(?:\s*(?:영상|비디오)(?:에서|의)?)?",
    r"(?P<t>[^\s\"“”']+(?:\s+[^\s\"“”']+){0,3})\s+(?:영상|비디오|동영상)(?:에서|의|속)(?:는|만)?(?![가-힣])",
    r"\bin\s+(?:the\s+)?(?P<t>\w+(?:\s+\w+){0,3})\s+(?:video|clip|episode)\b",
    r"\bin\s+(?:the\s+)?(?:video|clip|episode)\s+(?P<t>\w+(?:\s+\w+){0,3})",
)
READ = [re.compile(pattern, re.IGNORECASE) for pattern in TITLES]


@dataclass(frozen=True)
class Title:
    """Words that are a title if some video has them in its own."""

    where: Where
    written: str


def titles(text: str, taken: Sequence[Where] = ()) -> list[Title]:
    """What may be a title, the longest first at each place."""
    return list(_titles(text, taken))[:MOST]


def _titles(text: str, taken: Sequence[Where]) -> Iterator[Title]:
    for pattern in READ:
        for found in pattern.finditer(text):
            group = "q" if found.groupdict().get("q") else "t"
            start, end = found.span(group)
            for first, last in _shorter(text[start:end], from_the_front=end == found.end()):
                where = (
                    found.start() if start + first == start else start + first,
                    found.end() if last == end - start else start + last,
                )
                if not overlap(where, taken):
                    yield Title(where, text[start + first : start + last])


def _shorter(written: str, *, from_the_front: bool) -> Iterator[Where]:
    """A run of words, then what is left of it without the words that are further from the word 영상 or video."""
    words = [found.span() for found in re.finditer(r"\S+", written)]
    for dropped in range(len(words)):
        if from_the_front:
            yield words[0][0], words[len(words) - 1 - dropped][1]
        else:
            yield words[dropped][0], words[-1][1]
