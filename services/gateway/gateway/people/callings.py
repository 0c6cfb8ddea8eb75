"""Whom captions may speak of, as the gallery knows them now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.captions.entry import Gallery
from gateway.library import people
from gateway.people.merging import followed
from kernel.contracts.library import Sex


async def callings(connection: AsyncConnection) -> Gallery:
    """Every name and alias of everybody; one person's are those of whoever turned out to be them as well."""
    redirects = await people.redirects(connection)
    return called_by(await people.all_names(connection), followed(redirects), await people.sexes(connection))


def called_by(
    names: Mapping[UUID, Sequence[str]], ends: Mapping[UUID, UUID], sexes: Mapping[UUID, Sex] | None = None
) -> Gallery:
    alike: dict[UUID, set[UUID]] = defaultdict(set)
    for person in names:
        alike[ends.get(person, person)].add(person)
    called: dict[str, set[UUID]] = defaultdict(set)
    for person, theirs in names.items():
        for name in theirs:
            called[name] |= alike[ends.get(person, person)]
    return Gallery({name: frozenset(ids) for name, ids in called.items()}, _of_everybody(sexes or {}, alike))


def _of_everybody(sexes: Mapping[UUID, Sex], alike: Mapping[UUID, set[UUID]]) -> dict[UUID, Sex]:
    """What is said of one is said of all who are the same person; of whom different things are said, nothing is."""
    told = {end: {sexes[one] for one in same if one in sexes} for end, same in alike.items()}
    return {one: next(iter(told[end])) for end, same in alike.items() if len(told[end]) == 1 for one in same}
