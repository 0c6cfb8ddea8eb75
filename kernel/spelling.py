"""One spelling of a text, and what the spellings of one name share.

The gallery and the index stand on this together: names that search takes for one are one in the gallery.
"""

import unicodedata


def normal(text: str) -> str:
    """NFC with single spaces; control characters, which PostgreSQL and people cannot read, become spaces."""
    composed = unicodedata.normalize("NFC", text)
    readable = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in composed)
    return " ".join(readable.split())


# Letters and symbols that show nothing: Hangul fillers, the empty Braille cell.
UNSEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def key(name: str) -> str:
    """What spellings of one name share: compatibility forms, case, spaces and what cannot be seen do not count."""
    seen = (c for c in normal(name) if unicodedata.category(c) != "Cf" and c not in UNSEEN)
    return "".join(unicodedata.normalize("NFKC", "".join(seen)).casefold().split())
