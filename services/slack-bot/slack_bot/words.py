"""What the bot says, in Korean and English.

`python -m slack_bot.words` rewrites both catalogues and keeps their translations.
"""

from collections.abc import Callable
from pathlib import Path

from kernel import catalogues
from kernel.contracts.errors import LANGUAGES, Language

ROOM = Path(__file__).parent
LOCALE = ROOM / "locale"

Say = Callable[..., str]


def speaker(language: Language) -> Say:
    """Says a message in that language; what it names in `%(…)s` comes as keywords."""
    found = catalogues.translations(LOCALE, language)

    def say(message: str, **params: object) -> str:
        said = found.gettext(message)
        return said % params if params else said

    return say


def main() -> None:
    said = list(catalogues.messages(ROOM))
    for language in LANGUAGES:
        catalogues.write(LOCALE, language, catalogues.renewed(LOCALE, language, said))


if __name__ == "__main__":
    main()
