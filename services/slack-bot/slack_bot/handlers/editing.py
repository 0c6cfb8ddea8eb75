"""Edit: the form, what it would change, the edits themselves, and taking them back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackApiError

from kernel.contracts.editing import ChangePeople, NewEdit, Undo
from kernel.contracts.errors import ScenedeskError, UpstreamError
from kernel.contracts.history import FoundSegment
from kernel.telemetry import logger
from slack_bot import places
from slack_bot.archive import Archive
from slack_bot.blocks import differences, modals, notices, outcomes
from slack_bot.blocks.kit import METADATA, Message
from slack_bot.bot import Bot, Turn
from slack_bot.changes import called, changes, read, shown
from slack_bot.drafts import Draft
from slack_bot.handlers import placing, showing
from slack_bot.replies import Reply, Thread
from slack_bot.words import speaker

CONFLICT = 412


async def opened(turn: Turn) -> None:
    """Edit was pressed: a modal at once (Slack waits three seconds), the form as soon as it is known."""
    turn.view = await showing.view_for(turn, notices.opening(turn.say))
    segment_id, version, results_id = turn.card
    archive = await turn.archive()
    segment = await archive.segment(segment_id)
    if segment.state != "live":
        await turn.fail(differences.gone(segment, turn.bot.web(segment.video_id, segment.id), turn.say))
        return
    draft = await _draft(turn, segment, results_id)
    if draft.thread is not None and not turn.container.get("is_ephemeral"):
        its = turn.container
        await placing.known_again(turn, segment, turn.carried, str(its["channel_id"]), str(its["message_ts"]))
    names = await showing.names_in(turn, segment)
    view = modals.form(
        segment, names, turn.language, turn.say, following=await archive.following(segment),
        since=await _since(turn, archive, segment, version),
    )  # fmt: skip
    carried = turn.bot.carried(draft, METADATA)
    await turn.bot.slack.views_update(view_id=turn.view, view=view | {"private_metadata": carried})


async def _draft(turn: Turn, segment: FoundSegment, results_id: str) -> Draft:
    thread = _thread(turn)
    return Draft(
        video_id=segment.video_id,
        segment_id=segment.id,
        version=segment.version,
        language=turn.language,
        results=results_id,
        address=turn.reply.address,
        until=int(turn.reply.until),
        channel=turn.reply.channel,
        thread=thread,
        note=None if thread is None else await _here(turn, thread),
    )


def _thread(turn: Turn) -> str | None:
    """Under the shared card that was pressed, or that the button tells of; None for a card that only they see."""
    container, under = turn.container, turn.carried.get("t")
    if under or container.get("is_ephemeral", True) or not container.get("message_ts"):
        return str(under) if under else None
    return str(container.get("thread_ts") or container["message_ts"])


async def _here(turn: Turn, thread: str) -> str | None:
    """The card that was pressed; what only one person sees has no address, its thread has."""
    shown = thread if turn.container.get("is_ephemeral") else str(turn.container["message_ts"])
    return await permalink(turn.bot, str(turn.container["channel_id"]), shown)


async def permalink(bot: Bot, channel: str, message: str) -> str | None:
    """History says where in Slack an edit was made."""
    try:
        return str((await bot.slack.chat_getPermalink(channel=channel, message_ts=message))["permalink"])
    except SlackApiError:
        return None


async def _since(turn: Turn, archive: Archive, segment: FoundSegment, version: int) -> list[dict[str, Any]]:
    """What others changed since the card that was pressed."""
    if segment.version <= version:
        return []
    difference = await archive.difference(segment.video_id, version, segment.version)
    names = await showing.names_in(turn, segment)
    return modals.stale(differences.lines(difference, segment, names, turn.language, turn.say), turn.say)


def checked(bot: Bot, body: Mapping[str, Any]) -> dict[str, Any]:
    """The form was sent: what is answered at once, from the form alone, without asking anybody."""
    view = body["view"]
    draft = bot.draft(str(view.get("private_metadata") or ""))
    if draft is None:
        say = speaker(bot.settings.language)
        return {"response_action": "update", "view": notices.told(notices.too_old(say), say)}
    say, state = speaker(draft.language), view["state"]["values"]
    form, wrong = read(state, say)
    before = shown(view["blocks"])
    was, _ = read(before, say)
    if form is None or was is None:
        return {"response_action": "errors", "errors": wrong}
    made = changes(draft.segment_id, was, form)
    if not made:
        return {"response_action": "errors", "errors": modals.unchanged(say)}
    preview = modals.preview(made, called(before) | called(state), say)
    sent = draft.model_copy(update={"commands": tuple(change.command for change in made)})
    return {"response_action": "push", "view": preview | {"private_metadata": bot.carried(sent, METADATA)}}


def reply_of(bot: Bot, draft: Draft, user: str) -> Reply:
    """The way back to whoever pressed the card."""
    return Reply(bot.slack, draft.address, draft.channel, user, until=draft.until)


def thread_of(bot: Bot, draft: Draft) -> Thread | None:
    if draft.thread is None or draft.channel is None:
        return None
    return Thread(bot.slack, draft.channel, draft.thread)


@dataclass
class Made:
    """What became of a draft: versions of the edits that were made, and what the next one was refused with."""

    versions: list[int] = field(default_factory=list)
    done: int = 0
    refusal: UpstreamError | None = None


async def make(turn: Turn, draft: Draft, key: str) -> Made:
    """The draft's commands in order, under a key by which the same edits sent again are made once."""
    archive, version, made = await turn.archive(), draft.version, Made()
    for number, command in enumerate(draft.commands):
        try:
            new = NewEdit(command=command, note=draft.note)
            edited = await archive.edit(draft.video_id, version, new, f"slack:{key}:{number}")
        except UpstreamError as error:
            made.refusal = error
            return made
        version, made.done = edited.version, number + 1
        made.versions += [edit.version for edit in edited.edits]
    return made


