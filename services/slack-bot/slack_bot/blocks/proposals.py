"""Edits of a shared card, in its thread: those that wait for somebody else, and what was decided."""

from collections.abc import Sequence

from slack_bot.blocks.kit import Message, actions, button, packed, section
from slack_bot.words import Say


def waiting(by: str, lines: Sequence[str], token: str, say: Say) -> Message:
    head = say("<@%(who)s> proposes a change. Somebody else has to approve it.", who=by)
    value = packed({"proposal": token}) or ""
    deeds = actions(
        button(say("Approve"), "proposal:yes", value, style="primary"), button(say("Reject"), "proposal:no", value)
    )
    return Message(head, [section(f"✋ {head}"), section("\n".join(lines)[:2900]), deeds])


def approved(who: str, by: str, lines: Sequence[str], say: Say) -> Message:
    return _decided(say("👍 <@%(who)s> approved what <@%(by)s> proposed.", who=who, by=by), lines)


def rejected(who: str, by: str, lines: Sequence[str], say: Say) -> Message:
    return _decided(say("👎 <@%(who)s> rejected what <@%(by)s> proposed. Nothing was changed.", who=who, by=by), lines)


def _decided(head: str, lines: Sequence[str]) -> Message:
    return Message(head, [section(head), section("\n".join(lines)[:2900])])
