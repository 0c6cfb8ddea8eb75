"""Edits of a shared card, in its thread: those that wait for somebody else, and what was decided."""

from collections.abc import Sequence

from slack_bot.blocks.kit import Block, Message, actions, button, section
from slack_bot.words import Say


def waiting(by: str, lines: Sequence[str], value: str, say: Say) -> Message:
    """`value` is what its buttons carry."""
    head = say("<@%(who)s> proposes a change. Somebody else has to approve it.", who=by)
    deeds = actions(
        button(say("Approve"), "proposal:yes", value, style="primary"), button(say("Reject"), "proposal:no", value)
    )
    return Message(head, [section(f"✋ {head}"), section("\n".join(lines)[:2900]), deeds])


def approved(who: str, by: str, lines: Sequence[str], say: Say) -> Message:
    return _decided(say("👍 <@%(who)s> approved what <@%(by)s> proposed.", who=who, by=by), lines)


def overtaken(who: str, by: str, lines: Sequence[str], say: Say) -> Message:
    return _decided(
        say("⚠️ <@%(who)s> approved what <@%(by)s> proposed, but it could not be made: see below.", who=who, by=by),
        lines,
    )


def rejected(who: str, by: str, lines: Sequence[str], say: Say) -> Message:
    return _decided(say("👎 <@%(who)s> rejected what <@%(by)s> proposed. Nothing was changed.", who=who, by=by), lines)


def proposed(blocks: Sequence[Block]) -> list[str]:
    """The lines of a message that `waiting` made."""
    texts = [str(block["text"]["text"]) for block in blocks if block.get("type") == "section"]
    return texts[1:2]


def _decided(head: str, lines: Sequence[str]) -> Message:
    said = "\n".join(lines)[:2900]
    return Message(head, [section(head), *([section(said)] if said else [])])
