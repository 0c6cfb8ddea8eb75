"""What people say in threads, as Slack tells of it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bot import typed
from slack_bot.blocks.kit import unescaped

# A message as it was sent, one that is shown in the channel too, and one whose words were changed.
SAID = {None, "thread_broadcast", "message_changed"}
MENTION = re.compile(r"^\s*(?:<@[A-Z0-9]+>\s*)+")


@dataclass(frozen=True)
class Remark:
    """A message in a thread, in its newest wording; `worded`: since when, in seconds of the epoch."""

    channel: str
    thread: str
    message: str
    worded: float
    text: str

    @property
    def key(self) -> str:
        """The same for every delivery of the same wording."""
        return f"remark:{self.name}:{self.worded}"

    @property
    def name(self) -> str:
        return f"{self.channel}:{self.message}"


def correcting(event: Mapping[str, Any]) -> Remark | None:
    """What somebody said in a thread that corrects something, or begins as if; None for all other talk."""
    kind, message = event.get("subtype"), event.get("message") or event
    if kind not in SAID or message.get("bot_id") or not message.get("user"):
        return None
    thread, at = message.get("thread_ts"), str(message.get("ts") or "")
    if not thread or thread == at or (kind == "message_changed" and not _reworded(event)):
        return None
    text = MENTION.sub("", unescaped(str(message.get("text") or ""))).strip()
    if not (typed.is_correction(text) or typed.is_hint(text)):
        return None
    edited = (message.get("edited") or {}).get("ts")
    return Remark(str(event["channel"]), str(thread), at, float(edited or at), text)


def _reworded(event: Mapping[str, Any]) -> bool:
    """Slack also says so when a link was unfurled or somebody answered."""
    before = event.get("previous_message") or {}
    return bool(event["message"].get("edited")) and before.get("text") != event["message"].get("text")
