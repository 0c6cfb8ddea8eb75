"""What of a segment is indexed. Pure."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from gateway.pipeline.merge import together, unknown_faces
from kernel.contracts.embeddings import Document, PersonMention
from kernel.contracts.errors import Language
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption

# A human's word stands above what an older pipeline said, and that above our own machines.
STANDING = {"human": 0, "import": 1, "machine": 2}


NOBODY_MERGED: Mapping[UUID, UUID] = {}


def document_of(segment: Segment, title: str, resolved: Mapping[UUID, UUID] = NOBODY_MERGED) -> Document:
    """The document of a segment: its best caption in each language, and its people as a set.

    `resolved`: merged people to whom they turned out to be; search knows only these.
    """
    captions = ranked(segment.captions)
    best = captions[0] if captions else None
    return Document(
        segment_id=segment.id,
        video_id=segment.video_id,
        version=segment.version,
        span=segment.span,
        title=title,
        text_ko=_text(captions, "ko"),
        text_en=_text(captions, "en"),
        origin=best.origin if best else "machine",
        caption_model=best.model_id if best else None,
        observed=best.observed if best else False,
        people=[_mention(person) for person in together(segment.people, resolved) if person.person_id is not None],
        unknown_faces=unknown_faces(segment.people),
        objects=[label for seen in segment.objects for label in (seen.label, seen.label_ko)],
    )


def ranked(captions: Sequence[SegmentCaption]) -> list[SegmentCaption]:
    """Captions by standing; the order within one standing is kept."""
    return sorted(captions, key=lambda caption: STANDING[caption.origin])


def _text(captions: Sequence[SegmentCaption], language: Language) -> str | None:
    return next((caption.text for caption in captions if caption.language == language), None)


def _mention(person: PersonInSegment) -> PersonMention:
    if person.person_id is None:
        raise ValueError("an unknown face is counted, not mentioned")
    return PersonMention(
        person_id=person.person_id,
        probability=person.probability,
        seen_ms=sum(seen.duration_ms for seen in person.seen),
        human=person.origin == "human" or person.ruled,
    )
