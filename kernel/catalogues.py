"""Messages in Korean and English: GNU gettext catalogues, compiled from `locale/*/LC_MESSAGES/messages.po` at start."""

import functools
import gettext
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages import mofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from kernel.contracts.errors import Language

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "say": None}

Message = str | tuple[str, str]


@functools.cache
def translations(locale: Path, language: Language) -> gettext.NullTranslations:
    """The messages of a language. English is what the code says."""
    compiled = io.BytesIO()
    mofile.write_mo(compiled, stored(locale, language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def messages(room: Path, options: dict[str, dict[str, Any]] | None = None) -> Iterator[Message]:
    """Every message of a room's code and templates; a pair where there is a plural."""
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    for _file, _line, message, _comments, _context in extract_from_dir(room, methods, options or {}, KEYWORDS):
        yield message if isinstance(message, str) else (message[0], message[1])


def stored(locale: Path, language: str) -> Catalog:
    with _file(locale, language).open("rb") as file:
        return read_po(file, locale=language)


def renewed(locale: Path, language: str, said: Iterable[Message]) -> Catalog:
    """The catalogue of a language with exactly these messages; translations are kept."""
    template = Catalog()
    for message in sorted(set(said), key=str):
        template.add(message)
    catalog = stored(locale, language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def write(locale: Path, language: str, catalog: Catalog) -> None:
    with _file(locale, language).open("wb") as file:
        write_po(file, catalog, sort_output=True, omit_header=False, width=0)


def _file(locale: Path, language: str) -> Path:
    return locale / language / "LC_MESSAGES" / "messages.po"
