"""Block Kit as Slack documents it: required fields, lengths, and what may stand where. One validator for all of it.

From docs.slack.dev/reference/block-kit and /reference/views.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]
Faults = Iterator[str]

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
INPUTS = {"plain_text_input", "multi_external_select", "external_select", "conversations_select", "radio_buttons"}
IN_MESSAGES = {"section", "context", "actions", "divider", "header", "image"}
IN_VIEWS = IN_MESSAGES | {"input"}


def message_faults(blocks: Sequence[Json], text: str) -> list[str]:
    """What Slack would refuse of a message; empty when it would take it."""
    faults = [] if text and len(text) <= 40_000 else ["a message needs a text for notifications"]
    return [*faults, *_blocks(blocks, MESSAGE_BLOCKS, IN_MESSAGES)]


def view_faults(view: Json) -> list[str]:
    """What Slack would refuse of a modal or of a home tab."""
    modal = view.get("type") == "modal"
    faults = [] if modal or view.get("type") == "home" else [f"no view: {view.get('type')}"]
    if modal:
        faults += list(_plain(view.get("title"), 24, "title"))
        faults += [fault for name in ("submit", "close") if name in view for fault in _plain(view[name], 24, name)]
        if any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
            faults.append("a modal with inputs needs submit")
    faults += list(_long(view.get("private_metadata", ""), 3000, "private_metadata"))
    faults += list(_long(view.get("callback_id", ""), 255, "callback_id"))
    return [*faults, *_blocks(view.get("blocks", []), VIEW_BLOCKS, IN_VIEWS if modal else IN_MESSAGES)]


def _blocks(blocks: Sequence[Json], most: int, allowed: set[str]) -> Faults:
    if not 1 <= len(blocks) <= most:
        yield f"{len(blocks)} blocks"
    named = [block["block_id"] for block in blocks if "block_id" in block]
    if len(named) != len(set(named)):
        yield "block_id twice"
    for number, block in enumerate(blocks):
        kind = block.get("type", "")
        if kind not in allowed:
            yield f"{number}: {kind} may not stand here"
            continue
        yield from (f"{number} {kind}: {fault}" for fault in CHECKS[kind](block))
        yield from _long(block.get("block_id", ""), 255, "block_id")


def _section(block: Json) -> Faults:
    if "text" not in block and not block.get("fields"):
        yield "text or fields"
    if "text" in block:
        yield from _text(block["text"], 3000)
    if "accessory" in block:
        yield from _element(block["accessory"], {"button", "image", "static_select", "overflow"})


def _context(block: Json) -> Faults:
    if not 1 <= len(block["elements"]) <= 10:
        yield f"{len(block['elements'])} elements"
    for element in block["elements"]:
        yield from _element(element, {"image"}) if element["type"] == "image" else _text(element, 3000)


def _actions(block: Json) -> Faults:
    elements = block["elements"]
    if not 1 <= len(elements) <= 25:
        yield f"{len(elements)} elements"
    named = [element.get("action_id") for element in elements]
    if len(named) != len(set(named)):
        yield f"action_id twice: {named}"
    for element in elements:
        yield from _element(element, {"button", "static_select", "external_select", "overflow", "conversations_select"})


def _input(block: Json) -> Faults:
    yield from _plain(block.get("label"), 2000, "label")
    if "hint" in block:
        yield from _plain(block["hint"], 2000, "hint")
    yield from _element(block["element"], INPUTS)


def _header(block: Json) -> Faults:
    yield from _plain(block.get("text"), 150, "text")


def _element(element: Json, allowed: set[str]) -> Faults:
    kind = element.get("type", "")
    if kind not in allowed:
        yield f"{kind} may not stand here"
        return
    yield from ELEMENTS[kind](element)
    yield from _long(element.get("action_id", ""), 255, "action_id")
    if kind != "image" and not element.get("action_id"):
        yield f"{kind} needs action_id"


def _button(element: Json) -> Faults:
    yield from _plain(element.get("text"), 75, "text")
    yield from _long(element.get("value", ""), 2000, "value")
    yield from _long(element.get("url", ""), 3000, "url")
    if element.get("style", "primary") not in ("primary", "danger"):
        yield f"style {element['style']}"
    for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)) if "confirm" in element else ():
        yield from _plain(element["confirm"].get(name), most, f"confirm {name}")


def _image(element: Json) -> Faults:
    if bool(element.get("image_url")) == bool(element.get("slack_file")):
        yield "image_url or slack_file"
    yield from _long(element.get("image_url", ""), 3000, "image_url")
    yield from _some(element.get("alt_text"), 2000, "alt_text")


def _plain_text_input(element: Json) -> Faults:
    most = element.get("max_length", 3000)
    if not 1 <= most <= 3000:
        yield f"max_length {most}"
    yield from _long(element.get("initial_value", ""), most, "initial_value")
    if "placeholder" in element:
        yield from _plain(element["placeholder"], 150, "placeholder")


def _select(element: Json) -> Faults:
    if "placeholder" in element:
        yield from _plain(element["placeholder"], 150, "placeholder")
    options = element.get("options", [])
    if "options" in element and not 1 <= len(options) <= 100:
        yield f"{len(options)} options"
    chosen = element.get("initial_options", []) + ([element["initial_option"]] if "initial_option" in element else [])
    if "initial_options" in element and not chosen:
        yield "initial_options is empty"
    if len(chosen) > element.get("max_selected_items", 100):
        yield "more chosen than may be"
    for one in (*options, *chosen):
        yield from option_faults(one)


def _radio(element: Json) -> Faults:
    if not 1 <= len(element["options"]) <= 10:
        yield f"{len(element['options'])} options"
    if "initial_option" in element and element["initial_option"] not in element["options"]:
        yield "initial_option is none of the options"
    yield from _select({"options": element["options"]})


def option_faults(option: Json) -> Faults:
    """What Slack would refuse of something to choose."""
    yield from _plain(option.get("text"), 75, "option")
    yield from _some(option.get("value"), 150, "option value")
    if "description" in option:
        yield from _plain(option["description"], 75, "option description")


def _text(text: Json, most: int) -> Faults:
    if text.get("type") not in ("mrkdwn", "plain_text"):
        yield f"text of type {text.get('type')}"
    yield from _some(text.get("text"), most, "text")


def _plain(text: Any, most: int, name: str) -> Faults:
    if not isinstance(text, Mapping) or text.get("type") != "plain_text":
        yield f"{name} must be plain_text"
    else:
        yield from _some(text.get("text"), most, name)


def _some(text: Any, most: int, name: str) -> Faults:
    if not isinstance(text, str) or not text:
        yield f"{name} is empty"
    else:
        yield from _long(text, most, name)


def _long(text: str, most: int, name: str) -> Faults:
    if len(text) > most:
        yield f"{name} has {len(text)} characters, more than {most}"


CHECKS: dict[str, Callable[[Json], Faults]] = {
    "section": _section,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "header": _header,
    "image": _image,
    "divider": lambda _: iter(()),
}
ELEMENTS: dict[str, Callable[[Json], Faults]] = {
    "button": _button,
    "image": _image,
    "plain_text_input": _plain_text_input,
    "multi_external_select": _select,
    "external_select": _select,
    "static_select": _select,
    "conversations_select": _select,
    "overflow": _select,
    "radio_buttons": _radio,
}
