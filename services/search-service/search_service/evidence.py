"""Why a hit is a hit, in the words of the caption and the names of the gallery. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from kernel.contracts.errors import Language
from kernel.contracts.search import Evidence
from kernel.language import HANGUL, Lexicon
from search_service.rank import Candidate, certainty, words_share
from search_service.understand import Gallery


def evidence(
    candidate: Candidate,
    gallery: Gallery,
    who: Sequence[frozenset[UUID]],
    weights: Mapping[str, float],
    floor: float,
    language: Language,
) -> list[Evidence]:
    """Every reason, the strongest kind first: people, words, objects, meaning."""
    share = words_share(candidate, weights)
    return [
        *_people(candidate, gallery, who, language),
        *_words(candidate, gallery.lexicon, share),
        *_objects(candidate, gallery.lexicon, share),
        *_meaning(candidate, floor),
    ]


def _people(
    candidate: Candidate, gallery: Gallery, who: Sequence[frozenset[UUID]], language: Language
) -> Iterator[Evidence]:
    wanted = frozenset[UUID]().union(*who)
    for mention in candidate.people:
        name = gallery.by_id.get(mention.person_id)
        if mention.person_id in wanted and name is not None:
            text = name.name_ko if language == "ko" else name.name_en
            yield Evidence(kind="person", text=text, score=certainty(mention), language=language)


def _words(candidate: Candidate, lexicon: Lexicon, share: float) -> Iterator[Evidence]:
    places: tuple[tuple[str | None, Language, frozenset[str]], ...] = (
        (candidate.text_ko, "ko", candidate.matched["caption"]),
        (candidate.text_en, "en", candidate.matched["caption"]),
        (candidate.title, "ko" if HANGUL.search(candidate.title) else "en", candidate.matched["title"]),
    )
    for text, language, matched in places:
        written = _written(text, matched, lexicon) if text and matched else []
        if written:
            yield Evidence(kind="words", text=", ".join(written), score=share, language=language)


def _written(text: str, matched: frozenset[str], lexicon: Lexicon) -> list[str]:
    """The matched words as the text writes them, in its order; words found as a part of others come last."""
    words = [word for word in lexicon.words(text) if word.lexeme in matched]
    read = {word.lexeme for word in words}
    inside = [lexeme for lexeme in sorted(matched) if lexeme not in read and lexeme in text]
    return list(dict.fromkeys([*(text[word.start : word.end] for word in words), *inside]))


def _objects(candidate: Candidate, lexicon: Lexicon, share: float) -> Iterator[Evidence]:
    matched = candidate.matched["object"]
    for label in candidate.objects if matched else ():
        if matched.intersection(lexicon.lexemes(label)):
            yield Evidence(kind="object", text=label, score=share, language="ko" if HANGUL.search(label) else "en")


def _meaning(candidate: Candidate, floor: float) -> Iterator[Evidence]:
    closest = candidate.closest
    if closest is not None and closest[1] >= floor:
        text = candidate.text_ko if closest[0] == "ko" else candidate.text_en
        yield Evidence(kind="meaning", text=text or "", score=min(1.0, closest[1]), language=closest[0])
