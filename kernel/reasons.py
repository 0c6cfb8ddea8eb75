"""Why a scene was found, in words: the same on every door. Pure."""

from kernel.contracts.errors import Language, Words
from kernel.contracts.search import Evidence

SENTENCES: dict[str, Words] = {
    "person": Words("face {text} {score}", "얼굴 {text} {score}"),
    "words": Words("caption “{text}”", "설명 “{text}”"),
    "object": Words("object {text}", "물체 {text}"),
    "translation": Words("“{asked}” → “{text}”", "“{asked}” → “{text}”"),
    "set": Words("together: {text}", "함께: {text}"),
    "similar": Words("looks alike {score}", "비슷한 정도 {score}"),
    "meaning": Words("meaning {score}", "뜻 {score}"),
}
MISSING = Words("nothing of “{words}”", "“{words}” 없음")


def said(reason: Evidence, language: Language, *, name: str | None = None) -> str:
    """`얼굴 민지 0.91`, `설명 “자고”`, `뜻 0.71`; `name`: what a person is called in that language."""
    sentence: str = getattr(SENTENCES[reason.kind], language)
    return sentence.format(text=name or reason.text, score=f"{reason.score:.2f}", asked=reason.asked or "")


def missing(words: str, language: Language) -> str:
    """Of words of the question that nothing in the scene answers to."""
    sentence: str = getattr(MISSING, language)
    return sentence.format(words=words)
