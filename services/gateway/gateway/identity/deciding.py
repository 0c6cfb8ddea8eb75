"""Ruling on tracks, and taking it back: one transaction, one edit a video."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.editor.identify import Wording, people_as_tracked, shown_in
from gateway.editor.labels import Naming
from gateway.editor.timeline import Door, Signature
from gateway.identity import strangers
from gateway.identity.ledger import AnchoredRuling, Followed, on_tracks
from gateway.identity.redeciding import reached, redecided
from gateway.library import decisions, edits, people, rulings, segments, tracks, videos
from gateway.library.decisions import Deciding
from gateway.library.rulings import NewRuling
from gateway.people import merging
from gateway.people.renaming import naming
from gateway.pipeline.identify import SeenTrack
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Track
from kernel.contracts.people import Decision, DecisionKind
from kernel.storage.database import Database


class Verdict(NamedTuple):
    """The face of a track is, or is not, a person or a stranger."""

    track_id: UUID
    verdict: Literal["is", "is_not"]
    person_id: UUID | None
    stranger_id: UUID | None = None


async def decide(
    database: Database,
    verdicts: Sequence[Verdict],
    *,
    kind: DecisionKind,
    actor: str,
    door: Door,
    note: str | None = None,
) -> Decision:
    """Rule on tracks, at once or not at all. See `decide_in`."""
    async with database.transaction() as connection:
        return await decide_in(connection, verdicts, Deciding(kind, actor, door, note))


async def decide_in(connection: AsyncConnection, verdicts: Sequence[Verdict], deciding: Deciding) -> Decision:
    """Write rulings anchored on the tracks' faces and bring tracks and timelines to them, in the caller's transaction.

    One edit a video whose segments change. Raises NotFoundError when a track or person is not there.
    """
    ids = {verdict.track_id for verdict in verdicts}
    video_ids = await tracks.videos_of(connection, ids)
    await videos.lock(connection, video_ids)
    await _all_known(connection, verdicts)  # not before: forgetting holds every video
    decision_id = uuid4()
    await decisions.add(connection, decision_id, deciding)
    said = [NewRuling(v.track_id, v.verdict, v.person_id, v.stranger_id) for v in verdicts]
    if await rulings.add(connection, decision_id, said) < len(said):
        raise NotFoundError(what="track")  # the video was indexed again just now
    now = await rulings.active(connection, video_ids)
    before = [ruling for ruling in now if ruling.decision_id != decision_id]
    signed = Signature("identify", deciding.actor, deciding.door, decision_id, deciding.note)
    await _bring_up(connection, dict.fromkeys(video_ids, ids), before, now, signed)
    return await decisions.get(connection, decision_id)


async def _all_known(connection: AsyncConnection, verdicts: Iterable[Verdict]) -> None:
    named = {verdict.person_id for verdict in verdicts if verdict.person_id is not None}
    if len(await people.people_of(connection, named)) < len(named):
        raise NotFoundError(what="person")


async def undo(database: Database, decision_id: UUID, *, actor: str, door: Door) -> Decision:
    """Take a decision back, in a transaction of its own. See `undo_in`."""
    async with database.transaction() as connection:
        return await undo_in(connection, decision_id, actor=actor, door=door)


async def undo_in(connection: AsyncConnection, decision_id: UUID, *, actor: str, door: Door) -> Decision:
    """Take a decision back: tracks and timelines are as the rulings that remain, and the machine, say.

    What was learnt by it is for `people.learning.undo`. Raises NotFoundError; ConflictError when it is undone already.
    """
    mine = await rulings.of_decision(connection, decision_id)
    video_ids = sorted({ruling.video_id for ruling in mine})
    await videos.lock(connection, video_ids)
    await decisions.undo(connection, decision_id)
    before = await rulings.active(connection, video_ids)
    await rulings.revoke(connection, decision_id)
    now = [ruling for ruling in before if ruling.decision_id != decision_id]
    touched = await _hung_on(connection, mine)
    await _bring_up(connection, touched, before, now, Signature("undo", actor, door, decision_id))
    return await decisions.get(connection, decision_id)


async def redo_in(connection: AsyncConnection, video_id: UUID, decision_id: UUID, *, actor: str, door: Door) -> None:
    """Let a decision that was taken back stand again for one video, with its edit."""
    await videos.lock(connection, [video_id])
    before = await rulings.active(connection, [video_id])
    await rulings.stand_again(connection, video_id, [decision_id])
    await decisions.mark(connection, [decision_id])
    now = await rulings.active(connection, [video_id])
    touched = await _hung_on(connection, [ruling for ruling in now if ruling.decision_id == decision_id])
    await _bring_up(connection, touched, before, now, Signature("redo", actor, door, decision_id))


async def said_of(connection: AsyncConnection, decision_id: UUID) -> dict[UUID, list[Track]]:
    """Whom a decision says faces are: each person's tracks as they are now, the largest faces first."""
    by_person: dict[UUID, list[AnchoredRuling]] = defaultdict(list)
    for ruling in await rulings.of_decision(connection, decision_id):
        if ruling.verdict == "is" and ruling.person_id is not None:
            by_person[ruling.person_id].append(ruling)
    found = {}
    for person_id, mine in by_person.items():
        hung = await _hung_on(connection, mine)
        shown = await tracks.several(connection, set().union(*hung.values()))
        found[person_id] = sorted(shown.values(), key=_face_size, reverse=True)
    return found


