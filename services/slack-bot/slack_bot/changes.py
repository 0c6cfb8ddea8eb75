"""From what a form says to what is to be done with a segment. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from kernel.contracts.editing import ChangePeople, Command, Delete, Merge, Move, SetCaption, Split
from kernel.contracts.errors import LANGUAGES, Language
from kernel.contracts.library import ListedSegment, Segment
from slack_bot import times
from slack_bot.blocks import scenes
from slack_bot.words import Say

Deed = Literal["keep", "split", "merge", "delete"]


@dataclass(frozen=True)
class Form:
    """A segment as somebody would have it, and what else is to be done with it."""

    start_ms: int
    end_ms: int
    captions: Mapping[Language, str] = field(default_factory=dict)
    people: tuple[UUID, ...] = ()
    deed: Deed = "keep"
    at_ms: int | None = None


@dataclass(frozen=True)
class Change:
    """One command, and what it changes: `before` and `after` are as they are shown, `field` is what is named so."""

    field: Literal["ko", "en", "people", "span", "split", "merge", "delete"]
    command: Command
    before: Any = None
    after: Any = None


def form_of(segment: Segment) -> Form:
    """As the segment is."""
    return Form(
        start_ms=segment.span.start_ms,
        end_ms=segment.span.end_ms,
        captions={language: scenes.text_of(segment.captions, language) for language in LANGUAGES},
        people=tuple(dict.fromkeys(one.person_id for one in segment.people if one.person_id)),
    )


def read(state: Mapping[str, Any], say: Say) -> tuple[Form | None, dict[str, str]]:
    """The form as it was filled in; or by field what cannot be read."""
    start, end, at = (times.read(_text(state, name)) for name in ("start", "end", "at"))
    deed: Deed = (_of(state, "deed").get("selected_option") or {"value": "keep"})["value"]
    wrong = {name: say("Write a time like 1:02.480") for name, said in (("start", start), ("end", end)) if said is None}
    if start is not None and end is not None and end <= start:
        wrong["end"] = say("A scene ends after it starts.")
    if deed == "split" and at is None:
        wrong["at"] = say("Where is it to be split? Write a time like 1:02.480")
    if wrong or start is None or end is None:
        return None, wrong
    captions: dict[Language, str] = {language: _text(state, language).strip() for language in LANGUAGES}
    chosen = tuple(UUID(one["value"]) for one in _of(state, "people").get("selected_options") or ())
    return Form(start, end, captions, chosen, deed, at), {}


def _of(state: Mapping[str, Any], block: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = state.get(block, {}).get("value") or {}
    return found


def _text(state: Mapping[str, Any], block: str) -> str:
    return str(_of(state, block).get("value") or "")


def changes(segment: Segment, form: Form, following: ListedSegment | None) -> list[Change]:
    """What has to be done, in order. Deleting makes the rest needless."""
    if form.deed == "delete":
        return [Change("delete", Delete(op="delete", segment_ids=[segment.id]))]
    was = form_of(segment)
    return [
        *_captions(segment, was, form),
        *_people(segment, was, form),
        *_span(segment, was, form),
        *_deed(segment, form, following),
    ]


def _captions(segment: Segment, was: Form, form: Form) -> list[Change]:
    made = []
    for language in LANGUAGES:
        before, after = was.captions.get(language, ""), form.captions.get(language, "")
        if before.strip() != after:
            command = SetCaption(op="caption", segment_ids=[segment.id], language=language, text=after or None)
            made.append(Change(language, command, before, after))
    return made


def _people(segment: Segment, was: Form, form: Form) -> list[Change]:
    add = [one for one in form.people if one not in was.people]
    remove = [one for one in was.people if one not in form.people]
    if not add and not remove:
        return []
    command = ChangePeople(op="people", segment_ids=[segment.id], add=add, remove=remove)
    return [Change("people", command, was.people, form.people)]


def _span(segment: Segment, was: Form, form: Form) -> list[Change]:
    start = form.start_ms if form.start_ms != was.start_ms else None
    end = form.end_ms if form.end_ms != was.end_ms else None
    if start is None and end is None:
        return []
    command = Move(op="move", segment_id=segment.id, start_ms=start, end_ms=end)
    return [Change("span", command, (was.start_ms, was.end_ms), (form.start_ms, form.end_ms))]


def _deed(segment: Segment, form: Form, following: ListedSegment | None) -> list[Change]:
    if form.deed == "split" and form.at_ms is not None:
        return [Change("split", Split(op="split", segment_id=segment.id, at_ms=[form.at_ms]), after=form.at_ms)]
    if form.deed == "merge" and following is not None:
        command = Merge(op="merge", segment_ids=[segment.id, following.id])
        return [Change("merge", command, after=(following.span.start_ms, following.span.end_ms))]
    return []
