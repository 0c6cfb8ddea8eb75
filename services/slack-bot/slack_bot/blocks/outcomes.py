"""What was done, and the way back."""

from collections.abc import Sequence
from uuid import UUID

from slack_bot.blocks.kit import Message, actions, button, escaped, packed, section
from slack_bot.words import Say


def saved(
    lines: Sequence[str], video_id: UUID, versions: Sequence[int], say: Say, *, link: str, by: str | None = None
) -> Message:
    """Lines as the preview said them; undo takes back all that was done at once, the last first."""
    head = say("Saved by <@%(who)s>", who=by) if by else say("Saved")
    value = packed({"video": str(video_id), "versions": list(versions)})
    undo = button(say("Undo"), "edit:undo", value) if value else None
    told = "\n".join(lines)[:2800]
    return Message(
        head, [section(f"✅ *{head}*\n{told}"), actions(undo, button(say("Edit in Web"), "card:web", url=link))]
    )


def partly(done: Sequence[str], failed: str, undone: Sequence[str], say: Say) -> Message:
    """Some of it was saved before something was refused."""
    head, kept, left = say("Only a part was saved"), say("Saved"), say("Not saved")
    parts = [
        f"✅ {kept}:\n" + "\n".join(done),
        f"⚠️ {escaped(failed)}",
        f"✋ {left}:\n" + "\n".join(undone),
    ]
    return Message(head, [section(f"*{head}*"), *(section(part[:2900]) for part in parts)])


def undone(say: Say) -> Message:
    text = say("↩️ Taken back. The scene is as it was before.")
    return Message(text, [section(text)])
