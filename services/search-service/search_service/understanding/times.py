"""Parts of a video that a question names: the last 5 minutes, 3분 이후, 1:20~2:00. Pure."""

import re
from collections.abc import Iterator, Sequence

from search_service.understanding.parts import Meaning, Part, Third, Where, Window, overlap, part

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
ABOUT = 15 * SECOND  # 3분쯤 is a quarter of a minute to both sides
NUMERALS = dict(
    zip(
        ["일", "이", "삼", "사", "오", "육", "칠", "팔", "구", "십", "십오", "이십", "삼십", "사십", "오십", "육십"],
        (*range(1, 11), 15, 20, 30, 40, 50, 60),
        strict=True,
    )
) | dict(zip("한 두 세 네 다섯".split(), range(1, 6), strict=True))  # noqa: SIM905
NUMERALS |= dict(
    zip(
        "one two three four five six seven eight nine ten fifteen twenty thirty forty fifty sixty".split(),  # noqa: SIM905
        (*range(1, 11), 15, 20, 30, 40, 50, 60),
        strict=True,
    )
)
_SAID = "|".join(sorted(NUMERALS, key=len, reverse=True))
_N = rf"(?:\d+|(?<![가-힣\w])(?:{_SAID}))"
_LENGTH = (
    rf"(?:(?:{_N}\s*시간\s*)?(?:{_N}\s*분\s*)?{_N}\s*초|(?:{_N}\s*시간\s*)?{_N}\s*분(?![가-힣]*[들석명])|{_N}\s*시간"
    rf"|(?:{_N}[\s-]*(?:hours?|h)\s*)?(?:{_N}[\s-]*(?:minutes?|mins?|m)\s*)?{_N}[\s-]*(?:seconds?|secs?|s)\b"
    rf"|(?:{_N}[\s-]*(?:hours?|h)\s*)?{_N}[\s-]*(?:minutes?|mins?|m)\b|{_N}[\s-]*(?:hours?|h)\b)"
)
_CLOCK = r"(?<![\d:])\d{1,2}:[0-5]\d(?::[0-5]\d)?(?![\d:])"
_TIME = rf"(?:{_CLOCK}|{_LENGTH})"
_VIDEO = r"(?:\s*(?:of|in)\s+(?:the|a|each)\s+(?:video|clip|recording))?"
_EN_AT = r"\b(?:(?:at|in|near|towards?|around)\s+)the\s+(?:very\s+)?"
_KO_VIDEO = r"(?:(?:영상|비디오)의?\s*)?"
_TAIL = r"(?:\s*(?:동안|간|이내|안(?=에|의)))?(?:에서|에|의)?"
_TO = r"\s*(?:부터|에서|~|-|–|to|until|and)\s*"
PATTERNS: tuple[tuple[str, str], ...] = (
    ("range", rf"(?:from|between)\s+(?P<a>{_TIME}){_TO}(?P<b>{_TIME}){_VIDEO}"),
    ("range", rf"(?P<a>{_TIME}){_TO}(?P<b>{_TIME})\s*(?:까지|사이)?(?:에서|에|의)?"),
    ("first", rf"{_KO_VIDEO}(?:맨\s*)?(?:처음|첫|앞|초반|시작)(?:부분)?\s*(?P<a>{_LENGTH}){_TAIL}"),
    ("last", rf"{_KO_VIDEO}(?:맨\s*)?(?:마지막|끝|뒤|후반)(?:부분)?\s*(?P<a>{_LENGTH}){_TAIL}"),
    ("first", rf"(?:(?:in|during|of)\s+)?(?:the\s+)?(?:first|opening)\s+(?P<a>{_LENGTH}){_VIDEO}"),
    ("last", rf"(?:(?:in|during|of)\s+)?(?:the\s+)?(?:last|final|closing)\s+(?P<a>{_LENGTH}){_VIDEO}"),
    ("after", rf"(?P<a>{_TIME})\s*(?:이후|부터|넘어서|지나서|지난\s*뒤|뒤|후)(?:에|로|의)?(?![가-힣])"),
    ("before", rf"(?P<a>{_TIME})\s*(?:이전|전|까지|이내|안)(?:에|의)?(?![가-힣])"),
    ("about", rf"(?P<a>{_TIME})\s*(?:쯤|경|즈음|무렵|근처|대)(?:에서|에|의)?(?![가-힣])"),
    ("after", rf"\b(?:after|since|past)\s+(?P<a>{_TIME}){_VIDEO}"),
    ("after", rf"\bfrom\s+(?P<a>{_TIME})(?:\s+on(?:wards?)?)?{_VIDEO}"),
    ("before", rf"\b(?:before|until|till|up\s+to|within)\s+(?P<a>{_TIME}){_VIDEO}"),
    ("about", rf"\b(?:around|about|near)\s+(?P<a>{_TIME}){_VIDEO}"),
    ("at", rf"\bat\s+(?P<a>{_TIME}){_VIDEO}"),
    ("at", rf"(?P<a>{_CLOCK})\s*(?:에서|에|의)?(?![가-힣])"),
    ("at", rf"(?P<a>{_LENGTH})\s*(?:에서|에)(?=\s|$)"),
)
READ = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in PATTERNS]
# A part of no length that is told: a third of the video.
_AT = r"(?:쯤|께)?(?:에서|에|의)?(?![가-힣])"
_END_OF_IT = r"(?:\s+of\s+(?:the|a|each)\s+(?:video|clip|episode|recording)\b|(?=\W*$))"
THIRDS: tuple[tuple[Third, str, str, str, str], ...] = (
    (
        1,
        r"초반부?|(?:앞|시작|도입|초반)\s*부분|도입부",
        r"beginning|start|first\s+(?:part|third)",
        "앞 1/3",
        "first third",
    ),
    (2, r"중반부?|중간\s*부분|중간(?=쯤|께|에)", r"middle(?:\s+(?:part|third))?", "가운데 1/3", "middle third"),
    (
        3,
        r"후반부?|(?:끝|뒷|마지막|후반)\s*부분|막판",
        r"end|last\s+(?:part|third)|final\s+part",
        "뒤 1/3",
        "last third",
    ),
)
READ_THIRDS = [
    (
        re.compile(rf"{_KO_VIDEO}(?<![가-힣])(?:{korean}){_AT}|{_EN_AT}(?:{english}){_END_OF_IT}", re.IGNORECASE),
        Window(third=third),
        labels,
    )
    for third, korean, english, *labels in THIRDS
]
TOLD = re.compile(r"분|초|시간|\d:\d|\d\s*[hms]|min|sec|hour", re.IGNORECASE)  # sixteen patterns are dear
NUMBER = re.compile(rf"({_N})[\s-]*(시간|분|초|h|m|s)", re.IGNORECASE)
UNITS = {"시간": HOUR, "h": HOUR, "분": MINUTE, "m": MINUTE, "초": SECOND, "s": SECOND}


