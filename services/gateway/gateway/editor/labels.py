"""What machine captions call the people of a segment, and how captions follow when that changes. Pure.

A label is a function of who is on the segment, what they are called and who was merged into whom. So a caption is
brought from one state to another and exactly back, in whatever order people are merged, un-merged and renamed.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from gateway.editor.timeline import Edit, Signature, Timeline
from kernel.contracts.errors import LANGUAGES, Language
from kernel.contracts.library import Segment, SegmentCaption
from kernel.wording import SOMEBODY, renamed, says

Names = tuple[str, str]
"""Korean and English display name."""

NOBODY: Names = (SOMEBODY["ko"], SOMEBODY["en"])
NOTHING_KNOWN: Mapping[UUID, Sequence[str]] = {}
SYLLABLES_APART = 28  # the next with the same final consonant


class Naming(NamedTuple):
    """What everybody is called, whom merged people turned out to be, and all that each was ever called."""

    names: Mapping[UUID, Names]
    resolved: Mapping[UUID, UUID]
    known: Mapping[UUID, Sequence[str]] = NOTHING_KNOWN


def labels(people: Iterable[UUID | None], naming: Naming) -> dict[UUID, Names]:
    """What captions call each of the people on one segment.

    Somebody merged is called as whom they turned out to be; where both stand on one segment each keeps the own name.
    """
    here = {person for person in people if person is not None and person in naming.names}
    ends = Counter(naming.resolved.get(person, person) for person in here)
    return {person: naming.names[_called(person, ends, naming)] for person in here}


def _called(person: UUID, ends: Mapping[UUID, int], naming: Naming) -> UUID:
    end = naming.resolved.get(person, person)
    return end if ends[end] == 1 and end in naming.names else person


def relabelled(
    timeline: Timeline, before: Naming, after: Naming, who: Collection[UUID], signed: Signature
) -> Edit | None:
    """The edit after which machine captions call the people of `who` as `after` says; None when they do already."""
    return changed(timeline, who, lambda segment: _segment(segment, before, after), signed)


def changed(
    timeline: Timeline, who: Collection[UUID], change: Callable[[Segment], Segment], signed: Signature
) -> Edit | None:
    """The edit that changes the segments `who` are on; None when that changes nothing."""
    changed = [(old, change(old)) for old in timeline.segments if _any_of(old, who)]
    version = timeline.version + 1
    touched = [(old, new.model_copy(update={"version": version})) for old, new in changed if new != old]
    if not touched:
        return None
    return Edit(
        video_id=timeline.video_id,
        version=version,
        before=tuple(old for old, _ in touched),
        after=tuple(new for _, new in touched),
        **signed._asdict(),
    )


def followed(edit: Edit, naming: Naming, swap: tuple[UUID, UUID] | None = None) -> Edit:
    """The edit with captions that call people as it leaves them: who is gone is "a person", or whoever came instead."""
    were = {segment.id: segment for segment in edit.before}
    after = [_followed(were[one.id], one, naming, swap) if one.id in were else one for one in edit.after]
    return edit.model_copy(update={"after": tuple(after)})


def _followed(old: Segment, new: Segment, naming: Naming, swap: tuple[UUID, UUID] | None) -> Segment:
    before = labels((person.person_id for person in old.people), naming)
    after = labels((person.person_id for person in new.people), naming)
    if swap and swap[0] in before and swap[0] not in after and swap[1] in after and swap[1] not in before:
        after[swap[0]] = after[swap[1]]
    return new.model_copy(update={"captions": reworded(new.captions, before, after, naming.known)})


def _any_of(segment: Segment, who: Collection[UUID]) -> bool:
    return any(person.person_id in who for person in segment.people)


def _segment(segment: Segment, before: Naming, after: Naming) -> Segment:
    people = [person.person_id for person in segment.people]
    captions = reworded(segment.captions, labels(people, before), labels(people, after), before.known)
    return segment.model_copy(update={"captions": captions})


def reworded(
    captions: Sequence[SegmentCaption],
    before: Mapping[UUID, Names],
    after: Mapping[UUID, Names],
    known: Mapping[UUID, Sequence[str]] = NOTHING_KNOWN,
) -> list[SegmentCaption]:
    """Captions that no person wrote, in which each name of `before` is said as that person's of `after`; nobody's is
    "a person".

    A sentence older than a name says another of those its person is `known` by. Two people of one name cannot be
    told apart in a sentence: where only one of them changes, the sentence stays.
    """
    return [_reworded(caption, before, after, known) if caption.origin != "human" else caption for caption in captions]


def _reworded(
    caption: SegmentCaption,
    before: Mapping[UUID, Names],
    after: Mapping[UUID, Names],
    known: Mapping[UUID, Sequence[str]],
) -> SegmentCaption:
    place = LANGUAGES.index(caption.language)
    were = {names[place] for names in before.values()}
    names = [*were, *(names[place] for names in after.values()), *(one for who in before for one in known.get(who, ()))]
    changes: dict[str, set[str]] = {}
    for person, called in before.items():
        said = _name_in(caption, called[place], known.get(person, ()), were, names)
        changes.setdefault(said, set()).add(after.get(person, NOBODY)[place])
    clear = {old: min(new) for old, new in changes.items() if len(new) == 1 and new != {old}}
    wanted = {old: new for old, new in clear.items() if says(caption.text, caption.language, old, others=names)}
    text = _said(caption, wanted, names)
    return caption.model_copy(update={"text": text}) if text != caption.text else caption


def _name_in(
    caption: SegmentCaption, called: str, known: Sequence[str], were: Collection[str], names: Collection[str]
) -> str:
    """By which name a sentence speaks of somebody: as they are called, else another that nobody else there has."""
    if says(caption.text, caption.language, called, others=names):
        return called
    older = (name for name in sorted(known, key=len, reverse=True) if name not in were)
    return next((name for name in older if says(caption.text, caption.language, name, others=names)), called)


def _said(caption: SegmentCaption, said: Mapping[str, str], names: Collection[str]) -> str:
    """The text with every name of `said` as its other. Several at once go by stand-ins: they may be each other's."""
    text = caption.text
    if len(said) <= 1:
        for old, new in said.items():
            text = renamed(text, caption.language, old, new, others=names)
        return text
    stand_ins = {old: _stand_in(caption.language, place) for place, old in enumerate(said)}
    for old, meanwhile in stand_ins.items():
        text = renamed(text, caption.language, old, meanwhile, others=names)
    for old, meanwhile in stand_ins.items():
        text = renamed(text, caption.language, meanwhile, said[old])
    return text


def _stand_in(language: Language, place: int) -> str:
    """A name nobody has, which takes particles and capitals as names do: 뷁각, Qzxa."""
    return f"뷁{chr(ord('각') + SYLLABLES_APART * place)}" if language == "ko" else f"Qzx{'q' * place}a"