def _face_size(track: Track) -> float:
    return max((face.box.width * face.box.height for face in track.faces), default=0)


async def stand_as(connection: AsyncConnection, video_id: UUID, stands: Collection[UUID], of: Collection[UUID]) -> None:
    """Bring one video's ledger to where, `of` these decisions, those of `stands` stand. Tracks follow.

    The timeline is the caller's: no edit is made. What was said of other videos stays.
    """
    before = await rulings.active(connection, [video_id])
    await rulings.revoke_in(connection, video_id, set(of) - set(stands))
    await rulings.stand_again(connection, video_id, stands)
    await decisions.mark(connection, of)
    now = await rulings.active(connection, [video_id])
    stood, standing = {ruling.id for ruling in before}, {ruling.id for ruling in now}
    moved = {ruling.id: ruling for ruling in (*before, *now) if (ruling.id in stood) != (ruling.id in standing)}
    if moved:
        await _decide_again(connection, await _hung_on(connection, [*moved.values()]), before, now)
        await strangers.place(connection, video_id)


async def _hung_on(connection: AsyncConnection, mine: Sequence[AnchoredRuling]) -> dict[UUID, set[UUID]]:
    """Video to its tracks on which these rulings hang now."""
    outlines = await tracks.outlines(connection, {ruling.video_id for ruling in mine})
    by_video = _by_video(mine)
    near = {
        track.id
        for video_id, its in outlines.items()
        for track in its
        if any(track.span.overlap_ms(ruling.span) for ruling in by_video[video_id])
    }
    hung: dict[UUID, set[UUID]] = defaultdict(set)
    for video_id, its_seen in _seen_by_video(await tracks.seen(connection, near)).items():
        for index in on_tracks(by_video[video_id], [Followed(one.track.span, one.track.faces) for one in its_seen]):
            hung[video_id].add(its_seen[index].track.id)
    return hung


async def _bring_up(
    connection: AsyncConnection,
    touched: Mapping[UUID, Collection[UUID]],
    before: Sequence[AnchoredRuling],
    now: Sequence[AnchoredRuling],
    signed: Signature,
) -> None:
    """Decide again what a word on `touched` tracks (by video) concerns, and edit the timelines that show it."""
    outlines, changed = await _decide_again(connection, touched, before, now)
    called = await naming(connection)
    for video_id, its in changed.items():
        if its:
            await _edit(connection, _with(outlines[video_id], its), [one.track for one in its], called, signed)
            await strangers.place(connection, video_id)


async def _decide_again(
    connection: AsyncConnection,
    touched: Mapping[UUID, Collection[UUID]],
    before: Sequence[AnchoredRuling],
    now: Sequence[AnchoredRuling],
) -> tuple[dict[UUID, list[Track]], dict[UUID, list[SeenTrack]]]:
    """Write who the tracks are under the rulings of `now`: all tracks of each video as they were, and the changed."""
    outlines, resolved = await tracks.outlines(connection, touched), await merging.resolved(connection)
    concerned = {track for video_id, its in outlines.items() for track in reached(its, touched[video_id])}
    seen = _seen_by_video(await tracks.seen(connection, concerned))
    was, stands = _by_video(before), _by_video(now)
    changed = {
        video_id: await asyncio.to_thread(redecided, its, was[video_id], stands[video_id], resolved)
        for video_id, its in seen.items()
    }
    await tracks.set_decisions(connection, [track for its in changed.values() for track in its])
    return outlines, changed


async def _edit(
    connection: AsyncConnection, shown: Sequence[Track], moved: Sequence[Track], called: Naming, signed: Signature
) -> None:
    timeline = await segments.timeline(connection, moved[0].video_id, lock=True)
    told = await edits.told(connection, timeline.video_id, shown_in(timeline, moved))
    words = Wording(told, called)
    edit = await asyncio.to_thread(people_as_tracked, timeline, shown, moved, words, signed)
    if edit is not None:
        await edits.append(connection, edit)


def _with(outlines: Iterable[Track], changed: Iterable[SeenTrack]) -> list[Track]:
    newer = {one.track.id: one.track for one in changed}
    return [newer.get(track.id, track) for track in outlines]


def _seen_by_video(seen: Iterable[SeenTrack]) -> dict[UUID, list[SeenTrack]]:
    by_video: dict[UUID, list[SeenTrack]] = defaultdict(list)
    for one in seen:
        by_video[one.track.video_id].append(one)
    return by_video


def _by_video(said: Iterable[AnchoredRuling]) -> dict[UUID, list[AnchoredRuling]]:
    by_video: dict[UUID, list[AnchoredRuling]] = defaultdict(list)
    for ruling in said:
        by_video[ruling.video_id].append(ruling)
    return by_video