def times(text: str, taken: Sequence[Where] = ()) -> Iterator[Part]:
    """Every part of a video that is named, where nothing else was read."""
    places = list(taken)
    for kind, pattern in READ if TOLD.search(text) else ():
        for found in pattern.finditer(text):
            if overlap(found.span(), places) or not found.group().strip():
                continue
            window = _window(kind, found)
            if window is not None:
                places.append(found.span())
                yield part("time", text, [found.span()], _labels(window), Meaning(windows=(window,)))
    for pattern, window, (ko, en) in READ_THIRDS:
        told = pattern.search(text)
        if told and not overlap(told.span(), places):
            places.append(told.span())
            yield part("time", text, [told.span()], (ko, en), Meaning(windows=(window,)))


def _window(kind: str, found: re.Match[str]) -> Window | None:
    at = milliseconds(found["a"])
    match kind:
        case "range":
            end = milliseconds(found["b"])
            return Window(at, end) if at < end else None
        case "first" | "before":
            return Window(0, at) if at else None
        case "last":
            return Window(-at, None) if at else None
        case "after":
            return Window(at, None)
        case "about":
            return Window(max(0, at - ABOUT), at + ABOUT)
    return Window(at, at + _precision(found["a"]))


def _precision(written: str) -> int:
    """3분에 is that minute, 1:20 that second."""
    units = {unit.lower() for _, unit in NUMBER.findall(written)}
    return MINUTE if ":" not in written and units and not units & {"초", "s"} else SECOND


def milliseconds(written: str) -> int:
    """1:02:03, 1분 20초, five minutes."""
    if ":" in written:
        total = 0
        for number in written.split(":"):
            total = total * 60 + int(number)
        return total * SECOND
    return sum(_number(number) * UNITS[unit.lower()] for number, unit in NUMBER.findall(written))


def _number(written: str) -> int:
    return int(written) if written.isdecimal() else NUMERALS[written.lower()]


def _labels(window: Window) -> tuple[str, str]:
    start, end = window.start_ms or 0, window.end_ms
    if window.from_the_end:
        return f"마지막 {clock(-start)}", f"last {clock(-start)}"
    if end is None:
        return f"{clock(start)} 이후", f"after {clock(start)}"
    return (f"{clock(start)}–{clock(end)}",) * 2


def clock(ms: int) -> str:
    hours, rest = divmod(ms // SECOND, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
