"""Which texts of a document are embedded. Pure.

Each language a caption is written in gets a vector of its own, and each sentence of a caption that has several; a
document is as close to a question as the closest of them. Joining both languages in one text would put it between
them. Title, names and objects are not embedded: they are looked up as words and people, where they are exact.
"""

import hashlib
from collections.abc import Iterable

from kernel.contracts.embeddings import Document
from kernel.contracts.errors import InvalidError, Words
from kernel.language import sentences
from kernel.spelling import normal

Part = str  # "ko", "en", and their sentences from 1: "en.2"
LONGEST = 2_000  # characters


def parts(document: Document) -> dict[Part, str]:
    """The texts to embed by part; none for a document without a caption."""
    return parts_of(document.text_ko, document.text_en)


def parts_of(text_ko: str | None, text_en: str | None) -> dict[Part, str]:
    """The same from a document's two texts."""
    found: dict[Part, str] = {}
    for language, text in (("ko", text_ko), ("en", text_en)):
        if text and (whole := normal(text)):
            found[language] = whole
            found |= {f"{language}.{number}": one for number, one in enumerate(sentences(whole), start=1)}
    return found


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
