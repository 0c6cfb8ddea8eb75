"""What words a document is found by: of its captions, of the objects seen, of its video's title."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kernel.language import Lexicon
from kernel.spelling import normal


@dataclass(frozen=True)
class Lexemes:
    """Distinct lexemes by where they stand; Korean and English together."""

    captions: list[str]
    objects: list[str]
    title: list[str]


class Worded(Protocol):
    """What has words: a document, or its row."""

    @property
    def text_ko(self) -> str | None: ...
    @property
    def text_en(self) -> str | None: ...
    @property
    def objects(self) -> Sequence[str]: ...
    @property
    def title(self) -> str: ...


def lexemes(document: Worded, lexicon: Lexicon) -> Lexemes:
    captions = [text for text in (document.text_ko, document.text_en) if text]
    return Lexemes(
        captions=_of(captions, lexicon), objects=_of(document.objects, lexicon), title=_of([document.title], lexicon)
    )


def _of(texts: Sequence[str], lexicon: Lexicon) -> list[str]:
    return list(dict.fromkeys(lexeme for text in texts for lexeme in lexicon.lexemes(normal(text))))
