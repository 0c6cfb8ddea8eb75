"""Finding the messages of the pages.

`python -m gateway.pages.extraction` rewrites both catalogues and keeps their translations.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from gateway.pages.language import LANGUAGES, LOCALE

PAGES = Path(__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "say": None}


def messages() -> Iterator[str | tuple[str, str]]:
    """Every message of templates and code; a pair where there is a plural."""
    options = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
    for _file, _line, message, _comments, _context in extract_from_dir(PAGES, METHODS, options, KEYWORDS):
        yield message if isinstance(message, str) else (message[0], message[1])


def renewed(language: str) -> Catalog:
    """The catalogue of a language with exactly the messages there are now."""
    template = Catalog()
    for message in sorted(set(messages()), key=str):
        template.add(message)
    catalog = stored(language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def stored(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def main() -> None:
    for language in LANGUAGES:
        catalog = renewed(language)
        with (LOCALE / language / "LC_MESSAGES" / "messages.po").open("wb") as file:
            write_po(file, catalog, sort_output=True, omit_header=False, width=0)


if __name__ == "__main__":
    main()
