"""What is said when there is nothing to show: that something is under way, is done, or could not be done."""

from kernel.contracts.errors import Problem
from kernel.contracts.library import Run, Video
from slack_bot.blocks.kit import Message, View, actions, button, escaped, modal, section
from slack_bot.words import Say


def plainly(text: str) -> Message:
    return Message(text, [section(escaped(text))])


def searching(asked: str, say: Say) -> Message:
    return plainly(say("🔎 Looking for “%(asked)s” …", asked=asked))


def usage(command: str, say: Say) -> Message:
    text = say(
        "Write what you look for: `%(command)s 민지 자는 장면`, or a question: `%(command)s 질문: 민지가 뭐 먹었어?`",
        command=command,
    )
    return Message(text, [section(text)])


def typed_usage(say: Say) -> Message:
    text = say(
        "An edit is written like this: `수정: 세그먼트ID=… 내용=… 멤버=…` (also 시작=0:01.000 끝=0:05.000). "
        "Under a shared card without 세그먼트ID, or in lines: `내용: …`, `사람: …`"
    )
    return Message(text, [section(text)])


def not_one(name: str, found: int, say: Say) -> Message:
    if found:
        return plainly(say("⚠️ Several people are called “%(name)s”. Write more of the name, or use Edit.", name=name))
    return plainly(say("⚠️ Nobody is called “%(name)s”. Nothing was changed.", name=name))


def unlinked(address: str, say: Say) -> Message:
    """Once for each person: who they are in Scenedesk."""
    text = say(
        "Scenedesk does not know you yet. Link your account once (the link opens for 15 minutes), then ask again."
    )
    return Message(
        text, [section(f"👋 {text}"), actions(button(say("Link my account"), "link", url=address, style="primary"))]
    )


def refused(problem: Problem, say: Say) -> Message:
    """In the archive's own words, and what to do."""
    return plainly(f"⚠️ {problem.detail} {_remedy(problem, say)}".strip())


def _remedy(problem: Problem, say: Say) -> str:
    if problem.code in ("bad_token", "may_not_act_for", "not_signed_in"):
        return say("The bot's token does not open Scenedesk. Whoever runs it should run: scenedesk doctor slack")
    if problem.status >= 500:  # noqa: PLR2004 - HTTP's own border
        return say("Nothing was changed. Try again in a minute.")
    return ""


def unreachable(say: Say) -> Message:
    return plainly(
        say("⚠️ Scenedesk does not answer. Nothing was changed. Try again in a minute, or tell whoever runs it.")
    )


def broken(say: Say) -> Message:
    return plainly(
        say("⚠️ Something went wrong in the bot; it has been logged. Try again, or use Scenedesk in the browser.")
    )


def too_old(say: Say) -> Message:
    return plainly(say("This form is too old. Close it and press Edit again; nothing was changed."))


def busy(say: Say) -> Message:
    return plainly(say("⏳ Very many are asking right now. Try again in a minute."))


def ended(video: Video, run: Run, link: str, say: Say) -> Message:
    """An index run is over: found scenes, or what kept it from them."""
    title = video.title[:200]
    if run.state == "done":
        text = say("🎬 “%(title)s” is indexed: %(n)s scenes.", title=title, n=video.segments)
    else:
        reason = run.problem.detail if run.problem else ""
        text = say("⚠️ “%(title)s” could not be indexed. %(reason)s", title=title, reason=reason)
    return Message(text, [section(escaped(text)), actions(button(say("Watch"), "card:watch", url=link))])


def unwelcome(say: Say) -> Message:
    return plainly(
        say("⚠️ I am not in that channel. Invite me there (/invite @Scenedesk) or choose another one, then share again.")
    )


def withdrawn(say: Say) -> Message:
    """Where a card was that must not be shown any more: nothing of its scene."""
    return plainly(say("🔒 The scene that was here is not shown any more."))


def deaf(say: Say) -> Message:
    return plainly(
        say(
            "🔇 The card is shared. For replies under it to be read as corrections, invite me to that channel: "
            "/invite @Scenedesk"
        )
    )


def without_clip(say: Say) -> Message:
    return plainly(
        say("⚠️ The card is shared; its clip could not be put under it. Is the bot in that channel? /invite @Scenedesk")
    )


def told(message: Message, say: Say) -> View:
    """A message where a modal is open."""
    return modal("Scenedesk", message.blocks, close=say("Close"))


def opening(say: Say) -> View:
    return told(plainly(say("Opening …")), say)
