"""What is said of people on segments: of a face that is followed it is a ruling, else it is written on the segment."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from gateway.identity import deciding
from gateway.identity import look_back as listed
from gateway.identity.deciding import Verdict
from gateway.identity.matching import Gallery
from gateway.library import people, segments, tracks
from gateway.people import merging
from gateway.revising.turn import Turn
from kernel.contracts.editing import ApplyLookBack, ChangePeople, RuleFace
from kernel.contracts.errors import NotFoundError
from kernel.contracts.library import Segment
from kernel.contracts.people import Approval


async def all_there(turn: Turn, named: Iterable[UUID]) -> None:
    """Raises NotFoundError when nobody is known by one of these ids."""
    wanted = set(named)
    if wanted and len(await people.people_of(turn.connection, wanted)) < len(wanted):
        raise NotFoundError(what="person")


async def with_everybody(turn: Turn, command: ChangePeople) -> ChangePeople:
    """The command saying of each person whom it takes away all whom they were merged with."""
    redirects = await people.redirects(turn.connection)
    gone = [one for who in command.remove for one in sorted(merging.same_as(who, redirects))]
    return command.model_copy(update={"remove": gone})


async def rule_on_faces(turn: Turn, command: ChangePeople) -> bool:
    """Rule on the faces that are followed in these segments. Whether anything was ruled."""
    timeline = await turn.timeline(command.segment_ids)
    verdicts = list(dict.fromkeys(_verdicts(timeline.segments, command)))
    there = {track.id for track in await tracks.outlines_of(turn.connection, {one.track_id for one in verdicts})}
    said = [one for one in verdicts if one.track_id in there]
    if said:
        await deciding.decide_in(turn.connection, said, turn.deciding("rule"))
        await turn.count()
    return bool(said)


def _verdicts(shown: Iterable[Segment], command: ChangePeople) -> Iterator[Verdict]:
    swap = command.replace
    for person in (person for segment in shown for person in segment.people if person.origin == "machine"):
        who = person.person_id
        for track_id in person.track_ids if who is not None else ():
            if swap is not None and who == swap.gone:
                yield Verdict(track_id, "is", swap.by)
            elif who in command.remove:
                yield Verdict(track_id, "is_not", who)
            elif who in command.add and not person.ruled:
                yield Verdict(track_id, "is", who)


async def rule(turn: Turn, command: RuleFace) -> None:
    """Raises NotFoundError when the video has no such track, or nobody is known by that id."""
    track = await tracks.get(turn.connection, command.track_id)
    if track.video_id != turn.video_id:
        raise NotFoundError(what="track")
    showing = await segments.overlapping(turn.connection, turn.video_id, track.span)
    await turn.nobody_else_touched([segment.id for segment in showing])
    verdict = Verdict(command.track_id, command.verdict, command.person_id)
    await deciding.decide_in(turn.connection, [verdict], turn.deciding("rule"))
    await turn.count()


async def look_back(turn: Turn, command: ApplyLookBack, gallery: Gallery | None) -> None:
    """Raises NotFoundError when a track is not this video's; LookBackChangedError when it is not as it was listed."""
    if gallery is None:
        raise ValueError("a look-back is applied with the gallery that proposed it")
    wanted = {*command.track_ids, *command.rejected}
    its = [track for track in await tracks.outlines_of(turn.connection, wanted) if track.video_id == turn.video_id]
    if len(its) < len(wanted):
        raise NotFoundError(what="track")
    showing = [await segments.overlapping(turn.connection, turn.video_id, track.span) for track in its]
    await turn.nobody_else_touched({segment.id for each in showing for segment in each})
    approval = Approval(track_ids=command.track_ids, rejected=command.rejected)
    await listed.approve_in(turn.connection, gallery, command.person_id, approval, turn.deciding("look_back"))
    await turn.count()
