"""What history says, in words. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from gateway.pages import formats
from kernel.contracts.history import (
    Door,
    EditEntry,
    EditKind,
    FieldChange,
    FieldOpinions,
    SegmentChange,
    ThreeWay,
)
from kernel.contracts.time import Span

Gettext = Callable[[str], str]

MOST_TOLD = 50
UNDOABLE: frozenset[EditKind] = frozenset(
    {"create", "split", "merge", "move", "delete", "caption", "people", "face", "tag", "note", "look_back", "redo"}
)


@dataclass(frozen=True)
class ToldField:
    """One field of a scene: what it was, what it is; empty where it was not there."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class ToldChange:
    """What became of one scene."""

    span: Span
    kind: str
    fields: Sequence[ToldField]


def kinds(_: Gettext) -> dict[EditKind, str]:
    """What was done."""
    return {
        "publish": _("Indexed"),
        "import": _("Imported"),
        "identify": _("People named"),
        "rename": _("Somebody renamed"),
        "create": _("Scene made"),
        "split": _("Split"),
        "merge": _("Merged"),
        "move": _("In and out moved"),
        "delete": _("Deleted"),
        "caption": _("Caption changed"),
        "people": _("People changed"),
        "face": _("Face named"),
        "tag": _("Tags changed"),
        "note": _("Note"),
        "look_back": _("Older faces named"),
        "undo": _("Undone: version"),
        "redo": _("Done again: version"),
        "revert": _("Back to version"),
    }


def doors(_: Gettext) -> dict[Door, str]:
    """Where it came from."""
    return {
        "pipeline": _("Analysis"),
        "import": _("Import"),
        "rest": "REST",
        "page": _("Page"),
        "cli": _("Command line"),
        "slack": "Slack",
    }


def by(actor: str, names: Mapping[str, str], _: Gettext) -> str:
    """Who did it, by what their account is called now."""
    known = {"machine": _("Machine"), "person": _("Somebody"), "local": _("Local user")}
    return {**known, **names}.get(actor, actor)


def fields(_: Gettext) -> dict[str, str]:
    """Parts of a scene, as differences and conflicts name them."""
    return {
        "span": _("In and out"),
        "captions.ko": _("Caption (Korean)"),
        "captions.en": _("Caption (English)"),
        "captions": _("Caption"),
        "person": _("Person"),
        "people": _("People"),
        "not": _("Not there"),
        "tag": _("Tag"),
        "note": _("Note"),
        "machine_captions": _("Caption (machine)"),
        "machine_people": _("People (machine)"),
        "objects": _("Things seen"),
        "scale": _("Shot scale"),
    }


def changes(entry: EditEntry, called: Mapping[UUID, str], _: Gettext) -> list[ToldChange]:
    """The difference an edit made, at most MOST_TOLD scenes of it. `called`: what people are called."""
    spans = {segment.id: segment.span for segment in (*entry.before, *entry.after)}
    named = fields(_)
    return [_told(change, spans[change.segment_id], called, named) for change in entry.changes[:MOST_TOLD]]


@dataclass(frozen=True)
class ToldOpinions:
    """One field of a scene three ways; empty where nothing was said."""

    span: Span
    name: str
    machine_before: str
    machine_now: str
    human: str


def opinions(three: ThreeWay, called: Mapping[UUID, str], _: Gettext) -> list[ToldOpinions]:
    """Where an indexing met what people had said, at most MOST_TOLD fields: what people said stands."""
    named = fields(_)
    every = ((segment.span, field) for segment in three.segments for field in segment.fields)
    return [_three(span, field, called, named) for span, field in islice(every, MOST_TOLD)]


def _three(span: Span, field: FieldOpinions, called: Mapping[UUID, str], named: Mapping[str, str]) -> ToldOpinions:
    name, _, rest = field.field.partition(":")
    sides = (_words(name, rest, value, called) for value in (field.machine_before, field.machine_now, field.human))
    return ToldOpinions(span, named.get(name, name), *sides)


def _told(change: SegmentChange, span: Span, called: Mapping[UUID, str], named: Mapping[str, str]) -> ToldChange:
    told = [_field(field, called, named) for field in change.fields] if change.change == "changed" else []
    return ToldChange(span, change.change, told)


def _field(field: FieldChange, called: Mapping[UUID, str], named: Mapping[str, str]) -> ToldField:
    name, _, rest = field.field.partition(":")
    sides = (_words(name, rest, field.before, called), _words(name, rest, field.after, called))
    return ToldField(named.get(name, name), *sides)


def _words(name: str, rest: str, value: Any, called: Mapping[UUID, str]) -> str:
    """A field's value as somebody would say it; empty when it is not there."""
    if value is None:
        return ""
    if name in {"person", "not"}:
        return called.get(UUID(rest), "?") if rest != "None" else "?"
    say: Mapping[str, Callable[[Any], str]] = {
        "span": lambda span: f"{formats.timecode(span['start_ms'])} – {formats.timecode(span['end_ms'])}",
        "tag": lambda _: rest,
        "note": lambda note: str(note["text"]),
        "people": lambda named: ", ".join(called.get(UUID(who), "?") if who else "?" for who in named),
        "machine_people": lambda mentions: ", ".join(_person(one, called) for one in mentions),
        "objects": lambda seen: ", ".join(str(one["label"]) for one in seen),
    }
    return say.get(name, _plain)(value)


def _plain(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    return " / ".join(str(one.get("text", one)) if isinstance(one, Mapping) else str(one) for one in value)


def _person(mention: Mapping[str, Any], called: Mapping[UUID, str]) -> str:
    who = mention.get("person_id")
    return called.get(UUID(who), "?") if who else "?"
