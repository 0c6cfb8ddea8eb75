"""What became of a segment, for whoever looked at an older one; and both sides of a conflict."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from kernel.contracts.editing import SegmentConflict
from kernel.contracts.errors import Language, Problem
from kernel.contracts.history import Difference, FieldChange, FoundSegment
from slack_bot import times
from slack_bot.blocks import scenes
from slack_bot.blocks.kit import Message, actions, button, escaped, packed, section
from slack_bot.blocks.scenes import Names
from slack_bot.words import Say

MOST_LINES = 10
_CONFLICTS = TypeAdapter(list[SegmentConflict])


def lines(difference: Difference, segment: FoundSegment, names: Names, language: Language, say: Say) -> list[str]:
    """What changed on one segment, a line a field."""
    mine = [one for one in difference.segments if one.segment_id == segment.id]
    return [_line(change, names, language, say) for one in mine for change in one.fields][:MOST_LINES]


def _line(change: FieldChange, names: Names, language: Language, say: Say) -> str:
    before, after = (shown(change.field, side, say) for side in (change.before, change.after))
    return f"{escaped(label(change.field, names, language, say))}: {escaped(before)} → {escaped(after)}"


def label(field: str, names: Names, language: Language, say: Say) -> str:
    """What a field of a segment is called."""
    kind, _, its = field.partition(":")
    person = next((one for one in names.values() if str(one.id) == its), None)
    called = scenes.called(person, language) if person else ""
    known = {
        "span": say("In and out"),
        "captions.ko": say("Caption, Korean"),
        "captions.en": say("Caption, English"),
        "machine_captions": say("the machine's caption"),
        "machine_people": say("whom the machine sees"),
        "person": say("with %(name)s", name=called or "?"),
        "not": say("not %(name)s", name=called or "?"),
        "tag": say("tag %(tag)s", tag=its),
        "note": say("note"),
    }
    return known.get(kind, field)


def shown(field: str, value: Any, say: Say) -> str:
    """One side of a field as a person reads it."""
    if value is None:
        return say("nothing")
    if field == "span":
        return _span(value)
    if field.startswith(("person:", "not:", "tag:")):
        return say("yes")
    return ", ".join(_texts(value)) or "…"


def _span(value: Any) -> str:
    found = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
    if not isinstance(found, dict):
        return str(value)
    found = found.get("span", found)
    return f"{times.shown(found['start_ms'])} – {times.shown(found['end_ms'])}"


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping) and isinstance(value.get("text"), str):
        yield value["text"]
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def conflict(problem: Problem, value: Mapping[str, object], names: Names, language: Language, say: Say) -> Message:
    """Somebody was faster: both sides, nothing overwritten, and a way to the form as it is now."""
    head = say("Somebody changed this scene meanwhile. Nothing of yours was written over it.")
    now, yours = say("now"), say("yours")
    told = [
        f"*{escaped(label(one.field, names, language, say))}*\n"
        f"{now}: {escaped(shown(one.field, one.theirs, say))[:600]}\n"
        f"{yours}: {escaped(shown(one.field, one.yours, say))[:600]}"
        for side in _sides(problem)
        for one in side.fields[:MOST_LINES]
    ]
    again = actions(button(say("Edit as it is now"), "card:edit", packed(value) or "", style="primary"))
    return Message(head, [section(f"⚠️ {head}"), *(section(text) for text in told[:20]), again])


def _sides(problem: Problem) -> list[SegmentConflict]:
    try:
        return _CONFLICTS.validate_python((problem.model_extra or {}).get("conflicts", []))
    except ValidationError:
        return []


def gone(segment: FoundSegment, link: str, say: Say) -> Message:
    """A card whose segment is no more: what became of it."""
    if segment.successors:
        head = say("This scene was split or merged meanwhile. What it showed is here now:")
        spans = "\n".join(f"• `{scenes.between(one.span)}`" for one in segment.successors[:10])
        first = segment.successors[0]
        edit = button(say("Edit the first"), "card:edit", packed({"s": str(first.id), "v": first.version}) or "")
        return Message(head, [section(f"{head}\n{spans}"), actions(edit, button(say("Watch"), "card:watch", url=link))])
    head = say("This scene was deleted meanwhile. History in Scenedesk can bring it back.")
    return Message(head, [section(head), actions(button(say("Edit in Web"), "card:web", url=link))])
