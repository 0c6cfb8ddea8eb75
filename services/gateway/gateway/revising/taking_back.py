"""Undo, redo, revert: history goes on, nothing is taken out of it."""

import asyncio
from collections.abc import Set as AbstractSet
from uuid import UUID

from gateway.editor.history import as_it_was, reverted, standing, standing_without, undone
from gateway.editor.settled import MACHINES
from gateway.editor.timeline import Edit, EditKind
from gateway.identity import deciding, learning
from gateway.library import decisions, history
from gateway.revising.turn import Turn
from kernel.contracts.editing import Redo, Revert, Undo


async def take_back(turn: Turn, command: Undo | Redo) -> None:
    """Undo an edit, or redo one by undoing its undo. Raises RefusedEditError; EditConflictError."""
    told = await history.told(turn.connection, turn.video_id, command.version)
    if told is None:
        raise turn.refuse("no_such_version")
    edit = told.edit
    if isinstance(command, Redo) and edit.kind != "undo":
        raise turn.refuse("not_an_undo")
    if edit.decision_id is not None and edit.kind in history.RULED:
        return await _by_ruling(turn, edit)
    if edit.kind in MACHINES:
        raise turn.refuse("not_undoable")
    await turn.nobody_else_touched(edit.touched)
    if edit.kind in history.WHOLE:
        steps = await history.ledger(turn.connection, turn.video_id)
        await _stand_as(turn, standing(steps, turn.version), standing_without(steps, edit.version))
    later = await history.since(turn.connection, turn.video_id, edit.version, edit.touched)
    timeline = await turn.timeline(edit.touched)
    kind: EditKind = command.op
    shown = await turn.followed()
    return await turn.keep_fresh(await asyncio.to_thread(undone, timeline, edit, later, turn.signed(kind), shown))


async def _by_ruling(turn: Turn, edit: Edit) -> None:
    """What rulings made is taken back by taking them back, or by letting them stand again."""
    decision_id = edit.decision_id
    if decision_id is None:
        raise turn.refuse("not_undoable")
    if await decisions.videos_of(turn.connection, decision_id) != {turn.video_id}:
        raise turn.refuse("wide_decision")
    await turn.nobody_else_touched(edit.touched)
    if edit.kind == "undo":
        await deciding.redo_in(turn.connection, turn.video_id, decision_id, **turn.by._asdict())
        turn.taught_again.append(decision_id)
    else:
        _, pictures = await learning.undo_in(turn.connection, decision_id, turn.by)
        turn.pictures += pictures
    await turn.count()


async def revert(turn: Turn, command: Revert) -> None:
    """Bring the timeline, and what people said of its faces, to what it was at a version."""
    if command.version > turn.version:
        raise turn.refuse("no_such_version")
    since = await history.since(turn.connection, turn.video_id, command.version)
    were = await asyncio.to_thread(as_it_was, since)
    await turn.nobody_else_touched(were.keys())
    steps = await history.ledger(turn.connection, turn.video_id)
    await _stand_as(turn, standing(steps, turn.version), standing(steps, command.version))
    timeline = await turn.timeline(were.keys())
    target = [one for one in were.values() if one is not None]
    gone = [one for one in timeline.segments if were.get(one.id) is None]
    signed = turn.signed("revert")
    await turn.keep_fresh(await asyncio.to_thread(reverted, timeline, target, gone, command.version, signed))


async def _stand_as(turn: Turn, stood: AbstractSet[UUID], stands: AbstractSet[UUID]) -> None:
    """Of this video those decisions stand that did not, and the other way round, with what each had taught."""
    if stood == stands:
        return
    await deciding.stand_as(turn.connection, turn.video_id, stands - stood, stood ^ stands)
    for decision_id in sorted(stood - stands):
        turn.pictures += await learning.unlearn(turn.connection, decision_id, turn.by, turn.video_id)
    turn.taught_again += sorted(stands - stood)
