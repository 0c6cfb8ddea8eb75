"""Why a hit is a hit, in the words of the caption and the names of the gallery. Pure."""

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from kernel.contracts.embeddings import CaptionOrigin, PersonMention
from kernel.contracts.errors import Language
from kernel.contracts.search import Evidence
from kernel.contracts.time import Span
from kernel.language import HANGUL, Lexicon, Word, sentences
from search_service.rank import Candidate, Matched, Weights, meaning_alone, words_alone, words_share
from search_service.understanding.gallery import Gallery

KO: Language = "ko"
EN: Language = "en"


@dataclass(frozen=True)
class Scene:
    """What is shown of a document."""

    video_id: UUID
    title: str
    span: Span
    text_ko: str | None
    text_en: str | None
    origin: CaptionOrigin
    observed: bool
    caption_model: str | None
    unknown_faces: int
    objects: tuple[str, ...]
    people: tuple[PersonMention, ...]
    strangers: tuple[Span, ...] = ()  # when somebody unknown is on screen


@dataclass(frozen=True)
class Asking:
    """What a question looked for, as far as reasons go."""

    gallery: Gallery
    who: Sequence[frozenset[UUID]]
    weights: Weights
    floor: float
    language: Language
    content: bool = True  # more than people was asked for


def evidence(candidate: Candidate, scene: Scene, asking: Asking) -> list[Evidence]:
    """Every reason: people, that they are there at once, words, what translates them, objects, meaning."""
    share = words_share(candidate.matched, asking.weights)
    return [
        *_people(scene, asking),
        *_together(scene, asking),
        *_words(candidate, scene, asking, share),
        *_translations(candidate, scene, asking),
        *_objects(candidate, scene, asking, share),
        *_meaning(candidate, scene, asking.floor),
    ]


def _people(scene: Scene, asking: Asking) -> Iterator[Evidence]:
    wanted = frozenset[UUID]().union(*asking.who)
    for mention in scene.people:
        name = asking.gallery.by_id.get(mention.person_id)
        if mention.person_id in wanted and name is not None:
            text = name.name_ko if asking.language == "ko" else name.name_en
            certainty = 1.0 if mention.human else mention.probability
            yield Evidence(kind="person", text=text, score=certainty, language=asking.language, probability=certainty)


def _together(scene: Scene, asking: Asking) -> Iterator[Evidence]:
    """That all who were asked for are there at once: what was asked of several is looked for to the millisecond."""
    surest = _surest(scene, asking.who)
    if len(surest) < 2:  # noqa: PLR2004 - one alone is not together
        return
    names = [asking.gallery.by_id[person] for person in surest if person in asking.gallery.by_id]
    said = ", ".join(name.name_ko if asking.language == "ko" else name.name_en for name in names)
    sure = certainty(scene, asking.who)
    yield Evidence(kind="set", text=said, score=sure, language=asking.language, probability=sure)


def certainty(scene: Scene, who: Sequence[frozenset[UUID]]) -> float:
    """How probable it is that everybody asked for is there; of each set, the surest counts, and each person once."""
    surest = _surest(scene, who)
    return math.prod(surest.values()) if all(anybody & surest.keys() for anybody in who) else 0.0


def _surest(scene: Scene, who: Sequence[frozenset[UUID]]) -> dict[UUID, float]:
    """Of each set whoever is there most surely."""
    known = {mention.person_id: 1.0 if mention.human else mention.probability for mention in scene.people}
    there = (max(anybody & known.keys(), key=lambda one: (known[one], one), default=None) for anybody in who)
    return {one: known[one] for one in there if one is not None}


def _words(candidate: Candidate, scene: Scene, asking: Asking, share: float) -> Iterator[Evidence]:
    own = frozenset(lexeme for concept in asking.weights for lexeme in concept.own)
    caption = Matched(caption=candidate.matched.caption & own)
    title = Matched(title=candidate.matched.title & own)
    places: tuple[tuple[str | None, Language, Matched], ...] = (
        (scene.text_ko, "ko", caption),
        (scene.text_en, "en", caption),
        (scene.title, "ko" if HANGUL.search(scene.title) else "en", title),
    )
    for text, language, found in places:
        written = _written(text, found.caption | found.title, asking.gallery.lexicon) if text else []
        if written:
            alone = words_alone(found, asking.weights)
            yield Evidence(kind="words", text=", ".join(written), score=share, language=language, probability=alone)


def _translations(candidate: Candidate, scene: Scene, asking: Asking) -> Iterator[Evidence]:
    """Other words of a caption that answer a word of the question: which, and which."""
    for concept in asking.weights:
        found = concept.best(candidate.matched.caption)
        if found is None or found[0] == concept.own:
            continue
        for text, language in ((scene.text_en, EN), (scene.text_ko, KO)):
            written = _written(text, frozenset(found[0]), asking.gallery.lexicon) if text else []
            if written:
                yield Evidence(
                    kind="translation",
                    text=" ".join(written),
                    score=found[1],
                    language=language,
                    asked=concept.written,
                    probability=words_alone(Matched(caption=frozenset(found[0])), asking.weights),
                )
                break


@functools.lru_cache(maxsize=5_000)
def _words_of(text: str, lexicon: Lexicon) -> list[Word]:
    """Captions that are shown are shown again: cutting one costs as much as finding it."""
    return lexicon.words(text)


def _written(text: str, matched: frozenset[str], lexicon: Lexicon) -> list[str]:
    """The matched words as the text writes them, in its order; words found inside of others come last."""
    if not matched:
        return []
    words = [word for word in _words_of(text, lexicon) if word.lexeme in matched]
    read = {word.lexeme for word in words}
    inside = [lexeme for lexeme in sorted(matched) if lexeme not in read and lexeme in text]
    return list(dict.fromkeys([*(text[word.start : word.end] for word in words), *inside]))


def _objects(candidate: Candidate, scene: Scene, asking: Asking, share: float) -> Iterator[Evidence]:
    matched = candidate.matched.object
    for label in scene.objects if matched else ():
        found = matched.intersection(asking.gallery.lexicon.lexemes(label))
        if found:
            yield Evidence(
                kind="object",
                text=label,
                score=share,
                language="ko" if HANGUL.search(label) else "en",
                probability=words_alone(Matched(object=found), asking.weights),
            )


def _meaning(candidate: Candidate, scene: Scene, floor: float) -> Iterator[Evidence]:
    closest = candidate.closest
    if closest is not None and closest.cosine >= floor:
        language, text = (KO, scene.text_ko) if closest.part.startswith("ko") else (EN, scene.text_en)
        yield Evidence(
            kind="meaning",
            text=_part(text or "", closest.part),
            score=min(1.0, closest.cosine),
            language=language,
            probability=meaning_alone(candidate),
        )


def _part(text: str, part: str) -> str:
    """The sentence that a part names; the whole text when the index has another by now."""
    _, _, number = part.partition(".")
    said = sentences(text)
    return said[int(number) - 1] if number and int(number) <= len(said) else text
