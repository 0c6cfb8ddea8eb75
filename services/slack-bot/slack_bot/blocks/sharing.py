"""Where a scene is to be shown to others, and with which note."""

from slack_bot.blocks.kit import View, field, modal, option
from slack_bot.words import Say

SHARE = "share:form"
LONGEST_NOTE = 1000


def form(say: Say) -> View:
    where = {
        "type": "conversations_select",
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private", "im", "mpim"], "exclude_bot_users": True},
    }
    note = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_NOTE}
    thread = {"type": "plain_text_input", "max_length": 300}
    clips = [
        option(say("Without"), "without"),
        option(say("In the thread"), "with", say("A file in Slack that everybody there can play and keep")),
    ]
    blocks = [
        field("where", say("Channel"), where, optional=False),
        field("note", say("Note"), note),
        field(
            "thread", say("Into a thread"), thread, hint=say("Link of a message (Copy link); it goes into its thread")
        ),
        field("clip", say("Clip"), {"type": "radio_buttons", "options": clips, "initial_option": clips[0]}),
    ]
    return modal(say("Share a scene"), blocks, close=say("Cancel"), submit=say("Share"), callback=SHARE)
