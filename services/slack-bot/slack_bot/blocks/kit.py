"""Block Kit's pieces, each within Slack's limits, and text that can name, link and call nobody."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]
View = dict[str, Any]

TEXT, LABEL, TITLE, OPTION, VALUE, METADATA = 3000, 75, 24, 75, 2000, 3000
_CUT_ENTITY = re.compile(r"&\w{0,4}$")


@dataclass(frozen=True)
class Message:
    """`text` is what notifications and screen readers are given."""

    text: str
    blocks: list[Block]


def escaped(text: str) -> str:
    """Text of the archive as text: no mention, link or channel can be made of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """What somebody typed: Slack escapes it, and writes addresses as links."""
    plain = re.sub(r"<(?:https?|mailto):[^|>]+\|([^>]+)>", r"\1", text)
    plain = re.sub(r"<((?:https?|mailto):[^|>]+)>", r"\1", plain)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def clipped(text: str, most: int) -> str:
    """At most so many characters, an ellipsis among them; no entity is cut in two."""
    return text if len(text) <= most else _CUT_ENTITY.sub("", text[: most - 1]) + "…"


def link(address: str, words: str) -> str:
    return f"<{address}|{escaped(words).replace('|', '¦')}>"


def plain(text: str, most: int = LABEL) -> Block:
    return {"type": "plain_text", "text": clipped(text, most), "emoji": True}


def marked(text: str, most: int = TEXT) -> Block:
    """Mrkdwn in which only what is written as a link is one."""
    return {"type": "mrkdwn", "text": clipped(text, most), "verbatim": True}


def section(text: str, accessory: Block | None = None) -> Block:
    return {"type": "section", "text": marked(text or " ")} | ({"accessory": accessory} if accessory else {})


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [marked(text) for text in texts[:10]]}


def divider() -> Block:
    return {"type": "divider"}


def actions(*elements: Block | None) -> Block:
    return {"type": "actions", "elements": [element for element in elements if element]}


def button(text: str, action: str, value: str = "", *, url: str | None = None, style: str | None = None) -> Block:
    made = {"type": "button", "text": plain(text), "action_id": action}
    return made | {key: said for key, said in (("value", value), ("url", url), ("style", style)) if said}


def picture(file: str, words: str) -> Block:
    """A picture that was uploaded to Slack: no address of the archive has to be public."""
    return {"type": "image", "slack_file": {"id": file}, "alt_text": clipped(words or "·", 2000)}


def option(text: str, value: str, description: str = "") -> Block:
    made = {"text": plain(text or "·", OPTION), "value": value}
    return made | ({"description": plain(description, OPTION)} if description else {})


def field(block: str, label: str, element: Block, *, hint: str = "", optional: bool = True) -> Block:
    """A labelled input of a modal; its answer is found under the block's id, as `value`."""
    made = {"type": "input", "block_id": block, "label": plain(label, 2000), "optional": optional}
    return made | {"element": element | {"action_id": "value"}} | ({"hint": plain(hint, 2000)} if hint else {})


def modal(title: str, blocks: Iterable[Block], *, close: str, submit: str = "", callback: str = "") -> View:
    made = {"type": "modal", "title": plain(title, TITLE), "close": plain(close, TITLE), "blocks": list(blocks)[:100]}
    return made | ({"submit": plain(submit, TITLE), "callback_id": callback} if submit else {})


def packed(said: Mapping[str, object]) -> str | None:
    """What a button carries; None when it would be more than a button can."""
    value = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return value if len(value) <= VALUE else None
