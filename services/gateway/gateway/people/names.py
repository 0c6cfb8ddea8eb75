"""Telling search what people and groups are called."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import people
from gateway.people import merging
from gateway.people.display import distinct
from gateway.pipeline.publish import index_segments
from kernel.clients import EmbedService
from kernel.contracts.embeddings import IndexedName, PutNamesRequest
from kernel.contracts.errors import ScenedeskError
from kernel.contracts.library import Group
from kernel.storage.database import Database
from kernel.telemetry import logger


async def all_names(connection: AsyncConnection) -> list[IndexedName]:
    """Everybody and every group, with display names and aliases; merged people are names of whom they lead to."""
    resolved = await merging.resolved(connection)
    everybody = await people.all_people(connection)
    aliases: dict[UUID, list[str]] = defaultdict(list)
    for p in sorted(everybody, key=lambda p: p.id in resolved):
        aliases[resolved.get(p.id, p.id)] += [p.name, *p.aliases]
    persons = [
        IndexedName(id=p.id, kind="person", name_ko=p.name_ko, name_en=p.name_en, aliases=distinct("", aliases[p.id]))
        for p in everybody
        if p.id not in resolved
    ]
    return [*persons, *(_group(g, resolved) for g in await people.all_groups(connection))]


def _group(group: Group, resolved: Mapping[UUID, UUID]) -> IndexedName:
    return IndexedName(
        id=group.id,
        kind="group",
        name_ko=group.name_ko,
        name_en=group.name_en,
        aliases=[group.name, *group.aliases],
        members=sorted(merging.canonical(group.members, resolved)),
    )


async def publish(database: Database, service: EmbedService) -> None:
    """Replace the names search knows by the gallery's.

    The gallery is held meanwhile, so that of two publishings the one with the newer names comes last.
    """
    async with database.transaction() as connection:
        await people.lock(connection)
        await service.put_names(PutNamesRequest(names=await all_names(connection)))


class Publisher:
    """Publishes after every change; what could not be published is published before the next question."""

    def __init__(self, database: Database) -> None:
        self._database, self._stale = database, True
        self._owed: set[tuple[UUID, int]] = set()

    def owe(self, changed: Mapping[UUID, Collection[int]]) -> None:
        """Segments of these videos and versions read otherwise now: the index must know before it is asked again."""
        self._owed |= {(video_id, version) for video_id, versions in changed.items() for version in versions}
        self._stale = True

    async def changed(self, service: EmbedService) -> None:
        """Never fails: the change itself is safe, and search learns of it as soon as it can."""
        self._stale = True
        await self.before_question(service)

    async def before_question(self, service: EmbedService) -> None:
        if not self._stale:
            return
        self._stale = False
        try:
            for video_id, version in sorted(self._owed):
                await index_segments(self._database, service, video_id, version)
                self._owed.discard((video_id, version))
            await publish(self._database, service)
        except ScenedeskError as error:
            self._stale = True
            logger("names").warning("names were not published", reason=str(error))
