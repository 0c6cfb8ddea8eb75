"""What somebody says to a candidate: yes makes it a reference or a video, no is remembered and deletes its picture."""

import asyncio
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.collecting import videos as footage
from gateway.collecting.errors import DecidedError
from gateway.collecting.questions import Listed
from gateway.desk import Desk
from gateway.library import candidates, collections
from gateway.people import audit, references
from gateway.people.audit import By
from gateway.people.merging import resolved
from gateway.people.references import Origin
from kernel.contracts.errors import ScenedeskError
from kernel.contracts.library import Rights
from kernel.contracts.people import Candidate


async def approve(desk: Desk, candidate_id: UUID, by: By) -> Candidate:
    """Said twice, it is done once. Raises DecidedError for what was rejected, PhotoError for what is refused.

    The rights are those confirmed with the collection.
    """
    async with desk.database.transaction() as connection:
        candidate = await candidates.get(connection, candidate_id, lock=True)
        if candidate.state not in ("waiting", "approved"):
            raise DecidedError(state=candidate.state)
        if candidate.kind == "videos":
            if candidate.video_id is None:
                listed = Listed(address=candidate.address, title=candidate.title, site_id=candidate.page)
                await candidates.became_video(connection, candidate_id, await footage.begin(connection, listed))
            return await candidates.get(connection, candidate_id)
        if candidate.reference_id is not None:
            return candidate
        # Claimed before the work: a no that comes meanwhile is refused. Without a reference it may be said again.
        await candidates.decide(connection, candidate_id, "approved")
    try:
        await _learn(desk, candidate_id, by)
    except ScenedeskError as error:
        async with desk.database.transaction() as connection:
            await candidates.decide(connection, candidate_id, "waiting", reason=error.code)
        raise
    async with desk.database.transaction() as connection:
        return await candidates.get(connection, candidate_id)


async def _learn(desk: Desk, candidate_id: UUID, by: By) -> None:
    async with desk.database.transaction() as connection:
        found = await candidates.pictured(connection, candidate_id)
        collection = await collections.get(connection, found.collection_id)
        consent = await collections.consent_of(connection, found.collection_id)
        person_id = (await resolved(connection)).get(found.person_id, found.person_id)
    photo = await asyncio.to_thread(desk.store.path(found.picture).read_bytes)
    origin = Origin(
        source=f"search: {collection.query}"[:500],
        address=found.page or found.address,
        rights=Rights(rights=collection.rights, consent=consent),
    )
    reference, _ = await references.take_photo(desk, person_id, photo, origin, by, found.box)
    async with desk.database.transaction() as connection:
        picture = await candidates.became_reference(connection, candidate_id, reference.id)
    _delete(desk, picture)


async def reject(desk: Desk, candidate_id: UUID, by: By) -> Candidate:
    """Said twice, it is done once. Raises DecidedError for what is in the gallery or the library already."""
    async with desk.database.transaction() as connection:
        candidate = await candidates.get(connection, candidate_id, lock=True)
        if candidate.state not in ("waiting", "rejected"):
            raise DecidedError(state=candidate.state)
        if candidate.state == "waiting" and candidate.person_id:
            await _note(connection, candidate, candidate.person_id, by)
        picture = await candidates.reject(connection, candidate_id)
        rejected = await candidates.get(connection, candidate_id)
    _delete(desk, picture)
    return rejected


async def _note(connection: AsyncConnection, candidate: Candidate, person_id: UUID, by: By) -> None:
    """The audit says whose picture was refused; never where it was found, which may hold a name."""
    details = {"candidate_id": str(candidate.id)}
    who = (await resolved(connection)).get(person_id, person_id)
    await audit.write(
        connection, actor=by.actor, door=by.door, action="candidate_rejected", person_id=who, details=details
    )


def _delete(desk: Desk, picture: str | None) -> None:
    if picture:
        desk.store.path(picture).unlink(missing_ok=True)
