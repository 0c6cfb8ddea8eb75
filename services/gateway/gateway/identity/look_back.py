"""Looking back: older tracks that would be named otherwise by now, shown first and changed only when approved."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.identity.deciding import Verdict, decide_in
from gateway.identity.ledger import AnchoredRuling, Followed, Word, on_tracks, word_of
from gateway.identity.matching import Gallery
from gateway.identity.reach import cone
from gateway.identity.renamings import Change, Resolved, Standing, changes, likes_now, may_move
from gateway.library import people, renamings, rulings, series, track_vectors, tracks, videos
from gateway.library.conflicts import LookBackChangedError, MovedOnError
from gateway.library.decisions import Deciding
from gateway.library.renamings import Outlines
from gateway.library.sight import EVERYTHING, Sight
from gateway.people import merging
from gateway.people.audit import By
from gateway.pipeline.identify import Evidence, SeenTrack, seen_together
from kernel.contracts.people import Approval, Decision, LookBack, Renaming
from kernel.storage.database import Database

SHOWN = 200
# Of so many tracks it is learnt how short vectors become where they are compared.
LEARNT_FROM = 500


class Found(NamedTuple):
    """What would change, and how long each changed track is."""

    changes: list[Change]
    ms: Mapping[UUID, int]
    video_of: Mapping[UUID, UUID]


async def listed(
    database: Database, gallery: Gallery, person_id: UUID, limit: int = SHOWN, sight: Sight = EVERYTHING
) -> LookBack:
    """Tracks of all videos that the gallery would decide otherwise, about this person; nothing is changed.

    Raises NotFoundError when there is no such person.
    """
    async with database.transaction() as connection:
        found = await find(connection, gallery, person_id, sight)
        shown = found.changes[:limit]
        full = await tracks.several(connection, [change.track_id for change in shown])
        titles = {
            video.id: video.title for video in await videos.several(connection, {t.video_id for t in full.values()})
        }
    return LookBack(
        person_id=person_id,
        items=[
            Renaming(
                track=full[change.track_id],
                video_title=titles[full[change.track_id].video_id],
                from_person_id=change.from_person_id,
                to_person_id=change.to_person_id,
                similarity=change.score,
                probability=change.probability,
            )
            for change in shown
        ],
        tracks=len(found.changes),
        seconds=sum(found.ms[change.track_id] for change in found.changes) / 1000,
        videos=len({found.video_of[change.track_id] for change in found.changes}),
    )


async def approve(
    database: Database, gallery: Gallery, person_id: UUID, approval: Approval, by: By, sight: Sight = EVERYTHING
) -> Decision:
    """Rename the approved tracks and refuse to rename the rejected ones, as one decision: one edit a video.

    Raises NotFoundError; LookBackChangedError when one of them would not be renamed so any more.
    """
    async with database.transaction() as connection:
        deciding = Deciding("look_back", by.actor, by.door)
        return await approve_in(connection, gallery, person_id, approval, deciding, sight)


async def approve_in(
    connection: AsyncConnection,
    gallery: Gallery,
    person_id: UUID,
    approval: Approval,
    deciding: Deciding,
    sight: Sight = EVERYTHING,
) -> Decision:
    """As `approve`, in the caller's transaction."""
    wanted = [*approval.track_ids, *approval.rejected]
    found = await find(connection, gallery, person_id, sight)
    proposed = {change.track_id: change for change in found.changes}
    if not proposed.keys() >= set(wanted):
        raise LookBackChangedError
    verdicts = [_yes(proposed[one], person_id) for one in approval.track_ids]
    verdicts += [_no(proposed[one], person_id) for one in approval.rejected]
    return await decide_in(connection, verdicts, deciding)


def _yes(change: Change, person_id: UUID) -> Verdict:
    if change.to_person_id is None:
        return Verdict(change.track_id, "is_not", person_id)
    return Verdict(change.track_id, "is", change.to_person_id)


def _no(change: Change, person_id: UUID) -> Verdict:
    """Who loses a name by the gallery keeps it; who would get one never gets it."""
    if change.from_person_id is not None and change.to_person_id != person_id:
        return Verdict(change.track_id, "is", change.from_person_id)
    return Verdict(change.track_id, "is_not", person_id)


async def find(connection: AsyncConnection, gallery: Gallery, person_id: UUID, sight: Sight = EVERYTHING) -> Found:
    """Every track about this person that the gallery would decide otherwise, of videos in sight.

    What is hidden is weighed too: it decides who else may be meant. Raises NotFoundError.
    """
    await people.get_person(connection, person_id)
    await renamings.planned_anew(connection)
    resolved = await merging.resolved(connection)
    person_id = resolved.get(person_id, person_id)
    outlines = await _candidates(connection, gallery, person_id, resolved)
    standing = await _standing(connection, gallery, outlines, resolved)
    moving = await asyncio.to_thread(may_move, person_id, standing, resolved)
    found = await _decided(connection, person_id, standing, moving, resolved)
    hidden = set(await sight.hidden(connection))
    out_of_sight = {one.id for one in outlines.tracks if one.video_id in hidden}
    found = [change for change in found if change.track_id not in out_of_sight]
    return Found(found, {one.id: one.ms for one in outlines.tracks}, {one.id: one.video_id for one in outlines.tracks})


