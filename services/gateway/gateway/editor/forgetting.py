"""A segment as it is when somebody has been forgotten. Pure.

Faces that were theirs are unknown; what machines said of them, our own and those of imported metadata, says
"a person". What a person wrote stays a person's word: it is told of, not changed.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from gateway.editor.labels import Naming, labels, reworded
from kernel.contracts.errors import LANGUAGES
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption
from kernel.wording import says, unnamed


class Gone(NamedTuple):
    """Who is forgotten: their ids, everything they were ever called, and what the living are called.

    `living`: every name and alias of everybody else, to those who have it.
    """

    ids: frozenset[UUID]
    names: tuple[str, ...]
    living: Mapping[str, frozenset[UUID]]
    before: Naming
    after: Naming

    @property
    def longest_first(self) -> list[str]:
        return sorted(self.names, key=len, reverse=True)

    @property
    def longer(self) -> list[str]:
        """Names of the living that hold one of theirs."""
        return [name for name in self.living if any(mine in name and mine != name for mine in self.names)]


def without(segment: Segment, gone: Gone) -> Segment:
    """The segment without them."""
    people = [person.person_id for person in segment.people]
    captions = [_unsaid(caption, people, gone) for caption in segment.captions]
    left: Sequence[PersonInSegment] = segment.people
    if not gone.ids.isdisjoint(people):
        # Merged into somebody, they were called by that one's name, which the living keep.
        were = labels(people, gone.before)
        by_another = {one: called for one, called in were.items() if called != gone.before.names[one]}
        captions = reworded(captions, by_another, labels(people, gone.after))
        left = sorted(_unseen(segment.people, gone.ids), key=lambda person: person.person_id is None)
    refused = [one for one in segment.not_people if one not in gone.ids]
    held = [one.model_copy(update={"text": unsaid(one.text, gone)}) for one in segment.held]
    return segment.model_copy(update={"captions": captions, "people": [*left], "not_people": refused, "held": held})


def _unsaid(caption: SegmentCaption, people: Collection[UUID | None], gone: Gone) -> SegmentCaption:
    if caption.origin == "human":
        return caption
    text = caption.text
    for name in gone.longest_first:
        # Somebody else of that very name who is on the segment, while they are not, is whom the sentence means.
        another = not gone.living.get(name, frozenset()).isdisjoint(people) and gone.ids.isdisjoint(people)
        if not another:
            text = unnamed(text, caption.language, name, others=gone.longer)
    original = unsaid(caption.original, gone) if caption.original else None
    changed = (text, original) != (caption.text, caption.original)
    return caption.model_copy(update={"text": text, "original": original}) if changed else caption


def _unseen(people: Iterable[PersonInSegment], ids: Collection[UUID]) -> Iterable[PersonInSegment]:
    """Their faces as unknown ones; a mention without a face is nothing then."""
    for person in people:
        if person.person_id not in ids:
            yield person
        elif person.track_ids or person.seen:
            forgotten = {"person_id": None, "probability": 0.0, "ruled": False, "origin": "machine"}
            yield person.model_copy(update=forgotten)


def unsaid(text: str, gone: Gone) -> str:
    """A note without their names, whatever its language."""
    for name in gone.longest_first:
        for language in LANGUAGES:
            text = unnamed(text, language, name, others=gone.longer)
    return text


def written_by_hand(segment: Segment, gone: Gone) -> bool:
    """Whether a person wrote one of their names on the segment."""
    return any(
        says(unicodedata.normalize("NFC", caption.text), caption.language, name, others=gone.longer)
        for caption in segment.captions
        if caption.origin == "human"
        for name in gone.names
    )
