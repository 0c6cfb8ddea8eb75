"""One command of somebody: an edit in one transaction, on the version they looked at or rebased on what came since."""

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.editor.labels import followed
from gateway.editor.operations import Refusal, operate, touched_by
from gateway.editor.timeline import Timeline
from gateway.identity.matching import Gallery
from gateway.library import history, tracks, videos
from gateway.people.audit import By
from gateway.people.renaming import naming
from gateway.revising import reading, ruling, taking_back
from gateway.revising.turn import Turn
from kernel.contracts import editing
from kernel.contracts.editing import (
    ApplyLookBack,
    ChangePeople,
    Command,
    Create,
    Edited,
    Move,
    NewEdit,
    Operation,
    Redo,
    Revert,
    RuleFace,
    Split,
    Undo,
)
from kernel.contracts.library import Segment, Track
from kernel.contracts.time import Span


class Known(NamedTuple):
    """What a command may need that takes long to find: the present gallery, and the pictures nearest to its times."""

    gallery: Gallery | None = None
    onsets: Mapping[int, int] = MappingProxyType({})


class Revised(NamedTuple):
    """The answer; and once it is committed, pictures to be removed and decisions that teach again."""

    edited: Edited
    pictures: Sequence[str]
    taught_again: Sequence[UUID]


async def revise(
    connection: AsyncConnection, video_id: UUID, new: NewEdit, seen: int, by: By, known: Known = Known()
) -> Revised:
    """Do what the command says, in the caller's transaction.

    Raises NotFoundError; RefusedEditError; EditConflictError when others changed the same segments since `seen`.
    """
    version, length_ms = await videos.lock_timeline(connection, video_id)
    turn = Turn(connection, video_id, version, seen, length_ms, By(by.actor, by.door), new.note)
    match new.command:
        case Undo() | Redo():
            await taking_back.take_back(turn, new.command)
        case Revert():
            await taking_back.revert(turn, new.command)
        case RuleFace():
            await ruling.rule(turn, new.command)
        case ApplyLookBack():
            await ruling.look_back(turn, new.command, known.gallery)
        case ChangePeople():
            await _change_people(turn, new.command)
        case _:
            await _operate(turn, _snapped(new.command, known.onsets))
    return Revised(await _answer(turn), turn.pictures, turn.taught_again)


async def _change_people(turn: Turn, command: ChangePeople) -> None:
    await ruling.all_there(turn, [*command.add, *([command.replace.by] if command.replace else [])])
    whole = await ruling.with_everybody(turn, command)
    await turn.nobody_else_touched(touched_by(whole), whole)
    ruled = await ruling.rule_on_faces(turn, whole)
    timeline = await turn.timeline(touched_by(whole))
    edit = await asyncio.to_thread(operate, timeline, whole, turn.scene("people"))
    if not isinstance(edit, Refusal):
        swap = (command.replace.gone, command.replace.by) if command.replace else None
        edit = followed(edit, await naming(turn.connection), swap)
    if not (ruled and isinstance(edit, Refusal) and edit.reason == "unchanged"):
        await turn.keep(edit)


def times_of(command: Command) -> list[int]:
    """The times that are to be moved to pictures' first milliseconds."""
    match command:
        case Create(snap=True) | Move(snap=True):
            return [at_ms for at_ms in (command.start_ms, command.end_ms) if at_ms is not None]
        case Split(snap=True):
            return command.at_ms
        case _:
            return []


def _snapped(command: Operation, onsets: Mapping[int, int]) -> Operation:
    match command:
        case Create() | Move():
            edges = {name: getattr(command, name) for name in ("start_ms", "end_ms")}
            return command.model_copy(update={name: onsets.get(at_ms, at_ms) for name, at_ms in edges.items()})
        case Split():
            return command.model_copy(update={"at_ms": [onsets.get(at_ms, at_ms) for at_ms in command.at_ms]})
        case _:
            return command


async def _operate(turn: Turn, command: Operation) -> None:
    if isinstance(command, Create):
        await ruling.all_there(turn, command.people)
    ids = touched_by(command)
    await turn.nobody_else_touched(ids, command)
    timeline = await turn.timeline(ids)
    shown = await _on_screen(turn, timeline, command)
    await turn.keep(await asyncio.to_thread(operate, timeline, command, turn.scene(command.op, shown)))


async def _on_screen(turn: Turn, timeline: Timeline, command: Operation) -> list[Track]:
    """The tracks in whatever the command makes or moves."""
    edges = [edge for one in timeline.segments for edge in (one.span.start_ms, one.span.end_ms)]
    match command:
        case Create() | Move():
            edges += [edge for edge in (command.start_ms, command.end_ms) if edge is not None]
        case Split() | editing.Merge():
            pass
        case _:
            return []
    if not edges or min(edges) == max(edges):
        return []
    return await tracks.on_screen(turn.connection, turn.video_id, Span(start_ms=min(edges), end_ms=max(edges)))


async def _answer(turn: Turn) -> Edited:
    made, there, gone = turn.made, dict[UUID, Segment](), set[UUID]()
    for edit in made:
        for old in edit.removed:
            there.pop(old, None)
        there |= {segment.id: segment for segment in edit.after}
        gone = (gone | set(edit.removed)) - there.keys()
    return Edited(
        video_id=turn.video_id,
        version=turn.version + len(made),
        rebased=turn.seen < turn.version,
        edits=await history.summaries(turn.connection, turn.video_id, [edit.version for edit in made]),
        segments=await reading.listed(turn.connection, list(there.values())),
        removed=sorted(gone),
        lineage=[step for edit in made for step in edit.lineage],
    )
