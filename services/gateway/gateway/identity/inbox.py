"""What people do about strangers: say who they are, or are not, join them, split them. Each is one decision."""

from collections.abc import Collection
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.desk import Desk
from gateway.identity import look_back
from gateway.identity.deciding import Verdict, decide_in
from gateway.identity.learning import learn
from gateway.identity.present import present_gallery
from gateway.library import people, strangers
from gateway.library.decisions import Deciding
from gateway.people import audit
from gateway.people.audit import By
from kernel.contracts.errors import InvalidError, NotFoundError, ScenedeskError
from kernel.contracts.library import NewPerson
from kernel.contracts.people import Decision, NamedStranger
from kernel.telemetry import logger

# Five pictures of somebody are asked for: of the clearest tracks, some faces each.
TRACKS_LEARNT = 3

log = logger("strangers")


async def name(desk: Desk, stranger_id: UUID, said: NamedStranger, by: By) -> Decision:
    """Say who a stranger is, in all its tracks; with `enrol` their best faces become references.

    What can't be learnt from (a video without media, faces too small) is left out: the name stands all the same.
    Undoing takes back the name and what was learnt with it. Raises NotFoundError; ConflictError when a new person's
    name is taken.
    """
    async with desk.database.transaction() as connection:
        its = await _tracks(connection, [stranger_id])
        person_id = said.person_id or await _add(connection, said, by)
        learnt = (await strangers.clearest(connection, [stranger_id], TRACKS_LEARNT))[stranger_id]
        verdicts = [Verdict(track_id, "is", person_id) for track_id in its]
        decision = await decide_in(connection, verdicts, Deciding("name_stranger", by.actor, by.door))
    if said.person_id is None:
        await desk.names.changed(desk.services.embed)
    if said.enrol:
        await learn(desk, decision.id, person_id, learnt, by)
    return await counted(desk, person_id, decision)


async def counted(desk: Desk, person_id: UUID, decision: Decision) -> Decision:
    """The decision, with how many older tracks would be named otherwise by now."""
    try:
        gallery = await present_gallery(desk)
    except ScenedeskError as error:
        log.warning("look_back.not_counted", reason=str(error))
        return decision
    async with desk.database.transaction() as connection:
        changes = (await look_back.find(connection, gallery, person_id)).changes
    return decision.model_copy(update={"look_back": len(changes)})


async def _add(connection: AsyncConnection, said: NamedStranger, by: By) -> UUID:
    person = await people.add_person(connection, NewPerson(name=said.name or "", group=said.group))
    await audit.write(connection, actor=by.actor, door=by.door, action="person_added", person_id=person.id)
    return person.id


async def is_not(desk: Desk, stranger_id: UUID, person_id: UUID, by: By) -> Decision:
    """Say that a stranger is not somebody, in all its tracks."""
    async with desk.database.transaction() as connection:
        its = await _tracks(connection, [stranger_id])
        verdicts = [Verdict(track_id, "is_not", person_id) for track_id in its]
        return await decide_in(connection, verdicts, Deciding("rule", by.actor, by.door))


async def merge(desk: Desk, ids: Collection[UUID], by: By) -> Decision:
    """Say that strangers are one. An open one stays before a hidden one, then the one with most screen time."""
    wanted = sorted(set(ids))
    if len(wanted) < 2:  # noqa: PLR2004 - one is not merged with itself
        raise InvalidError(reason="ids")
    async with desk.database.transaction() as connection:
        found = [await strangers.get(connection, one) for one in wanted]
        stays = max(found, key=lambda one: (one.state == "open", one.seconds, one.id)).id
        moved = await _tracks(connection, [one for one in wanted if one != stays])
        verdicts = [Verdict(track_id, "is", None, stays) for track_id in moved]
        return await decide_in(connection, verdicts, Deciding("merge_strangers", by.actor, by.door))


async def split(desk: Desk, stranger_id: UUID, track_ids: Collection[UUID], by: By) -> Decision:
    """Say that some of a stranger's tracks are somebody else: a stranger of their own.

    Raises NotFoundError for tracks that are not the stranger's, InvalidError when none would be left.
    """
    async with desk.database.transaction() as connection:
        its = await _tracks(connection, [stranger_id])
        if not set(track_ids) <= its.keys():
            raise NotFoundError(what="track")
        if len(set(track_ids)) == len(its):
            raise InvalidError(reason="track_ids")
        new = uuid4()
        await strangers.found(connection, [new])
        verdicts = [
            verdict
            for track_id in sorted(set(track_ids))
            for verdict in (
                Verdict(track_id, "is_not", None, stranger_id),
                Verdict(track_id, "is", None, new),
            )
        ]
        return await decide_in(connection, verdicts, Deciding("split_stranger", by.actor, by.door))


async def _tracks(connection: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Raises NotFoundError when a stranger has none."""
    its = await strangers.tracks_of(connection, ids)
    if set(its.values()) != set(ids):
        raise NotFoundError(what="stranger")
    return its
