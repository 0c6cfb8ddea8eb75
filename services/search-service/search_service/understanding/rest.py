"""What of a question is left to look for when names, sets, times and marks are taken out. Pure."""

import functools
import re
from collections.abc import Sequence

from kernel.language import HANGUL, Word, kiwi, morphemes
from kernel.spelling import normal
from search_service.understanding.parts import Where, joined, overlap

# Words people put around what they look for, dropped at both ends of a question only: in the middle
# they may be meant (영상 편집하는 사람).
SCENE_WORDS = frozenset(
    "장면 씬 컷 영상 클립 부분 순간 모습 나오다 등장 출연 찾다 보이다 보여주다 알리다 검색 모두 전부 나타나다 잡히다 "  # noqa: SIM905
    "샷 숏 날 때 전체 scene show find search clip shot footage video moment part appear look everi".split()
)
CONNECTORS = re.compile(
    r"^(?:(?:where|with|of|when|in|which|that|the|all|for|me|a|and|,)(?!\w)\s*)+|[\s?.!,~]+$", re.IGNORECASE
)
# 모아줘, 뽑아 주세요: what is to be done with what is found.
REQUEST = re.compile(
    r"(?<![가-힣])(?:모아|뽑아|골라|추려|보여|찾아|알려|틀어|띄워|(?:정리|검색|편집)해)\s*"
    r"(?:줘|줄래|주라|주세요|주실래요|달라|봐|보자|볼래)[가-힣]*(?=\W*$)"
)
GLUED = re.compile(r"(?:에서|에게|으로|로|의|이|가|을|를|은|는|와|과|랑|도|만|,)+(?=\s|$)")


def rest(text: str, read: Sequence[Where], words: Sequence[Word]) -> tuple[str, list[Word]]:
    """The text without what was read and without scene words at both ends; and its words."""
    read = [*read, *(found.span() for found in REQUEST.finditer(text))]
    left = [word for word in words if not overlap((word.start, word.end), read)]
    first, last = 0, len(left)
    while last > first and left[last - 1].lexeme in SCENE_WORDS:
        last -= 1
    while first < last and left[first].lexeme in SCENE_WORDS:
        first += 1
    if first == last:
        return "", []
    begin = left[first - 1].end if first else 0
    end = left[last].start if last < len(left) else len(text)
    return CONNECTORS.sub("", _without(text, read, begin, end).strip()), left[first:last]


def _without(text: str, read: Sequence[Where], begin: int, end: int) -> str:
    pieces, at = [], begin
    for start, stop in joined(read):
        pieces.append(text[at : max(at, min(start, end))])
        glued = GLUED.match(text, stop)
        at = max(at, glued.end() if glued else stop)
    return normal(" ".join([*pieces, text[at:end]]))


@functools.lru_cache(maxsize=2_000)
def as_caption(rest: str) -> str:
    """The rest of a question as a caption would say it: "소파에서 자는" becomes "소파에서 자고 있다".

    A lone 자는 means little to a model (0.20 against "a woman is sleeping on a sofa"), 자고 있다 does
    (0.48). Over 37 questions this left the right one first as often and in the first five more often.
    """
    if not HANGUL.search(rest):
        return rest
    # A subject before and a noun after, as it stood in the question: alone, 우는 would be read as a noun.
    subject, noun = "사람이 ", " 장면"
    tokens = [token for token in morphemes(subject + rest + noun) if token.start >= len(subject)][:-1]
    if len(tokens) < 2 or tokens[-1].tag != "ETM" or tokens[-1].form != "는":  # noqa: PLR2004
        return rest
    stem = tokens[-2]
    if not stem.tag.startswith(("VV", "XSV", "VX")):
        return rest
    lasting = [] if stem.form == "있" else [("고", "EC"), ("있", "VX")]
    return str(kiwi().join([(token.form, token.tag) for token in tokens[:-1]] + [*lasting, ("다", "EF")]))
