"""What is learnt by a decision, and is forgotten when the decision is undone."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.desk import Desk
from gateway.identity import deciding
from gateway.library import decisions
from gateway.library import references as rows
from gateway.people import audit
from gateway.people.audit import By
from gateway.people.enrolment import taken_from
from gateway.people.references import forget_photo
from kernel.contracts.errors import NotFoundError, ScenedeskError
from kernel.contracts.people import Decision
from kernel.telemetry import logger

FACES_A_TRACK = 2

log = logger("learning")


async def learn(desk: Desk, decision_id: UUID, person_id: UUID, tracks: Sequence[UUID], by: By) -> None:
    """Enrol the best faces of tracks, noted with the decision. What can't be learnt from is left out."""
    for track_id in tracks:
        try:
            taken = await taken_from(desk, track_id, person_id, FACES_A_TRACK, by=by)
        except ScenedeskError as error:
            log.info("strangers.not_learnt", track_id=str(track_id), reason=str(error))
            continue
        new = [reference.id for reference, there in taken if not there]
        async with desk.database.transaction() as connection:
            stands = await decisions.learn(connection, decision_id, new)
        if not stands:  # undone meanwhile
            for reference_id in new:
                await forget_photo(desk, reference_id, by)
            return


async def learn_again(desk: Desk, decision_id: UUID, by: By) -> None:
    """What a decision had taught before it was undone, now that it stands again: from as many tracks as then."""
    async with desk.database.transaction() as connection:
        learnt = await decisions.learnt(connection, decision_id)
        if not learnt or await rows.any_of(connection, learnt):
            return
        said = await deciding.said_of(connection, decision_id)
        await decisions.unlearn(connection, decision_id)
    for person_id, shown in said.items():
        most = -(-len(learnt) // FACES_A_TRACK)
        await learn(desk, decision_id, person_id, [track.id for track in shown[:most]], by)


async def undo(desk: Desk, decision_id: UUID, by: By) -> Decision:
    """Take a decision back, and the references that were learnt by it; see `deciding.undo_in`."""
    async with desk.database.transaction() as connection:
        decision, pictures = await undo_in(connection, decision_id, by)
    remove_pictures(desk, pictures)
    return decision


async def undo_in(connection: AsyncConnection, decision_id: UUID, by: By) -> tuple[Decision, list[str]]:
    """As `undo`, in the caller's transaction; after it, the pictures named are to be removed."""
    decision = await deciding.undo_in(connection, decision_id, **by._asdict())
    pictures = [
        await _unlearn(connection, reference_id, decision_id, by)
        for reference_id in await decisions.learnt(connection, decision_id)
    ]
    return decision, [picture for picture in pictures if picture is not None]


def remove_pictures(desk: Desk, pictures: Sequence[str]) -> None:
    for picture in pictures:
        desk.store.path(picture).unlink(missing_ok=True)


async def _unlearn(connection: AsyncConnection, reference_id: UUID, decision_id: UUID, by: By) -> str | None:
    """The picture's store name when nobody else needs it; None too when somebody removed the reference before."""
    try:
        reference = await rows.get_reference(connection, reference_id)
    except NotFoundError:
        return None
    picture = await rows.remove_reference(connection, reference_id)
    await audit.write(
        connection,
        actor=by.actor,
        door=by.door,
        action="reference_removed",
        person_id=reference.person_id,
        reference_id=reference_id,
        details={"undone": str(decision_id)},
    )
    return picture
