"""Which texts of a document are embedded. Pure.

Each language a caption is written in gets a vector of its own; a document is as close to a question as the
closer of the two. Joining both languages in one text would put it between them. Title, names and objects
are not embedded: they are looked up as words and people, where they are exact.
"""

import hashlib
from collections.abc import Iterable
from typing import Literal

from kernel.contracts.embeddings import Document
from kernel.contracts.errors import InvalidError, Words
from kernel.spelling import normal

Part = Literal["ko", "en"]
LONGEST = 2_000  # characters


def parts(document: Document) -> dict[Part, str]:
    """The texts to embed, by language; none for a document without a caption."""
    texts: dict[Part, str | None] = {"ko": document.text_ko, "en": document.text_en}
    return {part: clean for part, text in texts.items() if text and (clean := normal(text))}


def fingerprint(document: Document) -> str:
    """SHA-256 of everything a document says but its version: equal fingerprint, nothing to do."""
    return hashlib.sha256(document.model_dump_json(exclude={"version"}).encode()).hexdigest()


def refuse_long(texts: Iterable[str]) -> None:
    """Raises InvalidError for a text longer than LONGEST: cutting it silently would hide its end from search."""
    for text in texts:
        if len(text) > LONGEST:
            en = f"a text of {len(text):,} characters; the most is {LONGEST:,} ({text[:40]}…)"
            ko = f"글이 {len(text):,}자입니다. {LONGEST:,}자까지 쓸 수 있습니다 ({text[:40]}…)"
            raise InvalidError(reason=Words(en, ko))
