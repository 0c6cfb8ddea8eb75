"""The interface in Korean and English."""

from gettext import NullTranslations
from pathlib import Path

from fastapi import Request

from kernel import catalogues
from kernel.contracts.errors import LANGUAGES, Language

LOCALE = Path(__file__).parent / "locale"
COOKIE = "lang"


def reader_language(request: Request, default: Language) -> Language:
    """What the reader chose (`?lang=`, then the cookie), else what their browser asks for first, else `default`."""
    chosen = request.query_params.get("lang") or request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return "ko" if chosen == "ko" else "en"
    return _preferred(request.headers.get("accept-language", "")) or default


def _preferred(header: str) -> Language | None:
    """The first of our languages by the header's weights."""
    asked: list[tuple[float, Language]] = []
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        language = tag.partition("-")[0].casefold()
        if language in LANGUAGES:
            asked.append((_number(weight), "ko" if language == "ko" else "en"))
    return max(asked, key=lambda pair: pair[0])[1] if asked else None


def _number(weight: str) -> float:
    try:
        return float(weight or 1)
    except ValueError:
        return 0


def translations(language: Language) -> NullTranslations:
    """The messages of a language. English is what the templates say."""
    return catalogues.translations(LOCALE, language)
