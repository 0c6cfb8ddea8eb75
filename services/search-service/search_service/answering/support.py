"""Whether the segments a sentence cites support it. Pure: likeness of words and sentences is handed in.

A sentence stands when everything in it has something to stand on: everybody named is on a cited segment, numbers and
times are those of the segments, a denial is denied there too, and each content word is there: as the word itself, as
the same in the list of contrasts.py, or as a word of nearly the same meaning. See docs/decisions/0131.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from kernel.contracts.errors import Language
from kernel.language import HANGUL, Lexicon, kiwi
from search_service.answering import contrasts
from search_service.answering.material import Exhibit, orders
from search_service.answering.stand_ins import Cast

Likeness = Callable[[str, str], float]
Fault = Literal["uncited", "order", "language", "name", "together", "whose", "number", "time", "denial", "word"]

# Cosines of the default text model; measured in decision 0131.
WORD, WORD_OF_CLOSE, CLOSE = 0.6, 0.4, 0.65
SLACK_MS = 1_000
LONGEST = 600

PERSON: dict[Language, str] = {"ko": "사람", "en": "person"}
# Words that speak of the pictures rather than of what they show.
META = frozenset(
    "사람 인물 장면 영상 화면 비디오 구간 설명 캡션 보이다 나오다 등장 나타나다 확인 시간 시각 시점 동안 이때 초 분 번 "  # noqa: SIM905
    "명 개 때 그때 곳 함께 같이 혼자 서로 다른 모두 한 두 세 네 가지다 지다 주다 오다 가다 않다 없다 그 이 저 후 전 뒤 "
    "다음 먼저 또한 또 그리고 다시 처음 마지막 모습 상태 중 "
    "person peopl scene video clip segment shot caption show shown seen see appear screen pictur footag visibl "
    "time moment second minut one two three four togeth alon both also anoth first last later then while again "
    "begin end accord archiv".split()
)
_LINK = re.compile(r"https?:|www\.|@\w|[<>{}\[\]`|\\]|\w\.(?:com|net|org|io|kr)\b", re.IGNORECASE)
# A report of pictures asks nothing of whoever reads it.
_ASKS = re.compile(
    r"\b(?:you|your|must|should|please|click|subscribe|visit)\b|(?:하세요|하십시오|해야|주세요|마세요|십시오|당신)",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?<![\d:])(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?![\d:])")
_SPOKEN_TIME = re.compile(
    r"(?:(\d+)\s*시간\s*)?(?:(\d+)\s*분\s*)?(\d+)\s*초(?!\s*(?:간|동안))|(\d+)\s*분(?:쯤|경|에|부터|까지)"
)
_DIGITS = re.compile(r"\d+")
_COUNTED = {
    **dict(zip("둘 셋 넷 다섯 여섯 일곱 여덟 아홉 열".split(), range(2, 11), strict=True)),  # noqa: SIM905
    **dict(zip("two three four five six seven eight nine ten eleven twelve".split(), range(2, 13), strict=True)),  # noqa: SIM905
    "twice": 2, "thrice": 3, "dozen": 12,
}  # fmt: skip
_COUNTERS = re.compile(
    r"(?<![가-힣])(두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s*(?:명|번|개|마리|대|장면|장|사람|차례|군데|가지|곳|잔|권|송이|쌍)"
)
_NATIVE = {"두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10}
_DENIED = re.compile(r"\b(?:not|no|never|nobody|none|nothing|without|neither|nor)\b|n[’']t\b", re.IGNORECASE)
_LATIN = re.compile("[A-Za-z]")
_TOGETHER = re.compile(r"\b(?:together|both|with)\b|함께|같이|둘이|나란히|서로", re.IGNORECASE)
_ONE_SOMEBODY = re.compile(
    r"^\W*(?:an?|the|one)\s+(?:\w+\s+){0,2}(?:man|woman|girl|boy|person|lady|guy|child|kid|singer|dancer)\b"
    r"|^\W*(?:한\s+(?:\S+\s+)?(?:사람|여자|남자|여성|남성|소녀|소년|아이)|(?:여자|남자|여성|남성|소녀|소년|아이)(?:가|이|는|은)\s)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Claim:
    """A sentence with stand-ins, and the exhibits it cites."""

    text: str
    language: Language
    cited: Sequence[Exhibit]


def compared(claim: Claim, cast: Cast) -> list[str]:
    """Every text whose likeness may be asked for."""
    texts = [text for one in claim.cited for _, text in one.texts]
    said = [word for text in (claim.text, *texts) for word in _words_of(text, cast).values()]
    return list(dict.fromkeys([_plain(claim.text, cast), *(_plain(text, cast) for text in texts), *said]))


def fault(claim: Claim, cast: Cast, likeness: Likeness) -> Fault | None:
    """What is wrong with the sentence, the first thing found; None when it stands."""
    if not claim.cited:
        return "uncited"
    if not claim.text.strip() or len(claim.text) > LONGEST or orders(claim.text):
        return "order"
    if _LINK.search(claim.text) or _ASKS.search(claim.text):
        return "order"
    if not _in_its_language(claim):
        return "language"
    return _names(claim, cast) or _numbers(claim) or _denial(claim, cast) or _content(claim, cast, likeness)


def _in_its_language(claim: Claim) -> bool:
    """Korean has Hangul; English may quote some (a sign), not more of it than of its own letters."""
    korean, latin = len(HANGUL.findall(claim.text)), len(_LATIN.findall(claim.text))
    return korean > 0 if claim.language == "ko" else korean < latin


# ---- who


def _names(claim: Claim, cast: Cast) -> Fault | None:
    spoken_of = cast.people(claim.text)
    there = {person for one in claim.cited for person in one.people}
    if not spoken_of <= there or cast.speaks_of_others(claim.text):
        return "name"
    if (
        len(spoken_of) > 1
        and _TOGETHER.search(claim.text)
        and not any(spoken_of <= {*one.people} for one in claim.cited)
    ):
        return "together"
    if spoken_of and not any(_whose(one, spoken_of, cast) for one in claim.cited):
        return "whose"
    return None


def _whose(exhibit: Exhibit, spoken_of: set[UUID | None], cast: Cast) -> bool:
    """Whether the exhibit says of these people what it says: "a woman" among two is one of them, nobody knows which."""
    if not spoken_of & {*exhibit.people}:
        return False
    others = len({*exhibit.people} - spoken_of) + exhibit.unknown_faces
    texts = [text for _, text in exhibit.texts]
    named = any(cast.people(text) & spoken_of for text in texts)
    return named or others == 0 or not any(_ONE_SOMEBODY.search(text) for text in texts)


# ---- how many, when


def _numbers(claim: Claim) -> Fault | None:
    times, rest = _times(claim.text)
    spans = [one.span for one in claim.cited]
    if any(not any(s.start_ms - SLACK_MS <= at <= s.end_ms + SLACK_MS for s in spans) for at in times):
        return "time"
    allowed = {1, len(claim.cited)}
    for one in claim.cited:
        seen = len(one.people)
        allowed |= {seen, seen + one.unknown_faces, one.unknown_faces, round(one.span.duration_ms / 1000)}
        allowed |= {number for _, text in one.texts for number in counts(text)}
    allowed.add(len({person for one in claim.cited for person in one.people}))
    return None if set(counts(rest)) <= allowed else "number"


def _times(text: str) -> tuple[list[int], str]:
    """Times of day of a video in milliseconds, and the text without them."""
    found: list[int] = []

    def clock(match: re.Match[str]) -> str:
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        found.append(1000 * (3600 * hours + 60 * minutes + seconds))
        return " "

    def spoken(match: re.Match[str]) -> str:
        hours, minutes, seconds, alone = (int(part or 0) for part in match.groups())
        found.append(1000 * (3600 * hours + 60 * (minutes + alone) + seconds))
        return " "

    return found, _SPOKEN_TIME.sub(spoken, _CLOCK.sub(clock, re.sub(r"(?<![A-Za-z])[A-Z]\d+", " ", text)))


def counts(text: str) -> Iterator[int]:
    plain = re.sub(r"(?<![A-Za-z])[A-Z]\d+", " ", text)
    yield from (int(found) for found in _DIGITS.findall(plain)[:20] if len(found) < 10)  # noqa: PLR2004 - no count is longer
    yield from (_NATIVE[found] for found in _COUNTERS.findall(plain))
    yield from (_COUNTED[word] for word in re.findall(r"[a-z]+|[가-힣]+", plain.lower()) if word in _COUNTED)


# ---- yes and no


def _denial(claim: Claim, cast: Cast) -> Fault | None:
    denied = denies(claim.text, claim.language)
    about = [text for one in claim.cited for _, text in one.texts if _shared(claim, text, cast)]
    if denied and not any(denies(text, _language(text)) for text in about):
        return "denial"
    if not denied and about and all(denies(text, _language(text)) for text in about):
        return "denial"
    return None


def denies(text: str, language: Language) -> bool:
    if language == "en":
        return bool(_DENIED.search(text))
    tokens = kiwi().tokenize(text)
    return any(
        (token.form in {"안", "못"} and token.tag == "MAG")
        or (token.lemma in {"않다", "없다", "아니다", "못하다", "말다"} and token.tag.startswith("V"))
        for token in tokens
    )


def _shared(claim: Claim, text: str, cast: Cast) -> bool:
    """Whether a cited text speaks of anything the sentence does, so that its yes or no counts."""
    said, there = _words_of(claim.text, cast), _words_of(text, cast)
    return not said or _language(text) != claim.language or not said.keys().isdisjoint(there)


# ---- what


def _content(claim: Claim, cast: Cast, likeness: Likeness) -> Fault | None:
    words = _words_of(claim.text, cast)
    if not words:
        return None
    texts = [text for one in claim.cited for _, text in one.texts]
    if any(name.casefold() not in " ".join(texts).casefold() for name in _proper(claim.text, cast)):
        return "word"
    there = {lexeme: written for text in texts for lexeme, written in _words_of(text, cast).items()}
    said = _plain(claim.text, cast)
    near = max((likeness(said, _plain(text, cast)) for text in texts), default=0.0)
    needed = WORD if near < CLOSE else WORD_OF_CLOSE
    if any(not _there(lexeme, written, there, likeness, needed) for lexeme, written in words.items()):
        return "word"
    return None if _theirs(claim, cast, words, likeness, needed) else "whose"


def _theirs(claim: Claim, cast: Cast, words: Mapping[str, str], likeness: Likeness, needed: float) -> bool:
    """Whether everybody named is on a segment that shows at least half of what is said of them."""
    showing: set[UUID | None] = set()
    for one in claim.cited:
        there = {lexeme: written for _, text in one.texts for lexeme, written in _words_of(text, cast).items()}
        held = sum(_there(lexeme, written, there, likeness, needed) for lexeme, written in words.items())
        showing |= {*one.people} if 2 * held >= len(words) else set()
    return cast.people(claim.text) <= showing


def _there(lexeme: str, written: str, there: Mapping[str, str], likeness: Likeness, needed: float) -> bool:
    if lexeme in there or any(contrasts.same(lexeme, other) for other in there):
        return True
    if contrasts.known(lexeme):
        return False
    return any(likeness(written, word) >= needed for other, word in there.items() if not contrasts.known(other))


def _words_of(text: str, cast: Cast) -> dict[str, str]:
    """Content words, each as a text model should read it: English as written, for it knows no stems."""
    plain = _timeless(_plain(text, cast))
    found = Lexicon().words(plain)
    return {
        word.lexeme: word.lexeme if HANGUL.search(word.lexeme) else plain[word.start : word.end]
        for word in found
        if word.lexeme not in META and not word.lexeme.isdigit() and word.lexeme not in _COUNTED
    }


def _proper(text: str, cast: Cast) -> list[str]:
    """Names of people and places nobody told us of: nearly like another name is another name."""
    plain = _timeless(_plain(text, cast))
    if HANGUL.search(plain):
        return [token.form for token in kiwi().tokenize(plain) if token.tag == "NNP"]
    return list(re.findall(r"(?<=[a-z,;] )[A-Z][a-z]+", plain))


def _timeless(text: str) -> str:
    """Without times, which were held against the spans; a Korean particle keeps something to stand after."""
    instead = "그때" if HANGUL.search(text) else " "
    return _SPOKEN_TIME.sub(instead, _CLOCK.sub(instead, text))


def _plain(text: str, cast: Cast) -> str:
    return cast.unnamed(text, PERSON[_language(text)], _language(text))


def _language(text: str) -> Language:
    return "ko" if HANGUL.search(text) else "en"
