"""Whether somebody is a woman or a man, as an editor says: machine captions follow, one edit a video."""

import asyncio
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.captions.entry import fitted
from gateway.editor.labels import changed
from gateway.editor.timeline import Signature
from gateway.library import edits, people, runs, segments, videos
from gateway.people import audit
from gateway.people.audit import By
from gateway.people.callings import callings
from gateway.people.merging import same_as
from kernel.contracts.library import Person, Sex


async def state(connection: AsyncConnection, person_id: UUID, sex: Sex | None, by: By = By()) -> Person:
    """Raises NotFoundError. Taken back, captions say again what they said."""
    await people.lock(connection)
    before = await people.get_person(connection, person_id)
    if before.sex == sex:
        return before
    await people.set_sex(connection, person_id, sex)
    await audit.write(connection, **by._asdict(), action="person_described", person_id=person_id)
    await _follow(connection, person_id, Signature("identify", by.actor, by.door, None))
    return await people.get_person(connection, person_id)


async def _follow(connection: AsyncConnection, person_id: UUID, signed: Signature) -> None:
    """Runs before timelines, as publishing takes them: they begin again with what is known now."""
    await runs.begin_again(connection)
    who = same_as(person_id, await people.redirects(connection))
    gallery = await callings(connection)
    holding = await segments.holding(connection, who)
    await videos.lock(connection, holding)
    for video_id in sorted(holding):
        timeline = await segments.timeline(connection, video_id, lock=True)
        edit = await asyncio.to_thread(changed, timeline, who, lambda one: fitted(one, gallery), signed)
        if edit is not None:
            await edits.append(connection, edit)
