"""The form in which a segment is edited, and what it would change."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from kernel.contracts.editing import LONGEST_TEXT
from kernel.contracts.errors import Language
from kernel.contracts.library import ListedSegment, Segment
from slack_bot import times
from slack_bot.blocks import scenes
from slack_bot.blocks.kit import Block, View, context, escaped, field, modal, option, plain, section
from slack_bot.blocks.scenes import Names
from slack_bot.changes import Change, Following, Form, form_of
from slack_bot.words import Say

EDIT, APPLY = "edit:form", "edit:apply"
MOST_PEOPLE = 50
Called = Mapping[UUID, str]


def form(
    segment: Segment,
    names: Names,
    language: Language,
    say: Say,
    *,
    following: ListedSegment | None,
    since: Sequence[Block],
) -> View:
    """Filled in with the segment as it is; `since`: what changed since the card that was pressed."""
    now = form_of(segment)
    blocks = [
        *since,
        _text("ko", say("Caption, Korean"), now, say),
        _text("en", say("Caption, English"), now, say),
        _people(now, names, language, say),
        field(
            "start",
            say("In"),
            _line(times.shown(now.start_ms)),
            hint=say("1:02.480 is a minute, 2 seconds, 480 ms"),
            optional=False,
        ),
        field("end", say("Out"), _line(times.shown(now.end_ms)), optional=False),
        _deed(say, following=following),
        field("at", say("Split at"), _line(""), hint=say("Only when you split")),
    ]
    return modal(say("Edit a scene"), blocks, close=say("Cancel"), submit=say("Preview"), callback=EDIT)


def _text(language: Language, label: str, now: Form, say: Say) -> Block:
    element: dict[str, Any] = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_TEXT}
    said = now.captions.get(language, "")
    element |= {"initial_value": said[:LONGEST_TEXT]} if said else {"placeholder": plain(say("No caption yet."))}
    return field(language, label, element)


def _line(value: str) -> Block:
    return {"type": "plain_text_input"} | ({"initial_value": value} if value else {})


def _people(now: Form, names: Names, language: Language, say: Say) -> Block:
    element: dict[str, Any] = {
        "type": "multi_external_select",
        "min_query_length": 1,
        "max_selected_items": MOST_PEOPLE,
        "placeholder": plain(say("Part of a name or of an alias")),
    }
    chosen = [option(scenes.called(names[one], language), str(one)) for one in now.people if one in names]
    return field("people", say("People"), element | ({"initial_options": chosen} if chosen else {}))


def _deed(say: Say, *, following: ListedSegment | None) -> Block:
    options = [option(say("Nothing else"), "keep"), option(say("Split it in two"), "split")]
    if following is not None:
        its = Following(following.id, following.span.start_ms, following.span.end_ms)
        options.append(option(say("Merge with the next"), its.written, scenes.between(following.span)))
    options.append(option(say("Delete it"), "delete"))
    return field("deed", say("And also"), {"type": "radio_buttons", "options": options, "initial_option": options[0]})


def preview(made: Sequence[Change], called: Called, say: Say) -> View:
    """What the form would change, before anything is."""
    blocks = [section(told(change, called, say)) for change in made]
    return modal(say("What changes"), blocks, close=say("Back"), submit=say("Save"), callback=APPLY)


def told(change: Change, called: Called, say: Say) -> str:
    """One change as a line, before and after."""
    if change.field == "delete":
        return say("*The scene is deleted.* You can take it back.")
    if change.field == "split":
        return say("*Split* at `%(at)s`", at=times.shown(change.after))
    if change.field == "merge":
        return say("*Merged* with the next scene, `%(span)s`", span=_span(change.after))
    label, before, after = _sides(change, called, say)
    nothing = say("nothing")
    return f"*{label}*\n{_struck(before) or nothing}\n→ {escaped(after) or nothing}"


def _sides(change: Change, called: Called, say: Say) -> tuple[str, str, str]:
    if change.field == "people":
        before, after = (", ".join(called.get(one, "?") for one in side) for side in (change.before, change.after))
        return say("People"), before, after
    if change.field == "span":
        return say("In and out"), _span(change.before), _span(change.after)
    label = say("Caption, Korean") if change.field == "ko" else say("Caption, English")
    return label, change.before, change.after


def _struck(text: str) -> str:
    """Struck through, line by line: Slack strikes no further than a line."""
    return "\n".join(f"~{escaped(line)}~" for line in text.splitlines() if line.strip())[:1400]


def _span(span: tuple[int, int]) -> str:
    return f"{times.shown(span[0])} – {times.shown(span[1])}"


def unchanged(say: Say) -> dict[str, str]:
    """Said at the form's last field when nothing would change."""
    return {"deed": say("Nothing would change yet.")}


def stale(lines: Sequence[str], say: Say) -> list[Block]:
    """Above the form: what others did since the card that was pressed."""
    if not lines:
        return []
    return [
        section(say("🕓 *Changed since your card; the form shows it as it is now:*")),
        context("\n".join(lines)[:2900]),
    ]
