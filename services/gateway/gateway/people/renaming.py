"""What people are called changes, and every machine caption with it; what a person wrote stays. One edit a video."""

import asyncio
from collections.abc import Collection, Sequence
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import jobs
from gateway.editor.labels import Naming, relabelled
from gateway.editor.timeline import Signature
from gateway.library import edits, people, runs, segments, videos
from gateway.people import audit
from gateway.people.audit import By
from gateway.people.merging import followed, same_as
from kernel.contracts.library import Person


async def naming(connection: AsyncConnection) -> Naming:
    """What everybody is called now, and who is whom."""
    everybody = await people.all_people(connection)
    names = {person.id: (person.name_ko, person.name_en) for person in everybody}
    ends = followed({one.id: one.merged_into for one in everybody if one.merged_into is not None})
    return Naming(names, ends, await people.all_names(connection))


async def rename(
    connection: AsyncConnection, person_id: UUID, *, name: str, aliases: Sequence[str], by: By = By()
) -> Person:
    """Change what somebody is called, in the gallery and in every machine caption.

    Raises as `library.people.change_person`.
    """
    before = await _held(connection)
    person = await people.change_person(connection, person_id, name=name, aliases=aliases)
    after = await naming(connection)
    await audit.write(connection, **by._asdict(), action="person_renamed", person_id=person_id)
    if before.names != after.names:
        who = same_as(person_id, await people.redirects(connection))
        await follow(connection, before, after, who, Signature("rename", by.actor, by.door, uuid4()))
    return person


async def _held(connection: AsyncConnection) -> Naming:
    """The gallery as it is, and stays until the transaction ends."""
    await people.lock(connection)
    return await naming(connection)


async def follow(
    connection: AsyncConnection,
    before: Naming,
    after: Naming,
    who: Collection[UUID],
    signed: Signature,
    *,
    documents: bool = False,
) -> None:
    """Bring the machine captions of all segments that `who` are on from one naming to the other.

    With `documents`, all those segments are put into the index again, edited or not: who is on them has changed.
    Runs at work begin again where they were: they would publish the names they had read.
    """
    # Runs before timelines, as publishing takes them; what a run published until now is then found below.
    await runs.begin_again(connection)
    holding = await segments.holding(connection, who)
    await videos.lock(connection, holding)
    for video_id in sorted(holding):
        timeline = await segments.timeline(connection, video_id, lock=True)
        edit = await asyncio.to_thread(relabelled, timeline, before, after, who, signed)
        if edit is not None:
            await edits.append(connection, edit)
        if documents:
            for version in sorted(holding[video_id]):
                await jobs.index_again(connection, video_id, version)
