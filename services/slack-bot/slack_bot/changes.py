"""From what a form says to what is to be done with a segment. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast
from uuid import UUID

from kernel.contracts.editing import ChangePeople, Command, Delete, Merge, Move, SetCaption, Split
from kernel.contracts.errors import LANGUAGES, Language
from kernel.contracts.library import Segment
from slack_bot import times
from slack_bot.blocks import scenes
from slack_bot.words import Say

Deed = Literal["keep", "split", "merge", "delete"]


@dataclass(frozen=True)
class Following:
    """The segment that comes next, to be merged with."""

    id: UUID
    start_ms: int
    end_ms: int

    @property
    def written(self) -> str:
        """As the form's choice carries it."""
        return f"merge:{self.id}:{self.start_ms}:{self.end_ms}"

    @classmethod
    def of(cls, written: str) -> "Following | None":
        kind, _, its = written.partition(":")
        if kind != "merge":
            return None
        segment_id, start_ms, end_ms = its.split(":")
        return cls(UUID(segment_id), int(start_ms), int(end_ms))


@dataclass(frozen=True)
class Form:
    """A segment as somebody would have it, and what else is to be done with it."""

    start_ms: int
    end_ms: int
    captions: Mapping[Language, str] = field(default_factory=dict)
    people: tuple[UUID, ...] = ()
    deed: Deed = "keep"
    at_ms: int | None = None
    following: "Following | None" = None


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
    chosen: str = (_of(state, "deed").get("selected_option") or {"value": "keep"})["value"]
    deed = cast("Deed", chosen.partition(":")[0])
    wrong = {name: say("Write a time like 1:02.480") for name, said in (("start", start), ("end", end)) if said is None}
    if start is not None and end is not None and end <= start:
        wrong["end"] = say("A scene ends after it starts.")
    if deed == "split" and at is None:
        wrong["at"] = say("Where is it to be split? Write a time like 1:02.480")
    if wrong or start is None or end is None:
        return None, wrong
    captions: dict[Language, str] = {language: _text(state, language).strip() for language in LANGUAGES}
    return Form(start, end, captions, tuple(called(state)), deed, at, Following.of(chosen)), {}


def called(state: Mapping[str, Any]) -> dict[UUID, str]:
    """Whom the form names, and what it calls them."""
    chosen = _of(state, "people").get("selected_options") or ()
    return {UUID(one["value"]): str(one["text"]["text"]) for one in chosen}


def shown(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The state of a form nobody has touched yet, from its blocks: what it was filled in with."""
    inputs = {block["block_id"]: block["element"] for block in blocks if block["type"] == "input"}
    return {name: {"value": _initial(element)} for name, element in inputs.items()}


def _initial(element: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "value": element.get("initial_value"),
        "selected_options": element.get("initial_options") or [],
        "selected_option": element.get("initial_option"),
    }


def _of(state: Mapping[str, Any], block: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = state.get(block, {}).get("value") or {}
    return found


def _text(state: Mapping[str, Any], block: str) -> str:
    return str(_of(state, block).get("value") or "")


def changes(segment_id: UUID, was: Form, form: Form) -> list[Change]:
    """What has to be done, in order. Deleting makes the rest needless."""
    if form.deed == "delete":
        return [Change("delete", Delete(op="delete", segment_ids=[segment_id]))]
    return [
        *_captions(segment_id, was, form),
        *_people(segment_id, was, form),
        *_span(segment_id, was, form),
        *_deed(segment_id, form),
    ]


def _captions(segment_id: UUID, was: Form, form: Form) -> list[Change]:
    made = []
    for language in LANGUAGES:
        before, after = was.captions.get(language, ""), form.captions.get(language, "")
        if before.strip() != after:
            command = SetCaption(op="caption", segment_ids=[segment_id], language=language, text=after or None)
            made.append(Change(language, command, before, after))
    return made


def _people(segment_id: UUID, was: Form, form: Form) -> list[Change]:
    add = [one for one in form.people if one not in was.people]
    remove = [one for one in was.people if one not in form.people]
    if not add and not remove:
        return []
    command = ChangePeople(op="people", segment_ids=[segment_id], add=add, remove=remove)
    return [Change("people", command, was.people, form.people)]


def _span(segment_id: UUID, was: Form, form: Form) -> list[Change]:
    start = form.start_ms if form.start_ms != was.start_ms else None
    end = form.end_ms if form.end_ms != was.end_ms else None
    if start is None and end is None:
        return []
    command = Move(op="move", segment_id=segment_id, start_ms=start, end_ms=end)
    return [Change("span", command, (was.start_ms, was.end_ms), (form.start_ms, form.end_ms))]


def _deed(segment_id: UUID, form: Form) -> list[Change]:
    if form.deed == "split" and form.at_ms is not None:
        return [Change("split", Split(op="split", segment_id=segment_id, at_ms=[form.at_ms]), after=form.at_ms)]
    if form.deed == "merge" and form.following is not None:
        following = form.following
        command = Merge(op="merge", segment_ids=[segment_id, following.id])
        return [Change("merge", command, after=(following.start_ms, following.end_ms))]
    return []
