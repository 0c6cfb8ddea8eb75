"""Edit: the form, what it would change, the edits themselves, and taking them back."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from slack_sdk.errors import SlackApiError

from kernel.contracts.editing import NewEdit, Undo
from kernel.contracts.errors import UpstreamError
from kernel.contracts.history import FoundSegment
from slack_bot.archive import Archive
from slack_bot.blocks import differences, modals, notices, outcomes
from slack_bot.bot import Bot, Turn
from slack_bot.changes import changes, read
from slack_bot.drafts import Draft
from slack_bot.handlers import showing
from slack_bot.replies import Thread
from slack_bot.results import editor_address
from slack_bot.words import speaker

CONFLICT = 412


async def opened(turn: Turn) -> None:
    """Edit was pressed: a modal at once (Slack waits three seconds), the form as soon as it is known."""
    turn.view = await showing.view_for(turn, notices.opening(turn.say))
    segment_id, version, results_id = turn.card
    archive = await turn.archive()
    segment = await archive.segment(segment_id)
    if segment.state != "live":
        await turn.fail(differences.gone(segment, _web(turn, segment), turn.say))
        return
    draft = await _draft(turn, archive, segment, results_id)
    token = uuid4().hex
    turn.bot.drafts.put(token, draft)
    view = modals.form(
        segment, draft.names, turn.language, turn.say, following=draft.following,
        since=await _since(turn, archive, draft, version),
    )  # fmt: skip
    await turn.bot.slack.views_update(view_id=turn.view, view=view | {"private_metadata": token})


async def _draft(turn: Turn, archive: Archive, segment: FoundSegment, results_id: str) -> Draft:
    container: Mapping[str, Any] = turn.body.get("container") or {}
    thread = _thread(turn, container)
    return Draft(
        segment=segment,
        following=await archive.following(segment),
        names=await turn.names({one.person_id for one in segment.people if one.person_id}),
        language=turn.language,
        results=results_id,
        reply=turn.reply,
        thread=thread,
        note=None if thread is None else await _permalink(turn, container),
    )


def _thread(turn: Turn, container: Mapping[str, Any]) -> Thread | None:
    """Under the shared card that was pressed; None for a card that only they see."""
    if container.get("is_ephemeral", True) or not container.get("message_ts"):
        return None
    under = container.get("thread_ts") or container["message_ts"]
    return Thread(turn.bot.slack, str(container["channel_id"]), str(under))


async def _permalink(turn: Turn, container: Mapping[str, Any]) -> str | None:
    """History says where in Slack an edit was made."""
    try:
        asked = {"channel": str(container["channel_id"]), "message_ts": str(container["message_ts"])}
        return str((await turn.bot.slack.chat_getPermalink(**asked))["permalink"])
    except (KeyError, SlackApiError):
        return None


async def _since(turn: Turn, archive: Archive, draft: Draft, version: int) -> list[dict[str, Any]]:
    """What others changed since the card that was pressed."""
    if draft.segment.version <= version:
        return []
    difference = await archive.difference(draft.segment.video_id, version, draft.segment.version)
    told = differences.lines(difference, draft.segment, draft.names, turn.language, turn.say)
    return modals.stale(told, turn.say)


def checked(bot: Bot, body: Mapping[str, Any]) -> dict[str, Any]:
    """The form was sent: what is answered at once, without asking anybody."""
    view = body["view"]
    draft = bot.drafts.get(view.get("private_metadata") or "")
    if draft is None:
        say = speaker(bot.settings.language)
        told = notices.plainly(say("This form is too old. Close it and press Edit again; nothing was changed."))
        return {"response_action": "update", "view": notices.told(told, say)}
    say = speaker(draft.language)
    form, wrong = read(view["state"]["values"], say)
    if form is None:
        return {"response_action": "errors", "errors": wrong}
    draft.changes = changes(draft.segment, form, draft.following)
    if not draft.changes:
        return {"response_action": "errors", "errors": modals.unchanged(say)}
    draft.names = {**draft.names, **{one: known for one in form.people if (known := bot.names.get(str(one)))}}
    preview = modals.preview(draft.changes, draft.names, draft.language, say)
    return {"response_action": "push", "view": preview | {"private_metadata": view["private_metadata"]}}


async def apply(turn: Turn, draft: Draft, key: str) -> None:
    """What the draft says, under a key by which the same edits sent again are made once."""
    archive, version, done = await turn.archive(), draft.segment.version, []
    lines = [modals.told(change, draft.names, turn.language, turn.say) for change in draft.changes]
    for number, change in enumerate(draft.changes):
        new = NewEdit(command=change.command, note=draft.note)
        try:
            edited = await archive.edit(draft.segment.video_id, version, new, f"slack:{key}:{number}")
        except UpstreamError as error:
            await _refused(turn, draft, error, lines, number)
            break
        version = edited.version
        done += [edit.version for edit in edited.edits]
    if done:
        await _told(turn, archive, draft, lines, done)


async def _told(turn: Turn, archive: Archive, draft: Draft, lines: list[str], done: list[int]) -> None:
    await showing.as_now(turn, archive, {draft.segment.id}, draft)
    if len(done) >= len(lines):
        link, by = _web(turn, draft.segment), turn.speaker.user if draft.thread else None
        saved = outcomes.saved(lines, draft.segment.video_id, done, turn.say, link=link, by=by)
        if draft.thread is not None:
            await draft.thread.tell(saved)
        else:
            await turn.reply.tell(saved)


async def _refused(turn: Turn, draft: Draft, error: UpstreamError, lines: list[str], number: int) -> None:
    if number:
        await turn.fail(outcomes.partly(lines[:number], error.upstream.detail, lines[number:], turn.say))
        return
    if error.upstream.status != CONFLICT:
        raise error
    segment = draft.segment
    value = {"s": str(segment.id), "v": segment.version, "r": draft.results}
    await turn.fail(differences.conflict(error.upstream, value, draft.names, turn.language, turn.say))


async def undone(turn: Turn) -> None:
    """All of one save is taken back, the last first."""
    said: dict[str, Any] = json.loads(turn.pressed.get("value") or "{}")
    archive, video_id = await turn.archive(), UUID(said["video"])
    versions, touched = sorted(map(int, said["versions"]), reverse=True), set()
    seen = versions[0]
    for version in versions:
        new = NewEdit(command=Undo(op="undo", version=version))
        edited = await archive.edit(video_id, seen, new, f"slack:{turn.key}:{version}")
        seen = edited.version
        touched |= {segment.id for segment in edited.segments}
    await turn.reply.tell(outcomes.undone(turn.say), replace=True)
    await showing.as_now(turn, archive, touched, None)


def _web(turn: Turn, segment: FoundSegment) -> str:
    base = turn.bot.settings.public_url.rstrip("/")
    return editor_address(f"{base}/videos/{segment.video_id}", segment.id)
