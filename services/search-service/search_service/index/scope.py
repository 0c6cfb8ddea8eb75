"""Which documents may answer, as conditions on `documents`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.index.tables import document_people, documents


@dataclass(frozen=True)
class Scope:
    """Which documents may answer: of each set somebody must be in it; of these videos, when any are named."""

    who: tuple[frozenset[UUID], ...] = ()
    videos: tuple[UUID, ...] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on `documents`, each a walk of a B-tree."""
        found: list[ColumnElement[bool]] = [documents.c.segment_id.in_(_having(anybody)) for anybody in self.who]
        if self.videos:
            found.append(documents.c.video_id == any_(uuids(self.videos)))
        return found


def _having(anybody: Iterable[UUID]) -> Any:
    return select(document_people.c.segment_id).where(document_people.c.person_id == any_(uuids(anybody)))


async def count(connection: AsyncConnection, scope: Scope, at_most: int) -> int:
    """Documents in the scope, counted up to `at_most`."""
    some = select(documents.c.segment_id).where(*scope.conditions()).limit(at_most).subquery()
    return (await connection.execute(select(func.count()).select_from(some))).scalar_one()


def uuids(ids: Iterable[UUID]) -> ColumnElement[Any]:
    """As one typed parameter, so that statements are prepared once whatever they are asked with."""
    return literal(sorted(ids), ARRAY(Uuid))
