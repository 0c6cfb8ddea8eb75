"""A shared card's thread as a session of edits: what is made stands there, and where a channel asks for it, waits there
for somebody else's yes.
"""

import json
from dataclasses import replace
from typing import ClassVar
from uuid import uuid4

from kernel.contracts.accounts import Role
from kernel.contracts.errors import Language, ScenedeskError
from slack_bot.blocks import modals, notices, proposals
from slack_bot.blocks.kit import Message
from slack_bot.bot import Turn
from slack_bot.drafts import Draft, Proposal
from slack_bot.handlers import editing
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
    draft = turn.bot.drafts.get(turn.body["view"].get("private_metadata") or "")
    if draft is None:
        return
    turn.reply = draft.reply
    root = str(turn.body["view"].get("root_view_id") or turn.body["view"]["id"])
    thread = draft.thread
    if thread is not None and thread.channel in turn.bot.settings.slack.approval_channels:
        await _propose(turn, draft, root)
    else:
        await editing.apply(turn, draft, root)


async def _propose(turn: Turn, draft: Draft, key: str) -> None:
    if draft.thread is None:
        return
    await _may(turn)
    token = uuid4().hex
    lines = [modals.told(change, draft.names, turn.language, turn.say) for change in draft.changes]
    posted = await draft.thread.tell(proposals.waiting(turn.speaker.user, lines, token, turn.say))
    turn.bot.proposals.put(token, Proposal(draft, turn.speaker, key, lines, posted))


async def approved(turn: Turn) -> None:
    """Made in the name of whoever proposed it, once somebody else says yes."""
    token, found = _proposal(turn)
    if found is None:
        await turn.fail(notices.plainly(turn.say("This proposal is too old, or was decided. Propose it again.")))
        return
    if turn.speaker.user == found.by.user:
        await turn.fail(notices.plainly(turn.say("Somebody else has to approve it.")))
        return
    await _may(turn)
    turn.bot.proposals.drop(token)
    await _decided(found, proposals.approved(turn.speaker.user, found.by.user, found.lines, turn.say))
    note = " · ".join(filter(None, (turn.say("approved by %(name)s", name=turn.speaker.name), found.draft.note)))
    theirs = Turn(turn.bot, turn.body, found.by, found.draft.reply, speaker(found.by.language), found.key)
    await editing.apply(theirs, replace(found.draft, note=note), found.key)


async def rejected(turn: Turn) -> None:
    """By anybody who may edit, whoever proposed it among them."""
    token, found = _proposal(turn)
    if found is None:
        return
    await _may(turn)
    turn.bot.proposals.drop(token)
    await _decided(found, proposals.rejected(turn.speaker.user, found.by.user, found.lines, turn.say))


async def _decided(found: Proposal, message: Message) -> None:
    if found.draft.thread is not None:
        await found.draft.thread.change(found.message, message)


async def _may(turn: Turn) -> None:
    """Raises NotEditorError, so that nothing is proposed or decided by who could not make it."""
    archive = await turn.archive()
    if (await archive.me()).role not in MAY:
        raise NotEditorError


def _proposal(turn: Turn) -> tuple[str, Proposal | None]:
    token = str(json.loads(turn.pressed.get("value") or "{}").get("proposal", ""))
    return token, turn.bot.proposals.get(token)
