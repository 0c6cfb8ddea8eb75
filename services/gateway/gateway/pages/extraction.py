"""Finding the messages of the pages.

`python -m gateway.pages.extraction` rewrites both catalogues and keeps their translations.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog

from gateway.pages.language import LOCALE
from kernel import catalogues
from kernel.catalogues import Message
from kernel.contracts.errors import LANGUAGES

PAGES = Path(__file__).parent
OPTIONS = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}


def messages() -> Iterator[Message]:
    """Every message of templates and code; a pair where there is a plural."""
    return catalogues.messages(PAGES, OPTIONS)


def renewed(language: str) -> Catalog:
    """The catalogue of a language with exactly the messages there are now."""
    return catalogues.renewed(LOCALE, language, messages())


def stored(language: str) -> Catalog:
    return catalogues.stored(LOCALE, language)


def main() -> None:
    for language in LANGUAGES:
        catalogues.write(LOCALE, language, renewed(language))


if __name__ == "__main__":
    main()
