"""Merging people, and un-merging them exactly: one pointer, and the names in machine captions that follow it."""

from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.editor.timeline import Signature
from gateway.library import people
from gateway.people import audit
from gateway.people.audit import By
from gateway.people.errors import MergedAlreadyError, NotMergedError, SamePersonError
from gateway.people.merging import all_of, followed
from gateway.people.renaming import follow, naming
from kernel.contracts.library import Person


async def merge(connection: AsyncConnection, person_id: UUID, into: UUID, *, by: By = By()) -> Person:
    """`person_id` turned out to be `into`, or whom that one was merged into; the person they are now.

    Raises NotFoundError, SamePersonError, MergedAlreadyError.
    """
    await people.lock(connection)
    person, other = await people.get_person(connection, person_id), await people.get_person(connection, into)
    end = followed(await people.redirects(connection)).get(other.id, other.id)
    if end == person_id:
        raise SamePersonError
    if person.merged_into is not None:
        raise MergedAlreadyError
    await _redirect(connection, person_id, end, by)
    await audit.write(connection, **by._asdict(), action="person_merged", person_id=person_id, details=_into(end))
    return await people.get_person(connection, end)


async def unmerge(connection: AsyncConnection, person_id: UUID, *, by: By = By()) -> Person:
    """Take a merge back: everything is as if it had not been. Raises NotFoundError, NotMergedError."""
    await people.lock(connection)
    person = await people.get_person(connection, person_id)
    if person.merged_into is None:
        raise NotMergedError
    await _redirect(connection, person_id, None, by)
    details = _into(person.merged_into)
    await audit.write(connection, **by._asdict(), action="person_unmerged", person_id=person_id, details=details)
    return await people.get_person(connection, person_id)


def _into(person_id: UUID) -> dict[str, str | int | float | bool | None]:
    return {"into": str(person_id)}


async def _redirect(connection: AsyncConnection, person_id: UUID, into: UUID | None, by: By) -> None:
    who = all_of(person_id, await people.redirects(connection))
    before = await naming(connection)
    await people.redirect(connection, person_id, into)
    after = await naming(connection)
    signed = Signature("rename", by.actor, by.door, uuid4())
    await follow(connection, before, after, who, signed, documents=True)
