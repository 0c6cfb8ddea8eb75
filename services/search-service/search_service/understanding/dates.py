"""Days that a question names: 어제, 11월 3일, last week, 2026-11-03. Pure; today is handed in."""

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta

from search_service.understanding.parts import Meaning, Part, Where, overlap, part

Days = tuple[date, date]
MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_MONTH = rf"(?P<name>{'|'.join(f'{month[:3]}(?:{month[3:]})?' if month[3:] else month for month in MONTHS)})\.?"
_END = r"(?:에서|에|의|자|날)?(?:\s*(?:찍은|촬영한|촬영된|올린))?(?![가-힣])"
_IN = r"(?:\b(?:on|in|from|of|during)\s+)?"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"


def _day(today: date, back: int) -> Days:
    day = today - timedelta(days=back)
    return day, day


def _week(today: date, back: int) -> Days:
    """From Monday to Sunday."""
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return monday, monday + timedelta(days=6)


def _month(year: int, month: int) -> Days:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _months_back(today: date, back: int) -> Days:
    years, month = divmod(today.year * 12 + today.month - 1 - back, 12)
    return _month(years, month + 1)


def _year(year: int) -> Days:
    return date(year, 1, 1), date(year, 12, 31)


def _no_later(days: Callable[[int], Days], today: date) -> Days:
    """Of a day without a year, the latest that has come."""
    with suppress(ValueError):
        this = days(today.year)
        if this[0] <= today:
            return this
    for back in range(1, 9):  # 29 February
        with suppress(ValueError):
            return days(today.year - back)
    raise ValueError(today)


def _named(found: re.Match[str]) -> int:
    return [month[:3] for month in MONTHS].index(found["name"][:3].lower()) + 1


def _one(year: int, month: int, day: int) -> Days:
    return date(year, month, day), date(year, month, day)


Read = Callable[[re.Match[str], date], Days]
PATTERNS: tuple[tuple[str, Read], ...] = (
    (
        rf"{_IN}(?<!\d)(?P<y>(?:19|20)\d\d)\s*(?:[-./]|년\s*)\s*(?P<m>1[0-2]|0?[1-9])\s*(?:[-./]|월\s*)\s*{_DAY}일?(?!\d){_END}",
        lambda f, _: _one(int(f["y"]), int(f["m"]), int(f["day"])),
    ),
    (rf"{_IN}{_MONTH}\s+{_DAY}(?:,?\s+(?P<y>(?:19|20)\d\d))?\b", lambda f, t: _with_year(f, t, _named(f))),
    (
        rf"{_IN}(?:the\s+)?{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<y>(?:19|20)\d\d))?\b",
        lambda f, t: _with_year(f, t, _named(f)),
    ),
    (
        rf"(?<!\d)(?P<m>1[0-2]|0?[1-9])월\s*{_DAY}일{_END}",
        lambda f, t: _no_later(lambda year: _one(year, int(f["m"]), int(f["day"])), t),
    ),
    (rf"(?P<y>(?:19|20)\d\d)년\s*(?P<m>1[0-2]|0?[1-9])월{_END}", lambda f, _: _month(int(f["y"]), int(f["m"]))),
    (rf"\b(?:in|of|from)\s+{_MONTH}\s+(?P<y>(?:19|20)\d\d)\b", lambda f, _: _month(int(f["y"]), _named(f))),
    (rf"\b(?:in|from|during|last)\s+{_MONTH}(?!\w)", lambda f, t: _no_later(lambda year: _month(year, _named(f)), t)),
    (rf"(?<![\d년])(?P<m>1[0-2]|0?[1-9])월{_END}", lambda f, t: _no_later(lambda year: _month(year, int(f["m"])), t)),
    (rf"(?<!\d)(?P<y>(?:19|20)\d\d)년(?:도)?{_END}", lambda f, _: _year(int(f["y"]))),
    (r"\b(?:in|from)\s+(?P<y>(?:19|20)\d\d)\b", lambda f, _: _year(int(f["y"]))),
    (rf"(?<![가-힣])오늘{_END}|{_IN}\btoday\b", lambda _, t: _day(t, 0)),
    (rf"(?<![가-힣])어제{_END}|{_IN}\byesterday\b", lambda _, t: _day(t, 1)),
    (rf"(?<![가-힣])(?:그저께|그제|엊그제){_END}|{_IN}\bthe day before yesterday\b", lambda _, t: _day(t, 2)),
    (
        rf"(?<!\d)(?P<n>\d{{1,3}})일\s*전{_END}|\b(?P<k>\d{{1,3}})\s+days?\s+ago\b",
        lambda f, t: _day(t, int(f["n"] or f["k"])),
    ),
    (rf"(?<![가-힣])이번\s*주{_END}|{_IN}\bthis week\b", lambda _, t: _week(t, 0)),
    (rf"(?<![가-힣])(?:지난|저번)\s*주{_END}|{_IN}\blast week\b", lambda _, t: _week(t, 1)),
    (rf"(?<![가-힣])(?:지지난|저저번)\s*주{_END}", lambda _, t: _week(t, 2)),
    (rf"(?<![가-힣])이번\s*달{_END}|{_IN}\bthis month\b", lambda _, t: _months_back(t, 0)),
    (rf"(?<![가-힣])(?:지난|저번)\s*달{_END}|{_IN}\blast month\b", lambda _, t: _months_back(t, 1)),
    (rf"(?<![가-힣])올해{_END}|{_IN}\bthis year\b", lambda _, t: _year(t.year)),
    (rf"(?<![가-힣])(?:작년|지난\s*해){_END}|{_IN}\blast year\b", lambda _, t: _year(t.year - 1)),
)
READ = [(re.compile(pattern, re.IGNORECASE), days) for pattern, days in PATTERNS]


def _with_year(found: re.Match[str], today: date, month: int) -> Days:
    day = int(found["day"])
    if found["y"]:
        return _one(int(found["y"]), month, day)
    return _no_later(lambda year: _one(year, month, day), today)


def dates(text: str, today: date, taken: Sequence[Where] = ()) -> Iterator[Part]:
    """Every day or stretch of days that is named, where nothing else was read."""
    places = list(taken)
    for pattern, days in READ:
        for found in pattern.finditer(text):
            if overlap(found.span(), places):
                continue
            with suppress(ValueError):  # 31 February is no day
                since, until = days(found, today)
                places.append(found.span())
                label = f"{since}" if since == until else f"{since} – {until}"
                yield part("date", text, [found.span()], (label, label), Meaning(since=since, until=until))