async def apply(turn: Turn, draft: Draft, lines: Sequence[str], key: str) -> None:
    """Make what the draft says, and tell it; `lines` say it as the preview did."""
    made = await make(turn, draft, key)
    if made.refusal is not None and not made.done:
        await refused(turn, draft, made.refusal)
        return
    if made.refusal is not None:
        done, left = lines[: made.done], lines[made.done :]
        await turn.fail(outcomes.partly(done, made.refusal.upstream.detail, left, turn.say))
    await told(turn, draft, lines[: made.done], made.versions)


async def told(turn: Turn, draft: Draft, lines: Sequence[str], versions: Sequence[int]) -> None:
    """Cards as they are now; and what was saved, with its way back."""
    await placing.as_now(turn, await turn.archive(), {draft.segment_id}, draft)
    link, by = turn.bot.web(draft.video_id, draft.segment_id), turn.speaker.user if draft.thread else None
    saved = outcomes.saved(lines, draft.video_id, versions, turn.say, link=link, by=by)
    if draft.thread is not None:
        await say_under(turn, draft, saved)
    else:
        await turn.reply.tell(saved)


async def say_under(turn: Turn, draft: Draft, message: Message) -> None:
    """In the card's thread, for everybody there; noted, for it tells of the scene as the card does."""
    thread = thread_of(turn.bot, draft)
    if thread is None:
        return
    where = turn.speaker.team, thread.channel, await thread.tell(message), thread.message
    try:
        await (await turn.archive()).place(places.said_under(*where, draft.video_id, draft.segment_id))
    except ScenedeskError as error:  # it says what was done and undoes it: without it they would have to guess
        logger("slack").warning("not noted", channel=thread.channel, message=where[2], error=str(error))


def under(draft: Draft) -> dict[str, str]:
    """What a button carries that is shown to one person and belongs into a thread."""
    return {"t": draft.thread} if draft.thread else {}


async def refused(turn: Turn, draft: Draft, error: UpstreamError) -> None:
    """Nothing was made. Raises what is no conflict."""
    if error.upstream.status != CONFLICT:
        raise error
    await turn.fail(await conflict(turn, draft, error))


async def conflict(turn: Turn, draft: Draft, error: UpstreamError) -> Message:
    """Both sides, and a way to the form as the scene is now."""
    segment = await (await turn.archive()).segment(draft.segment_id)
    meant = {one for command in draft.commands if isinstance(command, ChangePeople) for one in command.add}
    names = await showing.names_in(turn, segment) | await turn.names(meant)
    value = {"s": str(segment.id), "v": segment.version, "r": draft.results} | under(draft)
    return differences.conflict(error.upstream, value, names, turn.language, turn.say)


async def undone(turn: Turn) -> None:
    """All of one save is taken back, the last first."""
    said = turn.carried
    archive, video_id = await turn.archive(), UUID(said["video"])
    versions, touched = sorted(map(int, said["versions"]), reverse=True), set()
    seen, its = versions[0], turn.container
    public = not its.get("is_ephemeral", True)
    note = await permalink(turn.bot, str(its["channel_id"]), str(its["message_ts"])) if public else None
    for version in versions:
        new = NewEdit(command=Undo(op="undo", version=version), note=note)
        edited = await archive.edit(video_id, seen, new, f"slack:{turn.key}:{version}")
        seen = edited.version
        touched |= {segment.id for segment in edited.segments}
    await turn.reply.tell(outcomes.undone(turn.say), replace=True)
    await placing.as_now(turn, archive, touched, None)
