"""A clip to be opened, for whoever asked for it."""

from kernel.contracts.finding import PreviewLink
from kernel.contracts.time import Span
from slack_bot.blocks import scenes
from slack_bot.blocks.kit import Message, actions, button, section
from slack_bot.words import Say


def ready(span: Span, link: PreviewLink, say: Say) -> Message:
    """Slack writes the time in the reader's own zone."""
    until, written = int(link.expires_at.timestamp()), f"{link.expires_at:%H:%M} UTC"
    text = say("The clip `%(span)s`, with sound. Its link opens without signing in until", span=scenes.between(span))
    play = button(say("Play the clip"), "card:play", url=link.address, style="primary")
    return Message(f"{text} {written}", [section(f"▶️ {text} <!date^{until}^{{time}}|{written}>"), actions(play)])
