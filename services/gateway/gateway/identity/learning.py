"""What is learnt by a decision, and is forgotten when the decision is undone."""

from collections.abc import Awaitable, Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.desk import Desk
from gateway.identity import deciding
from gateway.library import decisions
from gateway.library import references as rows
from gateway.library.decisions import Moment
from gateway.people import audit
from gateway.people.audit import By
from gateway.people.enrolment import Taken, taken_at, taken_from
from gateway.people.references import forget_photo
from kernel.contracts.errors import NotFoundError, ScenedeskError
from kernel.contracts.library import Reference
from kernel.contracts.people import Decision
from kernel.telemetry import logger

FACES_A_TRACK = 2

Learning = Literal["learnt", "undone", "refused"]

log = logger("learning")


async def learn(desk: Desk, decision_id: UUID, person_id: UUID, tracks: Sequence[UUID], by: By) -> None:
    """Enrol the best faces of tracks, noted with the decision. What can't be learnt from is left out."""
    for track_id in tracks:
        taking = taken_from(desk, track_id, person_id, FACES_A_TRACK, by=by)
        if await _learn(desk, decision_id, taking, by) == "undone":
            return


async def _learn(desk: Desk, decision_id: UUID, taking: Awaitable[Sequence[Taken]], by: By) -> Learning:
    """Note what is taken with the decision. Undone meanwhile, nothing is kept."""
    try:
        taken = await taking
    except ScenedeskError as error:
        log.info("strangers.not_learnt", decision_id=str(decision_id), reason=str(error))
        return "refused"
    new = [reference.id for reference, there in taken if not there]
    async with desk.database.transaction() as connection:
        stands = await decisions.learn(connection, decision_id, new)
    if stands:
        return "learnt"
    for reference_id in new:
        await forget_photo(desk, reference_id, by)
    return "undone"


async def learn_again(desk: Desk, decision_id: UUID, video_id: UUID, by: By) -> None:
    """The very faces of a video that a decision had taught until it was taken back there, now that it stands again.

    What people removed by hand meanwhile is not brought back; what can't be had now is left for another time.
    """
    async with desk.database.transaction() as connection:
        unlearnt = await decisions.unlearnt(connection, decision_id)
        said = await deciding.said_of(connection, decision_id) if unlearnt else {}
    here = {one.at_ms for one in unlearnt if one.video_id == video_id}
    learnt: set[int] = set()
    for person_id, shown in said.items():
        for track in (track for track in shown if track.video_id == video_id):
            times = [at_ms for at_ms in here if track.span.start_ms <= at_ms < track.span.end_ms]
            if not times:
                continue
            taking = taken_at(desk, track.id, person_id, times, by=by)
            match await _learn(desk, decision_id, taking, by):
                case "learnt":
                    learnt |= set(times)
                case "undone":
                    return
                case "refused":
                    pass
    left = [one for one in unlearnt if one.video_id != video_id or one.at_ms not in learnt]
    async with desk.database.transaction() as connection:
        await decisions.keep_unlearnt(connection, decision_id, left)


async def undo(desk: Desk, decision_id: UUID, by: By) -> Decision:
    """Take a decision back, and the references that were learnt by it; see `deciding.undo_in`."""
    async with desk.database.transaction() as connection:
        decision, pictures = await undo_in(connection, decision_id, by)
    remove_pictures(desk, pictures)
    return decision


async def undo_in(connection: AsyncConnection, decision_id: UUID, by: By) -> tuple[Decision, list[str]]:
    """As `undo`, in the caller's transaction; after it, the pictures named are to be removed."""
    decision = await deciding.undo_in(connection, decision_id, **by._asdict())
    return decision, await unlearn(connection, decision_id, by)


def remove_pictures(desk: Desk, pictures: Sequence[str]) -> None:
    for picture in pictures:
        desk.store.path(picture).unlink(missing_ok=True)


async def unlearn(connection: AsyncConnection, decision_id: UUID, by: By, video_id: UUID | None = None) -> list[str]:
    """Remove the references that a decision taught, those from one video or all; pictures nobody needs any more."""
    kept, gone, pictures = [], [], []
    for reference_id in await decisions.learnt(connection, decision_id):
        try:
            reference = await rows.get_reference(connection, reference_id)
        except NotFoundError:  # somebody removed it before
            continue
        if video_id not in (None, reference.video_id):
            kept.append(reference_id)
            continue
        pictures.append(await _remove(connection, reference, decision_id, by))
        if reference.video_id is not None and reference.at_ms is not None:
            gone.append(Moment(reference.video_id, reference.at_ms))
    await decisions.keep_learnt(connection, decision_id, kept)
    await decisions.keep_unlearnt(connection, decision_id, [*await decisions.unlearnt(connection, decision_id), *gone])
    return [picture for picture in pictures if picture is not None]


async def _remove(connection: AsyncConnection, reference: Reference, decision_id: UUID, by: By) -> str | None:
    """The picture's store name when nobody else needs it."""
    picture = await rows.remove_reference(connection, reference.id)
    await audit.write(
        connection,
        actor=by.actor,
        door=by.door,
        action="reference_removed",
        person_id=reference.person_id,
        reference_id=reference.id,
        details={"undone": str(decision_id)},
    )
    return picture
