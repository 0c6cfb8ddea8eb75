"""One spelling of a text, and what the spellings of one name share.

The gallery and the index stand on this together: names that search takes for one are one in the gallery.
"""

import unicodedata


def normal(text: str) -> str:
    """NFC with single spaces; control characters, which PostgreSQL and people cannot read, become spaces."""
    composed = unicodedata.normalize("NFC", text)
    readable = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in composed)
    return " ".join(readable.split())


def key(name: str) -> str:
    """What spellings of one name share: compatibility forms, case and spaces do not count."""
    return "".join(unicodedata.normalize("NFKC", normal(name)).casefold().split())
