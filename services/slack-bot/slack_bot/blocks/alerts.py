"""A saved search has found something."""

from kernel.contracts.finding import SavedSearch
from slack_bot.blocks.kit import Message, actions, button, escaped, packed, section
from slack_bot.words import Say


def found(search: SavedSearch, say: Say) -> Message:
    head = say("“%(name)s” has found %(n)s new scenes", name=search.name, n=search.untold)
    value = packed({"search": str(search.id)}) or ""
    show = button(say("Show what is new"), "alert:show", value, style="primary")
    return Message(head, [section(f"🔔 {escaped(head)}"), actions(show, button(say("Forget"), "alert:forget", value))])
