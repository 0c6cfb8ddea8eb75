"""Whose word is what on a timeline: human and machine beside each other, and since when. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from gateway.editor.fields import MACHINES_OWN, fields, plain
from gateway.editor.publish import touched_by_human
from gateway.editor.timeline import Edit
from kernel.contracts.embeddings import CaptionOrigin
from kernel.contracts.history import FieldOpinions, SegmentOpinions
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption
from kernel.contracts.time import Span


def three_ways(edit: Edit, settled: Mapping[UUID, Span]) -> list[SegmentOpinions]:
    """Of an indexing's edit: each segment on which a person had spoken and the machine now says something else.

    `settled`: spans the machine had cut where people have cut otherwise.
    """
    were = {segment.id: segment for segment in edit.before}
    found = [
        SegmentOpinions(segment_id=now.id, span=now.span, fields=_said(were[now.id], now))
        for now in edit.after
        if now.id in were and touched_by_human(now)
    ]
    told = [one for one in found if one.fields]
    return [*told, *(_cut(span, settled) for span in edit.withheld)]


def _cut(now: Span, settled: Mapping[UUID, Span]) -> SegmentOpinions:
    """A cut that the machine would have made, beside the one it had made before, which people replaced."""
    before, name = max((now.overlap_ms(span), one) for one, span in settled.items()) if settled else (0, None)
    was = settled[name] if name is not None and before else None
    cut = FieldOpinions(field="span", machine_before=_span(was), machine_now=_span(now))
    return SegmentOpinions(segment_id=name, span=now, fields=[cut])


def _span(span: Span | None) -> dict[str, int] | None:
    return span.model_dump() if span is not None else None


def _said(before: Segment, now: Segment) -> list[FieldOpinions]:
    """Of captions by language and of people: those of which the machine has another opinion."""
    was, says, human = _by_field(before, by_human=False), _by_field(now, by_human=False), _by_field(now, by_human=True)
    return [
        FieldOpinions(field=name, machine_before=was.get(name), machine_now=says.get(name), human=human.get(name))
        for name in dict.fromkeys((*was, *says))
        if was.get(name) != says.get(name)
    ]


def _by_field(segment: Segment, *, by_human: bool) -> dict[str, list[str | None]]:
    said: dict[str, list[str | None]] = defaultdict(list)
    for caption in segment.captions:
        if (caption.origin == "human") is by_human:
            said[f"captions.{caption.language}"].append(caption.text)
    for person in segment.people:
        if (person.origin == "human") is by_human:
            said["people"].append(str(person.person_id) if person.person_id else None)
    return said


class Since(NamedTuple):
    """A value of a segment and the edit that brought it."""

    field: str
    value: Any
    origin: CaptionOrigin
    model_id: str | None
    version: int


def provenance(segment: Segment, history: Sequence[Edit]) -> list[Since]:
    """Each value of a segment with the first of the edits, oldest first, since which it was always there.

    `history` are those that touched the segment, or those it comes from.
    """
    found: dict[tuple[str, str], Since] = {}
    values = list(_values(segment))
    for edit in history:
        there = {_key(name, value) for one in edit.after for name, value, _ in _values(one)}
        for name, value, origin in values:
            key = _key(name, value)
            if key not in there:
                found.pop(key, None)
            elif key not in found:
                found[key] = Since(name, plain(value), origin, _model(value), edit.version)
    return list(found.values())


def _values(segment: Segment) -> Iterable[tuple[str, Any, CaptionOrigin]]:
    for name, value in fields(segment).items():
        if name == "span":
            yield name, value, segment.span_origin
        elif name in MACHINES_OWN and isinstance(value, tuple):
            for one in value:
                yield name, one, one.origin if isinstance(one, PersonInSegment | SegmentCaption) else "machine"
        elif name in MACHINES_OWN:
            yield name, value, "machine"
        else:
            yield name, value, "human"


def _key(name: str, value: Any) -> tuple[str, str]:
    """What makes a value the same one on another part: a person is that person, whenever they are seen in it."""
    if isinstance(value, PersonInSegment):
        return name, f"{value.person_id}:{value.origin}:{value.model_id}"
    if name.startswith("person:"):
        return name, ""
    return name, repr(value)


def _model(value: Any) -> str | None:
    return value.model_id if isinstance(value, PersonInSegment | SegmentCaption) else None
