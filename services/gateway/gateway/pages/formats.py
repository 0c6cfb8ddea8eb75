"""How times, numbers and days are written."""

import json
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from babel.dates import format_date, format_datetime

from kernel.contracts.errors import Language
from kernel.contracts.model import Value

A_MINUTE_MS = 60_000


def timecode(ms: int) -> str:
    """`00:09:20.000`"""
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def clock(ms: int) -> str:
    """`9:20`, `1:09:20`; seconds rounded down."""
    hours, minutes, seconds = ms // 3_600_000, ms // 60_000 % 60, ms // 1000 % 60
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def seconds(ms: int, language: Language) -> str:
    """`5.0초`, `5.0 s`; from a minute on, `1:20`."""
    if ms >= A_MINUTE_MS:
        return clock(ms)
    return f"{ms / 1000:.1f}초" if language == "ko" else f"{ms / 1000:.1f} s"


def duration(seconds_: float, language: Language) -> str:
    """The same from seconds: `5.0초`, `12:40`."""
    return seconds(round(1000 * seconds_), language)


def as_json(value: Value | Sequence[Value]) -> str:
    """For the scripts, in an attribute: the template escapes it."""
    plain = value.model_dump(mode="json") if isinstance(value, Value) else [v.model_dump(mode="json") for v in value]
    return json.dumps(plain, ensure_ascii=False)


def site(address: str) -> str:
    """Where an address leads, without the way there: `example.org`."""
    return urlsplit(address).hostname or address


def local(address: str) -> str:
    """An address of ours without the host: the reader may have come by another."""
    return urlsplit(address)._replace(scheme="", netloc="").geturl()


def speed(realtime: float, language: Language) -> str:
    """`3.4× 실시간`"""
    return f"{realtime:.1f}× 실시간" if language == "ko" else f"{realtime:.1f}× real time"


def share(value: float) -> str:
    """`0.91`"""
    return f"{value:.2f}"


def day(at: datetime, language: Language) -> str:
    return str(format_date(at.astimezone(), format="medium", locale=language))


def moment(at: datetime, language: Language) -> str:
    """A day and a time: `11월 28일 18:40`, `Nov 28, 18:40`."""
    pattern = "M월 d일 HH:mm" if language == "ko" else "MMM d, HH:mm"
    return str(format_datetime(at.astimezone(), pattern, locale=language))
