"""What words a document is found by: of its captions, of the objects seen, of its video's title."""

from dataclasses import dataclass

from kernel.contracts.embeddings import Document
from kernel.language import Lexicon
from kernel.spelling import normal


@dataclass(frozen=True)
class Lexemes:
    """Distinct lexemes by where they stand; Korean and English together."""

    captions: list[str]
    objects: list[str]
    title: list[str]


def lexemes(document: Document, lexicon: Lexicon) -> Lexemes:
    captions = [text for text in (document.text_ko, document.text_en) if text]
    return Lexemes(
        captions=_of(captions, lexicon), objects=_of(document.objects, lexicon), title=_of([document.title], lexicon)
    )


def _of(texts: list[str], lexicon: Lexicon) -> list[str]:
    return list(dict.fromkeys(lexeme for text in texts for lexeme in lexicon.lexemes(normal(text))))
