"""Which documents may answer, as conditions on `documents`."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, all_, any_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.index.moments import bounds, exacting, some_moment, surely
from search_service.index.parameters import texts, uuids
from search_service.index.tables import document_people, documents
from search_service.understanding.parts import NOTHING, Meaning, Window

# Words wherever they stand: the expression of the index `ix_documents_lexemes`.
ALL_LEXEMES = documents.c.caption_lexemes.op("||")(documents.c.object_lexemes).op("||")(documents.c.title_lexemes)


@dataclass(frozen=True)
class Scope:
    """Which documents may answer: of each set somebody must be in it; of these videos, when any are named;
    of the hidden ones never.

    `also` is whatever else is asked of them besides their content.
    """

    who: tuple[frozenset[UUID], ...] = ()
    videos: tuple[UUID, ...] = ()
    also: Meaning = NOTHING
    hidden: tuple[UUID, ...] = ()

    @functools.cached_property
    def asked(self) -> Meaning:
        return replace(self.also, who=self.who)

    @property
    def everything(self) -> bool:
        """Whether it leaves nothing out; told without composing its conditions."""
        return self == Scope()

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on `documents`: what a B-tree walks first, arithmetic on moments last."""
        found = [*self._people(), *self._marks()]
        if exacting(self.asked):
            found.append(some_moment(self.asked))
        return [_at_the_edge(self.also.edge, found)] if self.also.edge else found

    def _people(self) -> Iterator[ColumnElement[bool]]:
        yield from (documents.c.people.overlap(uuids(anybody)) for anybody in self.who)
        # Arithmetic on the moments of those asked for looks at certainty by itself.
        if self.also.certain and not (self.who and exacting(self.asked)):
            named = [document_people.c.person_id == any_(uuids(anybody)) for anybody in self.who]
            sure = select(document_people.c.segment_id).where(*named, *surely(self.also.certain))
            yield documents.c.segment_id.in_(sure)

    def _marks(self) -> Iterator[ColumnElement[bool]]:
        also, columns = self.also, documents.c
        if self.videos:
            yield columns.video_id == any_(uuids(self.videos))
        if self.hidden:
            yield columns.video_id != all_(uuids(self.hidden))
        for title in also.titles:
            yield ALL_LEXEMES.op("@>")(texts(title))
            yield columns.title_lexemes.contains(texts(title))
        if also.since:
            yield columns.day >= also.since
        if also.until:
            yield columns.day <= also.until
        if also.scales:
            yield columns.scale == any_(texts(sorted(also.scales)))
        if also.origins:
            yield columns.origin == any_(texts(sorted(also.origins)))
        yield from (condition for window in also.windows for condition in _inside(window))


def _inside(window: Window) -> Iterator[ColumnElement[bool]]:
    start, end = bounds(window)
    yield documents.c.end_ms > start
    if end is not None:
        yield documents.c.start_ms < end


def _at_the_edge(edge: str, conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """The first or last document of each video that fulfils the conditions."""
    columns = documents.c
    order = columns.start_ms if edge == "first" else columns.end_ms.desc()
    found = select(columns.segment_id).where(*conditions).ext(distinct_on(columns.video_id))
    return columns.segment_id.in_(found.order_by(columns.video_id, order, columns.segment_id).correlate(None))


async def count(connection: AsyncConnection, scope: Scope, at_most: int) -> int:
    """Documents in the scope, counted up to `at_most`."""
    some = select(documents.c.segment_id).where(*scope.conditions()).limit(at_most).subquery()
    return (await connection.execute(select(func.count()).select_from(some))).scalar_one()