async def _candidates(connection: AsyncConnection, gallery: Gallery, person_id: UUID, resolved: Resolved) -> Outlines:
    """Tracks like the person, and those that have their name."""
    everybody = {who for who, into in resolved.items() if into == person_id} | {person_id}
    ids = set(await renamings.named(connection, gallery.model_id, everybody))
    known = await track_vectors.some(connection, gallery.model_id, LEARNT_FROM)
    for index in [index for index, who in enumerate(gallery.people) if who in everybody and len(known)]:
        look = await asyncio.to_thread(cone, gallery, index, known)
        near = await track_vectors.within(connection, gallery.model_id, look.direction, look.least)
        ids |= {one.track_id for one in near}
    return await renamings.outlines(connection, gallery.model_id, ids)


async def _standing(
    connection: AsyncConnection, gallery: Gallery, outlines: Outlines, resolved: Resolved
) -> list[Standing]:
    declared = await renamings.with_line_up(connection, {one.video_id for one in outlines.tracks})
    line_ups = {video_id: await series.line_up_of(connection, video_id, resolved) for video_id in declared}
    its = [line_ups.get(one.video_id) for one in outlines.tracks]
    likes = await asyncio.to_thread(likes_now, outlines.vectors, gallery, its, resolved)
    return [
        Standing(one.id, one.person_id, Evidence(compared=True, threshold=gallery.threshold, likes=near))
        for one, near in zip(outlines.tracks, likes, strict=True)
    ]


async def _decided(
    connection: AsyncConnection,
    person_id: UUID,
    standing: Sequence[Standing],
    moving: Sequence[Standing],
    resolved: Resolved,
) -> list[Change]:
    """The moving ones decided among all who matter in their pictures."""
    ids = {one.track_id: None for one in moving}  # a set in order
    might_be = {like.person_id for one in moving for like in one.evidence.likes if like.score > one.evidence.threshold}
    pairs = await renamings.beside(connection, ids, {person_id, *might_be, *_merged(resolved, {person_id, *might_be})})
    near = {one for pair in pairs for one in pair}
    fresh = {one.track_id: one for one in standing}
    room = await _room(connection, [*dict.fromkeys([*ids, *sorted(near)])], near, fresh, resolved)
    now = await asyncio.to_thread(changes, person_id, room.standing, room.together, room.words, resolved)
    return [change for change in now if change.track_id in ids]


def _merged(resolved: Resolved, into: Collection[UUID]) -> Iterable[UUID]:
    return (who for who, end in resolved.items() if end in into)


class _Room(NamedTuple):
    standing: list[Standing]
    together: Mapping[int, Collection[int]]
    words: Mapping[int, Word]


async def _room(
    connection: AsyncConnection,
    ids: Sequence[UUID],
    near: Collection[UUID],
    fresh: Mapping[UUID, Standing],
    resolved: Resolved,
) -> _Room:
    """Tracks with all that decides them. Faces are read only of those that are beside another or may be ruled out."""
    by_video = await renamings.videos_by_track(connection, ids)
    refused = await renamings.refused_in(connection, set(by_video.values()))
    needed = [one for one in ids if one in near or by_video[one] in refused]
    seen = {one.track.id: one for one in await tracks.seen(connection, needed)}
    said = [ruling for ruling in await rulings.active(connection, refused) if ruling.person_id is not None]
    at = {one: index for index, one in enumerate(ids)}
    words = {at[track_id]: word for track_id, word in _words(list(seen.values()), said, resolved).items()}
    together = seen_together([_pictures(seen.get(one)) for one in ids])
    return _Room([_with_copies(one, seen.get(one), fresh) for one in ids], together, words)


def _with_copies(track_id: UUID, seen: SeenTrack | None, fresh: Mapping[UUID, Standing]) -> Standing:
    """What speaks for whom now; which others show the same face, and how present it is, as it was seen."""
    if track_id not in fresh:
        if seen is None:
            raise MovedOnError
        return Standing(track_id, seen.track.person_id, seen.evidence)
    if seen is None:
        return fresh[track_id]
    kept = {"alike": seen.evidence.alike, "presence": seen.evidence.presence}
    return fresh[track_id]._replace(evidence=fresh[track_id].evidence.model_copy(update=kept))


def _pictures(seen: SeenTrack | None) -> list[tuple[UUID, int]]:
    return [(seen.track.video_id, face.at_ms) for face in seen.track.faces] if seen is not None else []


def _words(seen: Sequence[SeenTrack], said: Sequence[AnchoredRuling], resolved: Resolved) -> dict[UUID, Word]:
    """What people said of each of these tracks."""
    words = {one.track.id: Word(person_id=one.track.person_id) for one in seen if one.track.ruled}
    by_video: dict[UUID, list[SeenTrack]] = defaultdict(list)
    for one in seen:
        by_video[one.track.video_id].append(one)
    for video_id, its in by_video.items():
        here = [ruling for ruling in said if ruling.video_id == video_id]
        followed = [Followed(one.track.span, one.track.faces) for one in its]
        words |= {its[index].track.id: word_of(hang, resolved) for index, hang in on_tracks(here, followed).items()}
    return words
