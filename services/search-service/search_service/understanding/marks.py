"""What else a question may name of a scene: shot scale, who wrote the caption, certainty. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from kernel.contracts.captions import ShotScale
from kernel.contracts.embeddings import CaptionOrigin
from search_service.understanding.parts import Meaning, Part, Where, overlap, part

_SHOT = r"\s*[-]?(?:샷|숏|shots?|앵글|angles?)"
_KO_END = r"(?:으로|로|에서|에|의|인)?(?:\s*(?:잡은|찍은|잡힌|찍힌))?(?![가-힣])"
SCALES: tuple[tuple[str, tuple[ShotScale, ...], str, str], ...] = (
    (
        rf"익스트림\s*클로즈\s*업(?:{_SHOT})?{_KO_END}|\bextreme\s+close[\s-]?ups?\b(?:{_SHOT}\b)?(?:\s+of\b)?",
        ("extreme_close_up",),
        "익스트림 클로즈업",
        "extreme close-up",
    ),
    (
        rf"클로즈\s*업(?:{_SHOT})?{_KO_END}|얼굴(?:이|을)?\s*(?:크게|가까이){_KO_END}|\bclose[\s-]?ups?\b(?:{_SHOT}\b)?(?:\s+of\b)?",
        ("close_up", "extreme_close_up"),
        "클로즈업",
        "close-up",
    ),
    (
        rf"(?:미디엄|미디움|바스트|웨이스트)(?:{_SHOT}){_KO_END}|\b(?:medium|waist|bust)(?:{_SHOT})\b(?:\s+of\b)?",
        ("medium",),
        "미디엄 샷",
        "medium shot",
    ),
    (rf"(?:풀|전신)(?:{_SHOT}){_KO_END}|\bfull[\s-](?:body\s+)?shots?\b(?:\s+of\b)?", ("full",), "풀 샷", "full shot"),
    (
        rf"(?:와이드|롱)(?:{_SHOT}){_KO_END}|와이드{_KO_END}|\b(?:wide|long)(?:{_SHOT})\b(?:\s+of\b)?|\bwide\s+of\b|\bwide(?=\s*$)",
        ("wide",),
        "와이드 샷",
        "wide shot",
    ),
)
_CAPTION = r"\s*(?:캡션|설명|자막|문장|captions?|descriptions?)"
_OF = r"(?:이|가|만|에서|에|의|으로|로|인|있는|이\s*있는|이\s*달린)*(?![가-힣])"
_MENDED = r"(?:고친|수정한|바로잡은|교정한|다듬은|손본|편집한)"
ORIGINS: tuple[tuple[str, CaptionOrigin, str, str], ...] = (
    (
        (
            rf"(?:사람이|편집자가|직접|손으로|수동으로)\s*(?:쓴|적은|작성한|단|{_MENDED}){_CAPTION}{_OF}|(?:사람|수동){_CAPTION}{_OF}"
            rf"|(?<![가-힣])(?:{_MENDED}|수정된|교정된){_CAPTION}{_OF}"
            rf"|\b(?:human|hand)[\s-]?(?:written|made|corrected|edited)?{_CAPTION}\b|\b(?:corrected|edited){_CAPTION}\b"
            rf"|{_CAPTION}\s+(?:(?:written|corrected|edited)\s+)?by\s+(?:a\s+)?(?:humans?|persons?|people)\b"
        ),
        "human",
        "사람이 쓴 설명",
        "human captions",
    ),
    (
        (
            rf"(?:기계가|모델이|AI가|자동으로)\s*(?:쓴|만든|생성한|작성한|단){_CAPTION}{_OF}"
            rf"|(?:기계|자동|AI|인공지능){_CAPTION}{_OF}"
            rf"|\b(?:machine|auto(?:matic)?|ai|generated)[\s-]?(?:written|made|generated)?{_CAPTION}\b"
            rf"|{_CAPTION}\s+(?:written\s+|made\s+)?by\s+(?:a\s+)?(?:machines?|models?|ai)\b"
        ),
        "machine",
        "기계가 쓴 설명",
        "machine captions",
    ),
    (
        rf"(?:가져온|불러온|임포트(?:된|한)?){_CAPTION}{_OF}|\bimported{_CAPTION}\b",
        "import",
        "가져온 설명",
        "imported captions",
    ),
)
SURE = 0.9
CERTAIN: tuple[str, ...] = (
    r"(?:확신도|확실도|신뢰도|정확도|확률)(?:가|이)?\s*(?P<n>\d{1,3}(?:\.\d+)?)\s*(?P<p>%|퍼센트|프로)?\s*(?:이상|넘는|초과)(?:인|의|으로)?(?![가-힣])",
    r"(?<![\d.])(?P<n>\d{1,3})\s*(?P<p>%|퍼센트|프로)\s*이상(?:인|의|으로|만)?(?![가-힣])(?!\s*확실)",
    r"\b(?:at\s+least|over|above)\s+(?P<n>\d{1,3})\s*(?P<p>%|percent)(?!\s*(?:sure|certain|confident))",
    r"(?P<n>\d{1,3})\s*(?P<p>%|퍼센트|프로)\s*(?:이상|넘게)?\s*확실(?:한|히|하게)(?![가-힣])",
    r"\b(?:with\s+)?(?:confidence|certainty|probability)\s*(?:of\s+)?(?:over|above|at\s+least|>=?|≥)?\s*(?P<n>\d{1,3}(?:\.\d+)?)\s*(?P<p>%|percent)?",
    r"\b(?:at\s+least\s+)?(?P<n>\d{1,3})\s*(?P<p>%|percent)\s+(?:sure|certain|confident)\b",
    r"(?:확실한|확실히|확실하게|분명히)(?:\s+(?=[가-힣]))?(?![가-힣])",
    r"\b(?:certainly|definitely|surely|for\s+sure)\b",
)
READ_SCALES = [(re.compile(pattern, re.IGNORECASE), *rest) for pattern, *rest in SCALES]
READ_ORIGINS = [(re.compile(pattern, re.IGNORECASE), *rest) for pattern, *rest in ORIGINS]
READ_CERTAIN = [re.compile(pattern, re.IGNORECASE) for pattern in CERTAIN]


def marks(text: str, taken: Sequence[Where] = ()) -> Iterator[Part]:
    """Scale, origin and certainty, where nothing else was read."""
    places = list(taken)
    for found, scales, ko, en in _found(text, READ_SCALES, places):
        yield part("scale", text, [found.span()], (ko, en), Meaning(scales=frozenset(scales)))
    for found, origin, ko, en in _found(text, READ_ORIGINS, places):
        yield part("origin", text, [found.span()], (ko, en), Meaning(origins=frozenset({origin})))
    for pattern in READ_CERTAIN:
        for found in pattern.finditer(text):
            least = _least(found.groupdict())
            if least is not None and not overlap(found.span(), places):
                places.append(found.span())
                labels = f"확신도 {least:.0%} 이상", f"at least {least:.0%} sure"
                yield part("certain", text, [found.span()], labels, Meaning(certain=least))


def _found(text: str, patterns: Sequence[Sequence[Any]], places: list[Where]) -> Iterator[tuple[Any, ...]]:
    for pattern, *rest in patterns:
        for found in pattern.finditer(text):
            if not overlap(found.span(), places):
                places.append(found.span())
                yield found, *rest


def _least(said: dict[str, str | None]) -> float | None:
    """A certainty from 0 to 1; None for what can be none."""
    number = said.get("n")
    if number is None:
        return SURE
    least = float(number) / (100 if said.get("p") or float(number) > 1 else 1)
    return least if 0 < least <= 1 else None
