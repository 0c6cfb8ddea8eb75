"""A segment as named fields, each of which somebody may change on their own. Pure.

Human captions are a field a language, human people, tags and notes a field each; what machines say of captions and
people is one field each, since machines say it anew as a whole.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from kernel.contracts.history import FieldChange, SegmentChange
from kernel.contracts.library import PersonInSegment, Segment, SegmentCaption
from kernel.contracts.time import Span

Fields = dict[str, Any]
"""Name to value; what is not there has no name."""

MACHINE_CAPTIONS, MACHINE_PEOPLE = "machine_captions", "machine_people"
MACHINES_OWN = frozenset({MACHINE_CAPTIONS, MACHINE_PEOPLE, "objects", "scale"})


def fields(segment: Segment) -> Fields:
    """Everything of a segment but its id, video and version."""
    said: Fields = {"span": (segment.span, segment.span_origin)}
    for caption in segment.captions:
        name = f"captions.{caption.language}" if caption.origin == "human" else MACHINE_CAPTIONS
        said[name] = (*said.get(name, ()), caption)
    for person in segment.people:
        name = f"person:{person.person_id}" if person.origin == "human" else MACHINE_PEOPLE
        said[name] = (*said.get(name, ()), person)
    said |= {f"not:{person_id}": True for person_id in segment.not_people}
    said |= {f"tag:{tag}": True for tag in segment.tags}
    said |= {f"note:{note.id}": note for note in segment.notes}
    if segment.objects:
        said["objects"] = tuple(segment.objects)
    if segment.scale is not None:
        said["scale"] = segment.scale
    return said


def with_fields(segment: Segment, changed: Mapping[str, Any]) -> Segment:
    """The segment with these fields as given; None takes a field away. The order of what stays is kept."""
    said = fields(segment)
    for name, value in changed.items():
        if value is None:
            said.pop(name, None)
        else:
            said[name] = value
    span, origin = said["span"]
    captions, people = _all(said, "captions."), _all(said, "person:")
    return segment.model_copy(
        update={
            "span": span,
            "span_origin": origin,
            "captions": [*captions, *said.get(MACHINE_CAPTIONS, ())],
            "people": [*people, *said.get(MACHINE_PEOPLE, ())],
            "not_people": [UUID(name.removeprefix("not:")) for name in said if name.startswith("not:")],
            "tags": [name.removeprefix("tag:") for name in said if name.startswith("tag:")],
            "notes": [value for name, value in said.items() if name.startswith("note:")],
            "objects": list(said.get("objects", ())),
            "scale": said.get("scale"),
        }
    )


def _all(said: Fields, prefix: str) -> list[Any]:
    return [one for name, values in said.items() if name.startswith(prefix) for one in values]


def same(one: Segment | None, other: Segment | None) -> bool:
    """Whether they say the same, in whatever version and order."""
    if one is None or other is None:
        return one is other
    return one.id == other.id and fields(one) == fields(other)


def same_said(one: Segment, other: Segment) -> bool:
    """Whether people say the same of both; what machines say may differ."""
    return set(differing(fields(one), fields(other))) <= MACHINES_OWN


def differing(before: Fields, after: Fields) -> list[str]:
    """Names of the fields that are not the same on both sides, in order."""
    return [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]


def difference(before: Iterable[Segment], after: Iterable[Segment]) -> list[SegmentChange]:
    """What was made, is gone, is changed, field by field; in order of `before`, then of what is new."""
    were, are = {one.id: one for one in before}, {one.id: one for one in after}
    found = [_change(name, were.get(name), are.get(name)) for name in dict.fromkeys((*were, *are))]
    return [change for change in found if change.fields]


def _change(segment_id: UUID, before: Segment | None, after: Segment | None) -> SegmentChange:
    was, now = fields(before) if before else {}, fields(after) if after else {}
    kind: Literal["made", "gone", "changed"] = "changed" if before and after else "made" if after else "gone"
    told = [
        FieldChange(field=name, before=plain(was.get(name)), after=plain(now.get(name))) for name in differing(was, now)
    ]
    return SegmentChange(segment_id=segment_id, change=kind, fields=told)


def plain(value: Any) -> Any:
    """A field's value as JSON. Captions are their texts; a span says its origin."""
    match value:
        case (Span() as span, str() as origin):
            return {"start_ms": span.start_ms, "end_ms": span.end_ms, "origin": origin}
        case (PersonInSegment(), *_) | (SegmentCaption(), *_) | tuple():
            return [one.model_dump(mode="json", exclude_defaults=True) for one in value]
        case BaseModel():
            return value.model_dump(mode="json")
        case _:
            return value
