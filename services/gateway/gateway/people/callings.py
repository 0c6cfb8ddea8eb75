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
    return called_by(await people.all_names(connection), followed(redirects))


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
    return Gallery({name: frozenset(ids) for name, ids in called.items()}, sexes or {})
