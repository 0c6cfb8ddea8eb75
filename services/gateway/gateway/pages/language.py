"""The interface in Korean and English: GNU gettext messages, compiled from `locale/*.po` at start."""

import functools
import gettext
import io
from pathlib import Path

from babel.messages import mofile, pofile
from fastapi import Request

from kernel.contracts.errors import Language

LOCALE = Path(__file__).parent / "locale"
LANGUAGES: tuple[Language, ...] = ("ko", "en")
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


@functools.cache
def translations(language: Language) -> gettext.NullTranslations:
    """The messages of a language. English is what the templates say."""
    catalog_file = LOCALE / language / "LC_MESSAGES" / "messages.po"
    with catalog_file.open("rb") as file:
        catalog = pofile.read_po(file, locale=language)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
