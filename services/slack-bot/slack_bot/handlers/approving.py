"""A shared card's thread as a session of edits: what is made stands there, and where a channel asks for it, waits there
for somebody else's yes.
"""

from collections.abc import Sequence
from typing import ClassVar

from kernel.contracts.accounts import Role
from kernel.contracts.errors import Language, ScenedeskError
from slack_bot.blocks import notices, outcomes, proposals
from slack_bot.blocks.kit import VALUE, Message
from slack_bot.bot import Turn
from slack_bot.drafts import Draft
from slack_bot.handlers import editing
from slack_bot.handlers.editing import Made
from slack_bot.people import NotLinkedError
from slack_bot.replies import Thread
from slack_bot.words import speaker

MAY: tuple[Role, ...] = ("editor", "admin")


class NotEditorError(ScenedeskError):
    status = 403
    code = "not_editor"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Your role does not allow that. It takes an editor.",
        "ko": "현재 권한으로는 할 수 없습니다. 편집 권한이 필요합니다.",
    }


async def saved(turn: Turn) -> None:
    """Save was pressed: made at once, or proposed where the channel wants a second pair of eyes."""
    view = turn.body["view"]
    draft = turn.bot.draft(str(view.get("private_metadata") or ""))
    if draft is None:
        await turn.fail(notices.too_old(turn.say))
        return
    turn.reply = editing.reply_of(turn.bot, draft, turn.speaker.user)
    root = str(view.get("root_view_id") or view["id"])
    lines = [block["text"]["text"] for block in view["blocks"] if block["type"] == "section"]
    await settle(turn, draft, lines, root)


async def settle(turn: Turn, draft: Draft, lines: Sequence[str], key: str) -> None:
    """Made at once, or proposed under the card; `lines` say it, and the same key is made once."""
    if draft.thread is None or draft.channel not in turn.bot.settings.slack.approval_channels:
        await editing.apply(turn, draft, lines, key)
        return
    await may_edit(turn)
    proposed = draft.model_copy(update={"by": turn.speaker.user, "key": key})
    carried = turn.bot.carried(proposed, VALUE)
    await editing.say_under(turn, draft, proposals.waiting(turn.speaker.user, lines, carried, turn.say))


async def approved(turn: Turn) -> None:
    """Made in the name of whoever proposed it, once somebody else says yes. What could not be made is not called so."""
    draft = await _proposal(turn)
    if draft is None:
        return
    if turn.speaker.user == draft.by:
        await turn.fail(notices.plainly(turn.say("Somebody else has to approve it.")))
        return
    await may_edit(turn)
    theirs = await _as_whoever_proposed(turn, draft)
    note = " · ".join(filter(None, (turn.say("approved by %(name)s", name=turn.speaker.name), draft.note)))
    try:
        made = await editing.make(theirs, draft.model_copy(update={"note": note}), str(draft.key))
    except NotLinkedError:  # its address would link them to whoever presses it here
        await turn.fail(notices.plainly(turn.say("Whoever proposed it is not linked to Scenedesk any more.")))
        return
    if made.refusal is not None:
        await _overtaken(turn, theirs, draft, made)
        return
    await _decided(turn, proposals.approved(turn.speaker.user, str(draft.by), _lines(turn), turn.say))
    await editing.told(theirs, draft, _lines(turn), made.versions)


async def _as_whoever_proposed(turn: Turn, draft: Draft) -> Turn:
    theirs = await turn.bot.people.speaker(turn.speaker.team, str(draft.by))
    reply = editing.reply_of(turn.bot, draft, theirs.user)
    return Turn(turn.bot, turn.body, theirs, reply, speaker(theirs.language), str(draft.key))


async def _overtaken(turn: Turn, theirs: Turn, draft: Draft, made: Made) -> None:
    """Approved, and yet refused: the message says so, and in the thread stands what is in the way."""
    refusal = made.refusal
    if refusal is None:
        return
    lines, done = _lines(turn), made.done
    if not done and refusal.upstream.status >= 500:  # noqa: PLR2004 - HTTP's own border: it may be approved again
        raise refusal
    await _decided(turn, proposals.overtaken(turn.speaker.user, str(draft.by), lines, turn.say))
    if done:
        partly = outcomes.partly(lines[:done], refusal.upstream.detail, lines[done:], turn.say)
        await editing.say_under(turn, draft, partly)
        await editing.told(theirs, draft, lines[:done], made.versions)
    elif refusal.upstream.status == editing.CONFLICT:
        await editing.say_under(turn, draft, await editing.conflict(turn, draft, refusal))
    else:
        await editing.say_under(turn, draft, notices.refused(refusal.upstream, turn.say))


async def rejected(turn: Turn) -> None:
    """By anybody who may edit, whoever proposed it among them."""
    draft = await _proposal(turn)
    if draft is None:
        return
    await may_edit(turn)
    await _decided(turn, proposals.rejected(turn.speaker.user, str(draft.by), _lines(turn), turn.say))


async def _decided(turn: Turn, message: Message) -> None:
    """The proposal's own message, without its buttons: it is decided once."""
    turn.bot.done.put(_decision(turn), value=True)
    thread = Thread(turn.bot.slack, str(turn.container["channel_id"]), str(turn.container["message_ts"]))
    await thread.change(thread.message, message)


def _lines(turn: Turn) -> list[str]:
    """What is proposed, as its message says it."""
    blocks = (turn.body.get("message") or {}).get("blocks") or []
    return proposals.proposed(blocks)


async def may_edit(turn: Turn) -> None:
    """Raises NotEditorError, so that nothing is proposed or decided by who could not make it."""
    archive = await turn.archive()
    if (await archive.me()).role not in MAY:
        raise NotEditorError


async def _proposal(turn: Turn) -> Draft | None:
    """None when it was said that there is nothing to decide any more."""
    draft = turn.bot.draft(str(turn.pressed.get("value") or ""))
    if draft is not None and draft.by is not None and not turn.bot.done.get(_decision(turn)):
        return draft
    await turn.fail(notices.plainly(turn.say("This proposal is too old, or was decided. Propose it again.")))
    return None


def _decision(turn: Turn) -> str:
    return f"decided:{turn.container.get('channel_id')}:{turn.container.get('message_ts')}"
