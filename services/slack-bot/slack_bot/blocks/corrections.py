"""What is answered in a card's thread to whoever wants something corrected there, seen by them alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_bot.blocks.kit import Message, actions, button, clipped, context, escaped, packed, section
from slack_bot.words import Say

MOST_CARDS = 10


def offer(value: Mapping[str, Any], words: str | None, say: Say) -> Message:
    """Once: how to correct it. `words` are what was written and may be meant for the caption."""
    head = say("Shall this scene be corrected?")
    how = say("Reply with `caption: …` or `people: …`, or press Edit.")
    used = packed({**value, "x": words}) if words else None
    quoted = [section(f"> {escaped(clipped(line, 300))}") for line in (words or "").splitlines()[:3]]
    return Message(
        head,
        [
            section(f"✏️ *{head}*"),
            *(quoted if used else []),
            context(how),
            actions(
                button(say("Use as the caption"), "correction:caption", used, style="primary") if used else None,
                button(say("Edit"), "card:edit", packed(value) or ""),
            ),
        ],
    )


def which(cards: Sequence[tuple[str, Mapping[str, Any]]], say: Say) -> Message:
    """It is not clear which card of the thread is meant: each with the button that edits it."""
    head = say("Which scene is it? These stand in this thread:")
    blocks = [
        section(f"{number}. {escaped(title[:150])}", button(say("Edit"), "card:edit", packed(value) or ""))
        for number, (title, value) in enumerate(cards[:MOST_CARDS], start=1)
    ]
    return Message(head, [section(f"✏️ *{head}*"), *blocks])
