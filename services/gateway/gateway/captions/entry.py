"""How what captioners wrote becomes captions of a segment: through the gate, and naming only who is seen there. Pure.

What a person wrote passes untouched, and so do sentences composed from detections. See docs/decisions/0132.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from gateway.captions.gate import judged
from gateway.captions.people import Seen, fitting
from kernel.contracts.errors import Language
from kernel.contracts.library import CaptionFault, HeldCaption, PersonInSegment, Segment, SegmentCaption, Sex
from kernel.wording import says, unnamed

# Names that are words as well: in a caption they are rarely anybody.
WORDS_TOO = frozenset(
    "유리 보라 하늘 바다 나무 소리 슬기 아름 가을 겨울 여름 이슬 노을 장미 나비 사랑 미소 한솔 태양 우주 지구 강산 "  # noqa: SIM905
    "새벽 하루 누리 나라 아이 "
    "Rose Joy Winter Summer Sunny Lily May June April Rain Angel Jade Iris Daisy Grace Hope Faith Crystal Dawn Ivy "
    "Holly Ruby Pearl Star Key Sun Sky Moon Sunday Jay Art Will Mark Bill".split()
)
SHORTEST = 2
CONTRADICTS: CaptionFault = "contradicts_people"


@dataclass(frozen=True)
class Gallery:
    """Whom captions may not name unless they are there: every name and alias to its people; sexes where stated."""

    called: Mapping[str, frozenset[UUID]] = field(default_factory=dict)
    sexes: Mapping[UUID, Sex] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Differs whenever a caption might."""
        called = sorted((name, *map(str, sorted(ids))) for name, ids in self.called.items())
        return sha256(repr((called, sorted(self.sexes.items()))).encode()).hexdigest()


class Entered(NamedTuple):
    captions: list[SegmentCaption]
    held: list[HeldCaption]


NOBODY = Gallery()


def entered(
    captions: Sequence[SegmentCaption], people: Sequence[PersonInSegment], gallery: Gallery = NOBODY
) -> Entered:
    """Captions as they may be shown, those mended with what was written; and what is held back, with its faults."""
    kept: list[SegmentCaption] = []
    held: list[HeldCaption] = []
    for caption in captions:
        if caption.origin == "human" or caption.observed:
            kept.append(caption)
            continue
        text, faults = _mended(caption, people, gallery)
        if text is None:
            held.append(_held(caption, faults))
        else:
            kept.append(_kept(caption, text, faults))
    return Entered(kept, held)


def fitted(segment: Segment, gallery: Gallery) -> Segment:
    """The segment with its captions as they would enter now; those mended for who is there begin as written."""
    written = [_as_written(caption) if CONTRADICTS in caption.faults else caption for caption in segment.captions]
    captions, held = entered(written, segment.people, gallery)
    return segment.model_copy(update={"captions": captions, "held": [*segment.held, *held]})


def _as_written(caption: SegmentCaption) -> SegmentCaption:
    return caption.model_copy(update={"text": caption.original or caption.text, "faults": [], "original": None})


def _mended(
    caption: SegmentCaption, people: Sequence[PersonInSegment], gallery: Gallery
) -> tuple[str | None, list[CaptionFault]]:
    text, found = judged(caption.text, caption.language)
    faults = list(found)
    if text is None:
        return None, faults
    fits = fitting(text, caption.language, seen(people, gallery))
    if fits != text:
        faults.append(CONTRADICTS)
    if fits is None:
        return None, faults
    supported = named_as_seen(fits, caption.language, people, gallery)
    if supported != fits:
        faults.append("unsupported_name")
    return supported, faults


def seen(people: Sequence[PersonInSegment], gallery: Gallery) -> Seen:
    ids = {person.person_id for person in people if person.person_id is not None}
    edges = sorted(
        edge for one in people for span in one.seen for edge in ((span.start_ms, 1), (span.end_ms, -1))
        if one.person_id is not None
    )  # fmt: skip
    at_once, most = 0, 0
    for _, step in edges:
        at_once += step
        most = max(most, at_once)
    return Seen(
        sexes=[gallery.sexes.get(person) for person in ids],
        at_once=min(most, len(ids)),
        unknown=sum(person.person_id is None for person in people),
    )


def named_as_seen(text: str, language: Language, people: Iterable[PersonInSegment], gallery: Gallery) -> str:
    """The text in which whoever is not seen there is "a person"."""
    here = {person.person_id for person in people}
    composed = unicodedata.normalize("NFC", text)
    said = [name for name in gallery.called if _may_name(name) and name.casefold() in composed.casefold()]
    for name in sorted(said, key=len, reverse=True):
        if gallery.called[name].isdisjoint(here) and says(composed, language, name, others=said):
            composed = unnamed(composed, language, name, others=said)
    return text if composed == unicodedata.normalize("NFC", text) else composed


def _may_name(name: str) -> bool:
    return len(name) >= SHORTEST and name not in WORDS_TOO


def _held(caption: SegmentCaption, faults: list[CaptionFault]) -> HeldCaption:
    return HeldCaption(
        text=caption.text,
        language=caption.language,
        origin=caption.origin,
        model_id=caption.model_id,
        faults=faults,
    )


def _kept(caption: SegmentCaption, text: str, faults: list[CaptionFault]) -> SegmentCaption:
    if not faults:
        return caption
    every = list(dict.fromkeys([*caption.faults, *faults]))
    return caption.model_copy(update={"text": text, "faults": every, "original": caption.original or caption.text})
