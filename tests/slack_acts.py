"""What people do in Slack, as Slack tells of it: commands, buttons, forms, messages."""

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4


@dataclass
class Said:
    """A message that reached somebody: by a response address, or by a method."""

    how: str
    text: str
    blocks: list[dict[str, Any]]
    replace: bool = False
    channel: str | None = None
    user: str | None = None
    thread: str | None = None
    ts: str | None = None

    def button(self, action: str) -> dict[str, Any]:
        """The first button whose action begins so."""
        return next(one for one in self.buttons() if one["action_id"].startswith(action))

    def buttons(self) -> list[dict[str, Any]]:
        return [one for block in self.blocks if block["type"] == "actions" for one in block["elements"]]

    @property
    def markup(self) -> str:
        """All that Slack reads as markup."""
        texts = [block.get("text") for block in self.blocks]
        texts += [element for block in self.blocks for element in block.get("elements", [])]
        return "\n".join(text["text"] for text in texts if text and text["type"] == "mrkdwn")

    @property
    def shown(self) -> str:
        return json.dumps(self.blocks, ensure_ascii=False)


@dataclass
class Acts:
    """Everything Slack sends; it knows what people were shown."""

    address: str = ""
    said: list[Said] = field(default_factory=list)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def who(self, user: str = "U1") -> dict[str, Any]:
        return {"team_id": "T1", "user_id": user, "channel_id": "C1", "trigger_id": uuid4().hex}

    def command(self, text: str, user: str = "U1", command: str = "/searchvideo") -> dict[str, Any]:
        address = f"{self.address}/response/{uuid4().hex}"
        return self.who(user) | {"command": command, "text": text, "response_url": address}

    def press(
        self,
        button: dict[str, Any],
        user: str = "U1",
        view: str | None = None,
        message: str | None = None,
        channel: str = "C1",
    ) -> dict[str, Any]:
        """A button pressed: on an ephemeral message, on `message` of a channel, or in a view."""
        used = {"type": "button", "action_id": button["action_id"], "value": button.get("value", "")}
        done = {"type": "block_actions", "actions": [used | {"block_id": "b", "action_ts": str(time.time())}]}
        if view:
            return (
                self._acting(user) | done | {"view": self.views[view], "container": {"type": "view", "view_id": view}}
            )
        container = {"channel_id": channel, "message_ts": message or "1.2", "is_ephemeral": message is None}
        address = f"{self.address}/response/{uuid4().hex}"
        pressed = {"response_url": address, "container": container, "channel": {"id": channel}}
        shown = next((one for one in reversed(self.said) if message and one.ts == message), None)
        if shown is not None:  # a message that only one sees is not sent along
            pressed["message"] = {"ts": message, "text": shown.text, "blocks": shown.blocks}
        return self._acting(user) | done | pressed

    def submit(self, view: dict[str, Any], values: dict[str, Any], user: str = "U1") -> dict[str, Any]:
        """A modal sent; `values` over what its inputs held."""
        state = {
            block["block_id"]: {"value": _initial(block["element"])}
            for block in view["blocks"]
            if block["type"] == "input"
        }
        for block, said in values.items():
            state[block] = {"value": state.get(block, {}).get("value", {}) | said}
        known = {"id": view.get("id", f"V{next(self._numbers)}"), "hash": uuid4().hex}
        return self._acting(user) | {"type": "view_submission", "view": known | view | {"state": {"values": state}}}

    def suggest(self, typed: str, user: str = "U1") -> dict[str, Any]:
        return self._acting(user) | {
            "type": "block_suggestion",
            "action_id": "value",
            "block_id": "people",
            "value": typed,
        }

    def reply(self, thread: str, text: str, user: str = "U1", channel: str = "C1") -> dict[str, Any]:
        """Somebody wrote in a thread."""
        at = f"1800000000.{next(self._numbers):06}"
        return {"type": "message", "channel": channel, "user": user, "text": text, "ts": at, "thread_ts": thread}

    def reworded(self, message: dict[str, Any], text: str) -> dict[str, Any]:
        """They changed its words."""
        edited = {"user": message["user"], "ts": f"1900000000.{next(self._numbers):06}"}
        now = {name: one for name, one in message.items() if name != "channel"} | {"text": text, "edited": edited}
        return {"type": "message", "subtype": "message_changed", "channel": message["channel"], "message": now,
                "previous_message": message}  # fmt: skip

    def event(self, event: dict[str, Any], event_id: str | None = None) -> dict[str, Any]:
        bot = {"team_id": "T1", "user_id": "UBOT", "is_bot": True}
        its_id = event_id or uuid4().hex
        return {"type": "event_callback", "team_id": "T1", "event_id": its_id, "event": event, "authorizations": [bot]}

    def _acting(self, user: str) -> dict[str, Any]:
        return {"team": {"id": "T1"}, "user": {"id": user, "team_id": "T1"}, "trigger_id": uuid4().hex}


def _initial(element: dict[str, Any]) -> dict[str, Any]:
    kind = element["type"]
    if kind == "plain_text_input":
        return {"type": kind, "value": element.get("initial_value")}
    if kind == "multi_external_select":
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind == "radio_buttons":
        return {"type": kind, "selected_option": element.get("initial_option")}
    return {"type": kind, "selected_conversation": "C1"}
